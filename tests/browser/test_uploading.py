"""The upload form with scripts: what it says when an earlier upload is unfinished."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, Watch, make_person, sign_in
from tests.meetings import films
from tests.stack import Stack

Visitor = Callable[..., Page]
UNFINISHED = "An earlier upload for this meeting is unfinished."


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
        "from meetings.recording import uploading\nfrom tests.meetings import films\n"
        "meeting = Meeting.objects.get(pk='uploads1')\n"
        "begun = uploading.begin_upload(meeting=meeting, by=meeting.host, length=5000, now=timezone.now())\n"
        "uploading.receive_part(upload_id=begun.pk, offset=0, part=films.webm()[:500], now=timezone.now())"
    )
    host.locator("input[type=file]").set_input_files(film)
    host.locator("[data-start]").click()
    expect(host.locator("[data-error]")).to_contain_text(UNFINISHED)
    expect(host.locator("[data-unfinished] .notice")).to_be_visible()
    kept = 'SELECT "offset" FROM meetings_upload JOIN meetings_recording r ON r.id = recording_id WHERE meeting_id = %s'
    assert stack.sql(kept, "uploads1") == [(500,)]
    host.get_by_label("Discard the earlier upload and upload this file").check()
    host.locator("[data-start]").click()
    host.wait_for_url("**/recordings/*/")
