"""Admission to a room: joining with a ticket, waiting, admitted, denied, removed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import FilteredRelation, Q, QuerySet

from api.models import ApiToken
from companies import sessions
from companies.composed_queries import ComposedQuery
from companies.email_addresses import mailbox
from companies.models import Person
from rooms import locking, presence_records
from rooms.models.room import Participant, Presence, Room, UsedTicket
from rooms.policy import Access, CredentialHolder, Entry, Level, RoomDescription, policy_for
from rooms.refusals import UnableToJoin
from rooms.tickets import Ticket

TICKETS_KEPT = timedelta(minutes=10)  # longer than any ticket is good for
MOST_TURNED_AWAY = 100  # in the list for hosts
TURNED_AWAY = (Participant.AdmissionStatus.DENIED, Participant.AdmissionStatus.REMOVED)


Key = tuple[str, int]  # room and person


@dataclass(frozen=True, kw_only=True)
class JoinRequest:
    """A connection that wants to join; `id` is the connection's."""

    id: str
    process: str
    ticket: Ticket

    @property
    def key(self) -> Key:
        return self.ticket.room, self.ticket.person


@dataclass(frozen=True)
class Admission:
    """The result of joining: which participant, whether admitted, with which access."""

    participant_id: int
    is_admitted: bool
    on_stage: bool
    hand_raised_at: datetime | None
    level: Level
    role: str


@transaction.atomic
def join_many(*, requests: Sequence[JoinRequest], now: datetime) -> list[Admission | UnableToJoin]:
    """Joins many connections in one transaction: a participant per person, a presence per admitted connection.

    For those who have to wait `presence_records.begin` follows when they are admitted.
    """
    rooms = Room.objects.in_bulk({request.ticket.room for request in requests})
    descriptions = {room_id: policy_for(room).describe(room) for room_id, room in rooms.items()}
    allowed = _current_access(requests, rooms, now)
    used = _with_used_ticket(requests, now)
    locked_out = _locked_out(requests, rooms, allowed)
    turned_away = _turned_away(requests, allowed)
    refused = used | locked_out | turned_away
    entering = [each for each in requests if each.id in allowed and each.id not in refused]
    participants = _participants(requests, entering, allowed, descriptions, now)
    admissions: list[Admission | UnableToJoin] = []
    for request in requests:
        participant = participants.get(request.key)
        was_faster = participant is not None and participant.admission in TURNED_AWAY  # a host, just now
        if request.id in turned_away or was_faster:
            admissions.append(UnableToJoin("removed"))
        elif request.id in used:
            admissions.append(UnableToJoin("used"))
        elif request.id in locked_out:
            admissions.append(UnableToJoin("locked"))
        elif participant is None or request.id not in allowed:
            admissions.append(UnableToJoin("no_seat"))
        else:
            admissions.append(_admission_of(participant, allowed[request.id]))
    present = [
        request
        for request, admission in zip(requests, admissions, strict=True)
        if isinstance(admission, Admission) and admission.is_admitted
    ]
    presence_records.begin(connections=[connection_ref_of(request) for request in present], now=now)
    return admissions


def connection_ref_of(request: JoinRequest) -> presence_records.ConnectionRef:
    return presence_records.ConnectionRef(
        request.ticket.room, request.ticket.person, request.id, request.process
    )


def _admission_of(participant: Participant, access: Access) -> Admission:
    is_admitted = participant.admission == Participant.AdmissionStatus.ADMITTED
    on_stage = participant.on_stage and is_admitted
    raised = participant.hand_raised_at
    return Admission(participant.pk, is_admitted, on_stage, raised, access.level, access.role)


def _current_access(
    requests: Sequence[JoinRequest], rooms: dict[str, Room], now: datetime
) -> dict[str, Access]:
    """By connection. Access, session or API token may have ended since the ticket was issued."""
    found: dict[str, Access] = {}
    for room_id, room in rooms.items():
        holders = [
            CredentialHolder(each.id, each.ticket.person, each.ticket.credential, each.ticket.signed_in)
            for each in requests
            if each.ticket.room == room_id
        ]
        found |= policy_for(room).current_access(room_id, holders)
    for connection in _with_ended_sign_in(requests, now):
        found.pop(connection, None)
    return found


def _turned_away(requests: Sequence[JoinRequest], allowed: dict[str, Access]) -> set[str]:
    """Connections of people whom a host has denied or removed."""
    by_room: dict[str, list[str]] = {}
    for room, email in _addresses_turned_away.rows({each.ticket.room for each in requests}):
        by_room.setdefault(room, []).append(email)
    if not by_room:
        return set()
    turned_away = {room: TurnedAway(addresses) for room, addresses in by_room.items()}
    people = {each.ticket.person for each in requests}
    emails = dict(Person.objects.filter(pk__in=people).values_list("pk", "email"))
    hosts = {connection for connection, access in allowed.items() if access.level >= Level.HOST}
    return {
        each.id
        for each in requests
        if each.ticket.room in turned_away
        and turned_away[each.ticket.room].includes(
            emails.get(each.ticket.person, ""), is_host=each.id in hosts
        )
    }


