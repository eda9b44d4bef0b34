"""State transitions of a recording, forward only: a conditional UPDATE whose row count is checked."""

from datetime import datetime
from typing import Any

from recordings.models import Recording

State = Recording.State

# Possible predecessors of each state. Whatever was not published may fail. Only `publishing.unpublish` leads back.
BEFORE: dict[str, tuple[str, ...]] = {
    State.CAPTURING: (State.EXPECTED,),
    State.RECEIVED: (State.EXPECTED, State.CAPTURING),
    State.PROCESSING: (State.RECEIVED,),
    State.READY: (State.PROCESSING,),
    State.PUBLISHED: (State.READY,),
    State.EXPIRED: (State.READY, State.PUBLISHED),
    State.DELETED: (State.RECEIVED, State.PROCESSING, State.READY, State.PUBLISHED, State.FAILED),
    State.FAILED: (State.EXPECTED, State.CAPTURING, State.RECEIVED, State.PROCESSING, State.READY),
}


class UnableToAdvance(Exception):
    """The recording is not in a state from which this transition is possible."""


def advance(recording: Recording, state: str, *, now: datetime, **fields: Any) -> None:
    """Updates the row and the object. Raises UnableToAdvance."""
    if not advanced(recording.pk, state, now=now, **fields):
        raise UnableToAdvance(f"{recording.pk} is not where {state} may follow")
    recording.refresh_from_db()


def advanced(recording_id: str, state: str, *, now: datetime, **fields: Any) -> bool:
    before = Recording.objects.filter(pk=recording_id, state__in=BEFORE[state])
    return before.update(**{"state": state, "state_changed_at": now, **fields}) == 1


def locked(recording: Recording) -> Recording:
    return (
        Recording.objects.select_for_update(of=("self",))
        .select_related("meeting", "room")
        .get(pk=recording.pk)
    )
