"""Breakout rooms from the host's tab to the group and back: with the keyboard, on a phone, and after a reload."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.browser.test_main_job import enter_together, pass_green_room, sees_moving_pictures
from tests.stack import Stack

Visitor = Callable[..., Page]
NARROW = {"width": 320, "height": 700}


def tab(host: Page) -> None:
    host.get_by_role("tab", name="Breakout rooms").click()


def nothing_is_wider(page: Page) -> None:
    wide = page.evaluate(
        "[...document.querySelectorAll('breakout-notice *, room-breakouts *')]"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)"
        ".map((one) => one.outerHTML.slice(0, 80))"
    )
    assert wide == []


def test_to_the_group_and_back(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, _room = enter_together(stack, visitor, "Groups of heat")
    expect(guest.get_by_role("tab", name="Breakout rooms")).to_have_count(0)
    guest.set_viewport_size(PHONE)
    tab(host)
    host.locator("#group-count").fill("2")
    host.locator("#group-assign").select_option("list")
    host.locator("[data-act=prepare]").click()
    expect(host.locator("[data-act=open]")).to_be_focused()
    name = host.locator("[data-group] .breakout-name").first
    expect(name).to_have_value("Group 1")
    name.fill("Heat pumps")
    name.press("Tab")
    host.get_by_label("Group for Person two").select_option(label="Heat pumps")
    expect(host.locator("[data-group]", has=host.locator("li[data-person]"))).to_have_attribute(
        "aria-label", "Heat pumps"
    )
    host.locator("[data-act=open]").press("Enter")

    expect(guest.locator("[data-breakouts=open]")).to_contain_text("Your group: Heat pumps")
    expect(guest.locator("[data-breakouts=open] [role=timer]")).to_contain_text("Time left: 1")
    nothing_is_wider(guest)
    guest.locator("[data-act=join-group]").press("Enter")
    expect(guest.locator("[data-breakouts=inside]")).to_contain_text("You are in a breakout room: Heat pumps")
    expect(guest.locator(".room__title h1")).to_have_text("Heat pumps")
    expect(guest.locator("#stage [data-camera=on]")).to_be_visible()
    expect(host.locator("room-breakouts li", has_text="in the breakout room")).to_be_visible()
    expect(host.locator("#stage li[data-person]")).to_have_count(1)  # who has gone is not on the stage
    nothing_is_wider(guest)
    guest.set_viewport_size(NARROW)
    nothing_is_wider(guest)

    guest.locator("[data-act=help]").click()
    expect(host.locator("[data-help]")).to_contain_text("Person two is asking for help. Group: Heat pumps")
    host.locator("[data-help] [data-act=enter]").click()
    expect(host.locator("[data-breakouts=inside]")).to_be_visible()
    expect(guest.locator("[data-act=help]")).to_have_text("Ask for help")
    sees_moving_pictures(host, 2)
    guest.locator("#say").fill("Only for the group")
    guest.locator("#say").press("Enter")
    expect(host.locator("[data-message]", has_text="Only for the group")).to_be_visible()

    guest.reload()
    pass_green_room(guest)
    expect(guest.locator("[data-breakouts=inside]")).to_contain_text("Heat pumps")
    expect(guest.locator("[data-message]", has_text="Only for the group")).to_be_attached()
    tab(host)
    host.locator("#to-groups").fill("Two more minutes")
    host.locator("#to-groups").press("Enter")
    expect(guest.locator(".toast", has_text="Two more minutes")).to_be_visible()
    host.locator("[data-act=return]").click()
    expect(host.locator("[data-breakouts=open]")).to_be_visible()

    tab(host)
    host.locator("[data-act=close]").click()
    host.get_by_role("dialog").get_by_role("button", name="Close breakout rooms").click()
    expect(guest.locator(".toast", has_text="You are back in the main room.")).to_be_visible()
    expect(guest.locator(".room__title h1")).to_have_text("Groups of heat")
    expect(guest.locator("[data-breakouts]")).to_have_count(0)
    sees_moving_pictures(host, 2)
    guest.reload()
    pass_green_room(guest)
    expect(guest.locator(".room__title h1")).to_have_text("Groups of heat")
    expect(guest.locator("[data-breakouts]")).to_have_count(0)


def test_who_is_moved_goes_along_and_who_chooses_sees_the_groups(
    stack: Stack, visitor: Visitor, watch: Watch
) -> None:
    host, guest, _room = enter_together(stack, visitor, "Choice of heat")
    tab(host)
    host.locator("#group-assign").select_option("choice")
    host.locator("#group-minutes").fill("")
    host.locator("[data-act=prepare]").click()
    host.locator("[data-act=open]").click()
    guest.get_by_label("Choose a group").select_option(label="Group 2 (0 people)")
    guest.locator("[data-act=join-group]").click()
    expect(guest.locator("[data-breakouts=inside]")).to_contain_text("Group 2")
    expect(guest.locator("[data-breakouts] [role=timer]")).to_have_count(0)
    host.get_by_label("Group for Person two").select_option(label="Group 1")
    expect(guest.locator("[data-breakouts=inside]")).to_contain_text("Group 1")
    expect(guest.locator(".toast", has_text="A host has changed your group.")).to_be_visible()
    host.locator("[data-control=host]").click()
    host.locator("[data-item=end]").click()
    host.get_by_role("dialog").get_by_role("button", name="End the meeting").click()
    expect(guest.locator(".room__title h1")).to_have_text("Choice of heat")
