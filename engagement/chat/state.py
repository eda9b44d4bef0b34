"""The newest messages in the room's state with the reactions to them, the pinned ones, and the settings."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from engagement.chat import configuring, reacting, reading
from engagement.chat.messages import (
    ChatConfigured,
    ChatDeleted,
    ChatEdited,
    ChatMessage,
    ChatOwn,
    ChatPinned,
    ChatReactions,
    ChatSnapshot,
    ChatSwitches,
    ChatUnpinned,
    Message,
    ReactionTally,
)
from rooms.audience import Audience
from rooms.database import in_database
from rooms.features import Viewer
from rooms.room_session import RoomSession
from rooms.room_state import RoomState, fitting
from rooms.throttle import Throttle

BUS_KIND = "chat_reactions"  # of messages between processes
TELL_EVERY = 0.2  # seconds between two tallies of a message
KEPT = 200  # messages, whoever sees them
SHOWN = 50
LARGEST_OWN = 4 * 1024


# Message, reaction, person, and whether they have it.
Reacted = tuple[int, str, str, bool]


@dataclass
class ChatState:
    """`reactors` are the people who have reacted, by message and reaction. `changed` are new tallies that have not been
    broadcast yet; `counted` those of them that were counted in this process: they and `new_reactions` go to the others.
    """

    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT))
    has_earlier: bool = False
    pinned: list[Message] = field(default_factory=list)
    switches: ChatSwitches = field(default_factory=ChatSwitches)
    reactors: dict[int, dict[str, set[str]]] = field(default_factory=dict)
    changed: dict[int, ReactionTally] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    new_reactions: list[Reacted] = field(default_factory=list)
    throttle: Throttle | None = None

    def replace_messages(self, messages: Iterable[Message]) -> None:
        self.messages = deque(messages, maxlen=KEPT)

    def change(self, number: int, change: Callable[[Message], Message]) -> None:
        """Of the message and its pinned copy."""
        self.replace_messages(change(each) if each.id == number else each for each in self.messages)
        self.pinned = [change(each) if each.id == number else each for each in self.pinned]

    def unpin(self, number: int) -> None:
        self.pinned = [each for each in self.pinned if each.id != number]


def load(state: RoomState, room_id: str) -> None:
    """From the journal, up to the state's number."""
    chat = state.feature_state(ChatState)
    newest = reading.newest_messages(room_id, state.seq + 1, limit=KEPT + 1)
    chat.has_earlier = len(newest) > KEPT
    chat.messages.extend(reversed(newest[:KEPT]))
    _set_reactors(chat, reacting.people_of(room_id, _reacted_to(chat)))
    row = configuring.settings_of(room_id)
    chat.switches = configuring.switches_of(row)
    if row is not None and row.pinned:
        rows = {each.seq: each for each in reading.message_rows(room_id).filter(seq__in=row.pinned)}
        chat.pinned = [reading.as_message(rows[number]) for number in row.pinned if number in rows]


def add_message(state: RoomState, event: ChatMessage) -> None:
    if event.deleted:
        return
    chat = state.feature_state(ChatState)
    if event.approved_from is not None:
        chat.replace_messages(each for each in chat.messages if each.id != event.approved_from)
        state.clear_frames()  # the held message is in them
    chat.has_earlier = chat.has_earlier or len(chat.messages) == KEPT
    chat.messages.append(event.message())
    _forget_reactors(chat)


def edit_message(state: RoomState, event: ChatEdited) -> None:
    if not event.text:
        return
    changed = {"text": event.text, "edited_at": event.at}
    state.feature_state(ChatState).change(event.message, lambda each: each.model_copy(update=changed))
    state.clear_frames()  # the former text is in them


def remove_message(state: RoomState, event: ChatDeleted) -> None:
    chat = state.feature_state(ChatState)
    chat.unpin(event.message)
    if event.by_host:
        erased = {"text": "", "deleted_by_host": True, "reactions": None}
        chat.change(event.message, lambda each: each.model_copy(update=erased))
    else:
        chat.replace_messages(each for each in chat.messages if each.id != event.message)
    chat.reactors.pop(event.message, None)
    state.clear_frames()  # the erased text is in them


def pin_message(state: RoomState, event: ChatPinned) -> None:
    chat = state.feature_state(ChatState)
    chat.unpin(event.message.id)
    if event.message.text:
        chat.pinned = [*chat.pinned, event.message]


def unpin_message(state: RoomState, event: ChatUnpinned) -> None:
    state.feature_state(ChatState).unpin(event.message)


def change_switches(state: RoomState, event: ChatConfigured) -> None:
    state.feature_state(ChatState).switches = event.chat


# ---- reactions -------------------------------------------------------------------------------------------


def count_reaction(room: RoomSession, reacted: Reacted, tally: ReactionTally | None) -> None:
    """A reaction of somebody in this process."""
    chat = room.state.feature_state(ChatState)
    _set_reactor(chat, *reacted)
    chat.new_reactions.append(reacted)
    if tally is not None:
        chat.counted.add(reacted[0])
        set_tally(room, reacted[0], tally)
    _wake(room)


def set_tally(room: RoomSession, number: int, tally: ReactionTally) -> None:
    """An older tally changes nothing. Earlier messages than those in memory are told of as well."""
    chat = room.state.feature_state(ChatState)
    known = next((each for each in chat.messages if each.id == number), None)
    newest = (known.reactions if known else None) or chat.changed.get(number)
    if newest is not None and tally.version <= newest.version:
        return
    if known is None and chat.messages and number >= chat.messages[0].id:
        return  # deleted meanwhile
    if known is not None:
        chat.change(number, lambda each: each.model_copy(update={"reactions": tally}))
        room.state.version += 1
    chat.changed[number] = tally
    _wake(room)


