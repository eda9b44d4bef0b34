"""All of a host's pages of one meeting lead to each other, and say on which of them one is."""

import re

import pytest
from django.urls import reverse

from meetings.models import MeetingRole
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = {
    "host_meeting": "Registrations",
    "invitations": "Invitations",
    "registration_questions": "Registration questions",
    "agenda": "Agenda",
    "slides": "Slides",
    "premiere_films": "Films",
    "resources": "Resources",
    "live_questions": "Q&A",
    "question_settings": "Q&A",
    "breakout_plan": "Breakout groups",
    "caption_links": "Captions",
    "polls": "Polls",
    "new_poll": "Polls",
    "attendance": "Attendance",
    "connections": "Connection quality",
    "host_message": "Write to participants",
    "delivery_report": "Email history",
    "delivery_recipients": "Email history",
}


@pytest.fixture
def meeting():
    return factories.meeting(state="ended", started_at=factories.NOW, host=factories.member())


def sections(answer):
    """The name in the menu, the current page, and where its links lead."""
    found = re.search(r'<details class="sections">.*?</details>', answer.text, re.DOTALL)
    if found is None:
        return None
    name = re.sub(r"<[^>]+>", "", re.search(r"<summary>(.*?)</summary>", found[0], re.DOTALL)[1]).strip()
    current = re.findall(r'aria-current="page">([^<]+)', found[0])
    return name, [one.strip() for one in current], re.findall(r'<a href="([^"]+)"', found[0])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_host_names_itself_and_leads_to_all_others(client, meeting, page):
    client.force_login(meeting.host)
    name, current, links = sections(client.get(reverse(page, args=[meeting.pk])))
    assert (name, current) == (PAGES[page], [PAGES[page]])
    host = reverse("host_meeting", args=[meeting.pk])
    assert len(links) == len(set(links))
    assert {reverse(one, args=[meeting.pk]) for one in PAGES} - set(links) == {
        reverse(one, args=[meeting.pk]) for one in ("question_settings", "new_poll", "delivery_recipients")
    }
    assert {f"{host}#{part}" for part in ("stage", "chat", "live-text", "recordings")} <= set(links)


def test_the_parts_of_the_host_page_that_are_linked_are_there(client, meeting):
    client.force_login(meeting.host)
    answer = client.get(reverse("host_meeting", args=[meeting.pk]))
    parts = [link.partition("#")[2] for link in sections(answer)[2] if "#" in link]
    assert all(f'id="{part}"' in answer.text for part in parts)


def test_before_a_meeting_its_questions_are_their_settings_and_nothing_was_said_yet(client):
    meeting = factories.meeting(host=factories.member())
    client.force_login(meeting.host)
    _name, _current, links = sections(client.get(reverse("host_meeting", args=[meeting.pk])))
    assert reverse("question_settings", args=[meeting.pk]) in links
    assert reverse("host_meeting", args=[meeting.pk]) + "#chat" in links  # its settings
    assert not [link for link in links if link.endswith("#live-text")]


def test_a_speaker_is_not_led_to_pages_of_hosts(client, meeting):
    speaker = factories.member()
    factories.role(meeting, speaker, MeetingRole.Role.SPEAKER)
    client.force_login(speaker)
    for page in ("slides", "live_questions"):
        answer = client.get(reverse(page, args=[meeting.pk]))
        assert answer.status_code == 200
        assert sections(answer) is None
        assert reverse("host_meeting", args=[meeting.pk]) not in answer.text
