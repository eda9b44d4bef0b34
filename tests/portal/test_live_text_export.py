"""The live text as a file: every line that is kept, for hosts alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engagement.realtime_text import moderating, saying
from meetings.models import Meeting
from rooms.messages import PersonRef
from rooms.models import Room
from tests import factories

pytestmark = pytest.mark.django_db

FILES = ["live_text_csv", "live_text_text"]
ASA = PersonRef(id="p1", name="Åsa", company="Heat AB")


def type_line(meeting: Meeting, text: str, *, ago: timedelta = timedelta()) -> int:
    return saying.commit_line(
        room_id=meeting.room_id,
        text_id=f"text-{text}"[:32].replace(" ", "-").replace("=", "_").replace("+", "_"),
        text=text,
        person_ref=ASA,
        person=meeting.host_id,
        now=timezone.now() - ago,
    )


def exported(client: Client, name: str, meeting: Meeting) -> str:
    return client.get(reverse(name, args=[meeting.pk])).content.decode()


@pytest.mark.parametrize("name", FILES)
def test_every_line_that_is_kept_is_in_the_file(client: Client, name: str) -> None:
    meeting = factories.meeting()
    type_line(meeting, "first line")
    type_line(meeting, "=1+1 and so on")
    deleted = type_line(meeting, "taken back")
    moderating.delete_line(
        room_id=meeting.room_id,
        number=deleted,
        by=ASA,
        person=meeting.host_id,
        is_host=True,
        after=0,
        now=timezone.now(),
    )
    client.force_login(meeting.host)
    text = exported(client, name, meeting)
    assert text.index("first line") < text.index("=1+1 and so on")
    assert "Åsa" in text
    assert "taken back" not in text
    assert ",=1+1" not in text


@pytest.mark.parametrize("name", FILES)
def test_of_a_shared_room_only_this_meeting_is_in_it(client: Client, name: str) -> None:
    now = timezone.now()
    meeting = factories.meeting(
        state=Meeting.State.ENDED, started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1)
    )
    Room.objects.filter(pk=meeting.room_id).update(kind=Room.Kind.PROJECT)
    for text, hours in (("before", 3), ("during", 1.5), ("after", 0)):
        type_line(meeting, text, ago=timedelta(hours=hours))
    client.force_login(meeting.host)
    text = exported(client, name, meeting)
    assert "during" in text
    assert "before" not in text
    assert "after" not in text


@pytest.mark.parametrize("name", FILES)
def test_only_hosts_get_the_file(client: Client, name: str) -> None:
    meeting = factories.meeting()
    client.force_login(factories.person())
    assert client.get(reverse(name, args=[meeting.pk])).status_code == 403
