"""Whether those who are in a room still may be: asked again of the database while they are there.

What a right follows from is read for everybody at once, with as many queries for one as for two thousand. Only whose
rows have changed since is looked at as at the door.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from companies import sessions
from companies.models import ApiToken, Person
from meetings import access, attending
from meetings.access import Level, Visitor
from meetings.live.callers import Caller
from meetings.live.messages import CLOSE_NO_ENTRY, CLOSE_REMOVED, CLOSE_SIGNED_OUT
from meetings.live.tickets import Ticket, role_of
from meetings.models import MeetingRole, Participant, Registration, Room

RowsOfPerson = dict[int, tuple[object, ...]]


@dataclass(frozen=True)
class Now:
    """`code` closes the socket; 0 leaves it open with these rights."""

    code: int
    level: Level
    role: str
    is_admitted: bool
    rights_seen: object = None


Standings = dict[str, Now]


@dataclass(frozen=True)
class Rights:
    """All rows that the rights of these connections follow from."""

    room: tuple[object, ...]
    admissions: dict[int, str]
    people: RowsOfPerson  # those who are active
    roles: RowsOfPerson
    seats: RowsOfPerson
    confirmed: frozenset[str]
    sessions: frozenset[int]
    api_tokens: frozenset[int]

    def signed_in(self, ticket: Ticket) -> bool:
        """What the ticket was issued for has not ended: the person, their sign-in, the program's key."""
        return (
            ticket.person in self.people
            and (ticket.session is None or ticket.session in self.sessions)
            and (ticket.api_token is None or ticket.api_token in self.api_tokens)
        )

    def session_ended(self, ticket: Ticket) -> bool:
        """Signing in again brings such a person back; one whose account is closed it does not."""
        is_active = ticket.person in self.people
        return is_active and ticket.session is not None and ticket.session not in self.sessions

    def of(self, person: int) -> object:
        return self.room, self.people.get(person), self.roles.get(person), self.seats.get(person)


def stand_now(room_id: str, callers: Sequence[Caller], *, thoroughly: bool, now: datetime) -> Standings:
    """By connection. `thoroughly` also looks at those as at the door for whom no row has changed."""
    rights = read_rights(room_id, callers, now)
    return {each.connection: _stand(each, rights, thoroughly=thoroughly) for each in callers}


def _stand(caller: Caller, rights: Rights, *, thoroughly: bool) -> Now:
    ticket, admission = caller.ticket, rights.admissions.get(caller.ticket.person)
    is_in = admission == Participant.Admission.ADMITTED
    if admission is None or admission in attending.TURNED_AWAY:
        return Now(CLOSE_REMOVED, caller.level, caller.role, is_admitted=False)
    if not rights.signed_in(ticket):
        code = CLOSE_SIGNED_OUT if rights.session_ended(ticket) else CLOSE_NO_ENTRY
        return Now(code, caller.level, caller.role, is_admitted=False)
    has_a_role = not caller.is_attendee or ticket.person in rights.roles
    if not has_a_role and not thoroughly:
        code = 0 if ticket.registration in rights.confirmed else CLOSE_NO_ENTRY
        return Now(code, caller.level, caller.role, is_admitted=is_in)
    seen = rights.of(ticket.person)
    if not thoroughly and seen == caller.rights_seen:
        admitted = is_in or caller.level >= Level.SPEAK
        return Now(0, caller.level, caller.role, is_admitted=admitted, rights_seen=seen)
    return _at_the_door(caller, seen, is_in=is_in)


def _at_the_door(caller: Caller, seen: object, *, is_in: bool) -> Now:
    ticket = caller.ticket
    person = Person.objects.filter(pk=ticket.person, is_active=True).first()
    try:
        if person is None:
            raise access.NotVisible
        entry = access.entry_for(_visitor(person, ticket), ticket.room)
    except (Http404, PermissionDenied):
        return Now(CLOSE_NO_ENTRY, caller.level, caller.role, is_admitted=False)
    admitted = is_in or entry.level >= Level.SPEAK
    return Now(0, entry.level, role_of(entry), is_admitted=admitted, rights_seen=seen)


def _visitor(person: Person, ticket: Ticket) -> Visitor:
    """As they came: signed in, or by the link to their seat or their place on this very stage."""
    if ticket.signed_in:
        return Visitor(person, _seats(ticket))
    held = MeetingRole.objects.filter(meeting=ticket.meeting, person=person)
    return Visitor(None, _seats(ticket), tuple(held.values_list("pk", flat=True)))


def _seats(ticket: Ticket) -> tuple[str, ...]:
    return (ticket.registration,) if ticket.registration else ()


# ---- read for all at once --------------------------------------------------------------------------------


def read_rights(room_id: str, callers: Sequence[Caller], now: datetime) -> Rights:
    everybody = {each.ticket.person for each in callers}
    participants = Participant.objects.filter(room=room_id, person__in=everybody)
    people = Person.objects.filter(pk__in=everybody, is_active=True)
    roles = MeetingRole.objects.filter(meeting__room=room_id, person__in=everybody)
    seats, confirmed = _read_seats(room_id, callers)
    session_ids = {each.ticket.session for each in callers if each.ticket.session is not None}
    key_ids = {each.ticket.api_token for each in callers if each.ticket.api_token is not None}
    running = sessions.running(now).filter(pk__in=session_ids) if session_ids else ()
    valid = ApiToken.objects.filter(pk__in=key_ids, revoked_at=None) if key_ids else ()
    return Rights(
        room=_read_room(room_id),
        admissions=dict(participants.values_list("person_id", "admission")),
        people=_by_person(people.values_list("pk", "company_id", "is_secretariat")),
        roles=_by_person(roles.values_list("person_id", "pk", "meeting_id", "role")),
        seats=seats,
        confirmed=confirmed,
        sessions=frozenset(each.pk for each in running),
        api_tokens=frozenset(each.pk for each in valid),
    )


def _read_room(room_id: str) -> tuple[object, ...]:
    """The meeting that is on now, and to which companies a project room belongs."""
    room = Room.objects.get(pk=room_id)
    meeting = access.current_meeting(room)
    companies = sorted(room.companies.values_list("pk", flat=True)) if room.is_project_room else []
    shown = (meeting.pk, meeting.state, meeting.host_id, meeting.visibility) if meeting else ()
    return (*shown, *companies)


def _read_seats(room_id: str, callers: Sequence[Caller]) -> tuple[RowsOfPerson, frozenset[str]]:
    with_a_role = {each.ticket.person for each in callers if not each.is_attendee}
    held = {each.ticket.registration for each in callers} - {None}
    rows = list(
        Registration.objects.filter(Q(pk__in=held) | Q(person__in=with_a_role, meeting__room=room_id))
        .order_by("pk")
        .values_list("person_id", "pk", "state")
    )
    confirmed = frozenset(pk for _person, pk, state in rows if state == Registration.State.CONFIRMED)
    return _by_person(rows), confirmed


def _by_person(rows: "Rows") -> RowsOfPerson:
    found: dict[int, list[object]] = defaultdict(list)
    for person, *row in rows:
        found[person].append(tuple(row))
    return {person: tuple(each) for person, each in found.items()}


if TYPE_CHECKING:
    from collections.abc import Iterable

    Rows = Iterable[tuple[int, *tuple[object, ...]]]
