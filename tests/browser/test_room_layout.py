"""The room on a phone, held upright and sideways, on a tablet and on a laptop: who has how much of the screen."""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, until
from tests.stack import Stack

Visitor = Callable[..., Page]
Box = dict[str, float]

SMALL, TABLET, SIDEWAYS = (
    {"width": 320, "height": 568},
    {"width": 820, "height": 1180},
    {"width": 844, "height": 390},
)
SIZES = [SMALL, PHONE, TABLET, LAPTOP, SIDEWAYS]

BOXES = """(selector) => [...document.querySelectorAll(selector)]
  .filter((one) => getComputedStyle(one).visibility === "visible" && one.getClientRects().length > 0)
  .map((one) => { const { x, y, width, height } = one.getBoundingClientRect(); return { x, y, width, height }; })"""
FADED = "getComputedStyle(document.querySelector('.room__controls')).opacity === '0'"
SHOWN = "document.querySelector('live-room').dataset.controls === 'shown'"


@pytest.fixture(scope="module")
def room(stack: Stack) -> dict[str, Any]:
    """A live meeting, and the personal links of two who registered."""
    made = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "from meetings import links\nfrom meetings.models import Meeting\n"
        "began = timezone.now() - timedelta(minutes=20)\n"
        "meeting = factories.meeting(kind=Meeting.Kind.PROJECT_MEETING, state=Meeting.State.LIVE,"
        " starts_at=began, ends_at=began + timedelta(hours=2), started_at=began)\n"
        "print(meeting.room_id, *(links.personal_link(factories.registration(meeting=meeting)) for _ in range(2)))"
    )
    room_id, *personal = made.splitlines()[-1].split()
    return {"id": room_id, "links": personal}


def come_in(page: Page, room: dict[str, Any], who: int = 0) -> None:
    page.goto(room["links"][who])
    page.goto(f"/rooms/{room['id']}/")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".stage .tile").first).to_be_visible()


def boxes(page: Page, selector: str) -> list[Box]:
    found: list[Box] = page.evaluate(BOXES, selector)
    return found


def shown_in(row: Box, tabs: list[Box]) -> list[Box]:
    """What is not scrolled out of the row of tabs."""
    end = row["x"] + row["width"]
    return [{**tab, "width": min(tab["width"], end - tab["x"])} for tab in tabs if tab["x"] < end]


def touch_each_other(one: Box, other: Box) -> bool:
    return all(
        one[start] < other[start] + other[size] - 0.5 and other[start] < one[start] + one[size] - 0.5
        for start, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize(
    ("size", "least"), [(SMALL, 150), (PHONE, 280), (TABLET, 450), (LAPTOP, 700), (SIDEWAYS, 390)]
)
def test_the_stage_has_its_share_and_the_picture_fills_it(
    visitor: Visitor, room: dict[str, Any], size: dict[str, int], least: int
) -> None:
    page = visitor(size)
    come_in(page, room)
    (stage,), (tile, *_) = boxes(page, "main"), boxes(page, ".stage .tile")
    assert stage["height"] >= least
    assert tile["height"] >= stage["height"] * 0.7 or tile["width"] >= stage["width"] * 0.9
    assert stage["y"] <= tile["y"]
    assert tile["y"] + tile["height"] <= stage["y"] + stage["height"] + 0.5


@pytest.mark.parametrize("size", SIZES)
def test_everything_is_on_the_screen_and_no_control_touches_another(
    visitor: Visitor, room: dict[str, Any], size: dict[str, int]
) -> None:
    page = visitor(size)
    come_in(page, room)
    if size is SIDEWAYS:
        page.locator("[data-control=panel]").click()
        until(
            page, f"document.querySelector('.room__panel').getBoundingClientRect().right <= {size['width']}"
        )
    controls = boxes(page, ".room__controls .control")
    parts = controls + boxes(page, ".panel-head > button, #say, .compose button, .room__header h1")
    parts += shown_in(boxes(page, "[role=tablist]")[0], boxes(page, "[role=tab]"))
    assert len(controls) >= 5
    assert boxes(page, "#say")
    for box in parts:
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]
    assert not any(touch_each_other(one, other) for one, other in combinations(parts, 2))
    assert all(min(box["width"], box["height"]) >= 44 for box in controls)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("size", [SMALL, PHONE, TABLET, LAPTOP])
