"""Who may send something to a room from its page, or read from it there."""

from django.http import HttpRequest

from meetings.access import Level, NotAllowed
from rooms import admission, policy
from rooms.policy import Entry
from rooms.views.tickets import requester_of


def room_entry(request: HttpRequest, room_id: str, level: Level) -> Entry:
    """Raises NotAllowed for those below `level`, whom a host has turned away, or whom a lock keeps out."""
    entry = policy.entry_for(requester_of(request), room_id)
    barriers = admission.barriers_for(entry)
    if entry.level < level or barriers.is_turned_away or barriers.is_locked:
        raise NotAllowed
    return entry
