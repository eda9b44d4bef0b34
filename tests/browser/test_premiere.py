"""A film in step: what two browsers play differs by less than a second, also after a jump and for who comes late."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.browser.test_main_job import enter_together, pass_green_room
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
VIDEO = "document.querySelector('[data-premiere] video')"
# Where the film began by this browser's player: both have one clock, that of the machine.
BEGAN = f"(() => {{ const video = {VIDEO}; return Date.now() / 1000 - video.currentTime; }})()"
PLAYS = f"{VIDEO}?.readyState >= 3 && !{VIDEO}.paused && {VIDEO}.currentTime >"
CUES = "CAPTIONS = 'WEBVTT\\n\\n00:00.000 --> 00:40.000\\nThe pumps are quiet.\\n'"


def with_film(stack: Stack, room: str) -> None:
    """Of forty seconds, with captions."""
    stack.python(
        "from django.core.files.base import ContentFile\nfrom meetings.models import Meeting\n"
        "from recordings import describing\nfrom recordings.models import PremiereFilm, RecordingFile\n"
        f"from tests import factories\nfrom tests.recordings import films\n{CUES}\n"
        "recording = factories.recording(state='ready', duration_seconds=40.0, title={'en': 'Quiet pumps'})\n"
        "film = films.webm(40)\n"
        "main = RecordingFile(recording=recording, role='main', content_type='video/webm', size=len(film))\n"
        "main.file.save(f'recordings/{recording.pk}/recording.webm', ContentFile(film))\n"
        "describing.keep_captions(recording=recording, language='en', text=CAPTIONS)\n"
        f"PremiereFilm.objects.create(meeting=Meeting.objects.get(room={room!r}), recording=recording)"
    )


def in_step(one: Page, two: Page) -> None:
    """Both play, and within five seconds closer to each other than people would notice."""
    for page in (one, two):
        until(page, f"{PLAYS} 0")
    for _look in range(10):
        apart = abs(one.evaluate(BEGAN) - two.evaluate(BEGAN))
        if apart < 0.5:
            return
        one.wait_for_timeout(500)
    raise AssertionError(f"{apart:.2f} s apart")


def test_everybody_sees_a_film_in_step(stack: Stack, visitor: Visitor) -> None:
    host, guest, room = enter_together(stack, visitor, "A premiere")
    with_film(stack, room)
    host.locator("#t-premiere").click()
    host.locator("[data-film] [data-act=show]").click()
    in_step(host, guest)
    expect(guest.get_by_label("Position in the film")).to_have_count(0)
    until(guest, f"{VIDEO}.textTracks[0].activeCues?.[0]?.text === 'The pumps are quiet.'")

    host.get_by_label("Position in the film").fill("20")
    until(guest, f"{PLAYS} 20")
    in_step(host, guest)
    guest.reload()
    pass_green_room(guest)
    until(guest, f"{PLAYS} 20")
    in_step(host, guest)

    host.get_by_role("button", name="Pause for everyone").click()
    for page in (host, guest):
        until(page, f"{VIDEO}.paused && !{VIDEO}.seeking")
    until(guest, f"Math.abs({VIDEO}.currentTime - {host.evaluate(f'{VIDEO}.currentTime')}) < 0.3")
    guest.locator("#say").fill("What do they cost?")
    guest.locator("#say").press("Enter")
    host.locator("[data-premiere-act=stop]").click()
    expect(guest.locator("[data-premiere]")).to_have_count(0)
    expect(guest.locator("[data-message]", has_text="What do they cost?")).to_be_visible()
