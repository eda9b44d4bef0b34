"""Hosts choose the chat's settings on a page before the meeting, and they hold from the first moment."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse

from engagement.models import ChatSettings
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests import factories
from tests.engagement.conftest import join, scheduled_webinar, server  # noqa: F401 - fixtures
from tests.rooms.conftest import Join

CHOSEN = {"on": "on", "moderated": "on", "private": "nobody", "slow_seconds": "30"}


def settings_page(client: Client, meeting: Meeting) -> str:
    client.force_login(meeting.host)
    return reverse("chat_settings", args=[meeting.pk])


@pytest.mark.django_db
def test_the_host_chooses_before_the_meeting(client: Client) -> None:
    meeting = factories.meeting()
    address = settings_page(client, meeting)
    assert address in client.get(reverse("host_meeting", args=[meeting.pk])).text
    shown = client.get(address).text
    assert 'value="hosts"' in shown
    assert "30 seconds" in shown
    assert client.post(address, CHOSEN).status_code == 302
    row = ChatSettings.objects.get(room=meeting.room)
    assert (row.is_on, row.is_moderated, row.private, row.slow_seconds) == (True, True, "nobody", 30)
    assert client.post(address, {"private": "nobody", "slow_seconds": "30"}).status_code == 302
    row.refresh_from_db()
    assert (row.is_on, row.is_moderated) == (False, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"private": "friends"}, {"slow_seconds": "31"}, {"slow_seconds": "x\x00"}, {"private": ""}]
)
def test_what_is_wrong_stays_in_the_form_and_changes_nothing(client: Client, wrong: dict[str, str]) -> None:
    meeting = factories.meeting()
    answer = client.post(settings_page(client, meeting), {**CHOSEN, **wrong})
    assert answer.status_code == 422
    assert 'name="moderated" checked' in answer.text.replace('id="id_moderated" ', "")
    assert not ChatSettings.objects.exists()


@pytest.mark.django_db
def test_a_page_saved_without_a_change_tells_nobody(client: Client) -> None:
    meeting = factories.meeting()
    address = settings_page(client, meeting)
    for _ in range(2):
        assert client.post(address, CHOSEN).status_code == 302
    assert RoomEvent.objects.filter(ev="chat.configured").count() == 1


async def test_they_hold_from_the_first_moment_and_at_once(
    scheduled_webinar: Meeting,  # noqa: F811 - a fixture
    join: Join,  # noqa: F811 - a fixture
    client: Client,
) -> None:
    address = await sync_to_async(settings_page)(client, scheduled_webinar)
    await sync_to_async(client.post)(address, CHOSEN)
    host = await join(scheduled_webinar, scheduled_webinar.host)
    await host.does("meeting.start")
    guest = await join(scheduled_webinar)
    assert guest.welcome["snapshot"]["chat"]["private"] == "nobody"
    first = await guest.does("chat.send", text="may I?")
    assert (await host.receives("chat.message", id=first["message"]))["held"] is True
    assert (await guest.asks("chat.send", text="again"))["error"] == "too_fast"
    await sync_to_async(client.post)(address, {"private": "hosts", "slow_seconds": "0"})
    event = await guest.receives("chat.configured")
    assert event["chat"]["on"] is False
    assert event["by"]["name"] == scheduled_webinar.host.name
    assert (await guest.asks("chat.send", text="once more"))["error"] == "not_now"
