"""The chat between a host and an attendee: replies, private messages, edits, approval, pins and the search."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_main_job import enter_together
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
NARROW = {"width": 320, "height": 700}


def say(page: Page, text: str) -> None:
    page.locator("#say").fill(text)
    page.locator("#say").press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator("[data-message]", has_text=text).first


def choose(page: Page, text: str, item: str) -> None:
    """From the message's menu, by keyboard."""
    summary = message(page, text).locator("summary")
    if message(page, text).locator("details").get_attribute("open", timeout=5000) is None:
        summary.press("Enter")
    message(page, text).locator(f"[data-item={item}]").press("Enter")


def test_host_and_attendee_write_to_each_other(stack: Stack, visitor: Visitor) -> None:
    host, guest, _room = enter_together(stack, visitor, "Conversation")
    guest.set_viewport_size(PHONE)
    say(guest, "Is the pump quiet?")
    choose(host, "Is the pump quiet?", "reply")
    expect(host.locator("room-chat .compose__reply")).to_contain_text("Is the pump quiet?")
    say(host, "Very quiet")
    expect(message(guest, "Very quiet").locator(".message__quote")).to_contain_text("Is the pump quiet?")
    message(guest, "Very quiet").locator(".message__quote").click()
    expect(message(guest, "Is the pump quiet?")).to_be_visible()

    guest.locator("#say-to").select_option("hosts")
    expect(guest.locator("room-chat .compose")).to_contain_text(
        "Only hosts, co-hosts and you see this message."
    )
    say(guest, "Please mute the room")
    expect(message(host, "Please mute the room")).to_contain_text("Hosts and co-hosts")

    choose(guest, "Is the pump quiet?", "edit")
    guest.get_by_label("Edit your message").fill("Is the heat pump quiet?")
    guest.get_by_label("Edit your message").press("Enter")
    expect(message(host, "Is the heat pump quiet?")).to_contain_text("Edited")
    choose(host, "Is the heat pump quiet?", "pin")
    expect(guest.locator("li[data-pin]")).to_contain_text("Is the heat pump quiet?")

    host.locator("[data-tool=settings] summary").click()
    host.locator("[data-setting=moderated]").check()
    expect(guest.locator("room-chat .compose")).to_contain_text("Only hosts")
    guest.locator("#say-to").select_option("")
    expect(guest.locator("room-chat .compose")).to_contain_text("A host approves messages")
    say(guest, "An advertisement")
    expect(message(guest, "An advertisement")).to_contain_text("Waiting for approval")
    choose(host, "An advertisement", "approve")
    expect(message(guest, "An advertisement")).not_to_contain_text("Waiting for approval")
    choose(host, "An advertisement", "delete")
    expect(guest.locator("[data-message]", has_text="Deleted by a host")).to_be_visible()

    guest.locator("[data-tool=search] summary").click()
    guest.get_by_role("searchbox").fill("heat pump")
    guest.get_by_role("searchbox").press("Enter")
    guest.locator("[data-found]").click()
    expect(message(guest, "Is the heat pump quiet?")).to_be_focused()
    guest.locator("[data-tool=search] summary").click()
    host.locator("[data-setting=on]").uncheck()
    expect(guest.get_by_text("The chat is off. Only hosts can write.")).to_be_visible()
    expect(guest.locator("#say")).to_be_hidden()
    guest.reload()
    guest.get_by_role("button", name="Join").click()
    expect(guest.get_by_text("The chat is off. Only hosts can write.")).to_be_visible()
    expect(guest.locator("li[data-pin]")).to_contain_text("Is the heat pump quiet?")


def test_host_and_attendee_react_to_a_message(stack: Stack, visitor: Visitor) -> None:
    host, guest, _room = enter_together(stack, visitor, "Reactions")
    guest.set_viewport_size(NARROW)
    say(host, "The pump runs")
    for page in (host, guest):
        choose(page, "The pump runs", "react-heart")
    for page in (host, guest):
        chip = message(page, "The pump runs").get_by_role("button", name="Thank you: 2")
        expect(chip).to_have_attribute("aria-pressed", "true")
    chip.click()
    for page, pressed in ((host, "true"), (guest, "false")):
        chip = message(page, "The pump runs").get_by_role("button", name="Thank you: 1")
        expect(chip).to_have_attribute("aria-pressed", pressed)
    guest.reload()
    guest.get_by_role("button", name="Join").click()
    expect(message(guest, "The pump runs").get_by_role("button", name="Thank you: 1")).to_be_visible()
    message(host, "The pump runs").get_by_role("button", name="Thank you: 1").press("Enter")
    for page in (host, guest):
        expect(message(page, "The pump runs").locator(".message__chip")).to_have_count(0)
    expect(message(host, "The pump runs")).to_be_focused()
    choose(guest, "The pump runs", "react-laugh")
    host.locator("[data-tool=settings] summary").click()
    host.locator("[data-setting=on]").uncheck()
    expect(message(guest, "The pump runs").get_by_role("img", name="Funny: 1")).to_be_visible()
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert guest.evaluate(fits)


def test_nothing_of_the_chat_is_wider_than_a_phone(stack: Stack, visitor: Visitor) -> None:
    host, _guest, _room = enter_together(stack, visitor, "Narrow conversation")
    for size in (PHONE, NARROW):
        host.set_viewport_size(size)
        text = f"An address, {size['width']} wide: https://example.org/" + "long" * 20
        say(host, text)
        choose(host, text, "pin")
        message(host, text).locator("summary").press("Enter")
        host.locator("[data-tool=settings]").evaluate("(details) => details.open = true")
        wide = host.evaluate(
            "[...document.querySelectorAll('room-chat *')]"
            ".filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)"
            ".map((one) => one.outerHTML.slice(0, 80))"
        )
        assert wide == []
        expect(host.locator("#say")).to_be_in_viewport()
