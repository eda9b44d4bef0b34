"""The settings of a room's questions, changed in the room or on the meeting's page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from engagement.questions.describing import settings_info
from engagement.questions.locking import lock_room
from engagement.questions.messages import QuestionsConfigured
from engagement.questions.models import QuestionSettings, settings_of
from rooms import journal
from rooms.journal import NewEvent


@transaction.atomic
def configure(*, room_id: str, changes: Mapping[str, Any], now: datetime) -> QuestionSettings:
    """`changes` are fields of the settings. Held questions stay held when moderation ends."""
    lock_room(room_id)
    chosen = settings_of(room_id)
    before = settings_info(chosen)
    for name, value in changes.items():
        setattr(chosen, name, value)
    if settings_info(chosen) == before:
        return chosen
    chosen.save()
    event = QuestionsConfigured(settings=settings_info(chosen), at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[NewEvent(event)], now=now)
    return chosen
