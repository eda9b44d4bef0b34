"""Interpretation, heard: every microphone is a tone of its own, and what somebody hears is measured in their page."""

import math
import struct
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import CAMERA_OFF, LAPTOP, PHONE, Watch, sign_in
from tests.stack import TIMEOUT, Stack

Visitor = Callable[..., Page]
FLOOR, SWEDISH, POLISH, SECOND = 440, 1010, 1570, 2230  # Hz: none is a harmonic of another
pytestmark = pytest.mark.usefixtures("cameras_off")
TONES = (FLOOR, SWEDISH, POLISH, SECOND)
# dB. Tones are at -20, lowered at -35; what a busy machine makes of them at the other tones is below.
SILENT = -50
LOWERED = 10  # dB and more: a seventh of the volume is 16
RATE = 48_000

# The loudest of each tone in one and a half seconds, in dB, of all that the page plays, at the volume at which it does.
HEARD = """async (tones) => {
  const audio = (window.hearing ??= new AudioContext());
  await audio.resume();
  const ear = audio.createAnalyser();
  ear.fftSize = 8192;
  ear.smoothingTimeConstant = 0;
  for (const player of document.querySelectorAll("audio")) {
    if (!player.srcObject || player.muted || player.paused) continue;
    const volume = audio.createGain();
    volume.gain.value = player.volume;
    audio.createMediaStreamSource(player.srcObject).connect(volume).connect(ear);
  }
  const bins = new Float32Array(ear.frequencyBinCount);
  const loudest = tones.map(() => -200);
  for (let look = 0; look < 15; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ear.getFloatFrequencyData(bins);
    tones.forEach((tone, place) => {
      const middle = Math.round((tone * ear.fftSize) / audio.sampleRate);
      loudest[place] = Math.max(loudest[place], ...bins.slice(middle - 2, middle + 3));
    });
  }
  return loudest;
}"""


PLAYERS = """() => [...document.querySelectorAll("audio")].map(({ paused, muted, volume, srcObject }) =>
  [paused, muted, volume, srcObject?.getTracks().map((track) => [track.readyState, track.muted])])"""


@dataclass
class Heard:
    floor: float
    swedish: float
    polish: float
    second: float


def heard_by(page: Page) -> Heard:
    return Heard(*page.evaluate(HEARD, list(TONES)))


def hears(page: Page, what: Callable[[Heard], bool], meaning: str) -> Heard:
    for _attempt in range(40):
        found = heard_by(page)
        if what(found):
            return found
    raise AssertionError(f"{meaning}: {found}, {page.evaluate(PLAYERS)}")


def tone_file(folder: Path, tone: int) -> Path:
    """Five tones a second: what noise suppression takes for noise does not begin and end."""
    path = folder / f"{tone}.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        samples = (
            0.6 * math.sin(2 * math.pi * tone * at / RATE) * max(0.0, math.sin(2 * math.pi * 5 * at / RATE))
            for at in range(RATE * 4)
        )
        out.writeframes(b"".join(struct.pack("<h", round(32_000 * sample)) for sample in samples))
    return path


@pytest.fixture
def speaker(
    stack: Stack,
    playwright: Playwright,
    chromium_path: str,
    browser_arguments: list[str],
    watch: Watch,
    tmp_path: Path,
) -> Iterator[Callable[[int], Page]]:
    """`speaker(440)`: somebody whose microphone gives this tone."""
    with ExitStack() as opened:

        def open_browser(tone: int) -> Page:
            argument = f"--use-file-for-fake-audio-capture={tone_file(tmp_path, tone)}"
            browser: Browser = playwright.chromium.launch(
                executable_path=chromium_path, args=[*browser_arguments, argument]
            )
            opened.callback(browser.close)
            context = browser.new_context(
                base_url=stack.url, viewport=LAPTOP, locale="en", permissions=["camera", "microphone"]
            )
            context.set_default_timeout(TIMEOUT * 1000)
            context.add_init_script(CAMERA_OFF)
            page = context.new_page()
            watch.see(page)
            return page

        yield open_browser


INTERPRETERS = ("Ines", "Ivan", "Second")
LISTENERS = ("Lena", "Lars")


