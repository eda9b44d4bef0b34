"""Preparing, opening, extending and closing breakout rooms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from engagement.breakouts import mixing, reading
from engagement.breakouts.messages import (
    BreakoutAnnounced,
    BreakoutRenamed,
    BreakoutsClosed,
    BreakoutsExtended,
    BreakoutsOpened,
    BreakoutsPrepared,
)
from engagement.breakouts.mixing import Candidate
from engagement.breakouts.models import (
    BreakoutAssignment,
    BreakoutGroup,
    BreakoutReservation,
    BreakoutRound,
)
from rooms import journal
from rooms.audience import Audience, audience_of
from rooms.messages import Event, PersonRef
from rooms.models import Room
from rooms.refusals import Refused

Reason = Literal["host", "time", "meeting"]
State = BreakoutRound.State
MOST_ASSIGNED = 500  # people, so that the room's snapshot holds them
DEALT = {BreakoutRound.Assign.RANDOM, BreakoutRound.Assign.COMPANIES, BreakoutRound.Assign.COUNTRIES}


@dataclass(frozen=True)
class Plan:
    """What a host wants: groups of these names, empty for none of its own, and how people come into them."""

    names: Sequence[str]
    assign: str
    minutes: int | None
    seed: int


@transaction.atomic
def prepare(
    *, room_id: str, meeting: str, plan: Plan, people: Sequence[Candidate], by: int, now: datetime
) -> None:
    """In the place of a round that was prepared before. Raises Refused while breakout rooms are open."""
    row = _write(room_id, meeting, plan, people, now)
    _tell_prepared(row, by, now)


@transaction.atomic
def prepare_ahead(
    *, room_id: str, meeting: str, plan: Plan, places: Mapping[int, int], by: int, now: datetime
) -> None:
    """`places` are people's groups, from 0: they come into them when they are there. Raises Refused as `prepare`."""
    row, groups = _create(room_id, meeting, plan, now)
    BreakoutReservation.objects.bulk_create(
        BreakoutReservation(round=row, group=groups[place], person_id=person)
        for person, place in places.items()
    )
    _tell_prepared(row, by, now)


def _tell_prepared(row: BreakoutRound, by: int, now: datetime) -> None:
    event = BreakoutsPrepared(breakouts=reading.breakouts_of(row), at=journal.protocol_time(now))
    _tell(row, event, by, now)


@transaction.atomic
def open_prepared(*, room_id: str, present: Mapping[int, int], by: int, now: datetime) -> None:
    """`present` are the participants by person, without the hosts. Raises Refused when none are prepared."""
    row = locked_round(room_id)
    if row.is_open:
        raise Refused("not_now", "they are open")
    if row.reservations.exists():
        _seat(row, present, now)
    _open(row, by, now)


def _seat(row: BreakoutRound, present: Mapping[int, int], now: datetime) -> None:
    """Those present go into the group that was planned for them, others into the smallest.

    Who was planned and is not there counts nowhere. A host may have assigned some in the room.
    """
    planned = dict(row.reservations.filter(person__in=present).values_list("person", "group"))
    numbers = dict(row.groups.values_list("pk", "room__number"))
    assigned = dict(row.assignments.values_list("participant", "group"))
    sizes = Counter(assigned.values())
    new: dict[int, int] = {}
    for person, participant in sorted(present.items(), key=lambda pair: (pair[0] not in planned, pair[1])):
        if participant in assigned or len(assigned) + len(new) >= MOST_ASSIGNED:
            continue
        group = planned.get(person) or min(numbers, key=lambda one: (sizes[one], numbers[one]))
        sizes[group] += 1
        new[participant] = group
    BreakoutAssignment.objects.bulk_create(
        BreakoutAssignment(round=row, group_id=group, participant_id=participant, assigned_at=now)
        for participant, group in new.items()
    )


@transaction.atomic
def open_new(
    *, room_id: str, meeting: str, plan: Plan, people: Sequence[Candidate], by: int, now: datetime
) -> None:
    """Prepares and opens them at once. Raises Refused while breakout rooms are open."""
    _open(_write(room_id, meeting, plan, people, now), by, now)


def _write(
    room_id: str, meeting: str, plan: Plan, people: Sequence[Candidate], now: datetime
) -> BreakoutRound:
    row, groups = _create(room_id, meeting, plan, now)
    if plan.assign in DEALT:
        places = mixing.distribute(people, len(groups), assign=plan.assign, seed=plan.seed)
        BreakoutAssignment.objects.bulk_create(
            BreakoutAssignment(round=row, group=groups[place], participant_id=participant, assigned_at=now)
            for participant, place in places.items()
        )
    return row


def _create(
    room_id: str, meeting: str, plan: Plan, now: datetime
) -> tuple[BreakoutRound, list[BreakoutGroup]]:
    Room.objects.select_for_update().get(pk=room_id)  # two hosts at once
    before = reading.current_round(room_id)
    if before is not None:
        if before.is_open:
            raise Refused("not_now", "they are open")
        _discard(before)
    row = BreakoutRound.objects.create(
        room_id=room_id,
        meeting=meeting,
        assign=plan.assign,
        seed=plan.seed,
        minutes=plan.minutes,
        created_at=now,
    )
    rooms = [
        Room(kind=Room.Kind.BREAKOUT, parent_id=room_id, label=name, number=number, created_at=now)
        for number, name in enumerate(plan.names, start=1)
    ]
    Room.objects.bulk_create(rooms)
    groups = [BreakoutGroup(round=row, room=room) for room in rooms]
    return row, BreakoutGroup.objects.bulk_create(groups)


