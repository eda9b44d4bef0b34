"""Raising and lowering a hand, in the database and in the journal."""

from datetime import datetime

from django.db import transaction

from engagement.hands.messages import HandLowered, HandRaised
from rooms import journal, stage
from rooms.admission import participant_pk
from rooms.messages import PersonRef
from rooms.models.room import Participant


@transaction.atomic
def raise_hand(*, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> bool:
    """False when it is raised already. `by` is the key of the person who does it."""
    lowered = Participant.objects.filter(
        pk=participant_pk(person_ref.id) or 0, room=room_id, hand_raised_at__isnull=True
    )
    if not lowered.update(hand_raised_at=now):
        return False
    event = HandRaised(person=person_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
    return True


@transaction.atomic
def lower_hand(*, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> bool:
    """False when it is not raised."""
    raised = Participant.objects.filter(
        pk=participant_pk(person_ref.id) or 0, room=room_id, hand_raised_at__isnull=False
    )
    if not raised.update(hand_raised_at=None):
        return False
    event = HandLowered(person=person_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
    return True


@transaction.atomic
def give_floor(*, room_id: str, person_ref: PersonRef, by: int, on_stage: bool, now: datetime) -> None:
    """Lowers the hand, and with `on_stage` brings the person on stage."""
    if on_stage:
        stage.bring_on_stage(room_id=room_id, person_ref=person_ref, by=by, now=now)
    lower_hand(room_id=room_id, person_ref=person_ref, by=by, now=now)
