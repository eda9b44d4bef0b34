"""A host on a phone admits, gives the floor, times a speaker, makes a co-host and locks the room."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Watch, sign_in
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
HOST = "room-host@example.org"


def live_webinar(stack: Stack, host: str = HOST) -> tuple[str, list[str]]:
    """With a waiting room: its room, and the personal links of three who registered."""
    made = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "from meetings import links\nfrom meetings.models import Meeting\n"
        f"host = factories.member(email={host!r}, name='Rūta Host')\n"
        "began = timezone.now() - timedelta(minutes=5)\n"
        "meeting = factories.meeting(host=host, state=Meeting.State.LIVE, lobby=True,"
        " starts_at=began, ends_at=began + timedelta(hours=2), started_at=began)\n"
        "print(meeting.room_id, *(links.personal_link("
        "factories.registration(meeting=meeting, name=name, company_name='Baltic Wind', country='LT'))"
        " for name in ('Anna', 'Bo', 'Late')))"
    )
    room_id, *personal = made.splitlines()[-1].split()
    return room_id, personal


def come_in(page: Page, room: str, link: str) -> None:
    page.goto(link)
    page.goto(f"/rooms/{room}/")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".room__stage")).to_be_visible()


def in_list(host: Page, name: str) -> Locator:
    return host.locator("#p-people [data-person]", has_text=name)


def choose(host: Page, name: str, what: str) -> None:
    """From the menu of a person."""
    row = in_list(host, name)
    row.locator("summary").click()
    row.locator(f"[data-act={what}]").click()


def test_a_host_runs_the_room_from_the_list_of_people(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    watch.expected = ("403",)  # the browser's own word on the locked room
    room, (anna_link, bo_link, late_link) = live_webinar(stack)
    host, anna, bo, late = visitor(PHONE, touch=True), visitor(), visitor(), visitor()
    sign_in(stack, host, HOST)
    host.goto(f"/rooms/{room}/")
    host.get_by_role("button", name="Join").click()
    for page, link in ((anna, anna_link), (bo, bo_link)):
        come_in(page, room, link)
        expect(page.get_by_text("You are in the waiting room")).to_be_visible()

    host.locator("#t-people").click()
    host.locator("[data-act=admit-company]").click()
    for page in (anna, bo):
        expect(page.locator("#t-chat")).to_be_visible()
    expect(in_list(host, "Anna")).to_contain_text("Baltic Wind, Lithuania")
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert host.evaluate(too_wide) is False

    anna.locator("[data-control=hand]").click()
    host.locator("[data-hand] [data-act=give-floor]").click()
    floor = anna.get_by_role("dialog")
    expect(floor).to_contain_text("You have the floor")
    expect(anna.locator("[data-control=microphone]")).to_have_attribute("aria-pressed", "false")
    floor.get_by_role("button", name="Decline").click()
    expect(anna.locator("[data-control=microphone]")).to_have_count(0)

    choose(host, "Bo", "timer")
    expect(anna.get_by_role("timer")).to_contain_text("Bo")
    expect(anna.get_by_role("timer")).to_contain_text("4:5")
    choose(host, "Bo", "make-speaker")
    expect(in_list(host, "Bo")).to_contain_text("Speaker")
    choose(host, "Bo", "spotlight")
    expect(anna.locator("[data-spotlight]")).to_contain_text("Bo")

    choose(host, "Bo", "spotlight")
    host.locator("[data-section=stage-order] summary").click()
    order = host.locator("[data-ordered]")
    later = order.filter(has_text="Rūta").get_by_role("button", name="Move later: Rūta Host")
    later.focus()
    later.press("Enter")
    expect(order).to_contain_text(["Bo", "Rūta Host"])
    expect(order.filter(has_text="Rūta").get_by_role("button", name="Move earlier")).to_be_focused()
    expect(host.get_by_text("Rūta Host: place 2 of 2")).to_be_attached()
    expect(anna.locator(".gallery [data-person]")).to_contain_text(["Bo", "Rūta"])
    assert host.evaluate(too_wide) is False

    choose(host, "Anna", "make-captioner")
    expect(in_list(host, "Anna")).to_contain_text("Captioner")
    anna.locator("#t-live-text").click()
    anna.locator("#live-text").press_sequentially("Welcome to")
    for page in (host, bo):
        expect(page.locator(".captions")).to_contain_text("Welcome to")
    anna.locator("#live-text").press("Enter")
    expect(host.locator(".captions")).to_contain_text("Welcome to")
    expect(anna.locator("[data-control=microphone]")).to_have_count(0)
    assert host.evaluate(too_wide) is False
    anna.locator("#t-chat").click()

    host.locator("[data-section=entry] summary").click()
    host.locator("[data-choice=lock]").check()
    expect(anna.locator("[data-status=locked]")).to_have_text("Locked")
    late.goto(late_link)
    late.goto(f"/rooms/{room}/")
    expect(late.get_by_role("heading", name="The room is locked")).to_be_visible()
    host.locator("[data-choice=lock]").uncheck()
    expect(anna.locator("[data-status=locked]")).to_have_count(0)

    host.keyboard.press("Escape")
    host.locator("[data-control=leave]").click()
    leaving = host.get_by_role("dialog")
    expect(leaving).to_contain_text("Leave the meeting?")
    leaving.locator("[data-act=leave]").click()
    expect(host.get_by_role("heading", name="You have left the room")).to_be_visible()
    anna.locator("#say").fill("still going")
    anna.locator("#say").press("Enter")
    expect(bo.locator("[data-message]", has_text="still going")).to_have_count(1)
