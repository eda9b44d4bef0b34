"""The newest messages in the room's state, the pinned ones, and the settings."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engagement.chat import configuring, reading
from engagement.chat.messages import (
    ChatConfigured,
    ChatDeleted,
    ChatEdited,
    ChatMessage,
    ChatOwn,
    ChatPinned,
    ChatSnapshot,
    ChatSwitches,
    ChatUnpinned,
    Message,
)
from rooms.features import Viewer
from rooms.room_state import RoomState, fitting

KEPT = 200  # messages, whoever sees them
SHOWN = 50
LARGEST_OWN = 4 * 1024


@dataclass
class ChatState:
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT))
    has_earlier: bool = False
    pinned: list[Message] = field(default_factory=list)
    switches: ChatSwitches = field(default_factory=ChatSwitches)

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
        erased = {"text": "", "deleted_by_host": True}
        chat.change(event.message, lambda each: each.model_copy(update=erased))
    else:
        chat.replace_messages(each for each in chat.messages if each.id != event.message)
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
    mine = [each for each in chat.messages if _is_between(each, person)]
    shown = fitting(reversed(mine), LARGEST_OWN)[::-1]
    left_out = mine[: len(mine) - len(shown)]
    return ChatOwn(own_messages=shown, own_messages_after=left_out[-1].id if left_out else 0)


def _is_between(message: Message, person: str) -> bool:
    audience = message.audience()
    return audience is not None and person in audience.people
