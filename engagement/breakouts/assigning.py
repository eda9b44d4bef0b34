"""Who is in which group: hosts move people, latecomers come into the smallest group, others choose."""

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import DatabaseError, transaction
from django.db.models import Count

from engagement.breakouts import reading
from engagement.breakouts.messages import BreakoutAssigned, BreakoutHelpChanged, BreakoutsMoved
from engagement.breakouts.models import BreakoutAssignment, BreakoutGroup, BreakoutRound
from engagement.breakouts.running import MOST_ASSIGNED, audience_for, locked_open_round, locked_round
from rooms import bus, journal
from rooms.admission import public_id
from rooms.audience import audience_of
from rooms.models import Participant
from rooms.refusals import Refused


@dataclass(frozen=True)
class Wish:
    """Somebody goes to a breakout room: to the one they want, or with None to their own, else to the smallest."""

    room_id: str  # the main room
    participant: int
    person: int
    wanted: str | None


@transaction.atomic
def move(*, room_id: str, participant: int, group: str | None, by: int, now: datetime) -> None:
    """`group` is the id of its room; None takes the person out of their group. Raises Refused."""
    row = locked_round(room_id)
    admitted = Participant.AdmissionStatus.ADMITTED
    moved = Participant.objects.filter(pk=participant, room=room_id, admission=admitted).first()
    if moved is None:
        raise Refused("not_found")
    target = None
    if group is not None:
        target = BreakoutGroup.objects.filter(round=row, room=group).first()
        if target is None:
            raise Refused("not_found")
    before = row.assignments.filter(participant=participant).select_related("participant", "group").first()
    if (before.group_id if before is not None else None) == (target.pk if target is not None else None):
        return
    if before is not None:
        _answer([before], row, now)
    if target is None:
        BreakoutAssignment.objects.filter(round=row, participant=participant).delete()
    else:
        if before is None:
            _refuse_too_many(row)
        BreakoutAssignment.objects.update_or_create(
            round=row, participant=moved, defaults={"group": target, "assigned_at": now}
        )
    _tell(row, [BreakoutAssigned(person=public_id(participant), room=group)], by, now)
    if before is not None and row.is_open:
        _reauthorize(before.group, moved.person_id)


def _refuse_too_many(row: BreakoutRound) -> None:
    if row.assignments.count() >= MOST_ASSIGNED:
        raise Refused("not_now", f"at most {MOST_ASSIGNED} people")


def _tell(row: BreakoutRound, moves: list[BreakoutAssigned], by: int | None, now: datetime) -> None:
    event = BreakoutsMoved(moves=moves, at=journal.protocol_time(now))
    new = journal.NewEvent(event, by, audience_for(row))
    journal.write_many(room_id=row.room_id, events=[new], now=now)


def _reauthorize(left: BreakoutGroup, person: int) -> None:
    """Closes their connections to the room that is not theirs any more."""
    transaction.on_commit(partial(bus.reauthorize_person, person, room=left.room_id), robust=True)


# ---- going there -----------------------------------------------------------------------------------------


def assign_many(wishes: Sequence[Wish], now: datetime) -> list[str | Exception]:
    """For each wish the id of the group's room, or why there is none; one transaction for each main room."""
    outcome: dict[int, str | Exception] = {}
    for room_id in sorted({wish.room_id for wish in wishes}):
        places = [place for place, wish in enumerate(wishes) if wish.room_id == room_id]
        try:
            results = _assign(room_id, [wishes[place] for place in places], now)
        except (DatabaseError, Refused) as problem:
            outcome.update(dict.fromkeys(places, problem))
        else:
            outcome.update(zip(places, results, strict=True))
    return [outcome[place] for place in range(len(wishes))]


@transaction.atomic
def _assign(room_id: str, wishes: Sequence[Wish], now: datetime) -> list[str | Exception]:
    """Raises Refused when no breakout rooms are open."""
    row = locked_open_round(room_id)
    moves = _Moves(row, wishes)
    results: list[str | Exception] = []
    for wish in wishes:
        try:
            results.append(moves.assign(wish, now))
        except Refused as problem:
            results.append(problem)
    moves.write(now)
    return results


