"""The stage: people on it may publish audio and video."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from rooms import journal
from rooms.admission import admit, participant_pk, public_id
from rooms.features import registry
from rooms.messages import PersonRef, StageJoined, StageLeft, StageOrdered, StageSpotlighted
from rooms.models.room import Participant, Room
from rooms.refusals import Refused

MOST_ORDERED = 200  # people; others come after them


@transaction.atomic
def bring_on_stage(*, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> bool:
    """False when the person is on stage already, or not admitted. `by` is the key of the person who does it."""
    if (
        not _people_in(room_id)
        .filter(pk=participant_pk(person_ref.id) or 0, on_stage=False)
        .update(on_stage=True)
    ):
        return False
    _change_order(room_id, lambda order: _last(order, participant_pk(person_ref.id) or 0))
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
    _change_order(room_id, lambda order: _without(order, participant_pk(person_ref.id) or 0))
    registry.stage_left(room_id=room_id, person_ref=person_ref, by=by, now=now)
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
def move(
    *, room_id: str, person_ref: PersonRef, place: int, present: Sequence[int], by: int, now: datetime
) -> None:
    """Puts a person at this place among the `present` ones on stage. Raises Refused for one who is not on stage.

    Others of the chosen order, whose connection is broken at the moment, keep their place in it.
    """
    moved = participant_pk(person_ref.id) or 0
    if moved not in present:
        raise Refused("not_now", "not on the stage")
    room = Room.objects.select_for_update().get(pk=room_id)
    on_stage = set(
        _people_in(room_id).filter(pk__in=room.stage_order, on_stage=True).values_list("pk", flat=True)
    )
    kept = [each for each in room.stage_order if each in on_stage or each in present]
    order = [*kept, *sorted(set(present) - set(kept))]
    shown = [each for each in order if each in present and each != moved]
    order.remove(moved)
    order.insert(order.index(shown[place]) if place < len(shown) else len(order), moved)
    order = order[:MOST_ORDERED]
    if order == room.stage_order:
        return
    Room.objects.filter(pk=room_id).update(stage_order=order)
    event = StageOrdered(people=[public_id(each) for each in order], at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


def _change_order(room_id: str, change: Callable[[list[int]], list[int]]) -> None:
    """Only of a room where hosts have chosen one."""
    room = Room.objects.select_for_update().get(pk=room_id)
    if room.stage_order:
        Room.objects.filter(pk=room_id).update(stage_order=change(room.stage_order))


def _last(order: list[int], participant: int) -> list[int]:
    return [*_without(order, participant), participant][:MOST_ORDERED]


def _without(order: list[int], participant: int) -> list[int]:
    return [each for each in order if each != participant]


@transaction.atomic
def follow_role(*, room_id: str, person_ref: PersonRef, has_a_role: bool, by: int, now: datetime) -> bool:
    """Admits a person with a new role and brings them on stage; takes one without off it. False if nothing changes."""
    if not has_a_role:
        return take_off_stage(room_id=room_id, person_ref=person_ref, by=by, now=now)
    admit(room_id=room_id, participants=[participant_pk(person_ref.id) or 0])
    return bring_on_stage(room_id=room_id, person_ref=person_ref, by=by, now=now)


def _people_in(room_id: str) -> QuerySet[Participant]:
    return Participant.objects.filter(room=room_id, admission=Participant.AdmissionStatus.ADMITTED)
