"""The stage: people on it may publish audio and video."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from rooms import journal
from rooms.admission import admit, participant_pk
from rooms.features import registry
from rooms.messages import PersonRef, StageJoined, StageLeft
from rooms.models.room import Participant


@transaction.atomic
def bring_on_stage(*, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> bool:
    """False when the person is on stage already, or not admitted. `by` is the key of the person who does it."""
    if (
        not _people_in(room_id)
        .filter(pk=participant_pk(person_ref.id) or 0, on_stage=False)
        .update(on_stage=True)
    ):
        return False
    registry.stage_joined(room_id=room_id, person_ref=person_ref, by=by, now=now)
    event = StageJoined(person=person_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
    return True


@transaction.atomic
def take_off_stage(*, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> bool:
    """False when the person is not on stage."""
    if (
        not _people_in(room_id)
        .filter(pk=participant_pk(person_ref.id) or 0, on_stage=True)
        .update(on_stage=False)
    ):
        return False
    event = StageLeft(person=person_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
    return True


@transaction.atomic
def follow_role(*, room_id: str, person_ref: PersonRef, has_a_role: bool, by: int, now: datetime) -> bool:
    """Admits a person with a new role and brings them on stage; takes one without off it. False if nothing changes."""
    if not has_a_role:
        return take_off_stage(room_id=room_id, person_ref=person_ref, by=by, now=now)
    admit(room_id=room_id, participants=[participant_pk(person_ref.id) or 0])
    return bring_on_stage(room_id=room_id, person_ref=person_ref, by=by, now=now)


def _people_in(room_id: str) -> QuerySet[Participant]:
    return Participant.objects.filter(room=room_id, admission=Participant.AdmissionStatus.ADMITTED)