class _Moves:
    """New groups of some people in an open round, written together."""

    def __init__(self, row: BreakoutRound, wishes: Sequence[Wish]) -> None:
        self.row = row
        participants = [wish.participant for wish in wishes]
        planned = row.reservations.filter(person__in=[wish.person for wish in wishes])
        self.planned = dict(planned.values_list("person", "group__room"))
        self.groups = {group.room_id: group for group in row.groups.order_by("room__number")}
        self.rooms = {group.pk: room for room, group in self.groups.items()}
        counted = row.assignments.order_by().values_list("group").annotate(Count("pk"))
        self.sizes: Counter[str] = Counter({self.rooms[group]: size for group, size in counted})
        found = row.assignments.filter(participant__in=participants).select_related("participant")
        self.own = {each.participant_id: each for each in found}
        self.left: dict[int, BreakoutAssignment] = {}  # as they were, by participant
        self.changed: dict[int, Wish] = {}

    def assign(self, wish: Wish, now: datetime) -> str:
        """The room of their group. Raises Refused."""
        known = self.own.get(wish.participant)
        before = self.rooms[known.group_id] if known is not None else None
        room = self._room_for(wish, before)
        if room == before:
            return room
        if known is None and sum(self.sizes.values()) >= MOST_ASSIGNED:
            raise Refused("not_now", f"at most {MOST_ASSIGNED} people")
        self.sizes[room] += 1
        if known is None:
            known = BreakoutAssignment(round=self.row, participant_id=wish.participant)
        elif before is not None:
            self.sizes[before] -= 1
            self.left.setdefault(wish.participant, copy(known))
        known.group, known.assigned_at = self.groups[room], now
        self.own[wish.participant] = known
        self.changed[wish.participant] = wish
        return room

    def _room_for(self, wish: Wish, before: str | None) -> str:
        if wish.wanted is not None and wish.wanted not in self.groups:
            raise Refused("not_found")
        everybody_chooses = self.row.assign == BreakoutRound.Assign.CHOICE
        if wish.wanted is not None and (everybody_chooses or wish.wanted == before):
            return wish.wanted
        if wish.wanted is not None:
            raise Refused("not_allowed", "hosts assign the groups")
        if before is not None:
            return before
        if everybody_chooses:
            raise Refused("bad_field", "room: choose one")
        if wish.person in self.planned:
            return self.planned[wish.person]
        return min(self.groups, key=lambda room: self.sizes[room])

    def write(self, now: datetime) -> None:
        if not self.changed:
            return
        _answer(list(self.left.values()), self.row, now)
        rows = [self.own[participant] for participant in self.changed]
        for each in rows:
            each.help_asked_at = None
        kept = [each for each in rows if each.participant_id in self.left]
        BreakoutAssignment.objects.bulk_create(
            [each for each in rows if each.participant_id not in self.left]
        )
        BreakoutAssignment.objects.bulk_update(kept, ["group", "assigned_at", "help_asked_at"])
        moves = [
            BreakoutAssigned(person=public_id(each.participant_id), room=each.group.room_id) for each in rows
        ]
        _tell(self.row, moves, None, now)
        for participant, before in self.left.items():
            _reauthorize(self.groups[self.rooms[before.group_id]], self.changed[participant].person)


# ---- asking for help -------------------------------------------------------------------------------------


@transaction.atomic
def ask_help(*, room_id: str, participant: int, on: bool, now: datetime) -> None:
    """Twice is no error. Raises Refused for who has no group in open breakout rooms."""
    row = locked_open_round(room_id)
    own = row.assignments.filter(participant=participant).select_related("participant", "group").first()
    if own is None:
        raise Refused("not_now", "you are in no group")
    if not on:
        _answer([own], row, now)
    elif own.help_asked_at is None:
        own.help_asked_at = now
        own.save(update_fields=["help_asked_at"])
        _tell_help([own], row, now, on=True)


@transaction.atomic
def answer_help(*, room_id: str, group: str, now: datetime) -> None:
    """A host comes to this group: nobody there asks any more. Raises Refused."""
    row = locked_open_round(room_id)
    _answer(list(row.assignments.filter(group__room=group).select_related("participant", "group")), row, now)


def _answer(assignments: Sequence[BreakoutAssignment], row: BreakoutRound, now: datetime) -> None:
    asking = [each for each in assignments if each.help_asked_at is not None]
    if asking:
        BreakoutAssignment.objects.filter(pk__in=[each.pk for each in asking]).update(help_asked_at=None)
        _tell_help(asking, row, now, on=False)


def _tell_help(
    assignments: Sequence[BreakoutAssignment], row: BreakoutRound, now: datetime, *, on: bool
) -> None:
    events = []
    for each in assignments:
        person = reading.person_ref_of(each.participant)
        event = BreakoutHelpChanged(
            person=person, room=each.group.room_id, on=on, at=journal.protocol_time(now)
        )
        audience = audience_of(people=[person.id], hosts=True)
        events.append(journal.NewEvent(event, each.participant.person_id, audience))
    journal.write_many(room_id=row.room_id, events=events, now=now)
