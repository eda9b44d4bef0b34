"""The chat's settings of a room, in the database and in the journal: changed in the room or on the meeting's page."""

from datetime import datetime
from typing import Any

from django.db import transaction

from engagement.chat.messages import ChatConfigured, ChatSwitches
from engagement.chat.models import ChatSettings
from rooms import journal
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import Participant

COLUMNS = {"on": "is_on", "private": "private", "moderated": "is_moderated", "slow_seconds": "slow_seconds"}


@transaction.atomic
def configure(
    *, room_id: str, changes: dict[str, Any], by: PersonRef, person: int, now: datetime
) -> ChatSwitches:
    """`changes` by the names of ChatSwitches. What is as it was is not announced."""
    ChatSettings.objects.get_or_create(room_id=room_id)
    row = ChatSettings.objects.select_for_update().get(room_id=room_id)
    before = switches_of(row)
    after = before.model_copy(update=changes)
    if after == before:
        return before
    for name in changes:
        setattr(row, COLUMNS[name], getattr(after, name))
    row.save(update_fields=[COLUMNS[name] for name in changes])
    event = ChatConfigured(chat=after, by=by, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, person)], now=now)
    return after


def switches_of(row: ChatSettings | None) -> ChatSwitches:
    if row is None:
        return ChatSwitches()
    return ChatSwitches.model_validate(
        {
            "on": row.is_on,
            "private": row.private,
            "moderated": row.is_moderated,
            "slow_seconds": row.slow_seconds,
        }
    )


def settings_of(room_id: str) -> ChatSettings | None:
    return ChatSettings.objects.filter(room_id=room_id).first()


def ref_in(room_id: str, person: int) -> PersonRef:
    """Of somebody who changes the settings on a page; without a name until they have been in the room."""
    participant = Participant.objects.filter(room=room_id, person=person).first()
    if participant is None:
        return PersonRef(id=public_id(0), name="")
    return PersonRef(
        id=public_id(participant.pk), name=participant.name, company=participant.company_name, role="host"
    )
