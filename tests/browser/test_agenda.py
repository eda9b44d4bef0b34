"""The agenda from the host's page to the room: planned without a reload of the room, gone through, read by everyone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Watch
from tests.browser.test_main_job import enter_together, make_person, sign_in
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("cameras_off")

Visitor = Callable[..., Page]
LONG = "Heat pumps for harbours, ships and the towns around them, and who pays for all of it in the end"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def overlap(page: Page, one: str, other: str) -> bool:
    """Whether the boxes of the two share a point."""
    a, b = page.locator(one).bounding_box(), page.locator(other).bounding_box()
    assert a is not None
    assert b is not None
    beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    return not (beside or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"])


def test_from_the_plan_to_the_last_item(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    host, guest, room = enter_together(stack, visitor, "Agenda of heat")
    expect(guest.get_by_role("tab", name="Agenda")).to_have_count(0)
    host.get_by_role("tab", name="Agenda").click()
    expect(host.get_by_text("No agenda yet.")).to_be_visible()
    host.get_by_role("button", name="Edit the agenda").click()
    form = host.locator("[data-form=new]")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_text("Enter a title in at least one language.")).to_be_visible()
    expect(form.get_by_label("Title")).to_be_focused()
    for title, minutes, speaker in (
        ("Welcome", "5", "Rūta Kazlauskaitė"),
        ("Questions", "15", ""),
        (LONG, "30", ""),
    ):
        form.get_by_label("Title").fill(title)
        form.get_by_label("Minutes").fill(minutes)
        form.get_by_label("Speaker").fill(speaker)
        host.keyboard.press("Enter")
        expect(guest.locator("[data-agenda-item]", has_text=title)).to_have_count(1)
        expect(form.get_by_label("Title")).to_be_focused()
        expect(form.get_by_label("Title")).to_have_value("")
    items = host.locator("[data-agenda-item] strong")
    host.get_by_role("button", name=f"Move up {LONG}").click()
    expect(items).to_have_text(["Welcome", LONG, "Questions"])
    expect(host.get_by_role("button", name=f"Move up {LONG}")).to_be_focused()

    stack.python(
        "from django.utils import timezone\nfrom engagement.agenda import planning\n"
        "from engagement.agenda.agenda_input import ItemInput\nfrom engagement.models import AgendaItem\n"
        f"item = AgendaItem.objects.get(room={room!r}, minutes=15)\n"
        "planning.add_item(room_id=item.room_id, meeting=item.meeting, by=None, now=timezone.now(),"
        " content=ItemInput(title={'en': 'Too much'}, minutes=1))"
    )
    expect(guest.locator("[data-agenda-item]", has_text="Too much")).to_have_count(1)
    host.get_by_role("button", name="Edit Questions").click()
    edit = host.locator("[data-agenda-item] form")
    expect(edit.get_by_label("Title")).to_be_focused()
    edit.get_by_label("Title").fill("Your questions")
    stack.python(
        "from django.utils import timezone\nfrom engagement.agenda import planning\n"
        "from engagement.agenda.agenda_input import ItemInput\nfrom engagement.models import AgendaItem\n"
        f"item = AgendaItem.objects.get(room={room!r}, minutes=15)\n"
        "planning.change_item(room_id=item.room_id, meeting=item.meeting, item_id=item.pk, by=None,"
        " now=timezone.now(), content=ItemInput(title=item.title, minutes=16))"
    )
    expect(guest.locator("[data-agenda-item]", has_text="16 min")).to_have_count(1)
    edit.get_by_role("button", name="Save").click()
    expect(edit.get_by_text("Someone else has changed this item")).to_be_visible()
    expect(edit.get_by_label("Title")).to_have_value("Your questions")
    edit.get_by_label("Minutes").fill("15")
    edit.get_by_role("button", name="Save").click()
    expect(guest.locator("[data-agenda-item]", has_text="Your questions")).to_contain_text("15 min")
    expect(host.get_by_role("button", name="Edit Your questions")).to_be_focused()
    host.get_by_role("button", name="Remove Too much").click()
    host.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(guest.locator("[data-agenda-item]", has_text="Too much")).to_have_count(0)
    host.set_viewport_size({"width": 320, "height": 700})
    assert host.evaluate(OVERFLOW) <= 0
    host.set_viewport_size(LAPTOP)
    host.get_by_role("button", name="Done editing").click()

    expect(host.locator("[data-agenda-item]")).to_have_count(3)
    guest.get_by_role("tab", name="Agenda").click()
    expect(guest.locator("[data-agenda-item]").first).to_contain_text("Rūta Kazlauskaitė")
    expect(guest.get_by_role("button", name="Go to this item")).to_have_count(0)
    forward = host.locator("[data-act=forward]")
    expect(forward).to_have_text("Start the agenda")
    forward.click()
    strip = guest.locator("[data-agenda]")
    expect(strip).to_contain_text("Welcome")
    expect(strip.get_by_role("timer")).to_contain_text("left")
    expect(guest.locator("live-room > p[aria-live=polite]")).to_contain_text("Agenda: Welcome")
    expect(guest.locator("[aria-current=step]")).to_contain_text("Welcome")
    expect(forward).to_be_focused()
    host.keyboard.press("Enter")
    expect(strip).to_contain_text(LONG)
    expect(guest.locator("[data-agenda-item]").first).to_contain_text("Done")

    host.locator("[data-control=timer]").click()
    host.locator("[data-item=timer-10]").click()
    for size in (LAPTOP, PHONE, {"width": 320, "height": 700}, {"width": 844, "height": 390}):
        guest.set_viewport_size(size)
        expect(strip).to_be_in_viewport()
        expect(guest.locator(".timer")).to_be_visible()
        assert guest.evaluate(OVERFLOW) <= 0
        assert not overlap(guest, "[data-agenda]", ".timer"), size
    guest.set_viewport_size(LAPTOP)

    stack.sql(
        "UPDATE engagement_agendaitem SET started_at = started_at - interval '33 minutes'"
        " WHERE started_at IS NOT NULL AND ended_at IS NULL RETURNING id"
    )
    host.get_by_role("button", name="Edit the agenda").click()
    host.get_by_role("button", name="Edit Your questions").click()
    host.locator("[data-agenda-item] form").get_by_label("Minutes").fill("20")
    host.keyboard.press("Enter")
    expect(guest.locator("[data-agenda-item]", has_text="Your questions")).to_contain_text("20 min")
    host.get_by_role("button", name="Done editing").click()
    expect(strip).to_contain_text("over the planned time")

    forward.click()
    expect(strip).to_contain_text("Your questions")
    expect(forward).to_have_text("End the item")
    forward.click()
    expect(strip).to_have_count(0)
    expect(guest.locator("[data-agenda-item]").last).to_contain_text("Done")
    assert host.evaluate("document.querySelector('room-agenda').contains(document.activeElement)")
    host.get_by_role("button", name="Go to this item Welcome").click()
    expect(strip).to_contain_text("Welcome")


def test_whoever_waits_reads_it_beside_the_countdown(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    make_person(stack, "early@example.org", "Early Bird")
    room = stack.python(
        "from tests import factories\nfrom datetime import timedelta\nfrom django.utils import timezone\n"
        "from companies.models import Person\n"
        "meeting = factories.meeting(starts_at=timezone.now() + timedelta(minutes=9))\n"
        "factories.registration(meeting=meeting, person=Person.objects.get(email='early@example.org'))\n"
        "factories.agenda_item(meeting)\nprint(meeting.room_id)"
    ).strip()
    guest = visitor()
    sign_in(stack, guest, "early@example.org")
    guest.goto(f"/rooms/{room}/")
    guest.get_by_role("button", name="Join", exact=True).click()
    expect(guest.locator("room-countdown")).to_be_visible()
    shown = guest.locator(".waiting__about .agenda")
    expect(shown).to_contain_text("Heat for harbours")
    stack.python(
        "from django.utils import timezone\nfrom engagement.agenda import planning\n"
        "from engagement.agenda.agenda_input import ItemInput\nfrom engagement.models import AgendaItem\n"
        f"item = AgendaItem.objects.get(room={room!r})\n"
        "planning.add_item(room_id=item.room_id, meeting=item.meeting, by=None, now=timezone.now(),"
        " content=ItemInput(title={'en': 'Cold for ships'}, minutes=20))"
    )
    expect(shown).to_contain_text("Cold for ships")
    expect(guest.locator("live-room > p[aria-live=polite]")).to_contain_text("The agenda has changed.")
    guest.set_viewport_size({"width": 320, "height": 700})
    assert guest.evaluate(OVERFLOW) <= 0
