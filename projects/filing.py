"""Files come into a project, whole or in parts, as new files or new versions; and go again."""

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from api.tus import WrongOffset
from companies.refusals import Refusal
from companies.text import cleaned
from engagement import stored_files
from engagement.resources.file_types import MESSAGES as TYPE_MESSAGES
from engagement.resources.file_types import UnableToTake, ending_of, type_of
from meetings.access import NotAllowed, NotVisible, Visitor
from projects import access, files, history, virus_scanner
from projects.file_kinds import KINDS, LARGEST_FILE, has_pictures
from projects.leading import lock
from projects.memberships import TermsNotAccepted
from projects.models import FileUpload, FileVersion, HistoryEntry, ProjectFile, ProjectRoom
from projects.models.file import LONGEST_NAME

MOST_FILES = 5000  # of a project
MOST_VERSIONS = 200  # of a file
MOST_UPLOADS = 20  # of a person in a project at once
UPLOAD_KEPT = timedelta(hours=48)  # one that nobody continues
Kind = HistoryEntry.Kind


class UnableToFile(Refusal):
    """`code`: bad_name, unknown_type, other_content, has_macros, too_large, empty, other_type (than the versions
    before), too_many, too_many_versions, too_many_uploads, quota, disk_full, length, gone.
    """


# ---- in one piece --------------------------------------------------------------------------------------------


def keep_file(
    *,
    project: ProjectRoom,
    content: File[Any],
    name: str,
    by: Visitor,
    now: datetime,
    file: ProjectFile | None = None,
) -> FileVersion:
    """A new version of `file`; without one, of the project's file of this name, or a new file.

    The content is stored first: the project is locked no longer than it takes to write rows. Raises UnableToFile, and
    as `access.writer_in`.
    """
    member = access.writer_in(by, project.pk)
    name = _name_of(name)
    version = FileVersion(size=content.size or 0, uploaded_by=member.person, uploaded_at=now)
    _refuse_size(version.size)
    _refuse_lack_of_space(project, version.size)
    _check_content(content, name)
    try:
        files.save(version.pk, content)
        _insert(version, project=project, name=name, file=file, by=by, now=now)
    except BaseException:
        files.delete_folder(version.pk)
        raise
    return version


# ---- in parts ------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_upload(
    *,
    project: ProjectRoom,
    name: str,
    length: int,
    by: Visitor,
    now: datetime,
    file: ProjectFile | None = None,
) -> FileUpload:
    """Its length is set aside in the project's quota. Raises UnableToFile, and as `access.writer_in`."""
    member = access.writer_in(by, project.pk)
    name = _name_of(name)
    if ending_of(name) not in KINDS:
        raise _refused("unknown_type")
    _refuse_size(length)
    lock(project)
    if project.uploads.filter(created_by=member.person).count() >= MOST_UPLOADS:
        message = _("You have too many unfinished uploads. Finish one first, or wait until tomorrow.")
        raise UnableToFile("too_many_uploads", message)
    _refuse_lack_of_space(project, length)
    upload = FileUpload(
        project=project,
        file=file,
        name=name,
        length=length,
        created_by=member.person,
        created_at=now,
        touched_at=now,
    )
    _file_of(upload.name, project, file)
    upload.save(force_insert=True)
    files.begin(upload.pk)
    return upload


def receive_part(*, upload: FileUpload, offset: int, part: bytes, by: Visitor, now: datetime) -> FileUpload:
    """Appends one part; with the last one the file is checked and kept. Raises WrongOffset, UnableToFile.

    A file that is refused goes with its upload.
    """
    access.writer_in(by, upload.project_id)
    upload = _append(upload.pk, offset, part, now)
    if upload.offset == upload.length:
        _complete(upload, by, now)
    return upload


@transaction.atomic
def _append(upload_id: str, offset: int, part: bytes, now: datetime) -> FileUpload:
    locked = FileUpload.objects.select_for_update(of=("self",)).select_related("project", "file")
    upload = locked.filter(pk=upload_id).first()
    if upload is None:
        raise UnableToFile("gone", _("This upload can no longer be changed."))
    if offset != upload.offset:
        raise WrongOffset(upload.offset)
    if offset + len(part) > upload.length:
        raise UnableToFile("too_large", _("The file is larger than stated."))
    if part:
        try:
            stored_files.append(files.content_path(upload.pk), offset, part)
        except stored_files.DiskFull as error:
            raise _refused("disk_full") from error
    upload.offset, upload.touched_at = offset + len(part), now
    upload.save(update_fields=["offset", "touched_at"])
    return upload


def _complete(upload: FileUpload, by: Visitor, now: datetime) -> None:
    member = access.writer_in(by, upload.project_id)
    version = FileVersion(pk=upload.pk, size=upload.length, uploaded_by=member.person, uploaded_at=now)
    try:
        with files.content_path(upload.pk).open("rb") as content:
            _check_content(File(content), upload.name)
        _replace_upload(upload, version, by, now)
    except UnableToFile:
        abandon_upload(upload=upload)
        raise


@transaction.atomic
def _replace_upload(upload: FileUpload, version: FileVersion, by: Visitor, now: datetime) -> None:
    if FileUpload.objects.filter(pk=upload.pk).delete()[0]:  # else another process has completed it
        _insert(version, project=upload.project, name=upload.name, file=upload.file, by=by, now=now)


@transaction.atomic
def abandon_upload(*, upload: FileUpload) -> None:
    """With the bytes that are there."""
    if FileUpload.objects.filter(pk=upload.pk).delete()[0]:
        files.delete_after_commit(upload.pk)


