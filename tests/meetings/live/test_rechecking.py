"""Looking again at those who are in a room: as many queries for one as for hundreds, and nothing overlooked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies import editing
from companies.models import Person
from meetings import access
from meetings.access import Level, Visitor
from meetings.live import tickets
from meetings.live.callers import Caller
from meetings.live.rechecking import Now, stand_now
from meetings.models import Meeting, MeetingRole, Participant, Room
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def caller(room: Room, person: Person, *seats: str, **of_ticket: Any) -> Caller:
    """As one who has just come in, and was looked at."""
    Participant.objects.get_or_create(
        room=room,
        person=person,
        defaults={"name": "x", "admission": Participant.Admission.ADMITTED, "first_seen_at": NOW},
    )
    entry = access.entry_for(Visitor(person, seats), room.pk)
    ticket = replace(tickets.ticket_of(entry, signed_in=True), **of_ticket)
    made = Caller(
        connection=ticket.id,
        person="p1",
        wire=cast(Any, None),
        ticket=ticket,
        room=cast(Any, None),
        level=Level(ticket.level),
        role=ticket.role,
    )
    made.rights_seen = look(made, thoroughly=True).rights_seen
    return made


def look(one: Caller, *, thoroughly: bool = False) -> Now:
    return stand_now(one.ticket.room, [one], thoroughly=thoroughly, now=NOW)[one.connection]


def crowd(meeting: Meeting, count: int) -> list[Caller]:
    """A host, as many speakers as attendees."""
    people = [caller(meeting.room, meeting.host)]
    for _number in range(count):
        speaker, seat = factories.member(), factories.registration(meeting=meeting)
        MeetingRole.objects.create(meeting=meeting, person=speaker, role="speaker")
        people += [caller(meeting.room, speaker), caller(meeting.room, seat.person, seat.pk)]
    return people


def test_looking_again_takes_the_same_queries_for_one_and_for_many() -> None:
    counts = set()
    for size in (1, 3, 40):
        meeting = factories.meeting(state=Meeting.State.LIVE)
        people = crowd(meeting, size)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = stand_now(meeting.room_id, people, thoroughly=False, now=NOW)
        assert {each.code for each in found.values()} == {0}
        counts.add(len(queries))
    assert len(counts) == 1
    assert counts.pop() <= 7


def lose_role(meeting: Meeting, _person: Person) -> None:
    meeting.roles.all().delete()


def be_closed(_meeting: Meeting, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize("lose", [lose_role, be_closed])
def test_a_speaker_who_lost_the_right_is_found(lose: Any) -> None:
    meeting, speaker = factories.meeting(state=Meeting.State.LIVE), factories.member()
    MeetingRole.objects.create(meeting=meeting, person=speaker, role="speaker")
    one = caller(meeting.room, speaker)
    assert look(one).code == 0
    lose(meeting, speaker)
    assert look(one).code == 4401


def test_a_host_who_is_one_no_more_is_found() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    one = caller(meeting.room, meeting.host)
    assert look(one).level == Level.HOST
    Meeting.objects.update(host=factories.member())
    assert look(one).code == 4401


def test_a_secretariat_that_is_one_no_more_is_found() -> None:
    meeting, office = factories.meeting(state=Meeting.State.LIVE), factories.secretariat()
    one = caller(meeting.room, office)
    Person.objects.filter(pk=office.pk).update(is_secretariat=False)
    assert look(one).code == 4401


@pytest.mark.parametrize("way", ["person", "company"])
def test_who_leaves_a_company_leaves_its_project_room(way: str) -> None:
    ours, theirs = factories.company(), factories.company()
    room, person = factories.room(companies=[ours, theirs]), factories.member(company=ours)
    one = caller(room, person)
    assert look(one).code == 0
    if way == "person":
        editing.remove_person(company=ours, person=person)
    else:
        room.companies.remove(ours)
    assert look(one).code == 4401


def test_an_attendee_whose_seat_is_gone_and_one_who_became_a_speaker_are_found() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    seat = factories.registration(meeting=meeting)
    one = caller(meeting.room, seat.person, seat.pk)
    MeetingRole.objects.create(meeting=meeting, person=seat.person, role="speaker")
    assert look(one).level == Level.SPEAK
    meeting.roles.all().delete()
    seat.state = "cancelled"
    seat.cancelled_at = NOW + timedelta(minutes=1)
    seat.save()
    assert look(one).code == 4401


def test_who_was_removed_and_whose_sign_in_has_ended_are_found() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    removed, gone = (factories.registration(meeting=meeting) for _ in range(2))
    one = caller(meeting.room, removed.person, removed.pk)
    other = caller(meeting.room, gone.person, gone.pk, session=2**31 - 1)
    Participant.objects.filter(person=removed.person).update(admission=Participant.Admission.REMOVED)
    assert (look(one).code, look(other).code) == (4403, 4402)
