"""Reload, a second tab and a lost network lose nothing and leave no ghost."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch, make_person, sign_in
from tests.browser.test_main_job import enter_together, pass_green_room, schedule, sees_moving_pictures
from tests.stack import Stack

Visitor = Callable[..., Page]


def test_twenty_five_seconds_without_network_lose_nothing_and_leave_no_ghost(
    stack: Stack, visitor: Visitor, watch: Watch
) -> None:
    watch.expected = ("ERR_INTERNET_DISCONNECTED", "WebSocket")  # the browser's own word on the lost network
    one, two, room = enter_together(stack, visitor, "Lost and found")

    two.context.set_offline(True)
    for number in range(3):
        one.locator("#say").fill(f"while you were away {number}")
        one.locator("#say").press("Enter")
    two.wait_for_timeout(25_000)
    expect(two.locator("[data-message]", has_text="while you were away")).to_have_count(0)
    two.locator("#say").fill("written in the dark")
    two.locator("#say").press("Enter")
    two.context.set_offline(False)
    for number in range(3):
        expect(two.locator("[data-message]", has_text=f"while you were away {number}")).to_have_count(1)
    expect(one.locator("[data-message]", has_text="written in the dark")).to_have_count(1)
    for page in (one, two):
        expect(page.locator(".stage [data-person]")).to_have_count(2)
        sees_moving_pictures(page, people=2)
    stack.wait_until(
        lambda: (
            stack.sql("SELECT count(*) FROM rooms_presence WHERE room_id = %s AND left_at IS NULL", room)
            == [(2,)]
        ),
        seconds=60,
        what="one presence for each of the two",
    )


def test_a_tab_that_slept_has_missed_nothing(stack: Stack, visitor: Visitor) -> None:
    one, two, _room = enter_together(stack, visitor, "Sleep and wake")
    sees_moving_pictures(two, people=2)
    two.evaluate(
        """() => {
          let last = Date.now();
          window.slept = 0;
          setInterval(() => {
            slept = Math.max(slept, Date.now() - last);
            last = Date.now();
          }, 500);
        }"""
    )
    # Headless, no tab is frozen; what runs in it can stand still all the same.
    developer_tools = two.context.new_cdp_session(two)
    developer_tools.send("Debugger.enable")
    developer_tools.send("Debugger.pause")
    one.locator("#say").fill("while you slept")
    one.locator("#say").press("Enter")
    one.wait_for_timeout(25_000)
    expect(one.locator("[data-missing]")).to_have_count(0)
    developer_tools.send("Debugger.resume")
    two.wait_for_function("slept > 20_000")
    developer_tools.send("Debugger.disable")
    expect(two.locator("[data-message]", has_text="while you slept")).to_have_count(1)
    for page in (one, two):
        expect(page.locator(".stage [data-person]")).to_have_count(2)
        sees_moving_pictures(page, people=2)


def test_a_second_tab_is_one_person(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    make_person(stack, "tabs@example.org", "Two Tabs", company="Two Tabs AB")
    first = visitor()
    sign_in(stack, first, "tabs@example.org")
    meeting = schedule(first, "Two tabs")
    room = stack.sql("SELECT room_id FROM meetings_meeting WHERE id = %s", meeting)[0][0]
    first.goto(f"/rooms/{room}/")
    pass_green_room(first)
    second = first.context.new_page()
    watch.see(second)
    second.goto(f"/rooms/{room}/")
    pass_green_room(second)
    for page in (first, second):
        expect(page.locator("[data-tiles='1'], [data-tiles='0']")).to_be_visible()
    second.close()
    first.locator("#say").fill("still here")
    first.locator("#say").press("Enter")
    expect(first.locator("[data-message]", has_text="still here")).to_have_count(1)
