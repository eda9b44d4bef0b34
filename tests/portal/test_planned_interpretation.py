"""A meeting that is announced with interpretation has its channels in the room, from the announcement to the end."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from engagement.interpretation import reading
from meetings import changing, running
from meetings.meeting_input import details_of
from meetings.models import Meeting
from meetings.scheduling import publish_meeting
from tests import factories
from tests.portal.test_public_pages import text_of

pytestmark = pytest.mark.django_db


def channels_in(meeting: Meeting) -> list[str]:
    return [each.language for each in reading.channels_of(meeting.room_id, meeting.pk)]


def change(meeting: Meeting, **fields: Any) -> None:
    changing.change_meeting(
        meeting=meeting, details=replace(details_of(meeting), **fields), now=timezone.now()
    )


def published(**fields: Any) -> Meeting:
    meeting = factories.meeting(state=Meeting.State.DRAFT, interpreted_into=["lt", "pl"], **fields)
    assert channels_in(meeting) == []
    return publish_meeting(meeting=meeting, now=timezone.now())


def test_publishing_opens_the_channels_a_change_follows_and_the_end_closes_them() -> None:
    meeting = published()
    assert channels_in(meeting) == ["lt", "pl"]
    change(meeting, interpreted_into=("pl", "de"))
    assert sorted(channels_in(meeting)) == ["de", "pl"]
    now = timezone.now()
    running.start_meeting(meeting=meeting, now=now)
    running.end_meeting(meeting=meeting, now=now)
    assert channels_in(meeting) == []


@pytest.mark.parametrize("elsewhere", [{"interpretation_how": "Headsets on site"}, {"format": "on_site"}])
def test_what_the_host_has_arranged_elsewhere_opens_none(elsewhere: dict[str, str]) -> None:
    meeting = published(address="Danės g. 1", **elsewhere)
    assert channels_in(meeting) == []


def test_who_arranges_it_elsewhere_later_closes_them() -> None:
    meeting = published()
    change(meeting, interpretation_how="Headsets on site")
    assert channels_in(meeting) == []


def test_the_page_says_where_to_listen() -> None:
    meeting = factories.meeting(interpreted_into=["lt"])
    page = text_of(Client().get(meeting.get_absolute_url()))
    assert "Lithuanian Choose what you hear in the meeting room, under Interpretation." in page