@pytest.mark.parametrize("language", ["en", "de"])
def test_no_control_moves_when_a_hand_is_raised_or_a_microphone_muted(
    visitor: Visitor, room: dict[str, Any], size: dict[str, int], language: str
) -> None:
    page = visitor(size, language=language)
    page.goto(room["links"][0])
    page.goto(f"/rooms/{room['id']}/")
    page.locator("form#enter button.button--primary").click()
    expect(page.locator(".stage .tile").first).to_be_visible()
    before = boxes(page, ".room__controls .control")
    page.locator("[data-control=hand]").click()
    expect(page.locator("[data-control=hand].control--on")).to_be_visible()
    assert boxes(page, ".room__controls .control") == before
    page.locator("[data-control=microphone]").click()
    expect(page.locator("[data-control=microphone].control--off")).to_be_visible()
    assert boxes(page, ".room__controls .control") == before
    page.locator("[data-control=hand]").click()
    expect(page.locator("[data-control=hand].control--on")).to_have_count(0)


def test_the_sheet_is_enlarged_closed_and_opened(visitor: Visitor, room: dict[str, Any]) -> None:
    page = visitor(PHONE)
    come_in(page, room)
    half = boxes(page, ".room__panel")[0]
    size = page.locator("[data-panel-button=size]")
    size.click()
    expect(page.locator("live-room[data-panel=full]")).to_be_visible()
    assert boxes(page, ".room__panel")[0]["height"] > 1.5 * half["height"]
    expect(page.locator("#stage")).to_be_hidden()
    expect(page.locator("[data-control=leave]")).to_be_visible()
    size.click()
    assert boxes(page, ".room__panel")[0] == half

    page.locator("[data-panel-button=close]").click()
    expect(page.locator("#say")).to_be_hidden()
    expect(size).to_be_focused()
    assert boxes(page, "main")[0]["height"] > 500
    other = visitor()
    come_in(other, room, 1)
    other.locator("#say").fill("Hello sheet")
    other.locator("#say").press("Enter")
    expect(page.get_by_role("tab", name=re.compile("Chat.*1 new"))).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))

    page.get_by_role("tab", name=re.compile("Chat")).click()
    expect(page.locator("[data-message]", has_text="Hello sheet")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^[^(]"))
    page.get_by_role("tab", name=re.compile("Chat")).press("End")
    last = page.get_by_role("tab").last
    expect(last).to_be_focused()
    expect(page.locator(f"#{last.get_attribute('aria-controls')}")).to_be_visible()


def test_on_a_phone_held_sideways_the_panel_slides_over_and_gives_the_focus_back(
    visitor: Visitor, room: dict[str, Any]
) -> None:
    page = visitor(SIDEWAYS)
    come_in(page, room)
    expect(page.locator("#say")).to_be_hidden()
    opener = page.locator("[data-control=panel]")
    opener.click()
    expect(page.get_by_role("tab", name=re.compile("Chat"))).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#say")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#say")).to_be_hidden()
    expect(opener).to_be_focused()


def test_on_a_phone_held_sideways_stage_and_chat_are_used_at_once(
    visitor: Visitor, room: dict[str, Any]
) -> None:
    page = visitor(SIDEWAYS)
    come_in(page, room)
    (alone,) = boxes(page, ".room__stage")
    page.locator("[data-control=panel]").click()
    until(
        page, f"document.querySelector('.room__panel').getBoundingClientRect().right <= {SIDEWAYS['width']}"
    )
    (stage,), (panel,), (tile, *_) = (boxes(page, each) for each in (".room__stage", ".room__panel", ".tile"))
    assert alone["width"] == SIDEWAYS["width"]
    assert not any(touch_each_other(panel, one) for one in (stage, tile))
    assert tile["width"] >= 300
    assert boxes(page, "#p-chat .scroll")[0]["height"] >= 120
    page.locator("#say").fill("Seen and written")
    page.locator("#say").press("Enter")
    expect(page.locator("[data-message]", has_text="Seen and written")).to_be_in_viewport()


def test_who_turns_the_phone_while_writing_goes_on_writing(visitor: Visitor, room: dict[str, Any]) -> None:
    page = visitor(PHONE)
    come_in(page, room)
    page.locator("#say").fill("half a")
    page.set_viewport_size(SIDEWAYS)  # type: ignore[arg-type]
    expect(page.locator("live-room[data-layout=over]")).to_be_visible()
    expect(page.locator("#say")).to_be_focused()
    expect(page.locator("#say")).to_have_value("half a")


def test_controls_over_the_stage_fade_and_the_touch_that_brings_them_back_presses_none(
    visitor: Visitor, room: dict[str, Any]
) -> None:
    page = visitor(SIDEWAYS, touch=True)
    come_in(page, room)
    page.locator(".stage").tap(position={"x": 400, "y": 100})
    until(page, FADED)
    expect(page.locator("[data-status=recording]")).to_be_visible()
    (leave,) = boxes(page, "[data-control=leave]")
    page.touchscreen.tap(leave["x"] + leave["width"] / 2, leave["y"] + leave["height"] / 2)
    until(page, SHOWN)
    expect(page.locator("live-room[data-layout=over]")).to_be_visible()
    until(page, FADED)
    page.keyboard.press("Tab")
    until(page, SHOWN)
