"""Questions in the room, as a host and an attendee use them: asked, held, approved, upvoted, answered."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_main_job import enter_together
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]


def open_tab(page: Page) -> None:
    page.get_by_role("tab", name=re.compile("Q&A")).click()


def question(page: Page, text: str):  # type: ignore[no-untyped-def]
    return page.locator("[data-question]", has_text=text)


def act(page: Page, text: str, name: str) -> None:
    question(page, text).locator(".menu > summary").click()
    question(page, text).locator(f"[data-act={name}]").click()


def test_a_question_from_the_field_to_the_answer(stack: Stack, visitor: Visitor) -> None:
    host, guest, _room = enter_together(stack, visitor, "Questions")
    guest.set_viewport_size(PHONE)
    host.keyboard.press("Control+Shift+F")
    expect(host.locator("#ask")).to_be_focused()
    host.locator(".questions__settings > summary").click()
    host.locator("[data-setting=is_moderated]").check()
    is_stored = "SELECT 1 FROM engagement_questionsettings WHERE is_moderated"
    stack.wait_until(lambda: bool(stack.sql(is_stored)), what="the setting")

    open_tab(guest)
    guest.locator("#ask").fill("How warm is the water?")
    guest.locator("[name=anonymous]").check()
    guest.get_by_role("button", name="Ask", exact=True).click()
    expect(guest.locator("#ask-status")).to_contain_text("approved")
    expect(guest.locator("#ask")).to_have_value("")
    expect(question(host, "How warm")).to_have_attribute("data-state", "held")
    expect(question(host, "How warm")).to_contain_text("Anonymous")
    act(host, "How warm", "approve")
    expect(question(guest, "How warm")).to_have_attribute("data-state", "visible")

    host.locator("[data-question] button.question__votes").click()
    expect(question(guest, "How warm").locator(".question__votes")).to_contain_text("1")
    expect(question(host, "How warm").locator("button.question__votes")).to_have_attribute(
        "aria-pressed", "true"
    )

    act(host, "How warm", "answering")
    expect(guest.locator(".question-strip")).to_contain_text("How warm is the water?")
    host.locator("[data-act=strip-answered]").click()
    expect(guest.locator(".question-strip")).to_have_count(0)
    expect(question(guest, "How warm")).to_contain_text("Answered live")

    act(host, "How warm", "answer")
    host.locator(".question__editor textarea").fill("Nine degrees.")
    host.locator(".question__editor [type=submit]").click()
    expect(question(guest, "How warm")).to_contain_text("Nine degrees.")

    guest.locator("#ask").fill("Is this off topic?")
    guest.locator("#ask").press("Enter")
    act(host, "Is this off topic?", "dismiss")
    host.locator(".question__editor textarea").fill("See another meeting.")
    host.locator(".question__editor [type=submit]").click()
    expect(question(guest, "Is this off topic?")).to_contain_text("See another meeting.")
    guest.reload()
    guest.get_by_role("button", name="Join").click()
    open_tab(guest)
    expect(question(guest, "Is this off topic?")).to_contain_text("See another meeting.")
    assert guest.evaluate("document.documentElement.scrollWidth <= innerWidth")
