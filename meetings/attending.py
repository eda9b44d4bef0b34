"""Who takes part in a room, and who was present when, in intervals that survive a killed process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from companies import sessions
from companies.models import ApiToken, Person
from meetings import access
from meetings.access import Level
from meetings.live import journal, messages
from meetings.live.features import registry
from meetings.live.messages import Someone
from meetings.models import Meeting, Participant, Presence, Registration, Room, UsedTicket

EventOfPerson = type[messages.StageJoined] | type[messages.StageLeft]
SILENT_FOR = timedelta(seconds=30)
TICKETS_KEPT = timedelta(minutes=10)  # longer than any ticket is good for
TURNED_AWAY = (Participant.Admission.DENIED, Participant.Admission.REMOVED)


class UnableToJoin(Exception):
    """`code` is "removed" when a host has turned the person away, "no_seat" when the right to enter is gone, "used"
    when the ticket has opened a connection already.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Arrival:
    """One connection that wants to enter, as its ticket says."""

    room_id: str
    person_id: int
    registration_id: str | None
    connection: str
    process: str
    name: str
    company_name: str
    level: Level
    session: int | None = None
    api_token: int | None = None
    ticket: str = ""


@dataclass(frozen=True)
class Place:
    """A person's place in a room."""

    participant_id: int
    is_admitted: bool
    on_stage: bool
    hand_raised_at: datetime | None


def join(
    *,
    room: Room,
    person: Person,
    registration: Registration | None,
    connection: str,
    process: str,
    now: datetime,
    level: Level = Level.ENTER,
) -> Place:
    """One connection enters. Raises UnableToJoin."""
    name = (registration.name if registration else "") or person.name
    company = registration.company_name if registration else ""
    seat = registration.pk if registration else None
    arrival = Arrival(room.pk, person.pk, seat, connection, process, name, company, level)
    place = join_many(arrivals=[arrival], now=now)[0]
    if isinstance(place, UnableToJoin):
        raise place
    return place


@transaction.atomic
def join_many(*, arrivals: Sequence[Arrival], now: datetime) -> list[Place | UnableToJoin]:
    """All of a storm's newcomers in one transaction: a participant per person, a presence per connection.

    Who waits is not present: `begin_presences` follows when they are let in.
    """
    meetings = _current_meetings(arrivals)
    used = _used_before(arrivals, now)
    refused = _without_right(arrivals, now)
    participants = _participants(arrivals, meetings, now)
    places: list[Place | UnableToJoin] = []
    presences = []
    for arrival in arrivals:
        participant = participants[arrival.room_id, arrival.person_id]
        if participant.admission in TURNED_AWAY:
            places.append(UnableToJoin("removed"))
        elif arrival.connection in used:
            places.append(UnableToJoin("used"))
        elif arrival.connection in refused:
            places.append(UnableToJoin("no_seat"))
        else:
            place = _place(participant)
            places.append(place)
            if place.is_admitted:
                presences.append(_presence(arrival, now))
    Presence.objects.bulk_create(presences)
    return places


@transaction.atomic
def begin_presences(*, arrivals: Sequence[Arrival], now: datetime) -> None:
    """These were let in; who came in through another door meanwhile is present already."""
    Presence.objects.bulk_create([_presence(arrival, now) for arrival in arrivals], ignore_conflicts=True)


def _place(participant: Participant) -> Place:
    is_admitted = participant.admission == Participant.Admission.ADMITTED
    return Place(
        participant.pk, is_admitted, participant.on_stage and is_admitted, participant.hand_raised_at
    )


def _presence(arrival: Arrival, now: datetime) -> Presence:
    return Presence(
        room_id=arrival.room_id,
        person_id=arrival.person_id,
        registration_id=arrival.registration_id,
        connection=arrival.connection,
        process=arrival.process,
        joined_at=now,
        seen_at=now,
    )


def _current_meetings(arrivals: Sequence[Arrival]) -> dict[str, Meeting | None]:
    rooms = Room.objects.filter(pk__in={arrival.room_id for arrival in arrivals})
    return {room.pk: access.current_meeting(room) for room in rooms}


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


