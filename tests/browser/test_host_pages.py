"""A host's pages of a meeting that prepare its room: agenda, resources, chat and planned groups."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Watch, make_person, sign_in
from tests.engagement.resources.documents import CONTENTS
from tests.stack import Stack

Visitor = Callable[..., Page]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def host_of_meeting(stack: Stack, visitor: Visitor, key: str) -> tuple[Page, str]:
    """Somebody who hosts a meeting of tomorrow with two registrations."""
    address = f"{key}@example.org"
    make_person(stack, address, "Host of it", company=f"Host {key}")
    meeting = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "from companies.models import Person\n"
        f"host = Person.objects.get(email={address!r})\n"
        "meeting = factories.meeting(host=host, starts_at=timezone.now() + timedelta(days=1), languages=['en', 'sv'])\n"
        "for name in ('rasa', 'per'):\n"
        f"    person = factories.person(email=f'{{name}}-{key}@example.org', name=name.title())\n"
        "    factories.registration(meeting=meeting, person=person)\n"
        "print(meeting.pk)"
    ).strip()
    page = visitor()
    sign_in(stack, page, address)
    return page, meeting


def narrow_and_wide(page: Page) -> None:
    for size in (PHONE, {"width": 320, "height": 700}, LAPTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate(OVERFLOW) <= 0, page.url


def add_item(page: Page, title: str, minutes: str) -> None:
    page.locator("#id_title_en").fill(title)
    page.get_by_label("Minutes").fill(minutes)
    page.get_by_role("button", name="Add", exact=True).click()


def test_an_agenda_is_planned_and_on_the_public_page(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    page, meeting = host_of_meeting(stack, visitor, "plans-agenda")
    page.goto(f"/meetings/{meeting}/agenda/")
    watch.expected = (*watch.expected, "422")
    add_item(page, "Welcome", "0")
    expect(page.get_by_role("alert")).to_contain_text("Minutes")
    expect(page.locator("#id_title_en")).to_have_value("Welcome")
    add_item(page, "Welcome", "5")
    expect(page.get_by_text("Item added.")).to_be_visible()
    add_item(page, "Heat for harbours", "40")
    add_item(page, "Questions", "30")
    expect(page.get_by_text("The agenda is longer than the meeting")).to_be_visible()
    page.get_by_role("button", name="Move up Questions").click()
    expect(page.locator("ol.rows > li h2")).to_have_text(["Welcome", "Questions", "Heat for harbours"])
    page.get_by_role("link", name="Edit Questions").click()
    page.get_by_label("Minutes").fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Item saved.")).to_be_visible()
    page.get_by_role("link", name="Remove Welcome").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Item removed.")).to_be_visible()
    narrow_and_wide(page)
    page.goto(f"/meetings/{meeting}/")
    expect(page.locator("ol.agenda > li")).to_have_count(2)
    expect(page.locator("ol.agenda")).to_contain_text("Heat for harbours")


def test_resources_are_shared_before_the_meeting(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    page, meeting = host_of_meeting(stack, visitor, "shares-resources")
    page.goto(f"/meetings/{meeting}/resources/")
    watch.expected = (*watch.expected, "422")
    page.locator("#id_link_title").fill("The heat map")
    page.locator("#id_link_address").fill("http://heat.example.org")
    page.get_by_role("button", name="Share the link").click()
    expect(page.get_by_role("alert")).to_contain_text("begins with https://")
    expect(page.locator("#id_link_title")).to_have_value("The heat map")
    page.locator("#id_link_address").fill("https://heat.example.org/map")
    page.get_by_role("button", name="Share the link").click()
    expect(page.get_by_text("Shared with everyone.")).to_be_visible()
    page.locator("#id_file_file").set_input_files(
        {"name": "Port.jpg", "mimeType": "image/jpeg", "buffer": CONTENTS["jpg"]}
    )
    page.locator("#id_file_is_shown_before").check()
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("ul.rows > li")).to_have_count(2)
    narrow_and_wide(page)
    guest = visitor()
    guest.goto(f"/meetings/{meeting}/")
    expect(guest.get_by_role("link", name="Port")).to_be_visible()
    expect(guest.get_by_role("link", name="The heat map")).to_have_count(0)
    page.get_by_role("button", name="Show on the meeting page now The heat map").click()
    guest.reload()
    expect(guest.get_by_role("link", name="The heat map")).to_have_attribute(
        "href", "https://heat.example.org/map"
    )
    with guest.expect_download() as download:
        guest.get_by_role("link", name="Port").click()
    assert download.value.suggested_filename == "Port.webp"
    page.get_by_role("link", name="Remove Port").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Resource removed.")).to_be_visible()


def test_the_chat_is_set_up_before_the_meeting(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    page, meeting = host_of_meeting(stack, visitor, "sets-up-chat")
    page.goto(f"/meetings/{meeting}/chat/settings/")
    page.get_by_label("Hosts approve messages before everyone sees them").check()
    page.get_by_label("Off", exact=True).check()
    page.get_by_label("Slow mode").select_option(index=2)
    narrow_and_wide(page)
    page.get_by_role("button", name="Save").click()
    page.goto(f"/meetings/{meeting}/chat/settings/")
    expect(page.get_by_label("Hosts approve messages before everyone sees them")).to_be_checked()
    expect(page.get_by_label("Off", exact=True)).to_be_checked()


def test_groups_are_planned_before_the_meeting(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    page, meeting = host_of_meeting(stack, visitor, "plans-groups")
    page.goto(f"/meetings/{meeting}/breakouts/")
    watch.expected = (*watch.expected, "422")
    page.get_by_label("Using the list below").check()
    page.get_by_label("List of groups").fill(
        "Harbour: rasa-plans-groups@example.org\nShips: nobody@example.org"
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("List of groups")).to_have_value(
        "Harbour: rasa-plans-groups@example.org\nShips: nobody@example.org"
    )
    narrow_and_wide(page)
    page.get_by_label("Evenly at random").check()
    page.get_by_label("Number of groups").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("Rasa", exact=True)).to_be_visible()
