"""The right hour on the very first page, before the server knows whose clock it is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.stack import Stack

Visitor = Callable[..., Page]


@pytest.fixture(scope="module")
def meeting(stack: Stack) -> str:
    """On 10 January 2030, 10:00 in Stockholm."""
    made = stack.python(
        "from datetime import UTC, datetime\nfrom tests import factories\n"
        "print(factories.meeting(starts_at=datetime(2030, 1, 10, 9, tzinfo=UTC)).get_absolute_url())"
    )
    return made.splitlines()[-1]


@pytest.mark.parametrize(
    ("language", "zone", "hour"),
    [("en", "Europe/Vilnius", "11:00"), ("lt", "Europe/Vilnius", "11:00"), ("lt", "Europe/London", "09:00")],
)
def test_who_comes_for_the_first_time_reads_their_own_hour(
    visitor: Visitor, meeting: str, language: str, zone: str, hour: str
) -> None:
    page = visitor(PHONE, timezone=zone, language=language, first_time=True)
    page.goto(meeting)
    expect(page.locator("main time").filter(has_text=f"{hour}–")).to_be_visible()
    expect(page.locator("footer")).to_contain_text(zone.split("/")[1])


def test_a_browser_without_cookies_is_not_asked_for_ever(visitor: Visitor, meeting: str) -> None:
    page = visitor(PHONE, timezone="Europe/Vilnius", first_time=True)
    page.add_init_script("Object.defineProperty(document, 'cookie', {get: () => '', set: () => {}})")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    page.goto(meeting)
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1
