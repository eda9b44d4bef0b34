"""A worker checks files for viruses, where a scanner is set up, and draws their previews."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from companies.pictures import UnableToUsePicture, reencoded
from engagement.slides import rendering
from projects import files, virus_scanner
from projects.file_kinds import PICTURES, has_pictures
from projects.models import FileVersion
from projects.models.file import files_storage

CLAIM = timedelta(minutes=6)  # after that a worker is taken for dead
SCANNED_AGAIN = timedelta(minutes=1)
MOST_ATTEMPTS = 3  # at a preview
PICTURE_SIDE = 1600  # pixels
LARGEST_PICTURE = 20 * 1024 * 1024
State, Failure = FileVersion.State, FileVersion.Failure
logger = logging.getLogger(__name__)


def versions_to_prepare(now: datetime) -> list[str]:
    """Uploaded, waiting for the scanner, or left behind by a worker that died; oldest first."""
    found = FileVersion.objects.filter(_free(now)).order_by("uploaded_at")
    return list(found.values_list("pk", flat=True)[:100])


def _free(now: datetime) -> Q:
    is_free = Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - CLAIM)
    return Q(prepared_at__isnull=True) & is_free


def prepare(*, version_id: str, now: datetime) -> None:
    """Runs outside any transaction; `now` is the start and identifies the claim."""
    claimed = FileVersion.objects.filter(_free(now), pk=version_id)
    if not claimed.update(claimed_at=now, attempts=F("attempts") + 1):
        return
    version = FileVersion.objects.select_related("file").get(pk=version_id)
    if version.is_waiting and not _scanned(version, now):
        return
    if not has_pictures(version.file.file_type):
        _finish(version, 0, now)
        return
    files.delete_previews(version.pk)
    try:
        _finish(version, _draw(version), now)
    except rendering.RenderingStopped:
        logger.warning("the preview of %s was stopped, attempt %s", version.pk, version.attempts)
        if version.attempts >= MOST_ATTEMPTS:
            _finish(version, 0, now)


def _scanned(version: FileVersion, now: datetime) -> bool:
    """Whether the version can be opened from now on."""
    try:
        failure = Failure.VIRUS if virus_scanner.is_set_up() and _has_virus(version) else None
    except virus_scanner.TooLargeToScan:
        failure = Failure.TOO_LARGE
    except virus_scanner.ScannerUnavailable as problem:
        logger.warning("the virus scanner is not available: %s", problem)
        again = now - CLAIM + SCANNED_AGAIN
        FileVersion.objects.filter(pk=version.pk, claimed_at=now).update(claimed_at=again)
        return False
    if failure is not None:
        logger.warning("file %s is refused: %s", version.pk, failure)
        refused = FileVersion.objects.filter(pk=version.pk, claimed_at=now)
        if refused.update(state=State.REFUSED, failure=failure, prepared_at=now):
            files.delete_folder(version.pk)
        return False
    FileVersion.objects.filter(pk=version.pk, state=State.WAITING).update(state=State.READY)
    return True


def _has_virus(version: FileVersion) -> bool:
    return virus_scanner.has_virus(files.content_path(version.pk))


def _draw(version: FileVersion) -> int:
    """How many pictures there are: none of a file that nothing can be drawn of, which can still be downloaded."""
    source = files.content_path(version.pk)
    if version.file.file_type in PICTURES:
        try:
            with files_storage().open(files.content_name(version.pk)) as content:
                picture = reencoded(content, side=PICTURE_SIDE, largest=LARGEST_PICTURE)
        except (UnableToUsePicture, FileNotFoundError):
            return 0
        files_storage().save(files.picture_name(version.pk, 1), picture)
        return 1
    try:
        return len(rendering.render(source, source.parent))
    except rendering.UnableToRender:
        return 0


def _finish(version: FileVersion, pages: int, now: datetime) -> None:
    """Nothing when it was deleted, or claimed by another worker meanwhile."""
    FileVersion.objects.filter(pk=version.pk, claimed_at=now).update(prepared_at=now, pages=pages)
