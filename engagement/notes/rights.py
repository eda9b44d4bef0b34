"""Who may read the notes of a room, and who may write in them."""

from engagement.notes.models import LASTING, NoteDocument
from engagement.notes.state import is_shown
from rooms import policy
from rooms.connections import Connection
from rooms.models import Room
from rooms.policy import Level
from rooms.refusals import Refused
from rooms.rights import ParticipantContext, while_open
from rooms.room_state import RoomState


def may_read(context: ParticipantContext, state: RoomState) -> bool:
    """Attendees of a webinar: once a host shows them the notes. In a project room everybody."""
    is_project = state.info.kind == "project"
    return context.level >= Level.SPEAK or state.everybody_speaks or is_project or is_shown(state)


def may_write(context: ParticipantContext, state: RoomState) -> bool:
    speaks = context.level >= Level.SPEAK or state.everybody_speaks
    return speaks and while_open(context, state)


def find_document(connection: Connection, state: RoomState, name: str) -> str:
    """The meeting of the document with this name, or nothing for the lasting one. It may not have been written yet.

    Of a project room, people from outside get the notes of the present meeting alone. Raises Refused: not_found.
    """
    info = state.info
    if info.meeting is not None and name == info.meeting:
        return name
    if info.kind != "project" or not is_member(connection, info.id):
        raise Refused("not_found")
    if name == LASTING:
        return ""
    if not NoteDocument.objects.filter(room=info.id, meeting=name).exists():
        raise Refused("not_found")
    return name


def is_member(connection: Connection, room_id: str) -> bool:
    """Of the project room, and signed in as such."""
    ticket = connection.ticket
    return ticket.signed_in and policy.policy_of_kind(Room.Kind.PROJECT).is_member(ticket.person, room_id)
