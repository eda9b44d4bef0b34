"""What the policies of rooms answer for everybody at once is what they answer to each who asks to enter."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from companies.models import Person
from meetings.access import Level, Visitor
from meetings.models import Meeting, MeetingRole, Registration
from meetings.room_policy import Credential
from rooms.models import Participant, Room
from rooms.policy import Access, CredentialHolder, policy_for
from tests import factories
from tests.room_entries import entry_for

pytestmark = pytest.mark.django_db


@dataclass
class Case:
    """Somebody who is signed in, or has the links of a registration and of a stage role."""

    room: Room
    person: Person
    registration: Registration | None = None
    role: MeetingRole | None = None
    signed_in: bool = True

    def holder(self) -> CredentialHolder:
        registration = self.registration.pk if self.registration else ""
        stage = self.role.meeting_id if self.role and not self.signed_in else ""
        credential = Credential(registration, stage).encode()
        return CredentialHolder(f"c{id(self)}", self.person.pk, credential, self.signed_in)

    def on_entry(self) -> Access | None:
        seats = (self.registration.pk,) if self.registration else ()
        stage = (self.role.pk,) if self.role and not self.signed_in else ()
        person = Person.objects.get(pk=self.person.pk) if self.signed_in else None
        if person is not None and not person.is_active:
            return None  # as `visitor_of` a request has it
        try:
            entry = entry_for(Visitor(person, seats, stage), self.room.pk)
        except (Http404, PermissionDenied):
            return None
        assert entry.person == self.person
        return Access(entry.level, entry.role)


def in_bulk(room: Room, *cases: Case) -> list[Access | None]:
    holders = [case.holder() for case in cases]
    found = policy_for(room).current_access(room.pk, holders)
    return [found.get(holder.connection) for holder in holders]


# ---- one by one ----------------------------------------------------------------------------------------------


def meeting(**fields: Any) -> Meeting:
    return factories.meeting(**{"state": Meeting.State.LIVE, **fields})


def host() -> Case:
    held = meeting()
    return Case(held.room, held.host)


def with_role(role: str, *, signed_in: bool = True, **fields: Any) -> Case:
    held, person = meeting(**fields), factories.member()
    given = MeetingRole.objects.create(meeting=held, person=person, role=role)
    return Case(held.room, person, None, given, signed_in)


def attendee(*, signed_in: bool = True, **fields: Any) -> Case:
    seat = factories.registration(meeting=meeting(**fields))
    return Case(seat.meeting.room, seat.person, seat, None, signed_in)


def secretariat() -> Case:
    return Case(meeting().room, factories.secretariat())


def member_of_project_room(**fields: Any) -> Case:
    ours = factories.company()
    room = factories.room(companies=[ours, factories.company()])
    if fields:
        meeting(room=room, **fields)
    return Case(room, factories.member(company=ours))


def guest_of_project_room() -> Case:
    room = factories.room(companies=[factories.company(), factories.company()])
    return attendee(room=room, visibility=Meeting.Visibility.INVITED, signed_in=False)


def withdrawn(case: Case) -> Case:
    assert case.registration is not None
    case.registration.state = Registration.State.CANCELLED
    case.registration.save()
    return case


def in_state(case: Case, state: str) -> Case:
    Meeting.objects.filter(room=case.room).update(state=state)
    return case


def demoted(case: Case) -> Case:
    MeetingRole.objects.filter(person=case.person).delete()
    return case


def with_the_next_meeting(case: Case) -> Case:
    in_state(case, Meeting.State.ENDED)
    meeting(room=case.room, state=Meeting.State.SCHEDULED, visibility=Meeting.Visibility.INVITED)
    return case


def closed(case: Case) -> Case:
    Person.objects.filter(pk=case.person.pk).update(is_active=False)
    return case


def turned_away(case: Case) -> Case:
    """What a host decides is the room's to remember, not the policy's."""
    Participant.objects.create(
        room=case.room,
        person=case.person,
        name="x",
        admission=Participant.AdmissionStatus.DENIED,
        first_seen_at=factories.NOW,
    )
    return case


SITUATIONS: list[tuple[Callable[[], Case], Access | None]] = [
    (host, Access(Level.HOST, "host")),
    (lambda: with_role("co_host"), Access(Level.HOST, "co_host")),
    (lambda: with_role("co_host", signed_in=False), None),  # a link lets speak, never host
    (lambda: with_role("speaker"), Access(Level.SPEAK, "speaker")),
    (lambda: with_role("speaker", signed_in=False), Access(Level.SPEAK, "speaker")),
    (lambda: with_role("interpreter", signed_in=False), Access(Level.SPEAK, "interpreter")),
    (lambda: with_role("captioner"), Access(Level.ENTER, "captioner")),
    (lambda: with_role("captioner", signed_in=False), Access(Level.ENTER, "captioner")),
    (lambda: demoted(with_role("captioner")), None),
    (lambda: demoted(with_role("captioner", signed_in=False)), None),
    (lambda: with_role("attendee"), None),
    (attendee, Access(Level.ENTER, "attendee")),
    (lambda: attendee(signed_in=False), Access(Level.ENTER, "attendee")),
    (
        lambda: attendee(visibility=Meeting.Visibility.MEMBERS, signed_in=False),
        Access(Level.ENTER, "attendee"),
    ),
    (secretariat, Access(Level.HOST, "co_host")),
    (member_of_project_room, Access(Level.SPEAK, "attendee")),
    (lambda: member_of_project_room(state=Meeting.State.LIVE), Access(Level.SPEAK, "attendee")),
    (guest_of_project_room, Access(Level.ENTER, "attendee")),
    (lambda: with_the_next_meeting(guest_of_project_room()), None),
    (lambda: withdrawn(attendee()), None),
    (lambda: withdrawn(attendee(signed_in=False)), None),
    (lambda: in_state(attendee(), Meeting.State.CANCELLED), None),
    (lambda: in_state(host(), Meeting.State.CANCELLED), None),
    (lambda: in_state(host(), Meeting.State.DRAFT), None),
    (lambda: in_state(attendee(), Meeting.State.DRAFT), None),
    (lambda: in_state(attendee(), Meeting.State.ENDED), Access(Level.ENTER, "attendee")),
    (lambda: demoted(with_role("speaker")), None),
    (lambda: demoted(with_role("speaker", signed_in=False)), None),
    (lambda: closed(with_role("speaker")), None),
    (lambda: turned_away(attendee()), Access(Level.ENTER, "attendee")),
]


@pytest.mark.parametrize(("situation", "expected"), SITUATIONS)
def test_the_bulk_answer_is_what_each_person_gets_on_entering(
    situation: Callable[[], Case], expected: Access | None
) -> None:
    case = situation()
    assert in_bulk(case.room, case) == [expected]
    assert case.on_entry() == expected


# ---- all that can meet ---------------------------------------------------------------------------------------

ROLES = (None, "co_host", "speaker", "captioner", "attendee")
REGISTRATIONS = (None, "pending", "confirmed")
PEOPLE: tuple[Callable[[Room], Person], ...] = (
    lambda _room: factories.person(),
    lambda _room: factories.member(),
    lambda room: factories.member(company=room.companies.first()),
    lambda _room: factories.secretariat(),
)


def everybody(held: Meeting) -> list[Case]:
    cases = [Case(held.room, held.host)]
    for role, state, make in product(ROLES, REGISTRATIONS, PEOPLE):
        person = make(held.room)
        given = MeetingRole.objects.create(meeting=held, person=person, role=role) if role else None
        registered = factories.registration(meeting=held, person=person, state=state) if state else None
        cases.append(Case(held.room, person, registered, given))
        cases.append(Case(held.room, person, registered, None, signed_in=False))
        cases.append(Case(held.room, person, registered, given, signed_in=False))
    return cases


@pytest.mark.parametrize("visibility", ["members", "invited"])
@pytest.mark.parametrize("is_project", [False, True])
def test_whatever_comes_together_in_a_person_bulk_and_entering_agree(
    visibility: str, is_project: bool
) -> None:
    companies = [factories.company(), factories.company()]
    room = factories.room(companies=companies if is_project else None)
    held = meeting(room=room, visibility=visibility)
    cases = everybody(held)
    answers = in_bulk(room, *cases)
    assert answers == [case.on_entry() for case in cases]
    assert {answer.level for answer in answers if answer} == {Level.ENTER, Level.SPEAK, Level.HOST}
    assert None in answers


@pytest.mark.parametrize("is_project", [False, True])
def test_one_query_answers_for_everybody(is_project: bool) -> None:
    companies = [factories.company(), factories.company()]
    held = meeting(room=factories.room(companies=companies if is_project else None))
    seats = [factories.registration(meeting=held) for _ in range(299)]
    cases = [Case(held.room, held.host), *(Case(held.room, seat.person, seat) for seat in seats)]
    for size in (1, 3, 300):
        with CaptureQueriesContext(connection) as queries:
            answers = in_bulk(held.room, *cases[:size])
        assert len(queries) == 1
        assert None not in answers


@pytest.mark.parametrize("signed_in", [True, False])
def test_who_withdrew_and_registered_again_may_enter_and_by_the_first_link_may_not(signed_in: bool) -> None:
    first = withdrawn(attendee(signed_in=signed_in))
    assert first.registration is not None
    again = factories.registration(meeting=first.registration.meeting, person=first.person)
    cases = [first, Case(first.room, first.person, again, None, signed_in)]
    by_first = Access(Level.ENTER, "attendee") if signed_in else None
    assert in_bulk(first.room, *cases) == [by_first, Access(Level.ENTER, "attendee")]
