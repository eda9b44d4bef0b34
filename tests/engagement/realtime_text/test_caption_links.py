"""Captions from outside: posted to a secret address, shown in the room, each post once."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse

from engagement.realtime_text import linking, reading
from engagement.realtime_text.models import CaptionLink
from engagement.views import captions
from meetings.models import Meeting
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join

TEXT = "text/plain; charset=utf-8"


def link_of(meeting: Meeting, language: str = "sv") -> str:
    """The address, as a host's page shows it."""
    host = Client()
    host.force_login(meeting.host)
    page = reverse("caption_links", args=[meeting.pk])
    assert host.post(page, {"what": "create", "language": language}).status_code == 302
    link = linking.links_of(meeting.pk).get(language=language)
    address = f"{reverse('caption_link', args=[linking.token_of(link)])}?language={language}"
    assert address in host.get(page).text
    return address


def post(address: str, text: str | bytes, seq: int | str | None = None) -> Any:
    address = address if seq is None else f"{address}&seq={seq}"
    return Client(enforce_csrf_checks=True).post(address, text, content_type=TEXT)


def lines_of(meeting: Meeting) -> list[tuple[str, str | None]]:
    return [(line.text, line.language) for line in reading.lines_for_export(meeting.room_id)]


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting(state="live", started_at=factories.NOW, host=factories.member())


@IN_ONE_FORM
async def test_what_is_posted_is_read_in_the_room(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    address = await sync_to_async(link_of)(live_webinar)
    answer = await sync_to_async(post)(address, "God morgon, välkomna.\r\n", 1)
    assert (answer.status_code, answer.text) == (200, "1\n")
    for client in (host, guest):
        line = await client.receives("rtt.committed", text="God morgon, välkomna.")
        assert (line["language"], line["person"]["role"]) == ("sv", "captioner")
    await host.does("rtt.delete", line=line["id"])
    await guest.receives("rtt.deleted", line=line["id"])


@pytest.mark.django_db
def test_a_repeated_post_is_shown_once_and_a_restarted_program_goes_on(meeting: Meeting) -> None:
    address = link_of(meeting)
    for text, seq in (("One", 1), ("Two", 2), ("Two", 2), ("One", 1), ("Three", 3), ("Again", 1)):
        assert post(address, text, seq).status_code == 200
    assert lines_of(meeting) == [("One", "sv"), ("Two", "sv"), ("Three", "sv"), ("Again", "sv")]
    post(address, "No number")
    post(address, "No number")
    assert len(lines_of(meeting)) == 6
    assert post(address, " \n", 9).status_code == 200  # how programs begin a new line
    assert len(lines_of(meeting)) == 6


@pytest.mark.django_db
def test_the_newest_post_is_the_highest_until_numbers_begin_anew(meeting: Meeting) -> None:
    address = link_of(meeting)
    newest = []
    for seq in (1, 301, 300, None, 302, 2, 3):
        post(address, f"Line {seq}", seq)
        newest.append(int(Client().get(address).text))
    assert newest == [1, 301, 301, 301, 302, 2, 3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "seq", "status"),
    [
        ("x" * 1001, 1, 413),
        (b"x" * 3_000_000, 1, 413),
        (b"\xff\xfe", 1, 415),
        ("x", "one", 422),
        ("x", "-1", 422),
        ("x", "", 422),
        ("x", "9" * 17, 422),
        ("x", "\u0661", 422),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(
    meeting: Meeting, text: str | bytes, seq: str, status: int
) -> None:
    address = link_of(meeting)
    answer = post(address, text, seq)
    assert answer.status_code == answer.json()["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not lines_of(meeting)


@pytest.mark.django_db
def test_other_methods_are_refused(meeting: Meeting) -> None:
    answer = Client().put(link_of(meeting), "x", content_type=TEXT)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert not lines_of(meeting)


@pytest.mark.django_db
def test_a_renewed_or_revoked_address_shows_nothing_any_more(meeting: Meeting) -> None:
    old, other = link_of(meeting), link_of(meeting, "de")
    host = Client()
    host.force_login(meeting.host)
    page = reverse("caption_links", args=[meeting.pk])
    host.post(page, {"what": "renew", "language": "sv"})
    assert post(old, "too late", 1).status_code == 404
    new = link_of(meeting)
    assert post(new, "shown", 1).status_code == 200
    host.post(page, {"what": "revoke", "language": "sv"})
    assert [post(each, "too late", 2).status_code for each in (old, new)] == [404, 404]
    assert post(other, "still there", 1).status_code == 200
    assert lines_of(meeting) == [("shown", "sv"), ("still there", "de")]
    assert post(other.replace("/captions/", "/captions/x"), "forged", 1).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["scheduled", "ended", "cancelled"])
def test_outside_of_the_meeting_nothing_is_shown(state: str) -> None:
    meeting = factories.meeting(host=factories.member())
    address = link_of(meeting)
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    answer = post(address, "x", 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_live")
    assert not lines_of(meeting)


@pytest.mark.django_db
def test_a_flood_is_slowed_down_and_harms_no_other_link(meeting: Meeting, settings: Any) -> None:
    settings.RATE_LIMITS = True
    settings.REDIS_URL = ""
    address, other = link_of(meeting), link_of(meeting, "de")
    answers = [post(address, f"line {number}", number).status_code for number in range(52)]
    assert answers == [200] * captions.LIMIT.amount + [429] * 2
    assert post(address, "x", 99).headers["Retry-After"] == "10"
    assert post(other, "x", 1).status_code == 200


@pytest.mark.django_db
def test_a_host_makes_one_link_for_each_language_and_only_of_these(meeting: Meeting) -> None:
    host = Client()
    host.force_login(meeting.host)
    page = reverse("caption_links", args=[meeting.pk])
    for sent in ({"what": "create", "language": "sv"},) * 2:
        assert host.post(page, sent).status_code == 302
    for sent in ({"what": "create", "language": "tlh"}, {"what": "destroy", "language": "sv"}, {}):
        assert host.post(page, sent).status_code == 422
    assert CaptionLink.objects.count() == 1
    Meeting.objects.filter(pk=meeting.pk).update(state="ended")
    assert host.post(page, {"what": "create", "language": "de"}).status_code == 422
    assert CaptionLink.objects.count() == 1
