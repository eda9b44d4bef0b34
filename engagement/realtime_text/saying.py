"""A finished line in the journal: written once, however often it is sent."""

from datetime import datetime

from django.db import IntegrityError, transaction

from engagement.realtime_text.messages import KEY, RttCommitted
from rooms import journal
from rooms.messages import PersonRef


def commit_line(
    *,
    room_id: str,
    text_id: str,
    text: str,
    person_ref: PersonRef,
    person: int,
    language: str | None = None,
    began: str | None = None,
    now: datetime,
) -> int:
    """The line's number; that of the first time for a text that was sent before."""
    event = RttCommitted(
        id=0,
        person=person_ref,
        text_id=text_id,
        text=text,
        language=language,
        began=began if language is not None else None,
        at=journal.protocol_time(now),
    )
    try:
        return _write_once(room_id, event, person, now)
    except IntegrityError:  # another process has just written it: now it is found
        return _write_once(room_id, event, person, now)


@transaction.atomic
def _write_once(room_id: str, event: RttCommitted, person: int, now: datetime) -> int:
    key = KEY + event.text_id
    written = journal.seqs_by_client_id(room_id, [key]).get((person, key))
    if written is not None:
        return written
    return journal.write_many(room_id=room_id, events=[journal.NewEvent(event, person)], now=now)[0]
