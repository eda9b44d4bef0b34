"""Erases the labels that somebody whose account is deleted gave to timers."""

from datetime import datetime

from companies.models import Person
from engagement.timer import timing
from rooms.models import RoomEvent


def erase_labels(person: Person, _now: datetime) -> None:
    labelled = RoomEvent.objects.filter(person=person, ev=timing.STARTED).exclude(payload__label="")
    for row in labelled.iterator():
        row.payload = {**row.payload, "label": ""}
        row.save(update_fields=["payload"])