def _without_right(arrivals: Sequence[Arrival], now: datetime) -> set[str]:
    """Connections whose seat was withdrawn, whose person was shut out, or whose sign-in or key has ended, since the
    ticket was issued.
    """
    ended = _with_ended_sign_in(arrivals, now)
    seats = {arrival.registration_id for arrival in arrivals if arrival.registration_id}
    people = {arrival.person_id for arrival in arrivals}
    confirmed = Registration.objects.filter(pk__in=seats, state=Registration.State.CONFIRMED)
    standing = set(confirmed.values_list("pk", flat=True))
    active = set(Person.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    return {
        arrival.connection
        for arrival in arrivals
        if arrival.person_id not in active
        or arrival.connection in ended
        or (arrival.level <= Level.ENTER and arrival.registration_id not in standing)
    }


def _with_ended_sign_in(arrivals: Sequence[Arrival], now: datetime) -> set[str]:
    session_ids = {arrival.session for arrival in arrivals if arrival.session is not None}
    key_ids = {arrival.api_token for arrival in arrivals if arrival.api_token is not None}
    running = sessions.running(now).filter(pk__in=session_ids) if session_ids else ()
    valid = ApiToken.objects.filter(pk__in=key_ids, revoked_at=None) if key_ids else ()
    good_sessions, good_keys = {each.pk for each in running}, {each.pk for each in valid}
    return {
        arrival.connection
        for arrival in arrivals
        if (arrival.session is not None and arrival.session not in good_sessions)
        or (arrival.api_token is not None and arrival.api_token not in good_keys)
    }


def _participants(
    arrivals: Sequence[Arrival], meetings: dict[str, Meeting | None], now: datetime
) -> dict[tuple[str, int], Participant]:
    found = _found(arrivals)
    new = {
        (arrival.room_id, arrival.person_id): _newcomer(arrival, meetings.get(arrival.room_id), now)
        for arrival in arrivals
        if (arrival.room_id, arrival.person_id) not in found
    }
    if new:
        Participant.objects.bulk_create(new.values(), ignore_conflicts=True)
        found = _found(arrivals)
    for arrival in arrivals:
        participant = found[arrival.room_id, arrival.person_id]
        _bring_up_to_date(participant, arrival, meetings.get(arrival.room_id))
    return found


def _found(arrivals: Sequence[Arrival]) -> dict[tuple[str, int], Participant]:
    rows = Participant.objects.filter(
        room__in={arrival.room_id for arrival in arrivals},
        person__in={arrival.person_id for arrival in arrivals},
    )
    return {(row.room_id, row.person_id): row for row in rows}


def _newcomer(arrival: Arrival, meeting: Meeting | None, now: datetime) -> Participant:
    return Participant(
        room_id=arrival.room_id,
        person_id=arrival.person_id,
        registration_id=arrival.registration_id,
        name=arrival.name,
        company_name=arrival.company_name,
        admission=_admission(arrival.level, meeting),
        on_stage=arrival.level >= Level.SPEAK or (meeting is not None and not meeting.is_webinar),
        first_seen_at=now,
    )


def _admission(level: Level, meeting: Meeting | None) -> Participant.Admission:
    """Attendees wait where there is a lobby, and before a webinar has begun: its speakers practise until then."""
    if level >= Level.SPEAK or meeting is None:
        return Participant.Admission.ADMITTED
    practises = meeting.is_webinar and meeting.state == Meeting.State.SCHEDULED
    return Participant.Admission.WAITING if meeting.lobby or practises else Participant.Admission.ADMITTED


def _bring_up_to_date(participant: Participant, arrival: Arrival, meeting: Meeting | None) -> None:
    changed = []
    if (
        participant.admission == Participant.Admission.WAITING
        and _admission(arrival.level, meeting) == Participant.Admission.ADMITTED
    ):
        participant.admission = Participant.Admission.ADMITTED
        changed.append("admission")
    if arrival.level >= Level.SPEAK and not participant.on_stage and not _is_here(participant):
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


@transaction.atomic
def leave(*, connections: Iterable[str], now: datetime) -> int:
    """Ends the presences of these connections; those already ended stay as they are."""
    ended = Greatest(
        F("joined_at"), Value(now)
    )  # a clock that was set back must not keep a whole batch from being written
    return (
        Presence.objects.filter(connection__in=list(connections))
        .present()
        .update(left_at=ended, seen_at=ended)
    )


@transaction.atomic
def keep_alive(*, process: str, connections: Sequence[str], now: datetime) -> int:
    """Renews the sign of life of a process's open presences; one given up though its socket lives opens again."""
    own = Presence.objects.filter(process=process).present()
    kept = own.update(seen_at=now)
    if kept < len(connections):
        lost = Presence.objects.filter(connection__in=connections, left_at__isnull=False)
        kept += lost.update(left_at=None, seen_at=now)
    elif kept > len(connections):
        # Their end could not be written when their sockets closed. Those that have only just come are spared.
        gone = own.filter(joined_at__lt=now - SILENT_FOR).exclude(connection__in=connections)
        kept -= gone.update(left_at=now)
    return kept


@transaction.atomic
def close_lost(*, now: datetime, silent_for: timedelta = SILENT_FOR) -> int:
    """Ends presences whose process has fallen silent, at the moment they were last seen."""
    return Presence.objects.present().filter(seen_at__lt=now - silent_for).update(left_at=F("seen_at"))


# ---- what hosts and people themselves change -----------------------------------------------------------------


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
    standing = (
        Participant.Admission.WAITING
        if admission == Participant.Admission.DENIED
        else Participant.Admission.ADMITTED
    )
    rows = Participant.objects.filter(pk=participant, room=room_id, admission=standing)
    if not rows.update(admission=admission, on_stage=False, hand_raised_at=None):
        return None
    return Participant.objects.get(pk=participant)


@transaction.atomic
def bring_on_stage(*, room_id: str, someone: Someone, by: int, now: datetime) -> bool:
    """False when the person is on the stage already, or not in the room."""
    if not _people_in(room_id).filter(pk=key_of(someone.id) or 0, on_stage=False).update(on_stage=True):
        return False
    registry.stage_joined(room_id=room_id, someone=someone, by=by, now=now)
    return _written(room_id, messages.StageJoined, someone, by, now)


@transaction.atomic
def take_off_stage(*, room_id: str, someone: Someone, by: int, now: datetime) -> bool:
    """False when the person is not on the stage."""
    if not _people_in(room_id).filter(pk=key_of(someone.id) or 0, on_stage=True).update(on_stage=False):
        return False
    return _written(room_id, messages.StageLeft, someone, by, now)


@transaction.atomic
def follow_role(*, room_id: str, someone: Someone, has_a_role: bool, by: int, now: datetime) -> bool:
    """Who was given a role is in and on the stage; who lost it is off. False when that was so already."""
    if not has_a_role:
        return take_off_stage(room_id=room_id, someone=someone, by=by, now=now)
    admit(room_id=room_id, participants=[key_of(someone.id) or 0])
    return bring_on_stage(room_id=room_id, someone=someone, by=by, now=now)


def _people_in(room_id: str) -> QuerySet[Participant]:
    return Participant.objects.filter(room=room_id, admission=Participant.Admission.ADMITTED)


def _written(room_id: str, event: EventOfPerson, someone: Someone, by: int, now: datetime) -> bool:
    written = event(person=someone, at=journal.written(now))
    journal.write_many(room_id=room_id, events=[(written, by)], now=now)
    return True


# A participant's key as the room's protocol shows it: means nothing in any other room.


def public_id(participant: int) -> str:
    return f"p{participant}"


def key_of(person: str) -> int | None:
    """The participant that a public id means; None when it cannot mean any."""
    digits = person.removeprefix("p")
    means_one = person.startswith("p") and digits.isascii() and digits.isdecimal() and len(digits) < 19
    return int(digits) if means_one else None
