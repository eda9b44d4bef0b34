"""A film in the room: everybody sees where it is, who joins later too, and only who is in the room may read it."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from engagement.premiere import playing
from engagement.premiere.messages import Film, Premiere
from meetings.models import Meeting
from recordings import describing, premiering
from recordings.models import PremiereFilm, Recording, RecordingFile
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import SOON, RoomClient, closing, enter
from tests.rooms.server import Server

BYTES = bytes(range(256)) * 8
CUES = "WEBVTT\n\n00:01.000 --> 00:02.000\nThe pumps are quiet.\n"


def film_for(meeting: Meeting, **fields: Any) -> Recording:
    """Ten minutes, chosen for this meeting, with captions."""
    given = {
        "state": "ready",
        "duration_seconds": 600.0,
        "title": {"en": "Heat for harbours"},
        "language": "en",
    }
    found = factories.recording(**{**given, **fields})
    main = RecordingFile(
        recording=found, role="main", content_type="video/webm", size=len(BYTES), sha256="ab" * 32
    )
    main.file.save(f"recordings/{found.pk}/recording.webm", ContentFile(BYTES))
    describing.keep_captions(recording=found, language="en", text=CUES)
    PremiereFilm.objects.create(meeting=meeting, recording=found)
    return found


chosen_film = sync_to_async(film_for)


async def told(visitor: RoomClient, times: int) -> Any:
    """The film as it was told of the last of so many times."""
    heard = await visitor.until(lambda: visitor.all("premiere.changed")[times - 1 : times])
    return heard[0]["premiere"]


async def status_of(address: str) -> int:
    """Without a session: the address alone says who reads."""
    answer = await sync_to_async(Client().get)(address, headers={"Range": "bytes=0-9"})
    return answer.status_code


@IN_ONE_FORM
async def test_everybody_sees_the_film_where_the_host_has_put_it(live_webinar: Meeting, join: Join) -> None:
    film = await chosen_film(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert guest.welcome["snapshot"]["premiere"] is None
    assert (await guest.asks("premiere.file"))["error"] == "not_now"
    [offered] = (await host.does("premiere.films"))["films"]
    assert (offered["id"], offered["title"], offered["captions"]) == (
        film.pk,
        {"en": "Heat for harbours"},
        ["en"],
    )
    await host.does("premiere.start", film=film.pk)
    started = await told(guest, 1)
    assert (started["film"], started["is_playing"], started["position"]) == (offered, True, 0)

    await host.does("premiere.pause")
    paused = await told(guest, 2)
    gone = datetime.fromisoformat(paused["as_of"]) - datetime.fromisoformat(started["as_of"])
    assert (paused["is_playing"], paused["position"]) == (
        False,
        pytest.approx(gone.total_seconds(), abs=0.01),
    )
    await host.does("premiere.play", position=300)
    late = await join(live_webinar)
    shown = late.welcome["snapshot"]["premiere"]
    assert (shown["is_playing"], shown["position"]) == (True, 300)
    assert (await host.asks("premiere.play", position=601))["error"] == "bad_field"

    await host.does("premiere.stop")
    await late.receives("premiere.stopped")
    assert (await join(live_webinar)).welcome["snapshot"]["premiere"] is None
    for do in ("premiere.play", "premiere.pause", "premiere.stop"):
        assert (await host.asks(do))["error"] == "not_now"


@IN_ONE_FORM
async def test_the_file_is_for_who_is_in_the_room_while_the_film_is_on_its_stage(
    live_webinar: Meeting, join: Join
) -> None:
    film, other = await chosen_film(live_webinar), await chosen_film(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("premiere.start", film=film.pk)
    await guest.receives("premiere.changed")
    given = await guest.does("premiere.file")
    [captions] = given["captions"]
    assert [await status_of(given["file"]), await status_of(captions["address"])] == [206, 206]
    forged = given["file"].replace(film.pk, other.pk)
    assert [await status_of(forged), await status_of("/films/made-up/")] == [404, 404]

    leaver = await join(live_webinar)
    of_leaver = (await leaver.does("premiere.file"))["file"]
    assert await status_of(of_leaver) == 206
    await leaver.close()
    give_up = time.monotonic() + SOON  # the end of a presence is written with those of others
    while await status_of(of_leaver) != 404:
        assert time.monotonic() < give_up

    await host.does("premiere.start", film=other.pk)
    assert await status_of(given["file"]) == 404
    await host.does("premiere.start", film=film.pk)
    assert await status_of(given["file"]) == 206
    await host.does("stage.remove", person=guest.id, from_room=True)
    assert await guest.closed_with() == 4403
    assert await status_of(given["file"]) == 404
    of_host = (await host.does("premiere.file"))["file"]
    await sync_to_async(Recording.objects.filter(pk=film.pk).update)(state="deleted")
    assert await status_of(of_host) == 404


async def test_a_process_that_opens_the_room_later_shows_the_same(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    film = await chosen_film(live_webinar)
    seat = await sync_to_async(factories.registration)(meeting=live_webinar)
    host = await enter(first, live_webinar, live_webinar.host)
    async with closing(host):
        await host.does("premiere.start", film=film.pk)
        guest = await enter(second, live_webinar, seat.person, seat=seat)
        async with closing(guest):
            assert guest.welcome["snapshot"]["premiere"] == await told(host, 1)
            await host.does("premiere.play", position=42)
            assert (await told(guest, 1))["position"] == 42


@IN_ONE_FORM
async def test_only_hosts_show_a_film_only_one_that_was_chosen_and_until_the_end(
    live_webinar: Meeting, join: Join
) -> None:
    film = await chosen_film(live_webinar)
    not_chosen = await sync_to_async(factories.recording)(state="ready", duration_seconds=60.0)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    for do, fields in (
        ("premiere.films", {}),
        ("premiere.start", {"film": film.pk}),
        ("premiere.play", {}),
        ("premiere.pause", {}),
        ("premiere.stop", {}),
    ):
        assert (await guest.asks(do, **fields))["error"] == "not_allowed"
    assert (await host.asks("premiere.start", film=not_chosen.pk))["error"] == "not_found"
    await host.does("premiere.start", film=film.pk)
    await host.does("meeting.end")
    assert (await guest.receives("premiere.stopped"))["by"] is None
    await host.receives("meeting.ended")
    assert (await host.asks("premiere.start", film=film.pk))["error"] == "not_now"


def test_a_film_stays_between_its_beginning_and_its_end() -> None:
    film = Film(id="f", title={"en": "Heat"}, language="en", seconds=60, has_picture=True, captions=[])
    now = timezone.now()
    shown = Premiere(film=film, is_playing=True, position=50, as_of=now.isoformat())
    assert playing.position_at(shown, now + timedelta(seconds=4)) == 54
    assert playing.position_at(shown, now + timedelta(minutes=4)) == 60
    assert (
        playing.position_at(shown.model_copy(update={"is_playing": False}), now + timedelta(minutes=4)) == 50
    )


# ---- choosing --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_hosts_choose_among_what_they_host_and_what_anyone_can_watch(client: Client) -> None:
    meeting = factories.meeting(host=factories.member())
    ended = factories.meeting(host=meeting.host, state="ended")
    own = factories.recording(meeting=ended, state="ready", duration_seconds=600.0, title={"en": "Own"})
    given = {"duration_seconds": 90.0, "state": "published"}
    public = factories.recording(**given, visibility="public", title={"en": "For all"})
    hidden = factories.recording(**given, visibility="members", title={"en": "For some"})
    factories.recording(meeting=own.meeting, state="processing", title={"en": "Not ready"})
    client.force_login(meeting.host)
    address = f"/meetings/{meeting.pk}/films/"
    page = client.get(address).text
    for title in ("Own (10:00)", "For all (1:30)"):
        assert title in page
    for title in ("For some", "Not ready"):
        assert title not in page
    refused = client.post(address, {"films": [hidden.pk, own.pk]})
    assert (refused.status_code, PremiereFilm.objects.count()) == (422, 0)
    assert client.post(address, {"films": [own.pk, public.pk]}).status_code == 302
    assert [film.id for film in premiering.RecordingLibrary().films(meeting.pk)] == [public.pk, own.pk]
    client.post(address, {"films": [own.pk]})
    assert list(PremiereFilm.objects.values_list("recording", flat=True)) == [own.pk]


@pytest.mark.django_db
def test_what_another_host_has_chosen_stays_chosen(client: Client) -> None:
    meeting = factories.meeting(host=factories.member())
    theirs = film_for(meeting, title={"en": "Of the co-host"})
    client.force_login(meeting.host)
    address = f"/meetings/{meeting.pk}/films/"
    assert "Of the co-host" in client.get(address).text
    client.post(address, {})
    assert list(PremiereFilm.objects.values_list("recording", flat=True)) == [theirs.pk]
