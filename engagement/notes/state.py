"""Whether attendees may read the notes, and who follows which document in this process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from engagement.notes.messages import Cursor, Notes, NotesCursors, NotesShown, NotesSnapshot, NotesStale
from engagement.notes.models import NoteDocument
from rooms.connections import Connection
from rooms.features import Viewer, registry
from rooms.following_meeting import follow_meeting
from rooms.policy import Level
from rooms.room_session import RoomSession
from rooms.room_state import RoomState
from rooms.throttle import Throttle

CURSORS_KIND = "notes_cursors"
CURSORS_EVERY = 0.2  # seconds
MOST_CURSORS = 100  # in one event

Key = tuple[str, str]  # connection and document


@dataclass
class NotesState:
    meeting: str = ""
    is_shown: bool = False
    following: dict[str, set[str]] = field(default_factory=dict)  # connections in this process, by document
    meetings: dict[str, str] = field(default_factory=dict)  # by document's name, as `find_document` found it
    fetching: dict[Key, tuple[bytes, int]] = field(default_factory=dict)  # what is sent in pieces
    arriving: dict[Key, bytes] = field(default_factory=dict)  # pieces of an update
    moved: dict[str, dict[int, Cursor]] = field(default_factory=dict)  # cursors, by document and client
    throttle: Throttle | None = None


def notes_in(state: RoomState) -> NotesState:
    return state.feature_state(NotesState)


# ---- shown to attendees --------------------------------------------------------------------------------------


def is_shown(state: RoomState) -> bool:
    """Of the present meeting: the next check reads it for another one."""
    notes = notes_in(state)
    return notes.is_shown and notes.meeting == (state.info.meeting or "")


def load(state: RoomState, room_id: str) -> None:
    notes = notes_in(state)
    notes.meeting = state.info.meeting or ""
    notes.is_shown = read(room_id, notes.meeting)


def read(room_id: str, meeting: str) -> bool:
    return NoteDocument.objects.filter(room=room_id, meeting=meeting, is_shown=True).exists()


def shown(state: RoomState, event: NotesShown) -> None:
    notes = notes_in(state)
    if event.meeting == notes.meeting:
        notes.is_shown = event.on


def snapshot(state: RoomState, _viewer: Viewer, _bytes_left: int) -> NotesSnapshot:
    return NotesSnapshot(notes_shown=is_shown(state))


def rights_changed(room: RoomSession, _event: NotesShown) -> None:
    """Whoever may read them now, or no longer."""
    room.send_you_changed({each.person for each in room.connections() if each.is_attendee})


def watch(room: RoomSession, _now: datetime) -> None:
    follow_meeting(
        room,
        known=notes_in(room.state).meeting,
        read=partial(read, room.id),
        use=partial(_use, room),
    )
    _forget_who_left(room)


def _use(room: RoomSession, meeting: str, is_shown: bool) -> None:  # noqa: FBT001 - as follow_meeting calls it
    notes = notes_in(room.state)
    notes.meeting, notes.is_shown = meeting, is_shown
    room.broadcast(Notes(notes_shown=is_shown))


# ---- who follows a document ----------------------------------------------------------------------------------


def follow(room: RoomSession, connection: Connection, document: str, meeting: str) -> None:
    notes = notes_in(room.state)
    notes.following.setdefault(document, set()).add(connection.id)
    notes.meetings[document] = meeting


def unfollow(room: RoomSession, connection: str, document: str) -> None:
    notes = notes_in(room.state)
    notes.following.get(document, set()).discard(connection)
    notes.fetching.pop((connection, document), None)
    notes.arriving.pop((connection, document), None)


def follows(room: RoomSession, connection: str, document: str) -> bool:
    return connection in notes_in(room.state).following.get(document, ())


def _forget_who_left(room: RoomSession) -> None:
    notes = notes_in(room.state)
    for document, connections in list(notes.following.items()):
        for gone in connections - room.broadcaster.subscribers.keys():
            unfollow(room, gone, document)
        if not connections:
            del notes.following[document]


def _followers(room: RoomSession, document: str) -> list[Connection]:
    """Those who still may read: their rights may have changed since they opened it."""
    connections = notes_in(room.state).following.get(document, ())
    found = [room.broadcaster.subscribers.get(each) for each in connections]
    return [each for each in found if isinstance(each, Connection) and _may_still_read(room, each)]


def _may_still_read(room: RoomSession, connection: Connection) -> bool:
    is_attendee = connection.level < Level.SPEAK and not room.state.everybody_speaks
    return connection.is_admitted and not (is_attendee and not is_shown(room.state))


# ---- from other processes ------------------------------------------------------------------------------------


def receive_update(room: RoomSession, header: Mapping[str, Any], payload: bytes) -> None:
    room.broadcaster.send(payload, _followers(room, header["document"]))


def publish(room: RoomSession) -> None:
    """After messages may have been lost. Also when another process opens the room, which does no harm."""
    for document in notes_in(room.state).following:
        room.send(NotesStale(document=document), _followers(room, document))


# ---- cursors -------------------------------------------------------------------------------------------------


def move_cursor(room: RoomSession, document: str, cursor: Cursor) -> None:
    """The last of each client is sent, a few times a second, to all processes."""
    notes = notes_in(room.state)
    if notes.throttle is None:
        notes.throttle = Throttle(partial(_send_cursors, room), every=CURSORS_EVERY)
    notes.moved.setdefault(document, {})[cursor.client] = cursor
    notes.throttle.wake()


def _send_cursors(room: RoomSession) -> None:
    notes = notes_in(room.state)
    moved, notes.moved = notes.moved, {}
    for document, cursors in moved.items():
        event = NotesCursors(document=document, cursors=list(cursors.values())[:MOST_CURSORS])
        room.bus.send(room.id, {"k": CURSORS_KIND, "document": document}, registry.frame_of(event))


def receive_cursors(room: RoomSession, header: Mapping[str, Any], payload: bytes) -> None:
    room.broadcaster.send(payload, _followers(room, header["document"]))
