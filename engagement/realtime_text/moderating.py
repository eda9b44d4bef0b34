"""Deleting kept lines. What is deleted is gone for good."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from engagement.realtime_text.messages import RttDeleted
from engagement.realtime_text.reading import corrections_of, line_rows
from rooms import journal
from rooms.json_patch import Patched
from rooms.messages import PersonRef
from rooms.models import RoomEvent
from rooms.refusals import Refused


@transaction.atomic
def delete_line(
    *, room_id: str, number: int, by: PersonRef, person: int, is_host: bool, after: int, now: datetime
) -> None:
    """`after`: nothing up to this number is known to whoever deletes. Raises Refused."""
    line = line_rows(room_id).select_for_update().filter(seq=number, seq__gt=after).first()
    if line is None:
        raise Refused("not_found")
    if not is_host and line.person_id != person:
        raise Refused("not_allowed")
    erase_texts(line_rows(room_id).filter(pk=line.pk))
    corrections_of(room_id, number).update(payload=Patched("payload", text=""))
    event = RttDeleted(line=number, by=by, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, person)], now=now)


def erase_texts(lines: QuerySet[RoomEvent]) -> None:
    lines.update(payload=Patched("payload", text="", deleted=True))