def _open(row: BreakoutRound, by: int, now: datetime) -> None:
    row.state, row.opened_at = State.OPEN, now
    row.ends_at = now + timedelta(minutes=row.minutes) if row.minutes is not None else None
    row.save(update_fields=["state", "opened_at", "ends_at"])
    event = BreakoutsOpened(breakouts=reading.breakouts_of(row), at=journal.protocol_time(now))
    _tell(row, event, by, now)


@transaction.atomic
def rename(*, room_id: str, group: str, name: str, by: int, now: datetime) -> None:
    """`group` is the id of its room; without a name it is called by its number. Raises Refused."""
    row = locked_round(room_id)
    if not Room.objects.filter(pk=group, breakout_group__round=row).update(label=name):
        raise Refused("not_found")
    _tell(row, BreakoutRenamed(room=group, name=name, at=journal.protocol_time(now)), by, now)


@transaction.atomic
def extend(*, room_id: str, minutes: int | None, by: int, now: datetime) -> None:
    """The rooms close so many minutes from now, or with None not by themselves. Raises Refused."""
    row = locked_open_round(room_id)
    row.ends_at = now + timedelta(minutes=minutes) if minutes is not None else None
    row.save(update_fields=["ends_at"])
    ends_at = journal.protocol_time(row.ends_at) if row.ends_at is not None else None
    _tell(row, BreakoutsExtended(ends_at=ends_at, at=journal.protocol_time(now)), by, now)


@transaction.atomic
def announce(*, room_id: str, text: str, by_ref: PersonRef, by: int, now: datetime) -> None:
    """Raises Refused."""
    row = locked_open_round(room_id)
    _tell(row, BreakoutAnnounced(text=text, by=by_ref, at=journal.protocol_time(now)), by, now)


# ---- the end ---------------------------------------------------------------------------------------------


@transaction.atomic
def close(*, room_id: str, by: int, now: datetime) -> None:
    """Discards a round that was only prepared. Raises Refused when there is none."""
    row = locked_round(room_id)
    if row.is_open:
        _close(row, "host", by, now)
        return
    event = BreakoutsClosed(id=row.pk, reason="host", at=journal.protocol_time(now))
    _tell(row, event, by, now)
    _discard(row)


@transaction.atomic
def close_due(*, room_id: str, now: datetime) -> bool:
    """Closes the open round of this main room if its time is over. The first of all processes does it."""
    row = _locked(room_id)
    if row is None or not row.is_open or row.ends_at is None or row.ends_at > now:
        return False
    _close(row, "time", None, now)
    return True


@transaction.atomic
def close_with_meeting(*, room_id: str, meeting: str, now: datetime) -> None:
    """Rounds of this meeting: an open one is closed, a prepared one discarded."""
    row = _locked(room_id)
    if row is None or row.meeting != meeting:
        return
    if row.is_open:
        _close(row, "meeting", None, now)
        return
    event = BreakoutsClosed(id=row.pk, reason="meeting", at=journal.protocol_time(now))
    _tell(row, event, None, now)
    _discard(row)


def _close(row: BreakoutRound, reason: Reason, by: int | None, now: datetime) -> None:
    """Tells the main room first, then each breakout room in its order: nobody waits for a lock in a circle."""
    row.state, row.closed_at = State.CLOSED, now
    row.save(update_fields=["state", "closed_at"])
    BreakoutAssignment.objects.filter(round=row).update(help_asked_at=None)
    event = BreakoutsClosed(id=row.pk, reason=reason, at=journal.protocol_time(now))
    rooms = row.groups.order_by("room__number").values_list("room", flat=True)
    for room_id in (row.room_id, *rooms):
        journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


def _discard(row: BreakoutRound) -> None:
    """Nobody has been in its rooms."""
    Room.objects.filter(breakout_group__round=row).delete()
    row.delete()


# ---- shared ----------------------------------------------------------------------------------------------


def locked_round(room_id: str) -> BreakoutRound:
    """The one that is prepared or open. Raises Refused."""
    row = _locked(room_id)
    if row is None:
        raise Refused("not_now", "there are no breakout rooms")
    return row


def locked_open_round(room_id: str) -> BreakoutRound:
    """Raises Refused."""
    row = _locked(room_id)
    if row is None or not row.is_open:
        raise Refused("not_now", "no breakout rooms are open")
    return row


def _locked(room_id: str) -> BreakoutRound | None:
    rows = BreakoutRound.objects.select_for_update().filter(room=room_id)
    return rows.exclude(state=State.CLOSED).first()


def audience_for(row: BreakoutRound) -> Audience | None:
    """While a round is prepared only hosts know of it."""
    return None if row.is_open else audience_of(hosts=True)


def _tell(row: BreakoutRound, event: Event, by: int | None, now: datetime) -> None:
    new = journal.NewEvent(event, by, audience_for(row))
    journal.write_many(room_id=row.room_id, events=[new], now=now)
