"""Correcting a kept caption: what it said is gone, and everybody sees what it says now."""

from datetime import datetime

from django.db import transaction

from engagement.realtime_text.messages import RttCorrected
from engagement.realtime_text.reading import as_line, corrections_of, line_rows
from rooms import journal
from rooms.json_patch import Patched
from rooms.messages import PersonRef
from rooms.refusals import Refused


@transaction.atomic
def correct_line(
    *, room_id: str, number: int, text: str, by: PersonRef, person: int, after: int, now: datetime
) -> None:
    """`after`: up to this number are lines of the practice session, which attendees do not learn of by a correction.

    Raises Refused: not_found, not_allowed for a line of somebody else and for one that is no caption.
    """
    line = line_rows(room_id).select_for_update().filter(seq=number, seq__gt=after).first()
    if line is None:
        raise Refused("not_found")
    if line.person_id != person or not as_line(line).is_caption:
        raise Refused("not_allowed")
    line_rows(room_id).filter(pk=line.pk).update(payload=Patched("payload", text=text))
    corrections_of(room_id, number).update(payload=Patched("payload", text=text))
    event = RttCorrected(line=number, text=text, by=by, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, person)], now=now)