def _locked_out(
    requests: Sequence[JoinRequest], rooms: dict[str, Room], allowed: dict[str, Access]
) -> set[str]:
    """Connections of people who were not in the room when a host locked it."""
    locked_at = {room_id: room.locked_at for room_id, room in rooms.items() if room.locked_at is not None}
    new = [
        each
        for each in requests
        if each.ticket.room in locked_at and each.id in allowed and allowed[each.id].level < Level.HOST
    ]
    if not new:
        return set()
    inside = locking.inside(locked_at, {each.ticket.person for each in new})
    return {each.id for each in new if each.key not in inside}


def _with_ended_sign_in(requests: Sequence[JoinRequest], now: datetime) -> set[str]:
    good_sessions = running_sessions({each.ticket.session for each in requests}, now)
    valid_tokens = valid_api_tokens({each.ticket.api_token for each in requests})
    return {
        request.id
        for request in requests
        if (request.ticket.session is not None and request.ticket.session not in good_sessions)
        or (request.ticket.api_token is not None and request.ticket.api_token not in valid_tokens)
    }


def running_sessions(ids: set[int | None], now: datetime) -> frozenset[int]:
    """Those of these sessions that have not ended."""
    asked = ids - {None}
    return frozenset(
        sessions.active_sessions(now).filter(pk__in=asked).values_list("pk", flat=True) if asked else ()
    )


def valid_api_tokens(ids: set[int | None]) -> frozenset[int]:
    """Those of these API tokens that were not revoked."""
    asked = [each for each in ids if each is not None]
    valid = ApiToken.objects.filter(pk__in=asked, revoked_at=None)
    return frozenset(valid.values_list("pk", flat=True) if asked else ())


def _with_used_ticket(requests: Sequence[JoinRequest], now: datetime) -> set[str]:
    """Connections whose ticket was used before: the first to insert it, in whichever process, may use it."""
    first: dict[str, str] = {}
    for request in requests:
        first.setdefault(request.ticket.id, request.id)
    new = UsedTicket.insert_new(list(first), now)
    return {
        request.id
        for request in requests
        if request.ticket.id not in new or first[request.ticket.id] != request.id
    }


def delete_old_tickets(*, now: datetime) -> int:
    """Tickets used so long ago that their signature has expired."""
    return UsedTicket.objects.filter(used_at__lt=now - TICKETS_KEPT).delete()[0]


# ---- participants ------------------------------------------------------------------------------------------


def _participants(
    requests: Sequence[JoinRequest],
    entering: Sequence[JoinRequest],
    allowed: dict[str, Access],
    descriptions: dict[str, RoomDescription],
    now: datetime,
) -> dict[Key, Participant]:
    found = _existing_participants(requests)
    new = {
        each.key: _new_participant(each, allowed[each.id], descriptions[each.ticket.room], now)
        for each in entering
        if each.key not in found
    }
    if new:
        Participant.objects.bulk_create(new.values(), ignore_conflicts=True)
        found = _existing_participants(requests)
    for each in entering:
        participant = found[each.key]
        _update_participant(participant, each, allowed[each.id].level, descriptions[each.ticket.room])
    return found


def _existing_participants(requests: Sequence[JoinRequest]) -> dict[Key, Participant]:
    rows = Participant.objects.filter(
        room__in={request.ticket.room for request in requests},
        person__in={request.ticket.person for request in requests},
    )
    return {(row.room_id, row.person_id): row for row in rows}


def _new_participant(
    request: JoinRequest, access: Access, description: RoomDescription, now: datetime
) -> Participant:
    return Participant(
        room_id=request.ticket.room,
        person_id=request.ticket.person,
        name=request.ticket.name,
        company_name=request.ticket.company,
        admission=_initial_admission(access.level, description),
        on_stage=_belongs_on_stage(access.level, description),
        first_seen_at=now,
    )


def _initial_admission(level: Level, description: RoomDescription) -> Participant.AdmissionStatus:
    waits = description.must_wait(level)
    return Participant.AdmissionStatus.WAITING if waits else Participant.AdmissionStatus.ADMITTED


def _update_participant(
    participant: Participant, request: JoinRequest, level: Level, description: RoomDescription
) -> None:
    changed = []
    if participant.admission == Participant.AdmissionStatus.WAITING and not description.must_wait(level):
        participant.admission = Participant.AdmissionStatus.ADMITTED
        changed.append("admission")
    if _belongs_on_stage(level, description) and not participant.on_stage and not _is_here(participant):
        participant.on_stage = True  # leaving the stage lasts until leaving the room
        changed.append("on_stage")
    for field, value in (("name", request.ticket.name), ("company_name", request.ticket.company)):
        if value and getattr(participant, field) != value:
            setattr(participant, field, value)
            changed.append(field)
    if changed:
        participant.save(update_fields=changed)


