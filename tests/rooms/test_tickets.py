"""Issuing tickets: for whom, as whom, and refusals."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import access
from meetings.models import Meeting
from rooms import tickets
from rooms.models import Participant
from rooms.refusals import UnableToJoin
from tests import factories
from tests.room_entries import entry_for

pytestmark = pytest.mark.django_db


def ask(client: Client, meeting: Meeting, **sent: str) -> tuple[int, dict[str, object]]:
    response = client.post(reverse("room_ticket", args=[meeting.room_id]), sent)
    return response.status_code, response.json()


def test_a_host_gets_a_ticket_that_says_so() -> None:
    meeting, client = factories.meeting(), Client()
    client.force_login(meeting.host)
    status, answer = ask(client, meeting)
    assert status == 200
    assert answer["url"] == f"/ws/rooms/{meeting.room_id}/"
    assert answer["expires_in"] == 60
    ticket = tickets.read(str(answer["ticket"]))
    assert (ticket.person, ticket.signed_in) == (meeting.host.pk, True)
    entry = entry_for(access.Visitor(meeting.host), meeting.room_id)
    assert (entry.role, entry.level, entry.credential) == ("host", access.Level.HOST, ticket.credential)


def test_a_guest_gets_one_by_the_personal_link_and_may_choose_a_name() -> None:
    seat = factories.registration()
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [seat.pk]
    session.save()
    _status, answer = ask(client, seat.meeting, name="  Jonas   K. ")
    ticket = tickets.read(str(answer["ticket"]))
    assert (ticket.person, ticket.name, ticket.signed_in) == (seat.person_id, "Jonas K.", False)
    entry = entry_for(access.Visitor(registration_ids=(seat.pk,)), seat.meeting.room_id)
    assert (entry.level, entry.credential) == (access.Level.ENTER, ticket.credential)
    assert seat.pk in ticket.credential


def test_a_name_has_no_invisible_characters() -> None:
    entry = entry_for(access.Visitor((meeting := factories.meeting()).host), meeting.room_id)
    assert tickets.read(tickets.issue(entry, name="A\x00n\u202ena\x1b\tB")).name == "Anna B"


def test_the_ticket_has_no_email_address() -> None:
    seat = factories.registration(person=factories.person(name="", email="secret@example.org"), name="")
    entry = entry_for(access.Visitor(seat.person), seat.meeting.room_id)
    assert "secret" not in tickets.read(tickets.issue(entry)).name


def test_a_stranger_gets_404_for_a_room() -> None:
    meeting = factories.meeting(visibility=Meeting.Visibility.INVITED)
    status, answer = ask(Client(), meeting)
    assert (status, answer["status"]) == (404, 404)
    client = Client()
    client.force_login(factories.member())
    assert ask(client, meeting)[0] == 404
    assert ask(client, factories.meeting())[0] == 403


def test_a_removed_person_gets_no_ticket() -> None:
    seat = factories.registration()
    Participant.objects.create(
        room=seat.meeting.room,
        person=seat.person,
        name=seat.name,
        admission=Participant.AdmissionStatus.REMOVED,
        first_seen_at=timezone.now(),
    )
    client = Client()
    client.force_login(seat.person)
    status, answer = ask(client, seat.meeting)
    assert (status, answer["removed"]) == (403, True)
    status, answer = ask(client, factories.meeting())  # refused for another reason
    assert (status, answer["removed"]) == (403, False)


def test_a_ticket_is_asked_for_by_post_and_with_the_csrf_token() -> None:
    meeting, client = factories.meeting(), Client(enforce_csrf_checks=True)
    client.force_login(meeting.host)
    address = reverse("room_ticket", args=[meeting.room_id])
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 403


def test_a_ticket_cannot_be_altered_and_expires(settings: object) -> None:
    meeting = factories.meeting()
    ticket = tickets.issue(entry_for(access.Visitor(meeting.host), meeting.room_id))
    with pytest.raises(UnableToJoin):
        tickets.read(ticket[:-1] + ("A" if ticket[-1] != "A" else "B"))
    with time_machine.travel(timezone.now() + timedelta(seconds=62)), pytest.raises(UnableToJoin):
        tickets.read(ticket)


def test_a_ticket_is_read_without_the_database(django_assert_num_queries: object) -> None:
    meeting = factories.meeting()
    ticket = tickets.issue(entry_for(access.Visitor(meeting.host), meeting.room_id))
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert tickets.read(ticket).room == meeting.room_id
