"""How well audio and video arrived: measured by the pages in a room, read by the host."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.browser.test_main_job import enter_together
from tests.stack import Stack

Visitor = Callable[..., Page]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_after_a_minute_the_host_reads_how_the_connections_are(
    stack: Stack, visitor: Visitor, watch: Watch
) -> None:
    host, _guest, room = enter_together(stack, visitor, "Measured")
    reports = (
        "SELECT count(*) FROM rooms_linkreport r JOIN rooms_presence p ON p.id = r.presence_id "
        "WHERE p.room_id = %s"
    )
    for _second in range(100):
        if stack.sql(reports, room)[0][0] == 2:
            break
        host.wait_for_timeout(1_000)
    meeting = stack.sql("SELECT id FROM meetings_meeting WHERE room_id = %s", room)[0][0]
    host.goto(f"/meetings/{meeting}/connections/")
    row = host.get_by_role("row", name="Person two")
    expect(row).to_contain_text("Good")
    expect(row).to_contain_text("Direct")
    expect(row).to_contain_text("kbit/s")
    host.set_viewport_size(PHONE)
    assert host.evaluate(OVERFLOW) <= 0