def _belongs_on_stage(level: Level, description: RoomDescription) -> bool:
    return level >= Level.SPEAK or (description.everybody_speaks and level >= Level.ENTER)


def _is_here(participant: Participant) -> bool:
    return Presence.objects.filter(room=participant.room_id, person=participant.person_id).present().exists()


# ---- decisions of hosts ------------------------------------------------------------------------------------


@transaction.atomic
def admit(*, room_id: str, participants: Sequence[int] | None, company: str | None = None) -> list[int]:
    """Admits these of those who wait, those of a company, or everybody who does; returns whom it admitted."""
    waiting = Participant.objects.select_for_update().filter(
        room=room_id, admission=Participant.AdmissionStatus.WAITING
    )
    if participants is not None:
        waiting = waiting.filter(pk__in=participants)
    if company is not None:
        waiting = waiting.filter(company_name=company)
    admitted = list(waiting.values_list("pk", flat=True))
    Participant.objects.filter(pk__in=admitted).update(admission=Participant.AdmissionStatus.ADMITTED)
    return admitted


@transaction.atomic
def turn_away(
    *, room_id: str, participant: int, admission: Participant.AdmissionStatus
) -> Participant | None:
    """Denies one who waits or removes one who is in, for good; None when nobody matches."""
    before = (
        Participant.AdmissionStatus.WAITING
        if admission == Participant.AdmissionStatus.DENIED
        else Participant.AdmissionStatus.ADMITTED
    )
    rows = Participant.objects.filter(pk=participant, room=room_id, admission=before)
    if not rows.update(admission=admission, on_stage=False, hand_raised_at=None):
        return None
    return Participant.objects.get(pk=participant)


@transaction.atomic
def readmit(*, room_id: str, participant: int) -> bool:
    """One who was denied or removed may come again, and waits where everybody waits. False when nobody matches."""
    rows = Participant.objects.filter(pk=participant, room=room_id, admission__in=TURNED_AWAY)
    return bool(rows.update(admission=Participant.AdmissionStatus.WAITING))


def turned_away_from(room_id: str) -> list[Participant]:
    """By name."""
    found = Participant.objects.filter(room=room_id, admission__in=TURNED_AWAY)
    return list(found.order_by("name", "pk")[:MOST_TURNED_AWAY])


class TurnedAway:
    """The addresses of those whom a host has denied or removed from a room."""

    def __init__(self, addresses: Collection[str]) -> None:
        self.addresses = set(addresses)
        self.mailboxes = {mailbox(each) for each in addresses}

    def includes(self, address: str, *, is_host: bool) -> bool:
        """Neither another link nor another form of the same address lets them in; hosts are only the address itself."""
        return address in self.addresses or (not is_host and mailbox(address) in self.mailboxes)


@dataclass(frozen=True)
class Barriers:
    """What keeps somebody out of a room whom its policy lets in."""

    is_turned_away: bool
    is_locked: bool


def barriers_for(entry: Entry) -> Barriers:
    rows = _locked_at_and_addresses_turned_away.rows(entry.room.pk)
    addresses = [email for _locked_at, email in rows if email is not None]
    locked_at = rows[0][0] if rows else None
    is_turned_away = TurnedAway(addresses).includes(entry.person.email, is_host=entry.level >= Level.HOST)
    return Barriers(is_turned_away, locking.keeps_out(entry, locked_at))


def _compose_barriers(room_id: int) -> QuerySet[Room, Any]:
    # A query changes the FilteredRelation it is given: each has its own.
    turned_away = FilteredRelation("participants", condition=Q(participants__admission__in=TURNED_AWAY))
    rooms = Room.objects.filter(pk=room_id).annotate(turned_away=turned_away)
    return rooms.values_list("locked_at", "turned_away__person__email")


_locked_at_and_addresses_turned_away = ComposedQuery(_compose_barriers)


_addresses_turned_away = ComposedQuery(
    lambda rooms: Participant.objects.filter(room__in=rooms, admission__in=TURNED_AWAY).values_list(
        "room_id", "person__email"
    )
)


def public_id(participant: int) -> str:
    """A participant's id in the protocol: it has no meaning in another room."""
    return f"p{participant}"


def participant_pk(person: str) -> int | None:
    """The participant of a public id; None when it has not the form of one."""
    digits = person.removeprefix("p")
    is_public_id = person.startswith("p") and digits.isascii() and digits.isdecimal() and len(digits) < 19
    return int(digits) if is_public_id else None


def person_of(*, room_id: str, participant: str) -> int | None:
    """The key of the person with this public id in the room."""
    found = Participant.objects.filter(room=room_id, pk=participant_pk(participant) or 0)
    return found.values_list("person", flat=True).first()


def people_of(*, room_id: str, participants: Sequence[str]) -> dict[str, int]:
    """By public id, the keys of these people."""
    keys = [participant_pk(each) or 0 for each in participants]
    found = Participant.objects.filter(room=room_id, pk__in=keys)
    return {public_id(pk): person for pk, person in found.values_list("pk", "person")}