def _wake(room: RoomSession) -> None:
    chat = room.state.feature_state(ChatState)
    if chat.throttle is None:
        chat.throttle = Throttle(partial(broadcast_reactions, room), every=TELL_EVERY)
    chat.throttle.wake()


def _set_reactor(chat: ChatState, number: int, reaction: str, person: str, is_on: bool) -> None:  # noqa: FBT001 - as it is sent
    if any(each.id == number for each in chat.messages):
        people = chat.reactors.setdefault(number, {}).setdefault(reaction, set())
        (people.add if is_on else people.discard)(person)


def _set_reactors(chat: ChatState, people: Iterable[tuple[int, str, str]]) -> None:
    for number, reaction, person in people:
        _set_reactor(chat, number, reaction, person, is_on=True)


def _forget_reactors(chat: ChatState) -> None:
    """Of messages that are no longer in memory."""
    for number in [each for each in chat.reactors if each < chat.messages[0].id]:
        del chat.reactors[number]


def _reacted_to(chat: ChatState) -> list[int]:
    return [each.id for each in chat.messages if each.reactions is not None]


def broadcast_reactions(room: RoomSession) -> None:
    chat = room.state.feature_state(ChatState)
    changed, counted, new = chat.changed, chat.counted, chat.new_reactions
    chat.changed, chat.counted, chat.new_reactions = {}, set(), []
    if counted or new:
        tallies = [[number, changed[number].model_dump()] for number in counted if number in changed]
        room.bus.send_to_other_processes(room.id, {"k": BUS_KIND, "tallies": tallies, "reacted": new})
    practice = room.state.hidden_up_to(is_attendee=True)  # it may have ended meanwhile
    for number, tally in changed.items():
        if number > practice:
            room.broadcast(ChatReactions(message=number, reactions=tally))


def receive_reactions(room: RoomSession, header: Mapping[str, Any], _payload: bytes) -> None:
    """From another process."""
    chat = room.state.feature_state(ChatState)
    for reacted in header["reacted"]:
        _set_reactor(chat, *reacted)
    for number, tally in header["tallies"]:
        set_tally(room, number, ReactionTally.model_validate(tally))


def watch(room: RoomSession, _now: datetime) -> None:
    """The bus may lose a tally: those of the messages in memory are read again every few seconds."""
    if room.state.feature_state(ChatState).messages:
        room.spawn(_read_tallies(room))


async def _read_tallies(room: RoomSession) -> None:
    chat = room.state.feature_state(ChatState)
    tallies = await in_database(reacting.tallies_of, room.id, chat.messages[0].id)
    known = {each.id: each.reactions.version for each in chat.messages if each.reactions is not None}
    missed = {number for number, tally in tallies.items() if tally.version > known.get(number, 0)}
    if not missed:
        return
    people = await in_database(reacting.people_of, room.id, missed)
    now = {each.id: each.reactions.version for each in chat.messages if each.reactions is not None}
    missed = {number for number in missed if tallies[number].version > now.get(number, 0)}
    for number in missed:
        chat.reactors.pop(number, None)
        set_tally(room, number, tallies[number])
    _set_reactors(chat, (each for each in people if each[0] in missed))


# ---- what is shown ---------------------------------------------------------------------------------------


def snapshot(state: RoomState, viewer: Viewer, bytes_left: int) -> ChatSnapshot:
    """The newest messages that fit and are visible to everybody like the viewer."""
    chat = state.feature_state(ChatState)
    hidden = state.hidden_up_to(is_attendee=viewer.is_attendee)
    visible = [each for each in chat.messages if each.id > hidden and _is_shown(each, viewer)]
    pinned = [each for each in chat.pinned if each.id > hidden]
    shown = fitting(visible[: -SHOWN - 1 : -1], bytes_left - _size(pinned))[::-1]
    has_earlier = chat.has_earlier and (not chat.messages or chat.messages[0].id > hidden)
    return ChatSnapshot(
        messages=shown,
        earlier=len(shown) < len(visible) or has_earlier,
        pinned=pinned,
        chat=chat.switches,
    )


def _is_shown(message: Message, viewer: Viewer) -> bool:
    audience = message.audience()
    return audience is None or (viewer.is_host and audience.hosts)


def _size(messages: list[Message]) -> int:
    return sum(len(each.model_dump_json(by_alias=True).encode()) + 1 for each in messages)


def own(state: RoomState, person: str) -> ChatOwn:
    """What was written to or by this person alone, as much of the newest as is small."""
    chat = state.feature_state(ChatState)
    restricted = state.once("restricted messages", lambda: _with_audience(chat.messages))
    mine = [each for each, audience in restricted if person in audience.people]
    shown = fitting(reversed(mine), LARGEST_OWN)[::-1]
    left_out = mine[: len(mine) - len(shown)]
    return ChatOwn(
        own_messages=shown,
        own_messages_after=left_out[-1].id if left_out else 0,
        own_reactions=_own_reactions(chat, person),
    )


def _own_reactions(chat: ChatState, person: str) -> dict[str, list[int]]:
    """To as many messages as a snapshot may show."""
    found: dict[str, list[int]] = {}
    for number in sorted(chat.reactors)[-SHOWN:]:
        for reaction, people in chat.reactors[number].items():
            if person in people:
                found.setdefault(reaction, []).append(number)
    return found


def _with_audience(messages: Iterable[Message]) -> list[tuple[Message, Audience]]:
    """Those that not everybody sees."""
    found = ((each, each.audience()) for each in messages)
    return [(each, audience) for each, audience in found if audience is not None]
