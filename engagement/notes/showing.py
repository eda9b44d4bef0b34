"""Showing the notes of a meeting to attendees of a webinar."""

from datetime import datetime

from django.db import transaction

from engagement.notes.messages import NotesShown
from engagement.notes.storing import lock_document
from rooms import journal
from rooms.models import Room


@transaction.atomic
def show(*, room_id: str, meeting: str, on: bool, by: int, now: datetime) -> None:
    """Nobody is told when it is so already."""
    Room.objects.select_for_update().get(pk=room_id)
    document = lock_document(room_id, meeting, now)
    if document.is_shown == on:
        return
    document.is_shown = on
    document.save(update_fields=["is_shown"])
    event = NotesShown(meeting=meeting, on=on, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
