"""People with a picture and a tone of their own, so that a test knows whom it sees and hears."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import sees_own_camera, until
from tests.stack import Stack

Visitor = Callable[..., Page]

# In the place of Chromium's devices, which are alike for everybody. A bar moves, so that there are always new frames.
DEVICES = """
(() => {
  const { color, tone, screen, screenTone, policy } = %s;
  const picture = (fill) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 180];
    const context = canvas.getContext("2d");
    let step = 0;
    setInterval(() => {
      context.fillStyle = fill;
      context.fillRect(0, 0, 320, 180);
      context.fillStyle = "white";
      context.fillRect((step += 4) %% 300, 170, 20, 10);
    }, 100);
    return canvas.captureStream(10).getVideoTracks();
  };
  const sound = (pitch) => {
    const audio = new AudioContext();
    const [source, volume, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
    source.frequency.value = pitch;
    volume.gain.value = 0.2;
    source.connect(volume).connect(out);
    source.start();
    addEventListener("click", () => void audio.resume()); // not before a gesture
    void audio.resume();
    return out.stream.getAudioTracks();
  };
  const devices = navigator.mediaDevices;
  devices.getUserMedia = async ({ audio, video }) =>
    new MediaStream([...(video ? picture(color) : []), ...(audio ? sound(tone) : [])]);
  devices.getDisplayMedia = async () => new MediaStream([...picture(screen), ...sound(screenTone)]);
  // How many pictures of others arrive: streams that had new frames within a second.
  const chosen = policy ? { iceTransportPolicy: policy } : {};
  const Connection = window.RTCPeerConnection;
  const all = [];
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration, ...others) {
      super({ ...configuration, ...chosen }, ...others);
      all.push(this);
    }

    setConfiguration(configuration) {
      super.setConfiguration({ ...configuration, ...chosen });
    }
  };
  const framesReceived = async () => {
    const frames = new Map();
    for (const [place, one] of all.entries())
      if (one.connectionState === "connected")
        for (const stats of (await one.getStats()).values())
          if (stats.type === "inbound-rtp" && stats.kind === "video")
            frames.set(`${place} ${stats.id}`, stats.framesReceived ?? 0);
    return frames;
  };
  /** The kinds of this browser's addresses by which connections go. */
  window.paths = async () => {
    const found = [];
    for (const one of all) {
      if (one.connectionState !== "connected") continue;
      const report = await one.getStats();
      for (const stats of report.values())
        if (stats.type === "candidate-pair" && stats.nominated)
          found.push(report.get(stats.localCandidateId)?.candidateType);
    }
    return found;
  };
  window.moving = async () => {
    const before = await framesReceived();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return [...(await framesReceived())].filter(([id, frames]) => frames > (before.get(id) ?? 0)).length;
  };
})();
"""

# Red, green and blue in the middle of the video within this element; nothing before it has a frame.
COLOR = """(selector) => {
  const video = document.querySelector(selector)?.querySelector("video") ?? document.querySelector(`${selector} video`);
  if (!video || video.videoWidth === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 9;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 9, 9);
  return [...context.getImageData(4, 4, 1, 1).data].slice(0, 3);
}"""


def with_devices(page: Page, **devices: Any) -> None:
    """`color`, `tone`, `screen` and `screenTone` of this person; `policy="relay"` leaves only a TURN server."""
    page.add_init_script(DEVICES % json.dumps(devices))


def live_meeting(stack: Stack, people: int) -> tuple[str, list[str]]:
    """Its room, and personal links of people called Person A, Person B and so on."""
    names = [f"Person {chr(65 + place)}" for place in range(people)]
    made = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "from meetings import links\nfrom meetings.models import Meeting\n"
        "began = timezone.now() - timedelta(minutes=20)\n"
        "meeting = factories.meeting(kind=Meeting.Kind.PROJECT_MEETING, state=Meeting.State.LIVE,"
        " starts_at=began, ends_at=began + timedelta(hours=2), started_at=began)\n"
        f"seats = [factories.registration(meeting=meeting, name=name) for name in {names!r}]\n"
        "print(meeting.room_id, *(links.personal_link(seat) for seat in seats))"
    )
    room, *personal = made.splitlines()[-1].split()
    return room, personal


def come_in(page: Page, room: str, link: str) -> None:
    """With the microphone muted, and the camera on unless it was left off (`cameras_off`)."""
    page.goto(link)
    page.goto(f"/rooms/{room}/")
    sees_own_camera(page)
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".stage .tile").first).to_be_visible()
    microphone = page.locator("[data-control=microphone]")
    if microphone.get_attribute("aria-pressed") == "true":
        microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "false")


def id_of(page: Page, name: str) -> str:
    tile = page.locator("[data-person]", has_text=name)
    expect(tile.first).to_be_visible()
    return str(tile.first.get_attribute("data-person"))


def shows(page: Page, selector: str, color: str, *, seconds: float = 30) -> None:
    """Decoded pixels of the video in there are mostly red, green or blue, or yellow or magenta."""
    channels = {"red": "r", "lime": "g", "blue": "b", "yellow": "rg", "magenta": "rb"}[color]
    judge = " && ".join(
        f"c['rgb'.indexOf('{one}')] {'> 120' if one in channels else '< 110'}" for one in "rgb"
    )
    until(
        page,
        f"(() => {{ const c = ({COLOR})({json.dumps(selector)}); return c && {judge}; }})()",
        seconds=seconds,
    )


def pictures_arrive(page: Page, count: int) -> None:
    """As many of others as this, by WebRTC's own statistics."""
    until(page, f"moving().then((found) => found === {count})")
