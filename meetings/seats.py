"""How many seats of a meeting are free, whether they are scarce, and who waits for one."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from meetings.models import Meeting, Registration

# How long an unconfirmed address holds a scarce seat: overnight, or a quarter of the time left until the start.
VERIFY_WITHIN, SHORTEST_TO_VERIFY = timedelta(hours=12), timedelta(minutes=15)
SCARCE_SHARE, SCARCE_SEATS = 5, 5  # seats are scarce when a fifth of them is left, at least five


def locked_meeting(meeting_id: str) -> Meeting:
    # NO KEY: rows that only reference the meeting can be written meanwhile.
    return Meeting.objects.select_for_update(no_key=True).get(pk=meeting_id)


def free_seats(meeting: Meeting) -> int | None:
    """None without a limit. Holds only under the meeting's lock."""
    if meeting.capacity is None:
        return None
    return max(0, meeting.capacity - Registration.objects.filter(meeting=meeting).seated().count())


def waitlist_of(meeting: Meeting) -> QuerySet[Registration]:
    return Registration.objects.filter(meeting=meeting).queue().select_related("person")


def is_scarce(meeting: Meeting, *, taking: int = 0) -> bool:
    free = free_seats(meeting)
    if free is None or meeting.capacity is None:
        return False
    return free - taking < max(SCARCE_SEATS, meeting.capacity // SCARCE_SHARE)


def time_to_verify(meeting: Meeting, state: Registration.State, *, now: datetime) -> datetime | None:
    """The deadline of a registration about to be made; None while seats are not scarce."""
    holds = state in Registration.LAPSING_STATES
    return verification_deadline(meeting, now=now) if holds and is_scarce(meeting, taking=1) else None


def verification_deadline(meeting: Meeting, *, now: datetime) -> datetime:
    return now + max(SHORTEST_TO_VERIFY, min(VERIFY_WITHIN, (meeting.starts_at - now) / 4))
