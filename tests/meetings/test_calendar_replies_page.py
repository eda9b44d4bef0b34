"""The hosts' page of calendar replies."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import CalendarReply
from tests import factories
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db


def page_of(client: Client, meeting) -> str:  # type: ignore[no-untyped-def]
    client.force_login(meeting.host)
    return client.get(reverse("calendar_replies", args=[meeting.pk])).content.decode()


def test_hosts_see_answers_with_what_came_of_them(client: Client) -> None:
    meeting = factories.meeting()
    jonas = factories.person(name="Jonas Kazlauskas")
    factories.calendar_reply(
        meeting=meeting, person=jonas, answer=CalendarReply.Answer.TENTATIVE, comment="<b>From Kalmar?</b>"
    )
    factories.calendar_reply(
        meeting=meeting,
        person=jonas,
        answer=CalendarReply.Answer.COUNTER,
        proposed_starts_at=STARTS_AT + timedelta(hours=4),
        proposed_ends_at=STARTS_AT + timedelta(hours=5),
        received_at=NOW + timedelta(hours=1),
    )
    page = page_of(client, meeting)
    assert "Jonas Kazlauskas" in page
    assert "&lt;b&gt;From Kalmar?&lt;/b&gt;" in page
    assert "Maybe" in page
    assert "14:00" in page


def test_a_proposal_without_an_end_has_its_start_and_the_column_a_noun(client: Client) -> None:
    meeting = factories.meeting(host=factories.member(language="lt"))
    factories.calendar_reply(
        meeting=meeting,
        answer=CalendarReply.Answer.COUNTER,
        proposed_starts_at=STARTS_AT + timedelta(hours=4),
    )
    page = page_of(client, meeting)
    assert "ketvirtadienis, 14:00<" in page
    assert 'data-label="Atsakymas"' in page


def test_the_address_of_somebody_who_was_not_asked_is_shown(client: Client) -> None:
    """They wrote it themselves; an address that only the service knows is not shown."""
    meeting = factories.meeting()
    asked = factories.person(email="asked@example.org")
    factories.calendar_reply(
        meeting=meeting,
        person=asked,
        outcome=CalendarReply.Outcome.OTHER_PERSON,
        attendee="colleague@example.org",
    )
    page = page_of(client, meeting)
    assert "colleague@example.org" in page
    assert "asked@example.org" not in page


def test_the_host_page_leads_there_when_there_are_replies(client: Client) -> None:
    meeting = factories.meeting()
    client.force_login(meeting.host)
    host_page, replies = (
        reverse("host_meeting", args=[meeting.pk]),
        reverse("calendar_replies", args=[meeting.pk]),
    )
    assert replies not in client.get(host_page).content.decode()
    factories.calendar_reply(meeting=meeting)
    assert replies in client.get(host_page).content.decode()
