"""Slides from the file to the stage: uploaded in the room, turned by keys, pointed at, read by a screen reader."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.browser.test_layouts import view
from tests.browser.test_main_job import enter_together
from tests.engagement.slides.pdfs import encrypted, pdf_of
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
IS_DRAWN = "picture => picture.complete && picture.naturalWidth > 0"


def upload(host: Page, name: str, content: bytes) -> None:
    host.locator("#slide-file").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    host.get_by_role("button", name="Upload", exact=True).click()


def test_from_the_file_to_the_stage(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, _room = enter_together(stack, visitor, "Slides of heat")
    expect(guest.get_by_role("tab", name="Slides")).to_have_count(0)
    host.get_by_role("tab", name="Slides").click()
    host.get_by_role("button", name="Upload", exact=True).click()
    expect(host.locator("#slide-problem")).to_contain_text("Choose a PDF file first.")
    expect(host.locator("#slide-file")).to_be_focused()
    host.get_by_label("Attendees can download the PDF").check()
    upload(host, "Harbour heat.pdf", pdf_of(["Heat for harbours", "Second (2)\nmore words", "The end"]))
    deck = host.locator("[data-deck]", has_text="Harbour heat")
    expect(deck).to_contain_text("3 pages", timeout=60_000)
    upload(host, "Secret.pdf", encrypted())
    expect(host.locator("[data-deck]", has_text="Secret")).to_contain_text("password", timeout=60_000)

    deck.get_by_role("button", name="Show to everyone").click()
    picture = guest.locator("room-slides img")
    expect(picture).to_have_attribute("alt", "Slide 1 of 3. Heat for harbours")
    assert picture.evaluate(f"async picture => {{ await picture.decode(); return ({IS_DRAWN})(picture); }}")
    expect(guest.get_by_role("button", name="Next slide")).to_have_count(0)
    expect(guest.get_by_role("link", name="Download the slides")).to_be_visible()

    host.get_by_role("button", name="Next slide").click()
    expect(picture).to_have_attribute("alt", "Slide 2 of 3. Second (2)\nmore words")
    host.keyboard.press("ArrowRight")
    expect(picture).to_have_attribute("alt", "Slide 3 of 3. The end")
    expect(host.get_by_role("button", name="Next slide")).to_be_focused()
    host.keyboard.press("ArrowLeft")
    expect(guest.locator("live-room > p[aria-live=polite]")).to_contain_text("Slide 2 of 3: Second (2)")

    notes = host.locator("#slide-notes")
    notes.fill("Tell them of the pumps")
    notes.press("ArrowRight")  # in a text it moves the cursor
    notes.blur()
    expect(host.get_by_text("Saved.")).to_be_visible()
    expect(picture).to_have_attribute("alt", "Slide 2 of 3. Second (2)\nmore words")

    host.get_by_role("button", name="Pointer").click()
    box = host.locator("room-slides img").bounding_box()
    assert box is not None
    host.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    expect(guest.locator(".slides__pointer circle")).to_be_visible()

    guest.set_viewport_size(PHONE)
    expect(picture).to_be_in_viewport()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    guest.set_viewport_size({"width": 320, "height": 700})
    assert guest.evaluate(overflow) <= 0

    view(host, "layout-gallery")
    expect(host.locator(".gallery > .tile--screen")).to_be_visible()
    host.get_by_role("button", name="Next slide").click()
    expect(picture).to_have_attribute("alt", "Slide 3 of 3. The end")
    host.get_by_role("button", name="Stop showing").first.click()
    expect(picture).to_have_count(0)
