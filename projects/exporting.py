"""Exports of a project: asked for by a lead, made by a worker, told by email, and deleted after some days."""

import logging
import shutil
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies import zones
from companies.refusals import Refusal
from engagement import stored_files
from meetings.access import Visitor
from projects import access, history, signals
from projects.archive import sections
from projects.archive.writing import Archive
from projects.leading import locked
from projects.models import HistoryEntry, ProjectExport, ProjectRoom
from projects.models.file import files_storage

FOLDER = "project-exports"
KEPT = timedelta(days=7)
ABANDONED_AFTER = timedelta(minutes=5)  # without a sign of the worker
MOST_ATTEMPTS = 3
MOST_LISTED = 20
State = ProjectExport.State
logger = logging.getLogger(__name__)


class UnableToExport(Refusal):
    """`code`: running (another one), disk_full."""


class ExportStopped(Exception):
    """Another worker makes it, or it is gone."""


@transaction.atomic
def ask_for_export(*, project: ProjectRoom, by: Visitor, now: datetime) -> ProjectExport:
    """Also of a project that is archived or closed. Raises UnableToExport, and as `access.lead_of`."""
    lead = locked(project, by)
    if project.exports.filter(state__in=ProjectExport.UNFINISHED).exists():
        raise UnableToExport("running", _("An export is already being prepared."))
    documents = project.room.resources.aggregate(sum=Sum("size"))["sum"] or 0
    if not stored_files.has_room_for(files_storage(), access.space_of(project).used + documents):
        message = _("The server does not have enough disk space for this export. Try again later.")
        raise UnableToExport("disk_full", message)
    history.write(project, HistoryEntry.Kind.EXPORTED, by=lead.person, now=now)
    return ProjectExport.objects.create(project=project, asked_by=lead.person, asked_at=now)


def exports_to_make(now: datetime) -> list[str]:
    """Asked for, or left behind by a worker that died; oldest first."""
    found = ProjectExport.objects.filter(_free(now)).order_by("asked_at")
    return list(found.values_list("pk", flat=True)[:100])


def _free(now: datetime) -> Q:
    abandoned = Q(state=State.RUNNING, touched_at__lte=now - ABANDONED_AFTER)
    return Q(state=State.WAITING) | abandoned


def make(*, export_id: str, now: datetime) -> None:
    """waiting → running → ready, or failed after some attempts. A killed one is begun again from its start.

    Runs outside any transaction; `now` is the start and identifies the attempt.
    """
    claimed = ProjectExport.objects.filter(_free(now), pk=export_id)
    if not claimed.update(
        state=State.RUNNING, claimed_at=now, touched_at=now, attempts=F("attempts") + 1, done=0, total=0
    ):
        return
    export = ProjectExport.objects.select_related("project__room", "asked_by").get(pk=export_id)
    folder = folder_of(export.pk)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    part = folder / f"{now.timestamp()}.part"
    try:
        _write(export, part, now)
        part.replace(content_path(export.pk))
        _finish(export, now)
    except ExportStopped:
        part.unlink(missing_ok=True)
    except Exception:
        part.unlink(missing_ok=True)
        _put_back(export)
        raise


def _write(export: ProjectExport, path: Path, now: datetime) -> None:
    reader = export.asked_by
    language = reader.language if reader is not None else settings.LANGUAGE_CODE
    zone = zones.known_zone(reader.timezone if reader is not None else settings.TIME_ZONE)
    with translation.override(language), timezone.override(zone), zipfile.ZipFile(path, "w") as file:
        archive = Archive(file, language, now)
        total = sections.count_of_steps(export.project)
        _step(export, 0, total)
        for done, _made in enumerate(sections.write_all(archive, export.project, now), 1):
            _step(export, min(done, total), total)


def _step(export: ProjectExport, done: int, total: int) -> None:
    """Raises ExportStopped."""
    mine = ProjectExport.objects.filter(pk=export.pk, state=State.RUNNING, claimed_at=export.claimed_at)
    if not mine.update(done=done, total=total, touched_at=Now()):
        raise ExportStopped


@transaction.atomic
def _finish(export: ProjectExport, now: datetime) -> None:
    mine = ProjectExport.objects.filter(pk=export.pk, state=State.RUNNING, claimed_at=export.claimed_at)
    size = content_path(export.pk).stat().st_size
    if mine.update(
        state=State.READY,
        done=F("total"),
        size=size,
        finished_at=Now(),
        kept_until=now + KEPT,
        touched_at=None,
    ):
        export.refresh_from_db()
        signals.export_ready.send(ProjectExport, export=export, now=now)


def _put_back(export: ProjectExport) -> None:
    """For another attempt, or as failed after the last."""
    state = State.FAILED if export.attempts >= MOST_ATTEMPTS else State.WAITING
    mine = ProjectExport.objects.filter(pk=export.pk, state=State.RUNNING, claimed_at=export.claimed_at)
    mine.update(state=state, touched_at=None)


def delete_expired(*, now: datetime) -> None:
    """With their archives; failed ones after as long."""
    old = Q(state=State.READY, kept_until__lte=now) | Q(state=State.FAILED, asked_at__lte=now - KEPT)
    for pk in list(ProjectExport.objects.filter(old).values_list("pk", flat=True)[:100]):
        with transaction.atomic():
            if ProjectExport.objects.filter(old, pk=pk).delete()[0]:
                forget(ProjectExport(pk=pk))


def forget(export: ProjectExport) -> None:
    """Its file, with the transaction that deletes its row."""
    transaction.on_commit(partial(shutil.rmtree, folder_of(export.pk), ignore_errors=True))


# ---- the archive's file --------------------------------------------------------------------------------------


def content_name(export_id: str) -> str:
    return f"{FOLDER}/{export_id}/archive.zip"


def folder_of(export_id: str) -> Path:
    return Path(files_storage().path(f"{FOLDER}/{export_id}"))


def content_path(export_id: str) -> Path:
    return folder_of(export_id) / "archive.zip"


def delete_orphans(now: datetime) -> None:
    """Of projects that are gone with their rows."""

    def known(ids: list[str]) -> Iterable[str]:
        return ProjectExport.objects.filter(pk__in=ids).values_list("pk", flat=True)

    for folder in stored_files.orphans(Path(files_storage().path(FOLDER)), known, now):
        shutil.rmtree(folder, ignore_errors=True)
