"""Links and documents from the host's page and the room to everyone who opens them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Watch
from tests.browser.test_main_job import enter_together
from tests.engagement.resources.documents import office_open
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = (
    "A_very_long_name_of_a_document_about_harbours_and_heat_and_ships_that_nobody_has_shortened_before.docx"
)


def file_of(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_from_the_room_to_the_meetings_page(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, room = enter_together(stack, visitor, "Resources of heat")
    expect(guest.get_by_role("tab", name="Resources")).to_have_count(0)
    host.get_by_role("tab", name="Resources").click()
    expect(host.get_by_text("No resources yet.")).to_be_visible()
    link = host.locator("[data-form=link]")
    link.get_by_role("button", name="Share with everyone").click()
    expect(link.get_by_text("Enter a title.")).to_be_visible()
    link.get_by_label("Title").fill("The heat map")
    link.get_by_label("Web address").fill("javascript:alert(1)")
    host.keyboard.press("Enter")
    expect(link.get_by_text("Enter a web address that begins with https://")).to_be_visible()
    expect(link.get_by_label("Web address")).to_be_focused()
    expect(link.get_by_label("Title")).to_have_value("The heat map")
    link.get_by_label("Web address").fill("värme.example/karta")
    host.keyboard.press("Enter")

    toast = guest.locator(".toast", has_text="New resource: The heat map")
    opened = toast.get_by_role("link", name="Open the link")
    expect(opened).to_have_attribute("href", "https://xn--vrme-loa.example/karta")
    expect(opened).to_have_attribute("rel", "noopener noreferrer")
    expect(host.locator(".toast", has_text="New resource")).to_have_count(0)
    guest.get_by_role("tab", name="Resources").click()
    expect(guest.locator("[data-resource]")).to_contain_text("värme.example")
    expect(guest.locator("[data-form]")).to_have_count(0)

    upload = host.locator("[data-form=file]")
    upload.get_by_role("button", name="Upload").click()
    expect(upload.get_by_text("Choose a file first.")).to_be_visible()
    upload.get_by_label("File").set_input_files(file_of("Prices.pdf", b"<html>"))
    watch.expected = (*watch.expected, "422")
    upload.get_by_role("button", name="Upload").click()
    expect(upload.get_by_text("match its file type")).to_be_visible()
    upload.get_by_label("File").set_input_files(file_of(LONG, office_open("docx")))
    upload.get_by_role("button", name="Upload").click()
    document = guest.locator("[data-resource]", has_text="A very long name")
    expect(document).to_contain_text("DOCX, 1 kB")
    expect(guest.locator("live-room > p[aria-live=polite]")).to_contain_text("New resource: A very long name")
    with guest.expect_download() as download:
        document.get_by_role("link").click()
    assert download.value.suggested_filename.endswith(".docx")
    for size in (PHONE, {"width": 320, "height": 700}, {"width": 844, "height": 390}, LAPTOP):
        guest.set_viewport_size(size)  # type: ignore[arg-type]
        assert guest.evaluate(OVERFLOW) <= 0

    host.get_by_role("button", name="Remove The heat map").click()
    host.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(guest.locator("[data-resource]")).to_have_count(1)

    meeting = stack.sql("SELECT id FROM meetings_meeting WHERE room_id = %s", room)[0][0]
    page = guest.context.new_page()
    watch.see(page)
    page.goto(f"/meetings/{meeting}/")
    with page.expect_download() as again:
        page.get_by_role("link", name="A very long name").click()
    assert again.value.suggested_filename == download.value.suggested_filename
