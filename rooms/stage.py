"""The stage: people on it may publish audio and video."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from rooms import journal
from rooms.admission import admit, participant_pk
from rooms.features import registry
from rooms.messages import PersonRef, StageJoined, StageLeft, StageSpotlighted
from rooms.models.room import Participant, Room
from rooms.refusals import Refused


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
    Room.objects.filter(pk=room_id, spotlight=participant_pk(person_ref.id)).update(spotlight=None)
    event = StageLeft(person=person_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
    return True


@transaction.atomic
def set_spotlight(*, room_id: str, person_ref: PersonRef | None, by: int, now: datetime) -> None:
    """On a person who is on stage, or on nobody. Raises Refused."""
    participant = None
    if person_ref is not None:
        participant = _people_in(room_id).filter(pk=participant_pk(person_ref.id) or 0, on_stage=True).first()
        if participant is None:
            raise Refused("not_now", "not on the stage")
    Room.objects.filter(pk=room_id).update(spotlight=participant)
    event = StageSpotlighted(person=person_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


@transaction.atomic
def follow_role(*, room_id: str, person_ref: PersonRef, has_a_role: bool, by: int, now: datetime) -> bool:
    """Admits a person with a new role and brings them on stage; takes one without off it. False if nothing changes."""
    if not has_a_role:
        return take_off_stage(room_id=room_id, person_ref=person_ref, by=by, now=now)
    admit(room_id=room_id, participants=[participant_pk(person_ref.id) or 0])
    return bring_on_stage(room_id=room_id, person_ref=person_ref, by=by, now=now)


def _people_in(room_id: str) -> QuerySet[Participant]:
    return Participant.objects.filter(room=room_id, admission=Participant.AdmissionStatus.ADMITTED)
