"""A speaker's personal link: onto the stage of one meeting without signing in, and nowhere else."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Person
from meetings import access
from meetings.links import LinkNotValid, personal_link, resolve_link, stage_link
from meetings.models import Meeting, MeetingRole
from tests import factories
from tests.room_entries import entry_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting(
        starts_at=timezone.now() + timedelta(minutes=5), visibility=Meeting.Visibility.INVITED
    )


@pytest.fixture
def speaker() -> Person:
    return factories.person(name="Katrin Brüggemann")


def came_by(link: str) -> Client:
    client = Client()
    assert client.get(link).status_code == 302
    return client


def enters_as(client: Client, meeting: Meeting) -> tuple[str, bool]:
    page = client.get(reverse("room", args=[meeting.room_id]))
    assert page.status_code == 200
    found = re.search(r'<script id="room-page" type="application/json">(.*?)</script>', page.content.decode())
    assert found is not None
    said = json.loads(found[1])
    return said["name"], said["maySpeak"]


def test_the_link_in_the_email_leads_the_speaker_onto_the_stage(meeting: Meeting, speaker: Person) -> None:
    link = stage_link(factories.role(meeting, speaker))
    response = Client().get(link)
    assert response["Location"] == reverse("room", args=[meeting.room_id])
    assert response["Referrer-Policy"] == "no-referrer"
    assert enters_as(came_by(link), meeting) == ("Katrin Brüggemann", True)


def test_who_came_by_the_link_finds_the_meeting_among_theirs(meeting: Meeting, speaker: Person) -> None:
    role = factories.role(meeting, speaker)
    client = came_by(stage_link(role))
    for page in ("my_meetings", "home"):
        assert meeting.get_absolute_url() in client.get(reverse(page)).text
    role.delete()
    assert meeting.get_absolute_url() not in client.get(reverse("my_meetings")).text


def test_a_captioners_link_lets_in_without_the_stage(meeting: Meeting, speaker: Person) -> None:
    role = factories.role(meeting, speaker, "captioner")
    link = stage_link(role)
    client = came_by(link)
    assert enters_as(client, meeting) == ("Katrin Brüggemann", False)
    assert client.get(reverse("slides", args=[meeting.pk])).status_code == 403
    role.delete()
    assert Client().get(link).status_code == 404
    assert client.get(reverse("room", args=[meeting.room_id])).status_code == 404


def test_a_signed_in_captioner_enters_as_themselves_also_with_the_link_of_a_registration(
    meeting: Meeting, speaker: Person
) -> None:
    factories.role(meeting, speaker, "captioner")
    registration = factories.registration(meeting=meeting, name="Somebody Else")
    client = came_by(personal_link(registration))
    client.force_login(speaker)
    assert enters_as(client, meeting) == ("Katrin Brüggemann", False)


def test_a_captioner_whose_registration_waits_enters_by_either_link(
    meeting: Meeting, speaker: Person
) -> None:
    role = factories.role(meeting, speaker, "captioner")
    registration = factories.registration(meeting=meeting, person=speaker, state="pending")
    for link in (stage_link(role), personal_link(registration)):
        assert enters_as(came_by(link), meeting)[1] is False


def test_long_before_the_start_it_leads_to_the_meetings_page(speaker: Person) -> None:
    early = factories.meeting(starts_at=timezone.now() + timedelta(days=3))
    response = Client().get(stage_link(factories.role(early, speaker)))
    assert response["Location"] == early.get_absolute_url()


def test_the_link_opens_no_other_meeting_of_the_speaker(meeting: Meeting, speaker: Person) -> None:
    client = came_by(stage_link(factories.role(meeting, speaker)))
    other = factories.meeting(
        starts_at=meeting.starts_at + timedelta(hours=2), visibility=Meeting.Visibility.INVITED
    )
    factories.role(other, speaker)
    assert client.get(other.get_absolute_url()).status_code == 404
    assert other.get_absolute_url() not in client.get(reverse("my_meetings")).text


def test_a_link_never_hosts(meeting: Meeting, speaker: Person) -> None:
    role = factories.role(meeting, speaker)
    client = came_by(stage_link(role))
    MeetingRole.objects.filter(pk=role.pk).update(role=MeetingRole.Role.CO_HOST)
    with pytest.raises(LinkNotValid):
        resolve_link(stage_link(role).split("/")[2])
    assert client.get(reverse("room", args=[meeting.room_id])).status_code in {403, 404}
    assert client.get(reverse("host_meeting", args=[meeting.pk])).status_code == 302


def test_the_link_is_invalid_once_the_speaker_is_removed_from_the_stage(
    meeting: Meeting, speaker: Person
) -> None:
    role = factories.role(meeting, speaker)
    link, client = stage_link(role), came_by(stage_link(role))
    role.delete()
    assert Client().get(link).status_code == 404
    assert client.get(reverse("room", args=[meeting.room_id])).status_code == 404


def test_a_deactivated_person_cannot_enter_by_the_link(meeting: Meeting, speaker: Person) -> None:
    client = came_by(stage_link(factories.role(meeting, speaker)))
    Person.objects.filter(pk=speaker.pk).update(is_active=False)
    assert client.get(reverse("room", args=[meeting.room_id])).status_code in {403, 404}


def test_a_registered_speaker_may_speak_by_the_link_of_the_registration(
    meeting: Meeting, speaker: Person
) -> None:
    factories.role(meeting, speaker)
    registration = factories.registration(meeting=meeting, person=speaker, name="K. Brüggemann")
    assert enters_as(came_by(personal_link(registration)), meeting) == ("K. Brüggemann", True)


def test_a_signed_in_person_who_opens_anothers_link_enters_as_that_speaker(
    meeting: Meeting, speaker: Person
) -> None:
    client = Client()
    client.force_login(factories.person(name="An Assistant"))
    client.get(stage_link(factories.role(meeting, speaker)))
    assert enters_as(client, meeting) == ("Katrin Brüggemann", True)


def test_a_host_who_opens_a_speakers_link_stays_the_host(meeting: Meeting, speaker: Person) -> None:
    visitor = access.Visitor(meeting.host, role_ids=(factories.role(meeting, speaker).pk,))
    entry = entry_for(visitor, meeting.room_id)
    assert (entry.person, entry.level) == (meeting.host, access.Level.HOST)


@pytest.mark.parametrize("token", ["1", "1.abc.def", "x.y", "é"])
def test_a_made_up_link_is_not_valid(token: str) -> None:
    with pytest.raises(LinkNotValid):
        resolve_link(token)
