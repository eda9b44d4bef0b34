"""Somebody speaks into a muted microphone: the room says so, and one click lets the others hear."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch, sign_in
from tests.browser.test_hosting_a_room import live_webinar
from tests.stack import Stack

# A microphone that hears a steady tone, in the place of Chromium's, which beeps once a second.
TONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const audio = new AudioContext();
  const [tone, volume, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
  volume.gain.value = 0.4;
  tone.connect(volume).connect(out);
  tone.start();
  await audio.resume();
  return out.stream;
};
"""
MUTED = "muted-host@example.org"
NOTICE = "You are speaking, but your microphone is muted."


def test_who_speaks_while_muted_is_told(stack: Stack, visitor: Callable[..., Page], watch: Watch) -> None:
    room, _links = live_webinar(stack, MUTED)
    host = visitor()
    host.add_init_script(TONE)
    sign_in(stack, host, MUTED)
    host.goto(f"/rooms/{room}/")
    host.get_by_role("button", name="Join").click()
    microphone = host.locator("[data-control=microphone]")
    if microphone.get_attribute("aria-pressed") == "false":
        microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "true")
    host.wait_for_timeout(3_000)
    notice = host.locator(".toast", has_text=NOTICE)
    expect(notice).to_have_count(0)

    microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "false")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Unmute").click()
    expect(microphone).to_have_attribute("aria-pressed", "true")
    expect(notice).to_have_count(0)
