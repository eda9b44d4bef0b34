"""Files of a project: the list, a file with its versions and preview, and the plain upload forms."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import submitted_data
from meetings.access import NotAllowed, Visitor, visitor_of
from projects import access, downloads, files, filing, virus_scanner
from projects.access import Membership
from projects.file_kinds import LARGEST_FILE, TEXTS
from projects.forms import ProjectFileForm
from projects.models import ProjectFile
from projects.models.file import files_storage
from projects.tasks import wake_worker
from projects.views.pages import page_of_project
from projects.views.terms_first import terms_first

FILES_PER_PAGE = 50
VERSIONS_PER_PAGE = 20
PAGES_PER_PAGE = 10  # of a PDF


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_files(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST uploads a file whole, from browsers without scripts."""
    visitor = visitor_of(request)
    member = access.reader_of(visitor, room_id)
    form = ProjectFileForm(*submitted_data(request))
    if request.method == "POST":
        access.writer_in(visitor, room_id)
        if _keep(form, member, visitor):
            messages.success(request, _("Upload complete."))
            return redirect("project_files", room_id)
    context = {
        **_page(member, form),
        "space": access.space_of(member.project),
        "files": page_of(request, "page", access.files_of(member.project), FILES_PER_PAGE),
    }
    return render(request, "projects/files.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_file(request: HttpRequest, room_id: str, file_id: str) -> HttpResponse:
    """A POST uploads a new version whole."""
    visitor = visitor_of(request)
    member = access.reader_of(visitor, room_id)
    file = access.file_in(member.project, file_id)
    form = ProjectFileForm(*submitted_data(request))
    if request.method == "POST":
        access.writer_in(visitor, room_id)
        if _keep(form, member, visitor, file):
            messages.success(request, _("Upload complete."))
            return redirect("project_file", room_id, file_id)
    versions = file.versions.select_related("uploaded_by").order_by("-number")
    context = {
        **_page(member, form),
        "file": file,
        "address": request.build_absolute_uri(reverse("project_file", args=[room_id, file_id])),
        "may_delete": member.may_delete(file.added_by_id),
        "versions": page_of(request, "page", versions, VERSIONS_PER_PAGE),
        **_preview_of(request, file),
    }
    return render(request, "projects/file.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def delete_project_file(request: HttpRequest, room_id: str, file_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    member = access.writer_in(visitor, room_id)
    file = access.file_in(member.project, file_id)
    if not member.may_delete(file.added_by_id):
        raise NotAllowed
    if request.method == "POST":
        filing.delete_file(file=file, by=visitor, now=timezone.now())
        messages.success(request, _("The file has been deleted."))
        return redirect("project_files", room_id)
    context = {**page_of_project(member, "files"), "file": file}
    return render(request, "projects/delete_file.html", context)


@login_required
@require_safe
@terms_first
def download_project_file(request: HttpRequest, room_id: str, file_id: str, number: int) -> HttpResponseBase:
    file = access.file_in(access.reader_of(visitor_of(request), room_id).project, file_id)
    return downloads.version_of(request, file, number)


@login_required
@require_safe
@terms_first
def project_file_preview(
    request: HttpRequest, room_id: str, file_id: str, number: int, page: int
) -> HttpResponse:
    """A picture that a worker has drawn, without anything of the file but what one sees."""
    file = access.file_in(access.reader_of(visitor_of(request), room_id).project, file_id)
    version = access.version_of(file, number)
    if not 1 <= page <= version.pages:
        raise Http404
    try:
        with files_storage().open(files.picture_name(version.pk, page)) as picture:
            response = HttpResponse(picture.read(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    response.headers["Cache-Control"] = "private, no-cache"  # permissions can change
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


# ---- what they share -----------------------------------------------------------------------------------------


def _keep(
    form: ProjectFileForm, member: Membership, visitor: Visitor, file: ProjectFile | None = None
) -> bool:
    """False, with errors in the form, when it is invalid or the flow refuses."""
    if not form.is_valid():
        return False
    content: UploadedFile[bytes] = form.cleaned_data["file"]
    try:
        version = filing.keep_file(
            project=member.project,
            content=content,
            name=content.name or "",
            by=visitor,
            now=timezone.now(),
            file=file,
        )
    except Refusal as refusal:
        form.add_error("file", refusal.message)
        return False
    if version.prepared_at is None:
        wake_worker(version.pk)
    return True


def _page(member: Membership, form: ProjectFileForm) -> dict[str, object]:
    return {
        **page_of_project(member, "files"),
        "form": form,
        "largest": LARGEST_FILE,
        "is_scanned": virus_scanner.is_set_up(),
    }


def _preview_of(request: HttpRequest, file: ProjectFile) -> dict[str, Any]:
    """Of the newest version."""
    version = file.versions.filter(number=file.versions_made).first()
    if version is None or not version.is_ready:
        return {"newest": version}
    if file.file_type in TEXTS:
        try:
            text, is_whole = files.text_of(version.pk)
        except FileNotFoundError:
            return {"newest": version}
        return {"newest": version, "text": text, "is_whole": is_whole}
    pages = page_of(request, "pages", range(1, version.pages + 1), PAGES_PER_PAGE)
    return {"newest": version, "pages": pages}
