"""The upload form with scripts: what it says when an earlier upload is unfinished."""

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import LAPTOP, Watch, make_person, sign_in
from tests.recordings import films
from tests.stack import TIMEOUT, Stack

Visitor = Callable[..., Page]
UNFINISHED = "An earlier upload for this meeting is unfinished: "


def test_a_host_chooses_what_becomes_of_an_unfinished_upload(
    stack: Stack, visitor: Visitor, watch: Watch, tmp_path: Path
) -> None:
    make_person(stack, "vilte@example.org", "Viltė Host", company="Marių Vėjas UAB")
    stack.python(
        "from tests import factories\nfrom meetings.models import Meeting\nfrom companies.models import Person\n"
        "host = Person.objects.get(email='vilte@example.org')\n"
        "factories.meeting(pk='uploads1', host=host, state=Meeting.State.ENDED)"
    )
    watch.expected = ("428",)
    film = tmp_path / "second.webm"
    film.write_bytes(films.webm())
    host = visitor(LAPTOP)
    sign_in(stack, host, "vilte@example.org")
    host.goto("/meetings/uploads1/upload/", wait_until="networkidle")  # the script of the form is loaded late
    expect(host.locator("[data-unfinished]")).to_be_hidden()
    stack.python(
        "from django.utils import timezone\nfrom meetings.models import Meeting\n"
        "from recordings import uploading\nfrom tests.recordings import films\n"
        "meeting = Meeting.objects.get(pk='uploads1')\n"
        "begun = uploading.begin_upload(meeting=meeting, by=meeting.host, length=5000, now=timezone.now())\n"
        "uploading.receive_part(upload_id=begun.pk, offset=0, part=films.webm()[:500], now=timezone.now())"
    )
    host.locator("input[type=file]").set_input_files(film)
    host.locator("[data-start]").click()
    expect(host.locator("[data-unfinished] .notice")).to_contain_text(UNFINISHED)
    expect(host.locator("[data-complaint]")).to_be_hidden()
    kept = (
        'SELECT "offset" FROM recordings_upload'
        " JOIN recordings_recording r ON r.id = recording_id WHERE meeting_id = %s"
    )
    assert stack.sql(kept, "uploads1") == [(500,)]
    host.get_by_label("Discard the earlier upload and upload this file").check()
    host.locator("[data-start]").click()
    host.wait_for_url("**/recordings/*/")


# ---- two browsers of one host --------------------------------------------------------------------------------

OFFSET = (
    'SELECT "offset" FROM recordings_upload'
    " JOIN recordings_recording r ON r.id = recording_id WHERE meeting_id = %s"
)
PART = 4 * 1024 * 1024


def two_browsers(stack: Stack, visitor: Visitor, meeting: str) -> tuple[Page, Page]:
    address = f"{meeting}@example.org"
    make_person(stack, address, "Austėja Host", company=f"Nemuno Šiluma {meeting}")
    stack.python(
        "from tests import factories\nfrom meetings.models import Meeting\nfrom companies.models import Person\n"
        f"host = Person.objects.get(email={address!r})\n"
        f"factories.meeting(pk={meeting!r}, host=host, state=Meeting.State.ENDED)"
    )
    pages = visitor(LAPTOP), visitor(LAPTOP)
    for page in pages:
        sign_in(stack, page, address)
        page.goto(f"/meetings/{meeting}/upload/", wait_until="networkidle")
    return pages


class Gate:
    """Lets the first part of an upload pass and holds back what the browser sends then, until it opens."""

    def __init__(self) -> None:
        self.seen = 0
        self.is_open = False
        self.held: list[Route] = []

    def __call__(self, route: Route) -> None:
        self.seen += 1
        if self.seen == 1 or self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def open(self) -> None:
        self.is_open = True
        for route in self.held:
            route.continue_()


def upload_one_part(stack: Stack, page: Page, film: Path, meeting: str) -> Gate:
    gate = Gate()
    page.route("**/uploads/*/", gate)
    upload(page, film)
    give_up = time.monotonic() + TIMEOUT
    while not gate.held:  # the page waits, not the test: routes are answered meanwhile
        assert time.monotonic() < give_up, "no second part"
        page.wait_for_timeout(100)
    assert stack.sql(OFFSET, meeting) == [(PART,)]
    return gate


def upload(page: Page, film: Path) -> None:
    page.locator("input[type=file]").set_input_files(film)
    page.locator("[data-start]").click()


def test_another_browser_goes_on_with_the_same_file(
    stack: Stack, visitor: Visitor, watch: Watch, tmp_path: Path
) -> None:
    watch.expected = ("428", "409")
    film = tmp_path / "long.webm"
    film.write_bytes(films.webm() + bytes(2 * PART))
    first, second = two_browsers(stack, visitor, "uploads2")
    gate = upload_one_part(stack, first, film, "uploads2")
    offsets: list[str] = []
    second.on("request", lambda request: offsets.append(request.headers.get("upload-offset", "")))
    upload(second, film)
    second.wait_for_url("**/recordings/*/")
    assert next(offset for offset in offsets if offset) == str(PART)
    gate.open()
    first.wait_for_url("**/recordings/*/")  # it is told that all of it has come
    assert stack.sql("SELECT count(*) FROM recordings_recording WHERE meeting_id = %s", "uploads2") == [(1,)]


def test_a_browser_whose_upload_was_replaced_elsewhere_says_so(
    stack: Stack, visitor: Visitor, watch: Watch, tmp_path: Path
) -> None:
    watch.expected = ("428", "404", "413")
    long, other = tmp_path / "long.webm", tmp_path / "other.webm"
    long.write_bytes(films.webm() + bytes(2 * PART))
    other.write_bytes(films.webm())
    first, second = two_browsers(stack, visitor, "uploads3")
    gate = upload_one_part(stack, first, long, "uploads3")
    upload(second, other)
    expect(second.locator("[data-unfinished-words]")).to_contain_text("long.webm")
    second.get_by_label("Discard the earlier upload and upload this file").check()
    second.locator("[data-start]").click()
    second.wait_for_url("**/recordings/*/")
    gate.open()
    expect(first.locator("[data-error]")).to_have_text(
        "This upload no longer exists. It was replaced by another upload, or left unfinished for two days."
    )


def test_an_upload_of_who_was_signed_out_says_so_and_goes_on_after_signing_in(
    stack: Stack, visitor: Visitor, watch: Watch, tmp_path: Path
) -> None:
    watch.expected = ("413", "404", "403")
    film = tmp_path / "long.webm"
    film.write_bytes(films.webm() + bytes(2 * PART))
    page, _other = two_browsers(stack, visitor, "uploads4")
    gate = upload_one_part(stack, page, film, "uploads4")
    page.context.clear_cookies(name="sessionid")
    gate.open()
    expect(page.locator("[data-error]")).to_contain_text("You are signed out")
    sign_in(stack, page.context.new_page(), "uploads4@example.org")
    page.locator("[data-start]").click()  # with the form's old proof of its origin
    page.wait_for_url("**/recordings/*/")
