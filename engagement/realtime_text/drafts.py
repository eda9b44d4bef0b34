"""Lines while they are typed: the same text in every process, by versions. In the manner of XEP-0301.

A process that missed a version keeps the line as it was; the process of whoever types sends the whole text again within
some seconds (`refresh`). One that has opened the room since gets all lines at once (`publish`).
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from companies.text import masked
from engagement.realtime_text.messages import LONGEST, Edit, RttType, RttTyping
from rooms.connections import Connection
from rooms.features import registry
from rooms.journal import protocol_time
from rooms.messages import PersonRef
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import RoomState

BUS_KIND = "rtt"
ALL_OF_A_PROCESS = "rtt_all"
MOST = 100  # lines being typed in a room
MOST_OF_A_CONNECTION = 3  # one, and others that are being committed
FINISHED = 200
OFF_STAGE = frozenset({"captioner"})  # roles that write without being on stage

Key = tuple[str, str]  # person and text: nobody changes a line of somebody else


@dataclass
class Draft:
    """`began_after`: the room's number when it began, or since when attendees of a webinar may see it.

    `began` is when its first letter was typed.
    """

    person: PersonRef
    text_id: str
    version: int
    text: str
    connection: str
    began_after: int
    language: str | None = None
    began: str | None = None
    is_known_whole: bool = True


@dataclass
class Drafts:
    """`finished` are those committed last: what is received of them later is out of date."""

    by_key: dict[Key, Draft] = field(default_factory=dict)
    finished: deque[Key] = field(default_factory=lambda: deque(maxlen=FINISHED))

    def of(self, connection: str) -> list[Draft]:
        return [each for each in self.by_key.values() if each.connection == connection]


def edited(text: str, edits: Sequence[Edit]) -> str:
    """Raises Refused for an edit beyond the text's end, and for a text that gets too long."""
    for edit in edits:
        if edit.at + edit.erase > len(text):
            raise Refused("bad_field", "edits: beyond the end of the text")
        text = text[: edit.at] + edit.insert + text[edit.at + edit.erase :]
        if len(text) > LONGEST:
            raise Refused("bad_field", f"edits: more than {LONGEST} characters")
    return text


def type_text(room: RoomSession, connection: Connection, command: RttType, *, now: datetime) -> None:
    """Raises Refused."""
    drafts = room.state.feature_state(Drafts)
    key = (connection.person, command.text_id)
    if key in drafts.finished:
        raise Refused("not_now", "text_id: committed already")
    known = drafts.by_key.get(key)
    edits = [each.model_copy(update={"insert": masked(each.insert)}) for each in command.edits]
    text = _text_after(known, command, edits)
    if known is None and text:
        _make_room(room, drafts, connection)
    is_whole = command.text is not None or (known is not None and is_of_practice(room.state, known))
    event = RttTyping(
        person=connection.person_ref,
        text_id=command.text_id,
        version=command.version,
        language=command.language,
        **({"text": text} if is_whole else {"edits": edits}),
    )
    _send(room, event, connection.id, at=protocol_time(now))


def _text_after(known: Draft | None, command: RttType, edits: list[Edit]) -> str:
    if (command.text is None) == (not command.edits):
        raise Refused("bad_field", "edits: either they or text")
    if command.text is not None:
        if known is not None and command.version <= known.version:
            raise Refused("not_now", "version: a newer one is known")
        return masked(command.text)
    if known is None or command.version != known.version + 1:
        raise Refused("not_now", "version: send the whole text")
    return edited(known.text, edits)


def _make_room(room: RoomSession, drafts: Drafts, connection: Connection) -> None:
    own = drafts.of(connection.id)
    for draft in own[: max(0, len(own) - MOST_OF_A_CONNECTION + 1)]:
        _take_away(room, draft)
    if len(drafts.by_key) >= MOST:
        raise Refused("not_now", "too many people are typing")


def is_of_practice(state: RoomState, draft: Draft) -> bool:
    """Attendees of the webinar have not seen it; they see all of it when it is typed on."""
    return draft.began_after < state.practice_until_seq


def _take_away(room: RoomSession, draft: Draft) -> None:
    _send(room, _end_of(draft), draft.connection)


def _whole(draft: Draft) -> RttTyping:
    return RttTyping(
        person=draft.person,
        text_id=draft.text_id,
        version=draft.version,
        text=draft.text,
        language=draft.language,
    )


def _end_of(draft: Draft) -> RttTyping:
    return RttTyping(person=draft.person, text_id=draft.text_id, version=draft.version + 1, text="")


