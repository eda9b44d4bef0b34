"""Who is let into a room: joining by a ticket, waiting to be admitted, denied, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from api.models import ApiToken
from companies import sessions
from rooms import presence_records
from rooms.models.room import Participant, Presence, Room, UsedTicket
from rooms.policy import Access, Entry, Holder, Level, RoomInfo, policy_for

TICKETS_KEPT = timedelta(minutes=10)  # longer than any ticket is good for
TURNED_AWAY = (Participant.Admission.DENIED, Participant.Admission.REMOVED)


class UnableToJoin(Exception):
    """`code` is "removed" when a host has turned the person away, "no_seat" when the right to enter is gone, "used"
    when the ticket has opened a connection already.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One connection that wants to enter, as its ticket says."""

    room_id: str
    person_id: int
    credential: str
    connection: str
    process: str
    name: str
    company_name: str = ""
    signed_in: bool = False
    session: int | None = None
    api_token: int | None = None
    ticket: str = ""


@dataclass(frozen=True)
class Place:
    """A person's place in a room, and what they may do there."""

    participant_id: int
    is_admitted: bool
    on_stage: bool
    hand_raised_at: datetime | None
    level: Level
    role: str


Key = tuple[str, int]  # room and person


@transaction.atomic
def join_many(*, arrivals: Sequence[Arrival], now: datetime) -> list[Place | UnableToJoin]:
    """All of a storm's newcomers in one transaction: a participant per person, a presence per connection.

    Who waits is not present: `presences.begin` follows when they are let in.
    """
    rooms = Room.objects.in_bulk({arrival.room_id for arrival in arrivals})
    infos = {room_id: policy_for(room).about(room) for room_id, room in rooms.items()}
    allowed = _access_now(arrivals, rooms, now)
    used = _used_before(arrivals, now)
    entering = [each for each in arrivals if each.connection in allowed and each.connection not in used]
    participants = _participants(arrivals, entering, allowed, infos, now)
    places: list[Place | UnableToJoin] = []
    for arrival in arrivals:
        participant = participants.get((arrival.room_id, arrival.person_id))
        if participant is not None and participant.admission in TURNED_AWAY:
            places.append(UnableToJoin("removed"))
        elif arrival.connection in used:
            places.append(UnableToJoin("used"))
        elif participant is None or arrival.connection not in allowed:
            places.append(UnableToJoin("no_seat"))
        else:
            places.append(_place(participant, allowed[arrival.connection]))
    present = [
        arrival
        for arrival, place in zip(arrivals, places, strict=True)
        if isinstance(place, Place) and place.is_admitted
    ]
    presence_records.begin(connections=[presence_of(arrival) for arrival in present], now=now)
    return places


def presence_of(arrival: Arrival) -> presence_records.Connected:
    return presence_records.Connected(arrival.room_id, arrival.person_id, arrival.connection, arrival.process)


def _place(participant: Participant, access: Access) -> Place:
    is_admitted = participant.admission == Participant.Admission.ADMITTED
    on_stage = participant.on_stage and is_admitted
    raised = participant.hand_raised_at
    return Place(participant.pk, is_admitted, on_stage, raised, access.level, access.role)


def _access_now(arrivals: Sequence[Arrival], rooms: dict[str, Room], now: datetime) -> dict[str, Access]:
    """By connection. A right, a sign-in or a key may have ended since the ticket was issued."""
    found: dict[str, Access] = {}
    for room_id, room in rooms.items():
        holders = [
            Holder(each.connection, each.person_id, each.credential, each.signed_in)
            for each in arrivals
            if each.room_id == room_id
        ]
        found |= policy_for(room).access_now(room_id, holders)
    for connection in _with_ended_sign_in(arrivals, now):
        found.pop(connection, None)
    return found


def _with_ended_sign_in(arrivals: Sequence[Arrival], now: datetime) -> set[str]:
    good_sessions = running_sessions({each.session for each in arrivals}, now)
    good_keys = valid_keys({each.api_token for each in arrivals})
    return {
        arrival.connection
        for arrival in arrivals
        if (arrival.session is not None and arrival.session not in good_sessions)
        or (arrival.api_token is not None and arrival.api_token not in good_keys)
    }


def running_sessions(ids: set[int | None], now: datetime) -> frozenset[int]:
    """Those of these sign-ins that have not ended."""
    asked = ids - {None}
    return frozenset(sessions.running(now).filter(pk__in=asked).values_list("pk", flat=True) if asked else ())


def valid_keys(ids: set[int | None]) -> frozenset[int]:
    """Those of these API tokens that were not revoked."""
    asked = [each for each in ids if each is not None]
    valid = ApiToken.objects.filter(pk__in=asked, revoked_at=None)
    return frozenset(valid.values_list("pk", flat=True) if asked else ())


