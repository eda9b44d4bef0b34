"""Firefox and Chromium in one meeting: they join, hear, see and write to each other, peer to peer."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.firefox import TONE, Firefox, firefox
from tests.browser.people_with_pictures import COLOR, come_in, live_meeting, pictures_arrive, with_devices
from tests.browser.test_layouts import TILE, hears
from tests.stack import Stack

Visitor = Callable[..., Page]


def test_firefox_joins_hears_sees_and_writes(stack: Stack, visitor: Visitor, tmp_path: Path) -> None:
    room, [of_anna, of_bo] = live_meeting(stack, 2)
    anna = visitor()
    with_devices(anna, color="lime", tone=700)
    come_in(anna, room, of_anna)
    anna.locator("[data-control=microphone]").click()
    with firefox(tmp_path) as bo:
        bo.goto(f"{stack.url}{of_bo}")
        bo.goto(f"{stack.url}/rooms/{room}/")
        bo.until_there(".mirror[data-camera=on]")
        bo.click("form#enter .button--primary")
        sees_and_hears(bo, "Person A")
        pictures_arrive(anna, 1)
        hears(anna, TONE)
        bo.click("#say")
        bo.type("Ar girdite? Słychać!\n")
        expect(anna.locator("[data-message]", has_text="Ar girdite? Słychać!")).to_be_visible()
        anna.locator("#say").fill("Gut zu hören")
        anna.locator("#say").press("Enter")
        bo.until_there("[data-message]", "Gut zu hören")
        assert bo.errors == []


def sees_and_hears(bo: Firefox, name: str) -> None:
    bo.until_there("[data-tiles] > [data-person]", name)
    person = bo.evaluate(
        """(name) => [...document.querySelectorAll("[data-tiles] > [data-person]")]
            .find((tile) => tile.textContent.includes(name)).dataset.person""",
        name,
    )
    bo.until(
        f"(tile) => {{ const c = ({COLOR})(tile); return c && c[1] > 120 && c[0] < 110 && c[2] < 110; }}",
        TILE.format(person),
    )
    # Where there is no sound card Firefox starts no AudioContext: the level is that of what it has decoded.
    bo.until_there(f"{TILE.format(person)}.tile--speaking")
    bo.until(
        "() => [...document.querySelectorAll('room-audio audio')].some((one) => one.srcObject && !one.paused)"
    )
