"""Handlers of the commands."""

import binascii
from base64 import b64decode, b64encode
from typing import Any

from django.utils import timezone

from engagement.notes import naming, reading, rights, showing, state, storing
from engagement.notes.messages import (
    LARGEST_PIECE,
    Cursor,
    DocumentInfo,
    NotesClose,
    NotesCursor,
    NotesList,
    NotesNames,
    NotesOpen,
    NotesShow,
    NotesUpdate,
)
from engagement.notes.models import LASTING, NoteDocument
from engagement.notes.storing import LARGEST_UPDATE, PendingUpdate
from rooms.connections import Connection
from rooms.database import Batch, in_database
from rooms.journal import protocol_time
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, fitting

MOST_LISTED = 200

# Updates sent during a write are written together by the next one.
_writing: Batch[PendingUpdate, int] = Batch(lambda pending: storing.store_updates(pending, timezone.now()))


async def list_documents(room: RoomSession, connection: Connection, _command: NotesList) -> dict[str, Any]:
    documents = await in_database(_documents, room, connection)
    return {"documents": [each.model_dump(mode="json") for each in fitting(documents, LARGEST_PAGE)]}


def _documents(room: RoomSession, connection: Connection) -> list[DocumentInfo]:
    info = room.state.info
    is_member = info.kind == "project" and rights.is_member(connection, room.id)
    rows = {row.meeting: row for row in reading.documents_of(room.id)[:MOST_LISTED]}
    first = ([""] if is_member else []) + ([info.meeting] if info.meeting is not None else [])
    others = [meeting for meeting in rows if meeting not in first] if is_member else []
    return [_info(meeting, rows.get(meeting)) for meeting in (*first, *others)]


def _info(meeting: str, row: NoteDocument | None) -> DocumentInfo:
    changed = row.changed_at if row is not None else None
    return DocumentInfo(
        document=meeting or LASTING,
        meeting=meeting or None,
        changed_at=protocol_time(changed) if changed is not None else None,
    )


# ---- reading -------------------------------------------------------------------------------------------------


async def open_document(room: RoomSession, connection: Connection, command: NotesOpen) -> dict[str, Any]:
    """Follows first and reads then: no update between the two is missed."""
    key = (connection.id, command.document)
    fetching = state.notes_in(room.state).fetching
    if command.offset == 0:
        meeting = await in_database(rights.find_document, connection, room.state, command.document)
        state.follow(room, connection, command.document, meeting)
        fetching[key] = await _missing_part(room.id, meeting, command.vector)
    if key not in fetching or command.offset > len(fetching[key][0]):
        raise Refused("not_now", "offset: begin again")
    content, number = fetching[key]
    end = command.offset + LARGEST_PIECE
    is_last = end >= len(content)
    if is_last:
        del fetching[key]
    piece = b64encode(content[command.offset : end]).decode()
    return {"update": piece, "next": None if is_last else end, "number": number}


async def _missing_part(room_id: str, meeting: str, vector: str) -> tuple[bytes, int]:
    try:
        return await in_database(reading.missing_part, room_id, meeting, _decoded(vector, "vector"))
    except ValueError as problem:
        raise Refused("bad_field", "vector: not in Yjs's encoding") from problem


async def close_document(room: RoomSession, connection: Connection, command: NotesClose) -> None:
    state.unfollow(room, connection.id, command.document)


async def list_names(room: RoomSession, _connection: Connection, command: NotesNames) -> dict[str, Any]:
    return {"names": await in_database(naming.names_in, room.id, command.ids, command.query)}


# ---- writing -------------------------------------------------------------------------------------------------


async def write(room: RoomSession, connection: Connection, command: NotesUpdate) -> dict[str, Any]:
    key = _followed(room, connection, command.document)
    notes = state.notes_in(room.state)
    content = notes.arriving.pop(key, b"") + _decoded(command.update, "update")
    if len(content) > LARGEST_UPDATE:
        raise Refused("not_now", "too_large")
    if command.more:
        notes.arriving[key] = content
        return {"number": None}
    meeting = notes.meetings[command.document]
    update = PendingUpdate(room.id, meeting, connection.ticket.person, command.client, content)
    return {"number": await _writing.add(update)}


async def move_cursor(room: RoomSession, connection: Connection, command: NotesCursor) -> None:
    _followed(room, connection, command.document)
    cursor = Cursor(client=command.client, person=connection.person_ref, cursor=command.cursor)
    state.move_cursor(room, command.document, cursor)


async def show(room: RoomSession, connection: Connection, command: NotesShow) -> None:
    await in_database(
        showing.show,
        room_id=room.id,
        meeting=room.state.info.meeting or "",
        on=command.on,
        by=connection.ticket.person,
        now=timezone.now(),
    )


def _followed(room: RoomSession, connection: Connection, document: str) -> state.Key:
    """Raises Refused. Whether the connection may have the document was asked when it opened it."""
    if not state.follows(room, connection.id, document):
        raise Refused("not_now", "document: open it first")
    return connection.id, document


def _decoded(text: str, name: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as problem:
        raise Refused("bad_field", f"{name}: no base64") from problem