def interpreted_webinar(stack: Stack, host: str) -> tuple[str, dict[str, str]]:
    """A live one: its room, and personal links by name."""
    names = (*INTERPRETERS, *LISTENERS)
    made = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "from meetings import links\nfrom meetings.models import Meeting\n"
        f"host = factories.member(email={host!r}, name='Rūta Host')\n"
        "began = timezone.now() - timedelta(minutes=5)\n"
        "meeting = factories.meeting(host=host, state=Meeting.State.LIVE,"
        " starts_at=began, ends_at=began + timedelta(hours=2), started_at=began)\n"
        f"for name in {INTERPRETERS!r}:\n"
        "    role = factories.role(meeting, factories.person(name=name), 'interpreter')\n"
        "    print(links.stage_link(role))\n"
        f"for name in {LISTENERS!r}:\n"
        "    print(links.personal_link(factories.registration(meeting=meeting, name=name)))\n"
        "print(meeting.room_id)\n"
    )
    *found, room = made.split()[-1 - len(names) :]
    return room, dict(zip(names, found, strict=True))


def enters(page: Page, room: str, link: str = "") -> None:
    if link:
        page.goto(link)
    page.goto(f"/rooms/{room}/")
    page.locator(".actions--sticky button[type=submit]").click()
    expect(page.locator("#t-chat")).to_be_visible()


def unmutes(page: Page) -> None:
    microphone = page.locator("[data-control=microphone]")
    expect(microphone).to_be_visible()
    if microphone.get_attribute("aria-pressed") == "false":
        microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "true")


def listens(page: Page, language: str) -> None:
    page.locator("summary[data-control=interpretation]").click()
    page.locator(f"[data-item=listen-{language}]").click()


def opens(host: Page, language: str) -> None:
    host.locator("[data-open-language]").select_option(language)
    host.locator("[data-act=open-channel]").click()
    expect(host.locator(f"[data-channel={language}]")).to_be_visible()


def takes(page: Page, language: str) -> None:
    page.locator(f"[data-act=take-{language}]").click()
    expect(page.locator("[data-interpreting=on-air]")).to_be_visible()


def hears_floor(heard: Heard) -> bool:
    return heard.floor > SILENT and max(heard.swedish, heard.polish, heard.second) < SILENT


def the_whole_of_it(
    stack: Stack, visitor: Visitor, speaker: Callable[[int], Page], host_address: str
) -> None:
    room, links = interpreted_webinar(stack, host_address)
    host = speaker(FLOOR)
    sign_in(stack, host, host_address)
    enters(host, room)
    unmutes(host)
    host.locator("#t-people").click()
    host.locator("[data-section=interpretation] > summary").click()
    for language in ("sv", "pl"):
        opens(host, language)
    ines, ivan, lena = speaker(SWEDISH), speaker(POLISH), visitor(PHONE, touch=True)
    for page, name in ((ines, "Ines"), (ivan, "Ivan"), (lena, "Lena")):
        enters(page, room, links[name])
    original = hears(lena, hears_floor, "the floor alone: interpreters come in muted")
    takes(ines, "sv")
    takes(ivan, "pl")
    for page in (ines, ivan):
        unmutes(page)
    hears(lena, hears_floor, "no interpreter mixes into the floor")

    # Each channel, over the lowered original.
    listens(lena, "sv")
    swedish = hears(lena, lambda heard: heard.swedish > SILENT, "the Swedish channel")
    assert swedish.polish < SILENT
    lowered = hears(lena, lambda heard: heard.floor < original.floor - LOWERED, "the lowered original")
    assert lowered.floor > SILENT
    listens(lena, "pl")
    polish = hears(lena, lambda heard: heard.polish > SILENT and heard.swedish < SILENT, "the Polish channel")
    assert polish.floor < original.floor - LOWERED
    lena.locator("summary[data-control=interpretation]").click()
    lena.locator("[data-original]").fill("0")
    hears(lena, lambda heard: heard.floor < SILENT < heard.polish, "no original")
    lena.locator("[data-original]").fill("20")
    hears(lena, lambda heard: SILENT < heard.floor < original.floor - LOWERED, "a little of the original")
    lena.keyboard.press("Escape")
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    for width in (390, 320):
        lena.set_viewport_size({"width": width, "height": 700})
        assert lena.evaluate(too_wide) is False

    # After a reload the channel is the same.
    lena.reload()
    enters(lena, room)
    hears(lena, lambda heard: heard.polish > SILENT > heard.swedish, "the Polish channel after a reload")
    hears(lena, lambda heard: SILENT < heard.floor < original.floor - LOWERED, "the lowered original, too")

    # Relay: an interpreter works from another channel, and hears nothing of the floor meanwhile.
    hears(ines, lambda heard: heard.floor > SILENT > heard.polish, "the floor")
    listens(ines, "pl")
    hears(ines, lambda heard: heard.polish > SILENT > heard.floor, "the relay")
    listens(ines, "original")

    # Mute is silence in the channel; the original stays.
    ivan.locator("[data-act=cough]").click()
    hears(lena, lambda heard: heard.polish < SILENT < heard.floor, "a muted interpreter")
    ivan.locator("[data-act=cough]").click()
    hears(lena, lambda heard: heard.polish > SILENT, "an interpreter who goes on")

    hands_over(room, links, ines, lena, speaker)

    # Who is removed is silent at once.
    host.locator("[data-channel=pl] [data-act=remove-interpreter]").click()
    listens(lena, "pl")
    removed = hears(lena, lambda heard: heard.polish < SILENT, "nobody in the Polish channel")
    assert removed.floor > SILENT
    expect(ivan.locator("[data-interpreting=none]")).to_be_visible()
    expect(ivan.locator("[data-control=microphone]")).to_have_attribute("aria-pressed", "false")
    hears(host, lambda heard: max(heard.swedish, heard.polish, heard.second) < SILENT, "nothing for the host")