def _used_before(arrivals: Sequence[Arrival], now: datetime) -> set[str]:
    """Connections whose ticket has opened another one. The first to insert it has it, in whichever process."""
    first: dict[str, str] = {}
    for arrival in arrivals:
        if arrival.ticket:
            first.setdefault(arrival.ticket, arrival.connection)
    new = UsedTicket.insert_new(list(first), now)
    return {
        arrival.connection
        for arrival in arrivals
        if arrival.ticket and (arrival.ticket not in new or first[arrival.ticket] != arrival.connection)
    }


def forget_tickets(*, now: datetime) -> int:
    """Those used so long ago that their signature has run out."""
    return UsedTicket.objects.filter(used_at__lt=now - TICKETS_KEPT).delete()[0]


# ---- participants ------------------------------------------------------------------------------------------


def _participants(
    arrivals: Sequence[Arrival],
    entering: Sequence[Arrival],
    allowed: dict[str, Access],
    infos: dict[str, RoomInfo],
    now: datetime,
) -> dict[Key, Participant]:
    found = _found(arrivals)
    new = {
        (each.room_id, each.person_id): _newcomer(each, allowed[each.connection], infos[each.room_id], now)
        for each in entering
        if (each.room_id, each.person_id) not in found
    }
    if new:
        Participant.objects.bulk_create(new.values(), ignore_conflicts=True)
        found = _found(arrivals)
    for each in entering:
        participant = found[each.room_id, each.person_id]
        _bring_up_to_date(participant, each, allowed[each.connection].level, infos[each.room_id])
    return found


def _found(arrivals: Sequence[Arrival]) -> dict[Key, Participant]:
    rows = Participant.objects.filter(
        room__in={arrival.room_id for arrival in arrivals},
        person__in={arrival.person_id for arrival in arrivals},
    )
    return {(row.room_id, row.person_id): row for row in rows}


def _newcomer(arrival: Arrival, access: Access, info: RoomInfo, now: datetime) -> Participant:
    return Participant(
        room_id=arrival.room_id,
        person_id=arrival.person_id,
        name=arrival.name,
        company_name=arrival.company_name,
        admission=_admission(access.level, info),
        on_stage=access.level >= Level.SPEAK or info.everybody_speaks,
        first_seen_at=now,
    )


def _admission(level: Level, info: RoomInfo) -> Participant.Admission:
    waits = info.keeps_waiting(level)
    return Participant.Admission.WAITING if waits else Participant.Admission.ADMITTED


def _bring_up_to_date(participant: Participant, arrival: Arrival, level: Level, info: RoomInfo) -> None:
    changed = []
    if participant.admission == Participant.Admission.WAITING and not info.keeps_waiting(level):
        participant.admission = Participant.Admission.ADMITTED
        changed.append("admission")
    if level >= Level.SPEAK and not participant.on_stage and not _is_here(participant):
        participant.on_stage = True  # stepping down lasts until one leaves
        changed.append("on_stage")
    for field, value in (("name", arrival.name), ("company_name", arrival.company_name)):
        if value and getattr(participant, field) != value:
            setattr(participant, field, value)
            changed.append(field)
    if changed:
        participant.save(update_fields=changed)


def _is_here(participant: Participant) -> bool:
    return Presence.objects.filter(room=participant.room_id, person=participant.person_id).present().exists()


# ---- what hosts decide -------------------------------------------------------------------------------------


@transaction.atomic
def admit(*, room_id: str, participants: Sequence[int] | None) -> list[int]:
    """Lets in those named of them who wait, or with None all who do; returns who came in."""
    waiting = Participant.objects.select_for_update().filter(
        room=room_id, admission=Participant.Admission.WAITING
    )
    if participants is not None:
        waiting = waiting.filter(pk__in=participants)
    admitted = list(waiting.values_list("pk", flat=True))
    Participant.objects.filter(pk__in=admitted).update(admission=Participant.Admission.ADMITTED)
    return admitted


@transaction.atomic
def turn_away(*, room_id: str, participant: int, admission: Participant.Admission) -> Participant | None:
    """Denies one who waits or removes one who is in, for good; None when there is nobody to turn away."""
    before = (
        Participant.Admission.WAITING
        if admission == Participant.Admission.DENIED
        else Participant.Admission.ADMITTED
    )
    rows = Participant.objects.filter(pk=participant, room=room_id, admission=before)
    if not rows.update(admission=admission, on_stage=False, hand_raised_at=None):
        return None
    return Participant.objects.get(pk=participant)


def is_turned_away(entry: Entry) -> bool:
    """Removed or denied by a host: may not come back by another link."""
    turned_away = Participant.objects.filter(room=entry.room, person=entry.person, admission__in=TURNED_AWAY)
    return turned_away.exists()


# A participant's key as the room's protocol shows it: means nothing in any other room.


def public_id(participant: int) -> str:
    return f"p{participant}"


def key_of(person: str) -> int | None:
    """The participant that a public id means; None when it cannot mean any."""
    digits = person.removeprefix("p")
    means_one = person.startswith("p") and digits.isascii() and digits.isdecimal() and len(digits) < 19
    return int(digits) if means_one else None
