"""The feature, as the engine knows it."""

from engagement.notes import commands, messages, rights, state, words
from engagement.notes.announcing import BUS_KIND
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import READ_LIMIT, WRITE_LIMIT, RateLimit
from rooms.rights import Rule, hosts_only, readers_too
from rooms.room_state import RoomState

PIECE_LIMIT = RateLimit(burst=120, rate=20)  # a large document comes in a hundred pieces
UPDATE_LIMIT = RateLimit(burst=100, rate=25)  # clients wait for the reply before they send the next
CURSOR_LIMIT = RateLimit(burst=10, rate=6)

_read = readers_too(when=rights.may_read)
_write = Rule(when=rights.may_write)


def in_a_webinar(_context: object, room: RoomState) -> bool:
    return room.info.is_webinar


NOTES = Feature(
    name="notes",
    documentation="Notes that several write at once, kept with the meeting and the project room.",
    commands=(
        CommandType(messages.NotesList, commands.list_documents, _read, READ_LIMIT, messages.NotesListReply),
        CommandType(messages.NotesOpen, commands.open_document, _read, PIECE_LIMIT, messages.NotesOpenReply),
        CommandType(messages.NotesClose, commands.close_document, _read, READ_LIMIT),
        CommandType(messages.NotesUpdate, commands.write, _write, UPDATE_LIMIT, messages.NotesUpdateReply),
        CommandType(messages.NotesCursor, commands.move_cursor, _write, CURSOR_LIMIT),
        CommandType(messages.NotesNames, commands.list_names, _read, READ_LIMIT, messages.NotesNamesReply),
        CommandType(messages.NotesShow, commands.show, hosts_only(when=in_a_webinar), WRITE_LIMIT),
    ),
    durable=(DurableEvent(shape=messages.NotesShown, apply=state.shown, after=state.rights_changed),),
    ephemeral=(messages.NotesUpdated, messages.NotesCursors, messages.NotesStale, messages.Notes),
    snapshot=SnapshotPart(shape=messages.NotesSnapshot, build=state.snapshot),
    load=state.load,
    bus_handlers={BUS_KIND: state.receive_update, state.CURSORS_KIND: state.receive_cursors},
    publish=state.publish,
    watch=state.watch,
    in_breakouts=False,
    words=words.words,
)
