"""The room in its states, for a host and an attendee: nothing for axe to report, notices as wide as the stage."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Watch
from tests.browser.test_every_page import AXE, SETTLED, faults_now
from tests.browser.test_room_layout import SIDEWAYS, TABLET, boxes, touch_each_other
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
LOW_LAPTOP = {"width": 1366, "height": 768}

# A live meeting with something in every tab, and one where people wait to be let in.
MEETINGS = """
from datetime import timedelta
from django.conf import settings
from django.test import Client
from django.utils import timezone
from meetings import links
from tests import factories
now = timezone.now()
host = factories.member(email="faults@example.org", name="Elin Sandberg")
times = {"state": "live", "starts_at": now, "started_at": now, "ends_at": now + timedelta(hours=2)}
live = factories.meeting(host=host, host_company=host.company, record=True, **times)
lobby = factories.meeting(lobby=True, **times)
asker = factories.participant(room=live.room, name="Rasa Petrauskienė")
about = {"meeting": live, "participant": asker}
factories.live_question(text="Who pays for the permit?", votes=5, **about)
factories.live_question(text="Waits for approval", state="held", shown_at=None, **about)
factories.live_question(
    text="How warm is it?", state="answered", answer="One degree.", answered_at=now, answered_by=host, **about
)
closed = {"state": "closed", "is_shared": True, "voters": 12}
for kind in ("single", "rating", "ranking", "quiz"):
    made = factories.poll(live, kind=kind, title=f"A {kind} poll", **closed)
    made.options.filter(number=1).update(votes=9, is_right=kind == "quiz")
factories.poll(live, title="A prepared one")
for minutes in (5, 25):
    factories.agenda_item(live, minutes=minutes)
factories.slide_deck(live)
client = Client()
client.force_login(host)
personal = [links.personal_link(factories.registration(meeting=one)) for one in (live, lobby)]
print(client.cookies[settings.SESSION_COOKIE_NAME].value, live.room_id, lobby.room_id, *personal)
"""

TABS = "[...document.querySelectorAll('[role=tab]')].map((tab) => tab.id)"
CLICK = "(selector) => { const one = document.querySelector(selector); one?.click(); return Boolean(one); }"
MENUS_OF_HOST = (
    ("t-chat", "[data-tool=settings] > summary"),
    ("t-chat", "[data-message] summary"),
    ("t-questions", ".questions__settings > summary"),
    ("t-questions", "[data-question] .menu > summary"),
    ("t-polls", "[data-act=new-poll]"),
    ("t-people", "#p-people [data-person] summary"),
    ("t-people", "[data-section=entry] summary"),
    ("", "[data-control=host]"),
    ("", "[data-item=end]"),
)
MENUS = (
    ("t-chat", "[data-tool=search] > summary"),
    ("", "[data-control=more]"),
    ("", "[data-item=settings]"),
    ("", "[data-item=keys]"),
)


@pytest.fixture(scope="module")
def made(stack: Stack) -> dict[str, str]:
    names = ("session", "live", "lobby", "link", "lobby_link")
    return dict(zip(names, stack.python(MEETINGS).splitlines()[-1].split(), strict=True))


def come_in(page: Page, room: str) -> None:
    page.goto(f"/rooms/{room}/")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".room__stage")).to_be_visible()
    page.evaluate(AXE.read_text())


def as_host(stack: Stack, visitor: Visitor, made: dict[str, str], size: dict[str, int]) -> Page:
    page = visitor(size)
    session = {"name": "sessionid", "value": made["session"], "url": stack.url}
    page.context.add_cookies([session])  # type: ignore[list-item]
    come_in(page, made["live"])
    return page


def faults_of(page: Page, name: str) -> list[str]:
    page.evaluate(SETTLED)
    return faults_now(page, name)


def faults_in_each_state(page: Page, who: str, menus: tuple[tuple[str, str], ...]) -> list[str]:
    expect(page.get_by_role("tab").first).to_be_visible()
    faults = faults_of(page, f"{who}, first")
    tabs = page.evaluate(TABS)
    assert len(tabs) >= 4
    for tab in tabs:
        page.evaluate(CLICK, f"#{tab}")
        faults += faults_of(page, f"{who}, {tab}")
    for tab, opens in menus:
        assert not tab or page.evaluate(CLICK, f"#{tab}"), tab
        assert page.evaluate(CLICK, opens), opens
        faults += faults_of(page, f"{who}, {opens}")
        page.keyboard.press("Escape")
    return faults


@pytest.mark.parametrize(("size", "theme"), [(PHONE, "light"), (LAPTOP, "dark")])
def test_no_state_of_the_room_has_a_fault(
    stack: Stack, visitor: Visitor, made: dict[str, str], size: dict[str, int], theme: Any
) -> None:
    host, guest, waiting = as_host(stack, visitor, made, size), visitor(size), visitor(size)
    guest.goto(made["link"])
    come_in(guest, made["live"])
    waiting.goto(made["lobby_link"])
    come_in(waiting, made["lobby"])
    for page in (host, guest, waiting):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    guest.locator("#say").fill("Is the pump quiet?")
    guest.locator("#say").press("Enter")
    expect(host.locator("[data-message]").first).to_be_attached()
    faults = faults_of(waiting, "waiting")
    faults += faults_in_each_state(guest, "attendee", MENUS)
    faults += faults_in_each_state(host, "host", MENUS_OF_HOST + MENUS)
    assert not faults, "\n".join(faults)


def test_notices_are_as_wide_as_the_stage_beside_slides(
    stack: Stack, visitor: Visitor, watch: Watch, made: dict[str, str]
) -> None:
    watch.expected = ("404",)  # the slides have no files here
    host = as_host(stack, visitor, made, LAPTOP)
    host.get_by_role("tab", name="Slides").click()
    host.get_by_role("button", name="Show to everyone").click()
    host.get_by_role("tab", name="Agenda").click()
    host.locator("[data-act=forward]").click()
    expect(host.locator(".stage .agenda-now")).to_be_visible()
    expect(host.locator(".stage [data-reminder=recording]")).to_be_visible()
    for size in (LAPTOP, LOW_LAPTOP, TABLET, PHONE, SIDEWAYS):
        host.set_viewport_size(size)  # type: ignore[arg-type]
        host.evaluate(SETTLED)
        (stage,), (slide,) = boxes(host, ".stage"), boxes(host, ".stage__screen")
        for notice in boxes(host, ".stage .notice--slim"):
            assert notice["width"] > stage["width"] - 60, size
            assert notice["y"] + notice["height"] <= slide["y"] + 0.5, size
        assert slide["height"] >= 80, size
        assert not any(touch_each_other(slide, tile) for tile in boxes(host, ".stage__tiles .tile")), size
    host.locator("[data-act=end]").click()
    host.get_by_role("tab", name="Slides").click()
    host.get_by_role("button", name="Stop showing").first.click()
