"""How soon one sees somebody: after pressing Join, after an outage, and after the media server was restarted.

Two people with Chromium's fake camera meet on the loopback, in a mesh and through LiveKit. `cold` is a browser that was
never here; `warm` the same browser again. For outages all media go through coturn, which is stopped for so many seconds
(`BENCH_OUTAGES`, by default 5, 25 and 90) while one of the two has no network for anything else; the time is from the
return of the network to the fifth new picture. `BENCH_MEDIA` measures one kind alone.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

os.environ.setdefault("SECRET_KEY", "so that seed and service sign alike")
from bench.seed import webinar  # sets Django up, and so comes before its models  # isort: skip
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from bench.storm import product
from companies.models import Person
from meetings import links
from meetings.models import Meeting, Registration
from tools import services

ROOT = Path(__file__).resolve().parent.parent
OUTAGES = [int(seconds) for seconds in os.environ.get("BENCH_OUTAGES", "5,25,90").split(",") if seconds]
KINDS = os.environ.get("BENCH_MEDIA", "mesh,sfu").split(",")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-gpu",
]
RELAY_ONLY = """
const Connection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(configuration, ...others) {
    super({ ...configuration, iceTransportPolicy: "relay" }, ...others);
  }

  setConfiguration(configuration) {
    super.setConfiguration({ ...configuration, iceTransportPolicy: "relay" });
  }
};
"""
# Seconds until so many new pictures of the other were decoded; `begin` is done first.
UNTIL_PICTURES = """([begin, count]) => new Promise((resolve) => {
  const find = () => document.querySelector(".stage [data-person] room-video:not([mirrored]) video");
  const frames = (video) => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  let [before, known] = [find(), frames(find())];
  const began = performance.now();
  document.querySelector(begin)?.click();
  const look = () => {
    const video = find();
    const link = document.querySelector("[data-link]")?.dataset.link ?? "open";
    // What comes before the room is reached again is over a connection that is about to be replaced.
    if (link !== "open") [before, known] = [video, frames(video)];
    if (video !== before || frames(video) < known) [before, known] = [video, 0];
    const fresh = frames(video) - known;
    if (fresh >= count) resolve((performance.now() - began) / 1000);
    else if (performance.now() - began > 60_000) resolve(null);
    else setTimeout(look, 10);
  };
  look();
})"""


def seeded() -> tuple[str, list[str]]:
    """A live meeting: its room, and the paths of two personal links."""
    meeting = webinar()
    Meeting.objects.filter(pk=meeting.pk).update(kind=Meeting.Kind.PROJECT_MEETING)
    meeting.refresh_from_db()
    now = timezone.now()
    paths = []
    for name in ("Anna", "Bo"):
        person = Person.objects.create_user(f"{name}-{meeting.pk}@bench.example".lower(), name=name)
        seat = Registration.objects.create(
            meeting=meeting,
            person=person,
            state=Registration.State.CONFIRMED,
            name=name,
            registered_at=now,
            confirmed_at=now,
            verified_at=now,
        )
        paths.append(urlsplit(links.personal_link(seat)).path)
    return str(meeting.room_id), paths


@contextlib.contextmanager
def somebody(browser: Browser, url: str, *, relay: bool) -> Iterator[Page]:
    context = browser.new_context(base_url=url, permissions=["camera", "microphone"])
    if relay:
        context.add_init_script(RELAY_ONLY)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def before_the_room(page: Page, room: str, path: str) -> None:
    page.goto(path)
    page.goto(f"/rooms/{room}/")
    page.locator(".mirror[data-camera=on]").wait_for()


def join(page: Page) -> float | None:
    found: float | None = page.evaluate(UNTIL_PICTURES, ["form#enter button.button--primary", 1])
    return found


def first_frames(browser: Browser, url: str, room: str, paths: list[str]) -> tuple[float, float]:
    cold, warm = [], []
    with somebody(browser, url, relay=False) as anna:
        before_the_room(anna, room, paths[0])
        anna.locator("form#enter button.button--primary").click()
        anna.locator(".stage .tile").first.wait_for()
        for _round in range(ROUNDS):
            with somebody(browser, url, relay=False) as bo:
                for found in (cold, warm):
                    before_the_room(bo, room, paths[1])
                    found.append(join(bo) or float("nan"))
    return median(cold), median(warm)


def returns(
    browser: Browser, url: str, room: str, paths: list[str], turn: services.Turn
) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    with (
        somebody(browser, url, relay=True) as anna,
        somebody(browser, url, relay=True) as bo,
    ):
        for page, path in ((anna, paths[0]), (bo, paths[1])):
            before_the_room(page, room, path)
            page.locator("form#enter button.button--primary").click()
        bo.evaluate(UNTIL_PICTURES, ["none", 5])
        for seconds in OUTAGES:
            bo.context.set_offline(True)
            os.kill(turn.process.pid, signal.SIGSTOP)
            bo.wait_for_timeout(seconds * 1000)
            os.kill(turn.process.pid, signal.SIGCONT)
            bo.context.set_offline(False)
            found[f"outage_{seconds}_s"] = bo.evaluate(UNTIL_PICTURES, ["none", 5])
            people = bo.locator(".stage [data-person]").count()
            print(
                f"  {seconds} s without network: back after {shown(found[f'outage_{seconds}_s'])}, "
                f"{people} tiles",
                flush=True,
            )
            bo.wait_for_timeout(3_000)
    return found


def after_restart(
    browser: Browser, url: str, room: str, paths: list[str], server: contextlib.ExitStack, port: int
) -> float | None:
    with (
        somebody(browser, url, relay=False) as anna,
        somebody(browser, url, relay=False) as bo,
    ):
        for page, path in ((anna, paths[0]), (bo, paths[1])):
            before_the_room(page, room, path)
            page.locator("form#enter button.button--primary").click()
        bo.evaluate(UNTIL_PICTURES, ["none", 5])
        server.close()
        bo.wait_for_timeout(5_000)
        server.enter_context(services.livekit(url, port))
        found: float | None = bo.evaluate(UNTIL_PICTURES, ["none", 5])
        return found


def shown(seconds: float | None) -> str:
    return "more than 60 s" if seconds is None else f"{seconds:.2f} s"


def measure(kind: str, browser: Browser, room: str, paths: list[str]) -> dict[str, float | None]:
    with contextlib.ExitStack() as server, services.turn() as turn:
        port = services.free_port()
        given = {"MEDIA": kind, **turn.environment}
        if kind == "sfu":
            given |= server.enter_context(services.livekit(port=port))
        os.environ.update(given)
        with product() as service:
            cold, warm = first_frames(browser, service.url, room, paths)
            print(f"{kind}: first picture cold {cold:.2f} s, warm {warm:.2f} s", flush=True)
            found: dict[str, float | None] = {"first_frame": cold, "first_frame_warm": warm}
            found |= returns(browser, service.url, room, paths, turn)
            if kind == "sfu":
                found["restart"] = after_restart(browser, service.url, room, paths, server, port)
                print(f"  media server restarted: back after {shown(found['restart'])}", flush=True)
    return found


def main() -> None:
    if not os.environ.get("REDIS_URL"):
        raise SystemExit("This needs PostgreSQL and Redis: run it with `make bench NAME=media`.")
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    services.install_missing(["chromium"])
    seeds = {kind: seeded() for kind in KINDS}  # before Playwright, beside which Django refuses to be called
    ratios: dict[str, float | None] = {}
    with services.chromium() as chromium, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium["CHROMIUM"], args=ARGUMENTS)
        for kind, (room, paths) in seeds.items():
            for name, seconds in measure(kind, browser, room, paths).items():
                ratios[f"{name}_{kind}_s".replace("_s_", "_")] = seconds and round(seconds, 2)
        browser.close()
    print(json.dumps({"bench": "media", "ratios": ratios}))


if __name__ == "__main__":
    main()
