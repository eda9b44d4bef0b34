"""Roles that hosts give from the list of registrations and take back, and the switch of the waiting room."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Person
from meetings import access, appointing, running
from meetings.access import NotAllowed, NotVisible, Visitor
from meetings.models import Meeting, MeetingRole, Registration
from meetings.running import UnableToSetWaitingRoom
from meetings.stage_roles import UnableToAppoint
from notifications.models import Notification
from rooms.models import RoomEvent
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CO_HOST, SPEAKER = MeetingRole.Role.CO_HOST, MeetingRole.Role.SPEAKER


def appoint(meeting: Meeting, person: Person, role: str = SPEAKER) -> MeetingRole:
    return appointing.appoint(meeting=meeting, person=person, role=role, by=Visitor(meeting.host), now=NOW)


def dismiss(meeting: Meeting, person: Person) -> None:
    appointing.dismiss(meeting=meeting, person=person, by=Visitor(meeting.host), now=NOW)


def invitations_to(person: Person) -> int:
    return Notification.objects.filter(person=person, kind=Notification.Kind.INVITATION).count()


def test_a_co_host_hosts_at_once_and_not_any_more_when_dismissed() -> None:
    registration = make.registration(person=make.member())
    meeting, person = registration.meeting, registration.person
    appoint(meeting, person, CO_HOST)
    assert access.level_in(Visitor(person), meeting) == access.Level.HOST
    dismiss(meeting, person)
    assert access.level_in(Visitor(person), meeting) == access.Level.ENTER
    registration.refresh_from_db()
    assert registration.state == Registration.State.CONFIRMED


def test_whoever_is_new_on_stage_is_invited_once_and_told_of_the_end() -> None:
    registration = make.registration()
    meeting, person = registration.meeting, registration.person
    appoint(meeting, person)
    appoint(meeting, person)
    assert invitations_to(person) == 1
    Notification.objects.filter(person=person).update(state="sent", sent_at=NOW, attempts=1)
    dismiss(meeting, person)
    withdrawn = Notification.objects.filter(person=person, kind=Notification.Kind.WITHDRAWN)
    assert withdrawn.count() == 1


def test_a_role_is_changed_in_place() -> None:
    person = make.member()
    meeting = make.meeting()
    appoint(meeting, person, SPEAKER)
    appoint(meeting, person, CO_HOST)
    assert list(meeting.roles.values_list("person", "role")) == [(person.pk, CO_HOST)]


@pytest.mark.parametrize(
    ("changes", "role", "code"),
    [
        ({}, CO_HOST, "no_account"),
        ({"is_active": False}, SPEAKER, "inactive"),
        ({}, "attendee", "unknown_role"),
        ({}, "", "unknown_role"),
        ({}, "host", "unknown_role"),
    ],
)
def test_what_cannot_be_given_is_refused(changes: dict[str, Any], role: str, code: str) -> None:
    person, meeting = make.person(**changes), make.meeting()
    with pytest.raises(UnableToAppoint) as refused:
        appoint(meeting, person, role)
    assert refused.value.code == code
    assert not meeting.roles.exists()


def test_the_host_is_neither_appointed_nor_dismissed_and_a_meeting_that_is_over_stays() -> None:
    meeting = make.meeting()
    for act in (appoint, dismiss):
        with pytest.raises(UnableToAppoint) as refused:
            act(meeting, meeting.host)
        assert refused.value.code == "host"
    over = make.meeting(state=Meeting.State.ENDED)
    for act in (appoint, dismiss):
        with pytest.raises(UnableToAppoint) as refused:
            act(over, make.person())
        assert refused.value.code == "over"


def test_a_speaker_appoints_nobody_and_switches_no_waiting_room() -> None:
    meeting, speaker = make.meeting(), make.member()
    make.role(meeting, speaker)
    visitor = Visitor(speaker)
    given = {"meeting": meeting, "by": visitor, "now": NOW}
    for flow in (
        lambda: appointing.appoint(person=speaker, role=CO_HOST, **given),
        lambda: appointing.dismiss(person=speaker, **given),
        lambda: running.set_waiting_room(on=True, **given),
    ):
        with pytest.raises((NotAllowed, NotVisible)):
            flow()
    meeting.refresh_from_db()
    assert not meeting.lobby
    assert [role.role for role in meeting.roles.all()] == [SPEAKER]


def test_the_page_of_the_host_gives_a_role_shows_it_and_takes_it_back(client: Client) -> None:
    registration = make.registration(person=make.member(name="Jonas Kazlauskas"))
    meeting = registration.meeting
    client.force_login(meeting.host)
    client.post(reverse("appoint_registered", args=[registration.pk]), {"role": "co_host"})
    role = meeting.roles.get()
    page = client.get(reverse("host_meeting", args=[meeting.pk])).content.decode()
    address = reverse("dismiss", args=[meeting.pk, role.pk])
    assert page.count(address) == 2
    assert "Make speaker" in page
    assert "Make co-host" not in page
    assert "Jonas Kazlauskas" in client.get(address).content.decode()
    client.post(address)
    assert not meeting.roles.exists()
    assert client.post(address).status_code == 302


def test_a_role_of_another_meeting_is_not_removed(client: Client) -> None:
    role = make.role(make.meeting(), make.member())
    meeting = make.meeting()
    client.force_login(meeting.host)
    client.post(reverse("dismiss", args=[meeting.pk, role.pk]))
    assert MeetingRole.objects.filter(pk=role.pk).exists()


# ---- the waiting room ------------------------------------------------------------------------------------


def events(meeting: Meeting) -> list[bool]:
    found = RoomEvent.objects.filter(room=meeting.room_id, ev="meeting.waiting_room").order_by("seq")
    return [event.payload["on"] for event in found]


def test_the_switch_tells_the_room_each_time_it_changes_something(client: Client) -> None:
    meeting = make.meeting(state=Meeting.State.LIVE)
    client.force_login(meeting.host)
    for do in ("on", "on", "off"):
        client.post(reverse("set_waiting_room", args=[meeting.pk]), {"do": do})
    assert events(meeting) == [True, False]
    meeting.refresh_from_db()
    assert not meeting.lobby


def test_of_a_draft_no_room_hears_and_after_the_end_nothing_changes() -> None:
    draft = make.meeting(state=Meeting.State.DRAFT)
    running.set_waiting_room(meeting=draft, on=True, by=Visitor(draft.host), now=NOW)
    draft.refresh_from_db()
    assert draft.lobby
    assert events(draft) == []
    over = make.meeting(state=Meeting.State.ENDED)
    with pytest.raises(UnableToSetWaitingRoom):
        running.set_waiting_room(meeting=over, on=True, by=Visitor(over.host), now=NOW)


def test_the_edit_pages_of_a_cancelled_meeting_lead_back_to_its_page(client: Client) -> None:
    meeting = make.meeting(state=Meeting.State.CANCELLED)
    client.force_login(meeting.host)
    for name in ("edit_meeting", "cover"):
        response = client.get(reverse(name, args=[meeting.pk]), follow=True)
        assert response.redirect_chain == [(reverse("host_meeting", args=[meeting.pk]), 302)]
        assert "A cancelled meeting cannot be changed." in response.content.decode()
