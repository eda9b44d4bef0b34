"""A poll from the host's form to the chart on everybody's stage, with the keyboard, on a phone, and in two tabs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.browser.test_main_job import enter_together, pass_green_room
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]


def new_poll(host: Page, kind: str, title: str, *options: str) -> None:
    host.locator("[data-act=new-poll]").click()
    host.locator("#poll-kind").select_option(kind)
    host.locator("#poll-title").fill(title)
    for number, option in enumerate(options):
        if number > 1:
            host.get_by_role("button", name="Add an option").click()
        host.locator(f"#poll-option-{number}").fill(option)


def test_from_the_form_to_the_stage(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, room = enter_together(stack, visitor, "Poll of heat")
    host.get_by_role("tab", name="Polls").click()
    host.locator("[data-act=new-poll]").click()
    host.locator("[data-act=open-now]").click()
    expect(host.locator("#poll-form-problem")).to_be_visible()
    expect(host.locator("#poll-title")).to_be_focused()
    host.get_by_role("button", name="Cancel").click()
    new_poll(host, "single", "Which source?", "Harbour water", "Waste heat", "Geothermal")
    host.locator("[data-act=open-now]").click()

    guest.locator(".toast", has_text="Which source?").get_by_role("button", name="Vote").click()
    expect(guest.get_by_role("tab", name="Polls")).to_be_focused()
    expect(guest.get_by_role("tab", name="Polls")).to_contain_text("1 open")
    guest.get_by_role("button", name="Vote", exact=True).click()
    expect(guest.locator("#poll-problem")).to_contain_text("Choose an option first.")
    guest.get_by_label("Harbour water").focus()
    guest.keyboard.press("ArrowDown")
    guest.keyboard.press("Enter")
    expect(guest.locator("[data-voted]")).to_contain_text("Your choice: Waste heat.")
    expect(guest.get_by_role("tab", name="Polls")).not_to_contain_text("1 open")
    expect(host.locator("[data-poll] tr", has_text="Waste heat")).to_contain_text("1 100%")
    expect(host.locator("[data-not-voted]")).to_contain_text("All attendees have voted")

    second = guest.context.new_page()
    second.goto(f"/rooms/{room}/")
    pass_green_room(second)
    second.get_by_role("tab", name="Polls").click()
    expect(second.locator("[data-voted]")).to_be_visible()
    second.close()

    host.locator("[data-act=stage]").click()
    expect(guest.locator(".stage-poll")).to_contain_text("Waste heat")
    host.locator("[data-act=close]").click()
    expect(guest.locator("[data-poll] h3", has_text="Which source?")).to_be_visible()
    expect(guest.locator(".stage-poll table")).to_be_visible()
    guest.set_viewport_size(PHONE)
    guest.get_by_role("button", name="Hide the results").click()
    expect(guest.locator(".stage-poll table")).to_have_count(0)
    host.locator("[data-act=stage]").click()
    expect(guest.locator(".stage-poll")).to_have_count(0)


def test_ranking_by_keys_quiz_and_words_on_a_phone(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, _room = enter_together(stack, visitor, "Poll of wind")
    guest.set_viewport_size(PHONE)
    for page in (host, guest):
        page.get_by_role("tab", name="Polls").click()
    new_poll(host, "ranking", "What first?", "Pipes", "Pumps")
    host.locator("[data-act=open-now]").click()
    down = guest.get_by_role("button", name="Move down: Pipes")
    down.focus()
    guest.keyboard.press("Enter")
    expect(guest.get_by_role("button", name="Move up: Pipes")).to_be_focused()
    guest.get_by_role("button", name="Vote", exact=True).click()
    host.locator("[data-act=close]").click()
    expect(guest.locator("[data-poll] tbody tr").first).to_contain_text("Pumps")

    new_poll(host, "quiz", "How warm is the harbour?", "4 °C", "14 °C")
    host.get_by_label("Option 2 is the correct answer").check()
    host.locator("#poll-results").select_option("held")
    host.locator("[data-act=save]").click()
    host.locator("[data-act=open]").click()
    guest.get_by_label("4 °C", exact=True).check()
    guest.get_by_role("button", name="Vote", exact=True).click()
    expect(guest.locator("[data-voted]")).to_contain_text("once the host shares them")
    host.locator("[data-act=close-share]").click()
    expect(guest.locator("[data-verdict=wrong]")).to_be_visible()
    expect(guest.locator("[data-poll] tr", has_text="14 °C")).to_contain_text("Correct answer")

    new_poll(host, "words", "One word for today?")
    host.locator("[data-act=open-now]").click()
    guest.locator("#poll-word").fill("Inspiring")
    guest.keyboard.press("Enter")
    expect(host.locator(".poll-cloud li")).to_contain_text("Inspiring")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    guest.set_viewport_size({"width": 320, "height": 700})
    assert guest.evaluate(overflow) <= 0
