"""Pages of recordings: list, player, description, upload."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.models import Person
from companies.public_page import PublicPage, address, page_of_list, words_of
from companies.refusals import Refusal
from companies.shared_pages import cached_for_anonymous
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, submitted_data
from meetings import access
from meetings.access import Level, NotVisible, Visitor
from meetings.models import Meeting
from recordings import access as recording_access
from recordings import arriving, captions, describing, publishing, uploading
from recordings.forms import DescriptionForm, WholeFileForm
from recordings.models import Recording, RecordingFile
from recordings.recording_list import Filters, find
from recordings.slide_chapters import suggested_chapters
from recordings.tasks import wake_worker
from recordings.views.player import PlayerPage, watching

BLOCK = 4 * 1024 * 1024
A_PAGE = 20


@require_safe
@cached_for_anonymous
def recordings_page(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    filters = Filters.of(request.GET)
    recording_list = find(recording_access.visible_recordings(visitor), filters)
    return render(
        request,
        "recordings/recordings.html",
        {
            "section": "recordings",
            "public_page": page_of_list(request, _("Recordings")),
            "filters": filters,
            "recording_list": recording_list,
        },
    )


@require_safe
def recording_page(request: HttpRequest, recording_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    recording = recording_access.recording_for(visitor, recording_id)
    page = watching(recording, level=access.level_in(visitor, recording.meeting))
    return render(
        request,
        "recordings/recording.html",
        {
            "section": "recordings",
            "public_page": _public_page(recording, page) if recording_access.is_public(recording) else None,
            "page": page,
            "recording": recording,
        },
    )


def _public_page(recording: Recording, page: PlayerPage) -> PublicPage:
    """https://schema.org/VideoObject; without the film's address, which this page alone shows."""
    description = words_of(recording.meeting.description)
    poster = reverse("recording_poster", args=[recording.pk]) if page.poster else ""
    data: dict[str, object] = {
        "@type": "VideoObject",
        "name": str(recording),
        "description": description or str(recording),
        "url": address(recording.get_absolute_url()),
    }
    if recording.published_at is not None:
        data["uploadDate"] = recording.published_at.isoformat()
    if recording.duration_seconds:
        data["duration"] = f"PT{round(recording.duration_seconds)}S"
    if poster:
        data["thumbnailUrl"] = address(poster)
    return PublicPage(
        path=recording.get_absolute_url(),
        title=str(recording),
        description=description,
        image=poster,
        data=data,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_recording(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    recording = recording_access.recording_for(access.visitor_of(request), recording_id, Level.HOST)
    from_slides = suggested_chapters(recording)
    suggested = from_slides if request.GET.get("chapters") == "slides" else ""
    form = DescriptionForm(*submitted_data(request), recording=recording, chapters=suggested)
    if request.method == "POST":
        form.refuse_outdated()
    if request.method == "POST" and form.is_valid() and _describe(recording, form):
        messages.success(request, _("Saved."))
        sent: captions.Captions | None = form.cleaned_data["captions"]
        if sent and sent.skipped:
            messages.warning(request, _skipped(sent))
        return redirect(recording)
    kept = recording.files.filter(role=RecordingFile.Role.CAPTIONS)
    context = {
        "section": "recordings",
        "recording": recording,
        "form": form,
        "captions": kept,
        "has_slides": bool(from_slides),
        "is_suggested": bool(suggested),
    }
    return render(request, "recordings/edit.html", context, status=422 if form.errors else 200)


def _describe(recording: Recording, form: DescriptionForm) -> bool:
    """False, with errors in the form, when the flow refuses."""
    try:
        describing.change_recording(
            recording=recording,
            changes=form.changes(),
            new_captions=form.new_captions(),
            are_captions_checked=bool(form.cleaned_data.get("are_captions_checked")),
            now=now(),
        )
    except describing.UnableToDescribe as error:
        for field, sentences in error.field_errors.items():
            form.add_error(field, sentences)
        return False
    return True


def _skipped(sent: captions.Captions) -> str:
    message = ngettext(
        "%(skipped)d of %(total)d captions was skipped because its times are not valid. It is on line "
        "%(line)d.",
        "%(skipped)d of %(total)d captions were skipped because their times are not valid. The first "
        "one is on line %(line)d.",
        sent.skipped,
    )
    return message % {"skipped": sent.skipped, "total": sent.total, "line": sent.first_skipped_line}


@login_required_to_post
@require_POST
def publish_recording(request: HttpRequest, recording_id: str) -> HttpResponse:
    recording = recording_access.recording_for(access.visitor_of(request), recording_id, Level.HOST)
    try:
        publishing.publish(recording=recording, now=now())
    except publishing.UnableToPublish as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, _("Published. People from this meeting who can watch the recording will get an email.")
        )
    return redirect(recording)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unpublish_recording(request: HttpRequest, recording_id: str) -> HttpResponse:
    return _confirmed(
        request, recording_id, publishing.unpublish, "unpublish", _("Only its hosts see it now.")
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_recording(request: HttpRequest, recording_id: str) -> HttpResponse:
    return _confirmed(request, recording_id, publishing.delete_recording, "delete", _("Recording deleted."))


def _confirmed(
    request: HttpRequest, recording_id: str, flow: Callable[..., Recording], name: str, done: str
) -> HttpResponse:
    """GET asks, POST does it; the recording's page shows a refusal."""
    recording = recording_access.recording_for(access.visitor_of(request), recording_id, Level.HOST)
    if request.method != "POST":
        context = {"section": "schedule", "recording": recording}
        return render(request, f"recordings/{name}.html", context)
    try:
        flow(recording=recording, now=now())
    except Refusal as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(recording)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload_recording(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, Level.HOST)
    form = WholeFileForm(*submitted_data(request))
    if request.method == "POST" and form.is_valid():
        received = _keep_whole(visitor, meeting, form)
        if received is not None:
            messages.success(
                request,
                _("Upload complete. The recording is now being processed, which takes a few minutes."),
            )
            return redirect(received)
    context = {
        "section": "recordings",
        "meeting": meeting,
        "form": form,
        "largest": arriving.max_upload_bytes(),
        **_unfinished(meeting, visitor.person),
        "recordings": page_of(request, "page", meeting.recordings.order_by("-created_at", "pk"), A_PAGE),
    }
    return render(request, "recordings/upload.html", context, status=422 if form.errors else 200)


def _unfinished(meeting: Meeting, person: Person | None) -> dict[str, object]:
    kept = uploading.unfinished_upload(meeting)
    if kept is None:
        return {}
    return {
        "unfinished": uploading.unfinished_message(kept, person, now()),
        "can_replace": uploading.can_replace(kept, person, now()),
    }


def _keep_whole(visitor: Visitor, meeting: Meeting, form: WholeFileForm) -> Recording | None:
    """Stores a whole file from one request as a resumable upload would; else the form shows why not."""
    if visitor.person is None:
        raise NotVisible
    sent: UploadedFile[bytes] = form.cleaned_data["file"]
    try:
        upload = uploading.begin_upload(
            meeting=meeting,
            by=visitor.person,
            length=sent.size,
            now=now(),
            filename=sent.name or "",
            content_type=sent.content_type or "",
            replace=form.cleaned_data["replace"] or _is_sent_whole(meeting, sent),
        )
        for part in sent.chunks(BLOCK):
            upload = uploading.receive_part(upload_id=upload.pk, offset=upload.offset, part=part, now=now())
    except (uploading.UnableToUpload, uploading.UnableToReceive) as error:
        form.add_error("file", error.message)
        return None
    wake_worker(upload.recording_id)
    return upload.recording


def _is_sent_whole(meeting: Meeting, sent: "UploadedFile[bytes]") -> bool:
    """A partly uploaded file has now arrived in one request, so replacing the parts loses nothing."""
    kept = uploading.unfinished_upload(meeting)
    return kept is not None and uploading.is_same_file(kept, sent.name or "", sent.size)
