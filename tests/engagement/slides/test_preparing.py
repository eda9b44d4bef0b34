"""What becomes of an uploaded PDF: pictures and text of each page, or a reason in words; never a traceback."""

import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from engagement.models import Slide, SlideDeck
from engagement.slides import files, preparing, rendering, uploading
from engagement.slides.models import slides_storage
from engagement.slides.rendering import MESSAGES, UnableToRender
from engagement.tasks import prepare_slides, sweep_slides
from meetings.models import Meeting
from tests import factories
from tests.engagement.slides import pdfs
from tests.engagement.slides.decks import file_of, prepared, uploaded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting()


def test_each_page_becomes_two_pictures_and_its_text(meeting: Meeting) -> None:
    deck = prepared(meeting, pdfs.pdf_of(["Heat for harbours\nfrom the sea", "Näste sida (2)"]))
    assert (deck.state, deck.pages, deck.title) == ("ready", 2, "Heat for harbours")
    first, second = Slide.objects.filter(deck=deck)
    assert (first.title, first.text) == ("Heat for harbours", "Heat for harbours\nfrom the sea")
    assert second.title == "Näste sida (2)"
    for size, width in (("large", 1600), ("small", 800)):
        with slides_storage().open(files.picture_file(deck.pk, 1, size)) as kept:
            picture = Image.open(io.BytesIO(kept.read()))
        assert (picture.format, picture.size) == ("WEBP", (width, width * 9 // 16))
    assert (first.width, first.height) == (1600, 900)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 and nothing else", "damaged"),
        (pdfs.pdf_of(["x"] * 5000), "too_many_pages"),
        (pdfs.encrypted(), "encrypted"),
        (pdfs.explosive(), "damaged"),
        (pdfs.pdf_of()[:500], "damaged"),
    ],
    ids=["nothing", "5000 pages", "encrypted", "explosive", "cut off"],
)
def test_what_cannot_be_shown_says_why(meeting: Meeting, content: bytes, code: str) -> None:
    deck = prepared(meeting, content)
    assert (deck.state, deck.failure, deck.pages) == ("failed", code, 0)
    assert code in MESSAGES
    assert not files.folder_of(deck.pk).exists()
    assert not Slide.objects.exists()


def test_a_bomb_and_scripts_are_drawn_without_harm(meeting: Meeting) -> None:
    script = b"/OpenAction << /S /JavaScript /JS (while (1) {}) >>"
    for content in (pdfs.bomb(), pdfs.pdf_of(["Page"], extra=script)):
        assert prepared(meeting, content).state == "ready"


def test_too_long_a_work_is_stopped(tmp_path: Path) -> None:
    source = tmp_path / "source.pdf"
    source.write_bytes(pdfs.slow())
    with pytest.raises(UnableToRender) as stopped:
        rendering.render(source, tmp_path, seconds=1)
    assert stopped.value.code == "too_slow"


def test_the_process_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nenv > {seen}\nexec {sys.executable} "$@"\n')
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    source = tmp_path / "source.pdf"
    source.write_bytes(pdfs.pdf_of())
    assert len(rendering.render(source, tmp_path)) == 2
    assert seen.read_text()
    assert "secret" not in seen.read_text()


def test_a_process_that_is_killed_is_tried_again_and_then_given_up(
    meeting: Meeting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nkill -9 $$\n")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    deck, now = uploaded(meeting), timezone.now()
    for attempt in range(preparing.MOST_ATTEMPTS):
        preparing.prepare(deck_id=deck.pk, now=now + attempt * preparing.CLAIM)
        deck.refresh_from_db()
        assert deck.state == ("processing" if attempt < preparing.MOST_ATTEMPTS - 1 else "failed")
    assert deck.failure == "stopped"


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (file_of(b"<html>not a PDF</html>"), "not_a_pdf"),
        (file_of(b""), "not_a_pdf"),
        (file_of(b"%PDF-" + bytes(rendering.LARGEST_FILE)), "too_large"),
    ],
    ids=["html", "empty", "large"],
)
def test_what_is_seen_at_once_is_refused_at_once(
    meeting: Meeting, file: SimpleUploadedFile, code: str
) -> None:
    with pytest.raises(uploading.UnableToUpload) as refused:
        uploading.upload_deck(
            room_id=meeting.room_id,
            meeting=meeting.pk,
            file=file,
            title="",
            is_downloadable=False,
            by=None,
            now=timezone.now(),
        )
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert not SlideDeck.objects.exists()


def test_a_meeting_has_at_most_twenty(meeting: Meeting) -> None:
    for _ in range(20):
        uploaded(meeting)
    with pytest.raises(uploading.UnableToUpload) as refused:
        uploaded(meeting)
    assert refused.value.code == "too_many"
    uploaded(factories.meeting())


def test_a_full_disk_refuses_with_a_reason(meeting: Meeting, settings: pytest.FixtureRequest) -> None:
    settings.MIN_FREE_BYTES = 10**18  # type: ignore[attr-defined]
    with pytest.raises(uploading.UnableToUpload) as refused:
        uploaded(meeting)
    assert refused.value.code == "disk_full"


def test_a_worker_that_died_is_followed_by_another(meeting: Meeting) -> None:
    deck, now = uploaded(meeting), timezone.now()
    SlideDeck.objects.filter(pk=deck.pk).update(
        state=SlideDeck.State.PROCESSING, claimed_at=now - timedelta(minutes=1), attempts=1
    )
    (files.folder_of(deck.pk) / "9-large.webp").write_bytes(b"left behind")
    sweep_slides.apply()
    assert preparing.prepare(deck_id=deck.pk, now=now) is None
    later = now + preparing.CLAIM
    assert preparing.decks_to_prepare(later) == [deck.pk]
    assert preparing.prepare(deck_id=deck.pk, now=later) is not None
    assert sorted(path.name for path in files.folder_of(deck.pk).glob("*.webp")) == [
        *("1-large.webp", "1-small.webp", "2-large.webp", "2-small.webp")
    ]
    prepare_slides.apply([deck.pk])  # once more: nothing to do
    assert Slide.objects.filter(deck=deck).count() == 2


def test_a_deck_deleted_meanwhile_stays_deleted(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    deck = uploaded(meeting)
    original = rendering.render

    def render(*args: object, **options: object) -> object:
        uploading.delete_deck(deck_id=deck.pk, room_id=deck.room_id, by=None, now=timezone.now())
        return original(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(rendering, "render", render)
    assert preparing.prepare(deck_id=deck.pk, now=timezone.now()) is None
    assert not SlideDeck.objects.exists()
    assert not files.folder_of(deck.pk).exists()


def test_files_go_with_the_deck_and_with_its_room(meeting: Meeting) -> None:
    deck, other = uploaded(meeting), uploaded(factories.meeting())
    uploading.delete_deck(deck_id=deck.pk, room_id=meeting.room_id, by=None, now=timezone.now())
    assert not files.folder_of(deck.pk).exists()
    SlideDeck.objects.all().delete()
    files.delete_orphans(timezone.now())
    assert files.folder_of(other.pk).exists()  # as if its row were not committed yet
    files.delete_orphans(timezone.now() + timedelta(hours=2))
    assert not files.folder_of(other.pk).exists()
