"""Files and exports of a project as downloads, the same for pages and programs."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from companies.languages import in_language
from engagement.attachments import attachment, filename_of
from projects import access, exporting, files
from projects.file_kinds import KINDS
from projects.models import ProjectFile, ProjectRoom
from projects.models.file import files_storage


def version_of(request: HttpRequest, file: ProjectFile, number: int) -> HttpResponseBase:
    """Raises NotVisible while the virus scanner has not let it pass."""
    version = access.version_of(file, number)
    stem, _dot, ending = file.name.rpartition(".")
    return attachment(
        request,
        files_storage(),
        files.content_name(version.pk),
        filename=filename_of(stem, f".{ending}"),
        content_type=KINDS[file.file_type].content_type,
    )


def export_in(request: HttpRequest, project: ProjectRoom, export_id: str) -> HttpResponseBase:
    """Raises NotVisible until it is ready."""
    export = access.ready_export_in(project, export_id)
    return attachment(
        request,
        files_storage(),
        exporting.content_name(export.pk),
        filename=filename_of(f"{in_language(project.title)} {export.asked_at:%Y-%m-%d}", ".zip"),
        content_type="application/zip",
    )
