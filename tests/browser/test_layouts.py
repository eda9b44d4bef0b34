"""Layouts, pinning, shared screens and saving of data, as decoded pictures and measured sound show them."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people_with_pictures import (
    come_in,
    id_of,
    live_meeting,
    pictures_arrive,
    shows,
    with_devices,
)
from tests.browser.test_interpretation import HEARD
from tests.stack import Stack

Visitor = Callable[..., Page]
ANNA, BO = (
    {"color": "red", "tone": 440, "screen": "yellow", "screenTone": 1010},
    {"color": "lime", "tone": 700, "screen": "magenta", "screenTone": 1570},
)
LARGE, TILE = "[data-large='{}']", "[data-tiles] > [data-person='{}']"


def view(page: Page, name: str) -> None:
    """A layout, or what else the menu has; on narrow screens it is in the menu More."""
    menu = "view" if page.locator("[data-control=view]").count() else "more"
    page.locator(f"[data-control={menu}]").click()
    page.locator(f"[data-menu={menu}] [data-item={name}]").click()


def hears(page: Page, tone: int, *, seconds: int = 20) -> None:
    heard = -200.0
    for _look in range(seconds):
        [heard] = page.evaluate(HEARD, [tone])
        if heard > -50:
            return
    raise AssertionError(f"{tone} Hz at {heard} dB")


def see_layouts(stack: Stack, visitor: Visitor) -> tuple[Page, Page, Page]:
    """Three people; the third one looks."""
    room, links = live_meeting(stack, 3)
    anna, bo, viewer = visitor(), visitor(), visitor()
    for page, link, devices in (
        (anna, links[0], ANNA),
        (bo, links[1], BO),
        (viewer, links[2], {**ANNA, "color": "blue"}),
    ):
        with_devices(page, **devices)
        come_in(page, room, link)
    a, b = id_of(viewer, "Person A"), id_of(viewer, "Person B")

    # Everybody alike; then who speaks is large, and keeps the place after the last word.
    shows(viewer, TILE.format(a), "red")
    shows(viewer, TILE.format(b), "lime")
    view(viewer, "layout-speaker")
    bo.locator("[data-control=microphone]").click()
    expect(viewer.locator(LARGE.format(b))).to_be_visible()
    shows(viewer, LARGE.format(b), "lime")
    hears(viewer, 700)
    expect(viewer.locator(f"[data-person='{b}'].tile--speaking")).to_be_visible()
    bo.locator("[data-control=microphone]").click()
    expect(viewer.locator(".tile--speaking")).to_have_count(0)
    expect(viewer.locator(LARGE.format(b))).to_be_visible()

    # What one pins oneself goes before who speaks, and before a shared screen; the focus goes along.
    pin = viewer.locator(f"[data-pin='person:{a}']")
    pin.focus()
    viewer.keyboard.press("Enter")
    expect(viewer.locator(LARGE.format(a))).to_be_visible()
    expect(pin).to_be_focused()
    expect(pin).to_have_attribute("aria-pressed", "true")
    shows(viewer, LARGE.format(a), "red")

    # A screen with sound, then another one, with a choice.
    anna.locator("[data-control=screen]").click()
    shows(viewer, f"[data-tiles] > [data-screen='{a}']", "yellow")
    hears(viewer, 1010)
    pin.click()
    shows(viewer, f".stage__screen[data-screen='{a}']", "yellow")
    bo.locator("[data-control=screen]").click()
    shows(viewer, f".stage__screen[data-screen='{b}']", "magenta")
    hears(viewer, 1570)
    viewer.locator(f"[data-choice='screen:{a}']").click()
    shows(viewer, f".stage__screen[data-screen='{a}']", "yellow")
    expect(viewer.locator(f"[data-choice='screen:{a}']")).to_have_attribute("aria-pressed", "true")
    bo.locator("[data-control=screen]").click()
    expect(viewer.locator("[data-choice]")).to_have_count(0)

    view(viewer, "layout-gallery")
    expect(viewer.locator("[data-tiles='4'] > .tile")).to_have_count(4)
    view(viewer, "layout-side")
    screen, tiles = (viewer.locator(one).bounding_box() for one in (".stage__screen", ".gallery--side"))
    assert screen is not None
    assert tiles is not None
    assert screen["x"] + screen["width"] <= tiles["x"]
    shows(viewer, f".stage__screen[data-screen='{a}']", "yellow")
    return anna, bo, viewer


def save_data(viewer: Page, a: str, b: str) -> None:
    """No pictures of others arrive, while a shared screen does; then they do again."""
    pictures_arrive(viewer, 3)
    view(viewer, "save-data")
    expect(viewer.locator("[data-status=saving]")).to_be_visible()
    expect(viewer.locator(f"[data-person='{b}'][data-camera=off]")).to_be_visible()
    shared = f".stage__screen[data-screen='{a}']"
    pictures_arrive(viewer, 1)
    viewer.wait_for_timeout(7_000)  # longer than until pictures are missed
    pictures_arrive(viewer, 1)
    shows(viewer, shared, "yellow")
    expect(viewer.locator("[data-missing]")).to_have_count(0)
    view(viewer, "save-data")
    pictures_arrive(viewer, 3)
    shows(viewer, TILE.format(b), "lime")


def test_each_layout_shows_the_right_picture_and_sound(stack: Stack, visitor: Visitor) -> None:
    _anna, _bo, viewer = see_layouts(stack, visitor)
    viewer.reload()
    viewer.get_by_role("button", name="Join").click()
    expect(viewer.locator(".gallery--side")).to_be_visible()
    a, b = id_of(viewer, "Person A"), id_of(viewer, "Person B")
    save_data(viewer, a, b)
    assert json.loads(viewer.evaluate("localStorage['room-view']"))["layout"] == "side"
