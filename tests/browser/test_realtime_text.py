"""Text that is read while it is typed: between a laptop and a phone, over a lost network, by keyboard."""

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.browser.test_hosting_a_room import choose
from tests.browser.test_main_job import enter_together
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
ANNOUNCED = "live-room > p[aria-live=polite]"
# People on the stage who are behind the captions.
COVERED = """(() => {
  const { top, bottom } = document.querySelector(".captions").getBoundingClientRect();
  const tiles = [...document.querySelectorAll(".stage .tile")].map((tile) => tile.getBoundingClientRect());
  return tiles.length === 0 ? -1 : tiles.filter((tile) => tile.top < bottom - 1 && tile.bottom > top + 1).length;
})()"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def open_tab(page: Page) -> None:
    page.get_by_role("tab", name="Live text").click()


def test_letters_are_read_as_they_are_typed(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    watch.expected = ("ERR_INTERNET_DISCONNECTED", "WebSocket")  # the browser's own word on the lost network
    host, guest, _room = enter_together(stack, visitor, "Live text")
    open_tab(host)
    expect(host.get_by_role("button", name="Finish line")).to_be_in_viewport(ratio=1)
    field = host.locator("#live-text")
    field.press_sequentially("Hello ev", delay=60)
    strip = guest.locator(".live-text-strip")
    expect(strip).to_contain_text("Hello ev")  # the line is not finished, and the chat is open
    strip.get_by_role("button", name="Show live text").click()
    expect(guest.get_by_role("tab", name="Live text")).to_be_focused()
    expect(strip).to_have_count(0)
    typing = guest.locator("[data-typing]")
    expect(typing).to_contain_text("Person one")
    field.press("Home")
    field.press_sequentially("🔥 ")
    field.press("End")
    field.press_sequentially("eryone")
    expect(typing.locator(".message__text")).to_have_text("🔥 Hello everyone")

    open_tab(guest)
    guest.locator("#live-text").press_sequentially("At the same time")
    expect(host.locator("[data-typing]")).to_contain_text("At the same time")
    field.press("Enter")
    expect(guest.locator("[data-line]")).to_contain_text("🔥 Hello everyone")
    expect(typing).to_have_count(0)
    expect(guest.locator(ANNOUNCED)).to_contain_text("Person one in live text: 🔥 Hello everyone")
    expect(guest.locator("#live-text")).to_have_value("At the same time")

    guest.context.set_offline(True)
    expect(guest.locator("[data-status=line]")).to_contain_text("Reconnecting")
    guest.locator("#live-text").press_sequentially(", in the dark")
    guest.locator("#live-text").press("Enter")
    guest.locator("#live-text").press_sequentially("and on")
    host.locator("#live-text").press_sequentially("still typing")
    guest.context.set_offline(False)
    expect(host.locator("[data-line]", has_text="At the same time, in the dark")).to_have_count(1)
    expect(host.locator("[data-typing]")).to_contain_text("and on")
    expect(guest.locator("[data-typing]")).to_contain_text("still typing")

    guest.get_by_label("Have screen readers read finished lines").uncheck()
    field.press("Enter")
    expect(guest.locator("[data-line]", has_text="still typing")).to_be_visible()
    guest.wait_for_timeout(2_000)
    expect(guest.locator(ANNOUNCED)).not_to_contain_text("still typing")
    host.get_by_role("button", name="Delete this line: At the same time").click()
    expect(guest.locator("[data-line]", has_text="At the same time")).to_have_count(0)


def test_on_a_phone_it_is_read_and_written_too(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, _room = enter_together(stack, visitor, "Narrow text")
    guest.set_viewport_size(PHONE)
    open_tab(host)
    host.locator("#live-text").press_sequentially("An address: https://example.org/" + "long" * 20)
    expect(guest.locator(".live-text-strip")).to_contain_text("longlong")
    for width in (390, 320):
        guest.set_viewport_size({"width": width, "height": 700})
        open_tab(guest)
        expect(guest.locator("[data-typing]")).to_be_visible()
        expect(guest.locator("#live-text")).to_be_in_viewport()
        assert guest.evaluate(OVERFLOW) <= 0
    guest.locator("#live-text").fill("From a phone")
    guest.get_by_role("button", name="Finish line").click()
    expect(host.locator("[data-line]")).to_contain_text("From a phone")
    guest.reload()
    guest.get_by_role("button", name="Join").click()
    open_tab(guest)
    expect(guest.locator("[data-line]")).to_contain_text("From a phone")
    expect(guest.locator("[data-typing]")).to_contain_text("An address")


def test_captions_are_read_in_the_language_that_the_reader_chooses(
    stack: Stack, visitor: Visitor, watch: Watch
) -> None:
    host, guest, room = enter_together(stack, visitor, "Captioned")
    host.get_by_role("tab", name="People").click()
    choose(host, "Person two", "make-captioner")
    open_tab(guest)
    guest.locator("[data-captions-written]").select_option("sv")
    guest.get_by_text("Abbreviations").click()
    guest.locator("[data-short-forms]").fill("vp = värmepump")
    field = guest.locator("#live-text")
    field.press_sequentially("En vp ", delay=30)
    captions = host.locator(".captions")
    expect(captions.locator("p[lang=sv]")).to_have_text("En värmepump ")
    field.press_sequentially("i hamen", delay=30)
    field.press("Enter")
    expect(captions).to_have_text("En värmepump i hamen")
    expect(host.locator(ANNOUNCED)).to_contain_text("En värmepump i hamen")
    field.press("ArrowUp")
    expect(field).to_have_value("En värmepump i hamen")
    field.fill("En värmepump i hamnen")
    field.press("Enter")
    expect(guest.locator("[data-line]").last).to_contain_text("En värmepump i hamnen")
    expect(field).to_have_value("")

    address = stack.python(
        "from django.utils import timezone\nfrom engagement.realtime_text import linking\n"
        "from meetings.models import Meeting\n"
        f"meeting = Meeting.objects.get(room={room!r})\n"
        f"linking.create_link(room_id={room!r}, meeting=meeting.pk, language='de', now=timezone.now())\n"
        "print('/captions/' + linking.token_of(linking.links_of(meeting.pk).get()) + '/?language=de')"
    ).strip()
    numbers = count(1)

    def say(text: str) -> None:
        answer = host.context.request.post(f"{address}&seq={next(numbers)}", data=text, headers=PLAIN)
        assert answer.status == 200

    def set_captions(what: str) -> None:
        host.locator("[data-control=captions]").click()
        host.locator(f"[data-item=captions-{what}]").click()

    say("Eine Wärmepumpe im Hafen")
    set_captions("de")
    say("Sie heizt die Stadt")
    expect(captions.locator("p[lang=de]").last).to_have_text("Sie heizt die Stadt")
    expect(captions).not_to_contain_text("hamnen")
    for size in ("largest", "normal"):
        set_captions(f"size-{size}")
        say(f"In der Größe {size}")
        expect(captions).to_have_attribute("data-size", size)
    set_captions("place-above")
    say("Oben")
    expect(host.locator(".under-stage--above .captions")).to_contain_text("Oben")
    set_captions("history")
    expect(host.get_by_role("tab", name="Live text")).to_be_focused()
    expect(host.locator("[data-line]").last).to_contain_text("Oben")
    expect(host.locator("[data-line]", has_text="hamnen")).to_have_count(0)
    set_captions("size-largest")
    host.set_viewport_size(PHONE)
    say("Danke")
    expect(captions).to_contain_text("Danke")
    assert host.evaluate(OVERFLOW) <= 0
    say("Auch die größten Buchstaben verdecken auf einem Telefon niemanden, der auf der Bühne zu sehen ist.")
    expect(captions).to_contain_text("Bühne")
    assert host.evaluate(COVERED) == 0
