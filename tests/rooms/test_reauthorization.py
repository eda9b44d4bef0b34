"""Reauthorization: constant number of queries, and every loss of access is found."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies import editing
from companies.models import Person
from meetings.access import Level, Visitor
from meetings.models import Meeting, MeetingRole
from rooms import bus, room_loader, room_session, tickets
from rooms.admission import public_id
from rooms.connections import Connection
from rooms.messages import CLOSE_NO_ENTRY
from rooms.models import Participant, Room
from rooms.reauthorization import AuthorizedConnection, Decision, Grant, Revocation, reauthorize
from tests import factories
from tests.factories import NOW
from tests.room_entries import entry_for
from tests.rooms.test_broadcaster import MemoryTransport

pytestmark = pytest.mark.django_db


def authorized(room: Room, person: Person, *seats: str, **of_ticket: Any) -> AuthorizedConnection:
    """A connection that has just joined."""
    Participant.objects.get_or_create(
        room=room,
        person=person,
        defaults={"name": "x", "admission": Participant.AdmissionStatus.ADMITTED, "first_seen_at": NOW},
    )
    ticket = tickets.ticket_of(entry_for(Visitor(person, seats), room.pk), signed_in=True)
    held = AuthorizedConnection(ticket.id, person.pk, ticket.credential, signed_in=True)
    return replace(held, **of_ticket)


def decide(room: Room, *connections: AuthorizedConnection) -> dict[str, Decision]:
    return reauthorize(room_id=room.pk, kind=room.kind, connections=connections, now=NOW)


def code(room: Room, one: AuthorizedConnection) -> int:
    decision = decide(room, one)[one.connection]
    return decision.code if isinstance(decision, Revocation) else 0


def level(room: Room, one: AuthorizedConnection) -> Level:
    decision = decide(room, one)[one.connection]
    assert isinstance(decision, Grant)
    return decision.access.level


def crowd(meeting: Meeting, count: int) -> list[AuthorizedConnection]:
    """A host, as many speakers as attendees."""
    people = [authorized(meeting.room, meeting.host)]
    for _number in range(count):
        speaker, seat = factories.member(), factories.registration(meeting=meeting)
        MeetingRole.objects.create(meeting=meeting, person=speaker, role="speaker")
        people += [authorized(meeting.room, speaker), authorized(meeting.room, seat.person, seat.pk)]
    return people


def test_reauthorization_takes_the_same_queries_for_one_and_for_many() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    people, counts = crowd(meeting, 150), set()
    for size in (1, 3, 300):
        with CaptureQueriesContext(connection) as queries:
            found = decide(meeting.room, *people[:size])
        assert {type(each) for each in found.values()} == {Grant}
        assert len(found) == size
        counts.add(len(queries))
    assert counts == {2}  # admissions, and everybody's access


def connections_of(meeting: Meeting, count: int) -> list[tuple[Connection, MemoryTransport]]:
    found = []
    for number in range(count):
        seat, transport = factories.registration(meeting=meeting), MemoryTransport()
        authorized(meeting.room, seat.person, seat.pk)
        participant = Participant.objects.get(room=meeting.room, person=seat.person)
        entry = entry_for(Visitor(seat.person, (seat.pk,)), meeting.room_id)
        ticket = tickets.ticket_of(entry, signed_in=True)
        of = {"person": public_id(participant.pk), "level": Level.ENTER, "role": "attendee"}
        found.append((Connection(id=f"c{number}", transport=transport, ticket=ticket, **of), transport))  # type: ignore[arg-type]
    return found


@pytest.mark.django_db(transaction=True)
async def test_a_large_room_is_checked_to_its_last_connection(
    connections_of_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_session, "REAUTHORIZED_TOGETHER", 2)
    monkeypatch.setattr(room_session, "REAUTHORIZE_PAUSE", 0)
    meeting = await sync_to_async(factories.meeting)(state=Meeting.State.LIVE, started_at=NOW)
    connected = await sync_to_async(connections_of)(meeting, 5)
    room = room_session.RoomSession(
        meeting.room_id, bus.Bus(lambda *_: None, lambda: None), asyncio.ensure_future
    )
    room.begin(await sync_to_async(room_loader.load_room_state)(meeting.room_id))
    for each, _transport in connected:
        room.broadcaster.add(each)
    await meeting.registrations.filter(person__in=[connected[-1][0].ticket.person]).adelete()
    await room.refresh_and_reauthorize()
    assert [transport.code for _each, transport in connected] == [0, 0, 0, 0, CLOSE_NO_ENTRY]


def lose_role(meeting: Meeting, _person: Person) -> None:
    meeting.roles.all().delete()


def be_closed(_meeting: Meeting, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize("lose", [lose_role, be_closed])
def test_a_speaker_without_role_or_account_loses_access(lose: Any) -> None:
    meeting, speaker = factories.meeting(state=Meeting.State.LIVE), factories.member()
    MeetingRole.objects.create(meeting=meeting, person=speaker, role="speaker")
    one = authorized(meeting.room, speaker)
    assert code(meeting.room, one) == 0
    lose(meeting, speaker)
    assert code(meeting.room, one) == 4401


def test_a_former_host_loses_access() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    one = authorized(meeting.room, meeting.host)
    assert level(meeting.room, one) == Level.HOST
    Meeting.objects.update(host=factories.member())
    assert code(meeting.room, one) == 4401


def test_a_former_member_of_the_secretariat_loses_access() -> None:
    meeting, office = factories.meeting(state=Meeting.State.LIVE), factories.secretariat()
    one = authorized(meeting.room, office)
    Person.objects.filter(pk=office.pk).update(is_secretariat=False)
    assert code(meeting.room, one) == 4401


@pytest.mark.parametrize("way", ["person", "company"])
def test_leaving_a_company_ends_access_to_its_project_room(way: str) -> None:
    ours, theirs = factories.company(), factories.company()
    room, person = factories.room(companies=[ours, theirs]), factories.member(company=ours)
    one = authorized(room, person)
    assert code(room, one) == 0
    if way == "person":
        editing.remove_person(company=ours, person=person, now=NOW)
    else:
        room.companies.remove(ours)
    assert code(room, one) == 4401


def test_a_new_role_and_a_cancelled_registration_are_found() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    seat = factories.registration(meeting=meeting)
    one = authorized(meeting.room, seat.person, seat.pk)
    MeetingRole.objects.create(meeting=meeting, person=seat.person, role="speaker")
    assert level(meeting.room, one) == Level.SPEAK
    meeting.roles.all().delete()
    seat.state = "cancelled"
    seat.cancelled_at = NOW + timedelta(minutes=1)
    seat.save()
    assert code(meeting.room, one) == 4401


def test_removal_sign_out_and_a_revoked_token_are_found() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    removed, gone, program = (factories.registration(meeting=meeting) for _ in range(3))
    one = authorized(meeting.room, removed.person, removed.pk)
    other = authorized(meeting.room, gone.person, gone.pk, session=2**31 - 1)
    third = authorized(meeting.room, program.person, program.pk, api_token=2**31 - 1)
    Participant.objects.filter(person=removed.person).update(admission=Participant.AdmissionStatus.REMOVED)
    assert [code(meeting.room, each) for each in (one, other, third)] == [4403, 4402, 4401]
    be_closed(meeting, gone.person)  # they cannot sign in again
    assert code(meeting.room, other) == 4401


def test_who_is_admitted_while_the_check_runs_stays() -> None:
    """It read the database a moment before; who had been admitted when it began goes back to the waiting room."""
    meeting = factories.meeting(state=Meeting.State.LIVE, lobby=True)
    waiting = authorized(meeting.room, factories.registration(meeting=meeting).person)
    Participant.objects.update(admission=Participant.AdmissionStatus.WAITING)
    waiting = replace(waiting, is_admitted=False)
    found = decide(meeting.room, waiting, replace(waiting, connection="other", is_admitted=True))
    assert isinstance(found[waiting.connection], Grant)
    assert not found[waiting.connection].is_admitted
    assert found["other"] == Revocation(4401)
