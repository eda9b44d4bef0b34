"""The main job, as people do it: schedule, register, mail, green room, meet, record, end, attendance, watch."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Watch, make_person, sees_own_camera, sign_in, until
from tests.stack import Stack, links_in

Visitor = Callable[..., Page]
FRAMES = """() => [...document.querySelectorAll('[data-person] video')]
    .map((video) => video.getVideoPlaybackQuality().totalVideoFrames)"""


def schedule(page: Page, title: str, *, recorded: bool = False) -> str:
    """By the form, for some minutes from now on the wall in Stockholm; returns the meeting's id."""
    starts_at = datetime.now(ZoneInfo("Europe/Stockholm")) + timedelta(minutes=8)
    page.goto("/schedule/new/")
    page.locator("[name=title_en]").fill(title)
    page.locator("[name=kind]").select_option("project_meeting")
    page.locator("[name=local_day]").fill(starts_at.strftime("%Y-%m-%d"))
    page.locator("[name=local_time]").fill(starts_at.strftime("%H:%M"))
    page.locator("[name=timezone]").select_option("Europe/Stockholm")
    page.locator("[name=duration_minutes]").fill("60")
    if recorded:
        page.locator("[name=record]").check()
    page.get_by_role("button", name="Schedule meeting").click()
    page.wait_for_url(re.compile(r"/meetings/[a-z0-9]{12}/"))
    return page.url.split("/meetings/")[1].split("/")[0]


def register(page: Page, meeting: str, address: str, name: str) -> None:
    page.goto(f"/meetings/{meeting}/register/")
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill(address)
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def pass_green_room(page: Page) -> None:
    sees_own_camera(page)
    page.get_by_role("button", name="Join").click()
    expect(page.locator("[data-status=line]")).to_be_visible()


def sees_moving_pictures(page: Page, people: int) -> None:
    """Decoded frames that grow, not elements that are there."""
    until(page, f"({FRAMES})().filter((frames) => frames > 5).length >= {people}")
    before = page.evaluate(FRAMES)
    page.wait_for_timeout(1500)
    after = page.evaluate(FRAMES)
    assert sum(later > earlier for earlier, later in zip(before, after, strict=False)) >= people


def enter_together(stack: Stack, visitor: Visitor, title: str) -> tuple[Page, Page, str]:
    """A host and somebody who registered, both in the room of a live meeting; and that room."""
    key = "".join(title.lower().split())
    for name in ("one", "two"):
        make_person(stack, f"{name}-{key}@example.org", f"Person {name}", company=f"{title} {name}")
    one, two = visitor(), visitor()
    sign_in(stack, one, f"one-{key}@example.org")
    meeting = schedule(one, title)
    room = stack.sql("SELECT room_id FROM meetings_meeting WHERE id = %s", meeting)[0][0]
    stack.python(
        "from tests import factories\nfrom meetings.models import Meeting\nfrom companies.models import Person\n"
        f"meeting = Meeting.objects.get(pk={meeting!r})\n"
        f"factories.registration(meeting=meeting, person=Person.objects.get(email='two-{key}@example.org'))"
    )
    sign_in(stack, two, f"two-{key}@example.org")
    for page in (one, two):
        page.goto(f"/rooms/{room}/")
        pass_green_room(page)
    one.locator("[data-control=host]").click()
    one.locator("[data-item=start]").click()
    expect(two.locator("#say")).to_be_visible()
    return one, two, room


def test_from_the_form_to_the_recording(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    make_person(stack, "ruta@example.org", "Rūta Host", company="Marių Šiluma UAB")
    host = visitor(LAPTOP)
    sign_in(stack, host, "ruta@example.org")
    meeting = schedule(host, "Heat from harbour water", recorded=True)

    guest = visitor(PHONE, timezone="Europe/Vilnius")
    register(guest, meeting, "elin@example.org", "Elin Sandberg")
    mail = stack.postbox.wait_for("elin@example.org")

    host.goto(f"/meetings/{meeting}/host/")
    room = host.get_by_role("link", name="Open the room").first.get_attribute("href")
    assert room is not None
    host.goto(room)
    pass_green_room(host)
    host.locator("[data-control=host]").click()
    host.locator("[data-item=start]").click()
    expect(host.locator("[data-item=start]")).to_have_count(0)

    guest.goto(next(link for link in links_in(mail) if "/j/" in link))
    if "/rooms/" not in guest.url:
        guest.goto(room)
    assert "/j/" not in guest.url
    pass_green_room(guest)

    for page in (host, guest):
        expect(page.locator("[data-tiles='2']")).to_be_visible()
    sees_moving_pictures(host, people=2)
    sees_moving_pictures(guest, people=2)

    guest.locator("#say").fill("Labas, ar girdite?")
    guest.locator("#say").press("Enter")
    expect(host.locator("[data-message]", has_text="Labas, ar girdite?")).to_be_visible()
    expect(guest.locator("[data-message]", has_text="Labas, ar girdite?")).to_have_count(1)
    guest.locator("[data-control=hand]").click()
    host.get_by_role("tab", name=re.compile("People")).click()
    expect(host.locator("[data-hand]", has_text="Elin Sandberg")).to_be_visible()

    host.locator("[data-control=host]").click()
    host.locator("[data-item=record]").click()
    expect(guest.locator("[data-status=recording] svg")).to_be_visible()
    host.wait_for_timeout(9_000)
    host.locator("[data-control=host]").click()
    host.locator("[data-item=stop-recording]").click()
    expect(guest.locator("[data-status=recording] svg")).to_have_count(0)
    host.wait_for_timeout(1_500)
    expect(host.locator(".toast", has_text="did not work")).to_have_count(0)

    guest.reload()
    pass_green_room(guest)
    expect(guest.locator("[data-message]", has_text="Labas, ar girdite?")).to_have_count(1)

    host.locator("[data-control=host]").click()
    host.locator("[data-item=end]").click()
    host.get_by_role("dialog").get_by_role("button", name=re.compile("End")).click()
    stack.wait_until(
        lambda: stack.sql("SELECT state FROM meetings_meeting WHERE id = %s", meeting) == [("ended",)],
        what="the end",
    )

    host.goto(f"/meetings/{meeting}/attendance/")
    expect(
        host.get_by_role("cell", name=re.compile("Elin Sandberg")).or_(
            host.get_by_role("rowheader", name=re.compile("Elin Sandberg"))
        )
    ).to_have_count(1)

    recording = stack.sql("SELECT id FROM recordings_recording WHERE meeting_id = %s", meeting)[0][0]
    stack.wait_until(
        lambda: stack.sql("SELECT state FROM recordings_recording WHERE id = %s", recording) == [("ready",)],
        seconds=90,
        what=f"recording {recording} to be ready",
    )
    host.goto(f"/recordings/{recording}/")
    host.get_by_role("button", name=re.compile("Publish")).click()
    stack.postbox.wait_for("elin@example.org", "ecording")
    guest.goto(f"/recordings/{recording}/")
    until(guest, "document.querySelector('video').readyState >= 1")
    guest.evaluate("document.querySelector('video').muted = true")
    guest.evaluate("document.querySelector('video').play()")
    until(guest, "document.querySelector('video').currentTime > 2")
    assert guest.evaluate("document.querySelector('video').duration") > 5
