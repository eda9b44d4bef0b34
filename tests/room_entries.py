"""The right to enter a room, as pages and programs ask for it."""

from meetings import access
from rooms import policy
from rooms.policy import Entry, Requester


def entry_for(visitor: access.Visitor, room_id: str) -> Entry:
    session = {
        access.SESSION_REGISTRATIONS: list(visitor.registration_ids),
        access.SESSION_STAGE_ROLES: list(visitor.role_ids),
    }
    return policy.entry_for(Requester(visitor.person, session), room_id)