def finish_uploads(*, now: datetime) -> None:
    """Completes those whose process died after the last part, and abandons those that nobody continues."""
    whole = FileUpload.objects.filter(offset=F("length"), touched_at__lte=now - timedelta(minutes=1))
    for upload in whole.select_related("created_by__company", "file", "project").order_by("touched_at")[:100]:
        try:
            _complete(upload, Visitor(upload.created_by), now)
        except (UnableToFile, NotVisible, NotAllowed, TermsNotAccepted):
            abandon_upload(upload=upload)
    for upload in FileUpload.objects.filter(touched_at__lte=now - UPLOAD_KEPT).order_by("touched_at")[:100]:
        abandon_upload(upload=upload)


# ---- deleting ------------------------------------------------------------------------------------------------


@transaction.atomic
def delete_file(*, file: ProjectFile, by: Visitor, now: datetime) -> None:
    """With all its versions; the history keeps its name. By who added it, or a lead.

    Raises NotAllowed, and as `access.writer_in`.
    """
    lock(file.project)
    member = access.writer_in(by, file.project_id)
    if not member.may_delete(file.added_by_id):
        raise NotAllowed
    for version_id in file.versions.values_list("pk", flat=True):
        files.delete_after_commit(version_id)
    for upload in file.uploads.all():
        abandon_upload(upload=upload)
    if ProjectFile.objects.filter(pk=file.pk).delete()[0]:
        history.write(member.project, Kind.FILE_DELETED, by=member.person, now=now, name=file.name)


# ---- what they share -----------------------------------------------------------------------------------------


@transaction.atomic
def _insert(
    version: FileVersion,
    *,
    project: ProjectRoom,
    name: str,
    file: ProjectFile | None,
    by: Visitor,
    now: datetime,
) -> None:
    version.sha256 = files.checksum(version.pk)
    lock(project)
    member = access.writer_in(by, project.pk)
    _refuse_over_quota(project, version.size)
    must_be_scanned = virus_scanner.is_set_up()
    found = _file_of(name, project, file)
    if found is None:
        found = ProjectFile.objects.create(
            project=project,
            name=name,
            file_type=ending_of(name),
            added_by=member.person,
            added_at=now,
            changed_at=now,
        )
        kind = Kind.FILE_ADDED
    else:
        found.versions_made += 1
        found.changed_at = max(now, found.changed_at)
        found.save(update_fields=["versions_made", "changed_at"])
        kind = Kind.FILE_CHANGED
    version.file, version.number = found, found.versions_made
    version.state = FileVersion.State.WAITING if must_be_scanned else FileVersion.State.READY
    version.prepared_at = None if must_be_scanned or has_pictures(found.file_type) else now
    version.save(force_insert=True)
    history.write(project, kind, by=member.person, now=now, name=found.name)


def _file_of(name: str, project: ProjectRoom, file: ProjectFile | None) -> ProjectFile | None:
    """The one of which this becomes a version; None for a new file. Raises UnableToFile."""
    named = project.files.filter(pk=file.pk) if file is not None else project.files.filter(name=name)
    found = named.first()
    if found is None:
        if file is not None:
            raise UnableToFile("gone", _("This file has been deleted."))
        if project.files.count() >= MOST_FILES:
            message = _("A project can have at most %(most)s files. Delete one first.")
            raise UnableToFile("too_many", message % {"most": MOST_FILES})
        return None
    if found.file_type != ending_of(name):
        message = _("A new version must have the same file type: %(type)s.")
        raise UnableToFile("other_type", message % {"type": found.file_type.upper()}, field="file")
    if found.versions_made >= MOST_VERSIONS:
        message = _("A file can have at most %(most)s versions. Upload this one under another name.")
        raise UnableToFile("too_many_versions", message % {"most": MOST_VERSIONS}, field="file")
    return found


def _name_of(given: str) -> str:
    """One line, with its ending in small letters. Raises UnableToFile, also when it is too long."""
    name = cleaned(PurePath(given.replace("\\", "/")).name, one_line=True).strip(" .")
    stem, ending = PurePath(name).stem.strip(), ending_of(name)
    if not stem or not ending:
        raise UnableToFile("bad_name", _("The file name needs an extension, such as .pdf."), field="file")
    if len(stem) + 1 + len(ending) > LONGEST_NAME:
        words = _(
            "The file name is too long. Rename the file to at most %(most)s characters and choose it again."
        )
        raise UnableToFile("bad_name", words % {"most": LONGEST_NAME}, field="file")
    return f"{stem}.{ending}"


def _refuse_size(size: int) -> None:
    if size == 0:
        raise UnableToFile("empty", _("The file is empty."), field="file")
    if size > LARGEST_FILE:
        raise _refused("too_large")


def _refuse_lack_of_space(project: ProjectRoom, size: int) -> None:
    _refuse_over_quota(project, size)
    if not files.has_room_for(size):
        raise _refused("disk_full")


def _refuse_over_quota(project: ProjectRoom, size: int) -> None:
    if size > access.space_of(project).left:
        message = _("There is not enough space left in this project. Delete files that you no longer need.")
        raise UnableToFile("quota", message, field="file")


def _check_content(content: File[Any], name: str) -> None:
    try:
        type_of(content, name, KINDS, most=LARGEST_FILE)
    except UnableToTake as problem:
        raise _refused(problem.code) from problem


def _refused(code: str) -> UnableToFile:
    return UnableToFile(code, messages()[code], field="file")


def messages() -> dict[str, str]:
    own = {
        "too_large": _("This file is too large. A file can be at most 200 MB."),
        "unknown_type": _(
            "Use a PDF, a picture (PNG, JPEG, WebP, SVG), an office document (ODT, ODS, ODP, DOCX, XLSX, PPTX), plain "
            "text (TXT, CSV) or a ZIP archive."
        ),
    }
    return {**{code: str(text) for code, text in TYPE_MESSAGES.items()}, **own}
