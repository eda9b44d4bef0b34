"""What is behind a person is blurred before it leaves the browser: seen in pictures that the other side decoded."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.browser.people_with_pictures import come_in, id_of, live_meeting, with_devices
from tests.stack import Stack

Visitor = Callable[..., Page]
# A drawn person before a wall of stripes, in the place of a camera.
CAMERA = """(() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const pen = canvas.getContext("2d");
  const oval = (fill, x, y, width, height) => {
    pen.fillStyle = fill;
    pen.beginPath();
    pen.ellipse(x, y, width, height, 0, 0, 7);
    pen.fill();
  };
  let step = 0;
  const draw = () => {
    for (let x = 0; x < 640; x += 16) {
      pen.fillStyle = (x / 16) % 2 ? "#e8e8e8" : "#2255aa";
      pen.fillRect(x, 0, 16, 360);
    }
    oval("#7a1f2b", 320, 380, 170, 130);
    pen.fillStyle = "#c99774";
    pen.fillRect(285, 210, 70, 70);
    oval("#2b1d14", 320, 145, 84, 108);
    oval("#d9a882", 320, 165, 66, 86);
    for (const x of [295, 345]) {
      oval("#ffffff", x, 150, 13, 7);
      oval("#332211", x, 150, 6, 6);
      pen.fillRect(x - 16, 132, 32, 5);
    }
    oval("#a86f50", 320, 182, 10, 10);
    oval("#9c3b3b", 320, 215, 24, 8);
    pen.fillStyle = "white";
    pen.fillRect((step += 4) % 620, 352, 20, 8);
  };
  draw();
  setInterval(draw, 50);
  const { getUserMedia } = navigator.mediaDevices;
  navigator.mediaDevices.getUserMedia = async (wanted) =>
    wanted.video ? canvas.captureStream(20) : getUserMedia.call(navigator.mediaDevices, wanted);
})();"""
# How different light and dark are along the wall and along the eyes: the stripes there, and the face.
CONTRASTS = """(selector) => {
  const video = document.querySelector(`${selector} video`);
  if (!video || video.videoWidth === 0) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 640, 360);
  const along = (x, y, width) => {
    const { data } = pen.getImageData(x, y, width, 1);
    const reds = [...data].filter((_value, place) => place % 4 === 0);
    return Math.max(...reds) - Math.min(...reds);
  };
  return { wall: along(30, 60, 120), eyes: along(280, 150, 30) };
}"""


def contrasts(page: Page, selector: str) -> str:
    return f"({CONTRASTS})({json.dumps(selector)})"


def test_others_see_the_person_and_no_wall(stack: Stack, visitor: Visitor) -> None:
    room, links = live_meeting(stack, 2)
    anna, bo = visitor(), visitor()
    anna.add_init_script(CAMERA)
    with_devices(bo, color="lime", tone=440)
    anna.goto(links[0])
    anna.goto(f"/rooms/{room}/")
    mirror = ".mirror[data-camera=on]"
    until(
        anna,
        f"(() => {{ const c = {contrasts(anna, mirror)}; return c && c.wall > 120 && c.eyes > 100; }})()",
    )
    assert not anna.evaluate(
        "performance.getEntriesByType('resource').some(({ name }) => /blur|tflite/.test(name))"
    )
    anna.get_by_label("Blur my background").check()
    until(
        anna, f"(() => {{ const c = {contrasts(anna, mirror)}; return c && c.wall < 50 && c.eyes > 100; }})()"
    )
    expect(anna.locator("#tests")).to_contain_text("640 × 360")

    come_in(anna, room, links[0])  # anew: it is remembered
    come_in(bo, room, links[1])
    tile = f"[data-person='{id_of(bo, 'Person A')}']"
    until(bo, f"(() => {{ const c = {contrasts(bo, tile)}; return c && c.wall < 50 && c.eyes > 80; }})()")
    frames = f'document.querySelector("{tile} video").getVideoPlaybackQuality().totalVideoFrames'
    until(bo, f"{frames} > {bo.evaluate(frames)} + 5")

    anna.locator("[data-control=more]").click()
    anna.locator("[data-item=settings]").click()
    anna.get_by_label("Blur my background").uncheck()
    until(bo, f"(() => {{ const c = {contrasts(bo, tile)}; return c && c.wall > 100; }})()")
    expect(anna.locator("[data-help=camera]")).to_have_count(0)
