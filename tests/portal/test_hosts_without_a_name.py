"""A host without name and company: no sentence has a gap, and no email address is shown instead."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from rooms.policy import policy_for
from tests import factories


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    """Before the meeting: afterwards neither the schedule nor the first page names it."""
    time_machine.move_to(factories.NOW, tick=False)


@pytest.fixture
def meeting(db: None) -> Meeting:
    return factories.meeting(host=factories.secretariat(name="", email="nobody@example.org"))


def test_the_room_names_no_host(meeting: Meeting) -> None:
    meeting.state, meeting.started_at = Meeting.State.LIVE, meeting.starts_at
    meeting.save()
    assert policy_for(meeting.room).introduction(meeting.room).subtitle == ""


@pytest.mark.parametrize("name", ["meeting", "schedule", "home"])
def test_no_page_shows_an_empty_host_or_an_address(client: Client, meeting: Meeting, name: str) -> None:
    address = meeting.get_absolute_url() if name == "meeting" else reverse(name)
    shown = client.get(address).content.decode()
    assert "nobody@example.org" not in shown
    assert "<span></span>" not in shown
    assert 'id="who"' not in shown


def test_the_list_of_recordings_shows_no_address(client: Client, meeting: Meeting) -> None:
    factories.recording(meeting=meeting, state="published", visibility="public")
    shown = client.get(reverse("recordings")).content.decode()
    assert meeting.title["en"] in shown
    assert "nobody@example.org" not in shown
