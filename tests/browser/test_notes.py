"""Notes that two people write at once in the room."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Watch
from tests.browser.test_main_job import enter_together
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_two_people_write_the_same_notes(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, _room = enter_together(stack, visitor, "Notes on heat")
    chunks: list[str] = []
    host.on("request", lambda request: chunks.append(request.url) if "notes-editor" in request.url else None)
    host.get_by_role("tab", name="People").click()
    assert chunks == []  # not before somebody opens them
    host.get_by_role("tab", name="Notes").click()
    text = host.get_by_role("textbox", name="Text of the notes")
    expect(text).to_have_attribute("contenteditable", "true")
    assert chunks
    text.click()
    host.keyboard.type("# Harbour\nPlain ")
    host.keyboard.press("Control+b")
    host.keyboard.type("bold")
    host.keyboard.press("Control+b")
    host.keyboard.type("\n[] Ask the port\nOrder pipes\n\n")
    expect(text.locator("h3")).to_have_text("Harbour")
    expect(text.locator("strong")).to_have_text("bold")
    expect(text.get_by_role("checkbox")).to_have_count(2)
    expect(host.locator("[data-saving=saved]")).to_be_visible()

    expect(host.get_by_label("Show to attendees")).to_have_count(0)  # everyone writes here
    guest.get_by_role("tab", name="Notes").click()
    shown = guest.get_by_role("textbox", name="Text of the notes")
    expect(shown).to_contain_text("Order pipes")
    shown.locator("h3").click()
    guest.keyboard.press("End")
    guest.keyboard.type(" heat")
    expect(text.locator("h3")).to_contain_text("Harbour heat")
    expect(text.locator(".notes-cursor")).to_contain_text("Person two")
    text.get_by_role("checkbox").first.check()
    expect(shown.get_by_role("checkbox").first).to_be_checked()

    text.locator("p").last.click()
    host.get_by_role("button", name="Link", exact=True).click()
    host.get_by_label("Web address or email address").fill("javascript:alert(1)")
    host.keyboard.press("Enter")
    expect(host.get_by_text("Enter a web address that begins with https://")).to_be_visible()
    host.get_by_label("Web address or email address").fill("example.org/map")
    host.keyboard.press("Enter")
    expect(shown.locator("a")).to_have_attribute("href", "https://example.org/map")
    host.keyboard.type(" ")
    host.get_by_role("button", name="Mention someone").click()
    host.get_by_label("Mention someone").last.fill("per")
    person = host.locator(".notes-people [data-person]").first
    name = person.inner_text()
    person.click()
    expect(shown.locator("[data-mention]")).to_have_text(f"@{name}")
    host.keyboard.type("\n")
    host.get_by_role("button", name="Table", exact=True).click()
    host.keyboard.type("Port")
    host.get_by_role("button", name="Add row").click()
    expect(shown.get_by_role("row")).to_have_count(4)
    for page in (host, guest):
        for size in (PHONE, {"width": 320, "height": 700}, {"width": 844, "height": 390}, LAPTOP):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert page.evaluate(OVERFLOW) <= 0