def _send(room: RoomSession, event: RttTyping, connection: str, *, at: str | None = None) -> None:
    """To every process, this one too: each changes its state and tells its connections (`receive`)."""
    header = {"k": BUS_KIND, "connection": connection, "at": at}
    room.bus.send(room.id, header, registry.frame_of(event))


def receive(room: RoomSession, header: Mapping[str, Any], payload: bytes) -> None:
    event = RttTyping.model_validate_json(payload)
    if _apply(room.state, event, header["connection"], header.get("at")):
        room.broadcast(event)


def _apply(state: RoomState, event: RttTyping, connection: str, at: str | None) -> bool:
    """False for what changes nothing: a version that was missed or is known, an end of what is not there."""
    drafts = state.feature_state(Drafts)
    key = (event.person.id, event.text_id)
    known = drafts.by_key.get(key)
    if key in drafts.finished:
        return False
    if event.text == "":
        return drop(state, key)
    if event.text is None:
        if known is None or event.version != known.version + 1:
            return False
        known.text, known.version = edited(known.text, event.edits), event.version
        known.language, known.is_known_whole = event.language, False
    else:
        if known is not None and event.version <= known.version:
            return False
        began_after = max(known.began_after if known else state.seq, state.practice_until_seq)
        draft = Draft(
            event.person, event.text_id, event.version, event.text, connection, began_after, event.language
        )
        draft.began = known.began if known is not None else at
        drafts.by_key[key] = draft
    state.version += 1
    return True


def drop(state: RoomState, key: Key) -> bool:
    """Whether it was there."""
    state.version += 1
    return state.feature_state(Drafts).by_key.pop(key, None) is not None


def began(state: RoomState, key: Key) -> str | None:
    """When the line was begun, as far as it is being typed."""
    draft = state.feature_state(Drafts).by_key.get(key)
    return draft.began if draft is not None else None


def finish(state: RoomState, key: Key) -> None:
    """It is kept as a line from now on."""
    drop(state, key)
    state.feature_state(Drafts).finished.append(key)


def refresh(room: RoomSession, _now: datetime) -> None:
    """Every few seconds: the lines of those who left go, and the others are sent whole to whoever missed an edit."""
    for draft in list(room.state.feature_state(Drafts).by_key.values()):
        if not _is_going_on(room.state, draft):
            drop(room.state, (draft.person.id, draft.text_id))
            room.broadcast(_end_of(draft))
        elif draft.connection in room.broadcaster.subscribers and not draft.is_known_whole:
            draft.is_known_whole = True
            _send_whole(room, draft)


def _is_going_on(state: RoomState, draft: Draft) -> bool:
    """Until the meeting ends, its connection is gone, or its person may no longer write."""
    person = state.people.get(draft.person.id)
    return (
        not state.is_over
        and draft.connection in state.person_by_connection
        and person is not None
        and (person.on_stage or person.person_ref.role in OFF_STAGE)
    )


def _send_whole(room: RoomSession, draft: Draft) -> None:
    if is_of_practice(room.state, draft):
        return
    whole = _whole(draft)
    room.broadcast(whole)
    header = {"k": BUS_KIND, "connection": draft.connection}
    room.bus.send_to_other_processes(room.id, header, registry.frame_of(whole))


def publish(room: RoomSession) -> None:
    """What is typed here, to processes that asked for it: they opened the room since, or messages were lost."""
    lines = [
        {
            "connection": draft.connection,
            "at": draft.began,
            "event": _whole(draft).model_dump(mode="json", exclude_none=True),
        }
        for draft in room.state.feature_state(Drafts).by_key.values()
        if draft.connection in room.broadcaster.subscribers and not is_of_practice(room.state, draft)
    ]
    room.bus.send_to_other_processes(room.id, {"k": ALL_OF_A_PROCESS}, orjson.dumps(lines))


def receive_all(room: RoomSession, header: Mapping[str, Any], payload: bytes) -> None:
    """A line of that process which is not among them has ended."""
    lines = [(each, RttTyping.model_validate(each["event"])) for each in orjson.loads(payload)]
    going_on = {(event.person.id, event.text_id) for _line, event in lines}
    of_process = room.state.connections_of(header["from"])
    for draft in list(room.state.feature_state(Drafts).by_key.values()):
        key = (draft.person.id, draft.text_id)
        if draft.connection in of_process and key not in going_on:
            drop(room.state, key)
            room.broadcast(_end_of(draft))
    for line, event in lines:
        if _apply(room.state, event, line["connection"], line["at"]):
            room.broadcast(event)