def hands_over(
    room: str, links: dict[str, str], ines: Page, lena: Page, speaker: Callable[[int], Page]
) -> None:
    """One who stands by takes over; nobody hears both."""
    second = speaker(SECOND)
    enters(second, room, links["Second"])
    second.locator("[data-act=take-sv]").click()
    expect(second.locator("[data-interpreting=standby]")).to_be_visible()
    unmutes(second)
    listens(lena, "sv")
    hears(lena, lambda heard: heard.swedish > SILENT > heard.second, "who is on air, not who stands by")
    ines.locator("[data-act=offer]").click()
    second.locator("[data-interpreting] [data-act=accept]").click()
    expect(ines.locator("[data-interpreting=standby]")).to_be_visible()
    hears(lena, lambda heard: heard.second > SILENT > heard.swedish, "who has taken over")


def test_listeners_hear_their_channel_over_the_lowered_original(
    stack: Stack, visitor: Visitor, speaker: Callable[[int], Page]
) -> None:
    the_whole_of_it(stack, visitor, speaker, "interpretation@example.org")


def test_the_channel_in_the_readers_language_is_chosen_at_entry(
    stack: Stack, visitor: Visitor, speaker: Callable[[int], Page]
) -> None:
    address = "interpretation-entry@example.org"
    room, links = interpreted_webinar(stack, address)
    host = visitor()
    sign_in(stack, host, address)
    enters(host, room)
    host.locator("#t-people").click()
    host.locator("[data-section=interpretation] > summary").click()
    opens(host, "sv")
    ines, lars = speaker(SWEDISH), visitor(language="sv")
    enters(ines, room, links["Ines"])
    takes(ines, "sv")
    unmutes(ines)
    enters(lars, room, links["Lars"])
    expect(lars.locator("summary[data-control=interpretation]")).to_contain_text("Svenska")
    hears(lars, lambda heard: heard.swedish > SILENT, "the channel in Swedish")


class TestByWayOfTheMediaServer:
    @pytest.fixture
    def stack(self, stack_with_livekit: Stack) -> Stack:
        return stack_with_livekit

    def test_the_same_is_heard(
        self, stack: Stack, visitor: Visitor, speaker: Callable[[int], Page], watch: Watch
    ) -> None:
        # The media client says so of a track that was taken off the floor while it was told of it.
        watch.expected = ("could not find published track",)
        the_whole_of_it(stack, visitor, speaker, "interpretation-sfu@example.org")
