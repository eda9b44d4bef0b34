"""Pages of recordings: the list, the player, the host's description, and the way in for a file."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.models import Person
from companies.shared_pages import shared_among_strangers
from meetings import access, captions
from meetings import recording as flow
from meetings.access import Level, NotVisible, Visitor
from meetings.models import Meeting, Recording, RecordingFile
from meetings.recording_forms import DescriptionForm, WholeFileForm
from meetings.views.paging import page_of
from meetings.views.recording_shelf import Filters, find
from meetings.views.recording_watching import watching
from meetings.views.uploads import nudge

BLOCK = 4 * 1024 * 1024
A_PAGE = 20


@require_safe
@shared_among_strangers
def recordings_page(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    filters = Filters.of(request.GET)
    shelf = find(access.visible_recordings(visitor), filters)
    return render(
        request,
        "meetings/recordings/recordings.html",
        {"section": "schedule", "filters": filters, "shelf": shelf},
    )


@require_safe
def recording_page(request: HttpRequest, recording_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    recording = access.recording_for(visitor, recording_id)
    page = watching(recording, level=access.level_in(visitor, recording.meeting))
    return render(
        request,
        "meetings/recordings/recording.html",
        {"section": "schedule", "page": page, "recording": recording},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_recording(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    recording = access.recording_for(access.visitor_of(request), recording_id, Level.HOST)
    form = DescriptionForm(request.POST or None, request.FILES or None, recording=recording)
    if request.method == "POST" and form.is_valid():
        form.refuse_outdated()
    if request.method == "POST" and form.is_valid():
        flow.describe(recording=recording, description=form.description(), now=now())
        sent = form.cleaned_data["captions"]
        if sent:
            language = form.cleaned_data["captions_language"] or form.cleaned_data["language"]
            flow.keep_captions(recording=recording, language=language, text=captions.write(sent.cues))
        messages.success(request, _("Saved."))
        if sent and sent.skipped:
            messages.warning(request, _skipped(sent))
        return redirect(recording)
    kept = recording.files.filter(role=RecordingFile.Role.CAPTIONS)
    context = {"section": "schedule", "recording": recording, "form": form, "captions": kept}
    return render(request, "meetings/recordings/edit.html", context, status=422 if form.errors else 200)


def _skipped(sent: captions.Captions) -> str:
    said = ngettext(
        "%(skipped)d of %(total)d captions was skipped, because its times cannot be used. It is on line %(line)d.",
        "%(skipped)d of %(total)d captions were skipped, because their times cannot be used."
        " The first one is on line %(line)d.",
        sent.skipped,
    )
    return said % {"skipped": sent.skipped, "total": sent.total, "line": sent.first_skipped_line}


@require_POST
def publish_recording(request: HttpRequest, recording_id: str) -> HttpResponse:
    recording = access.recording_for(access.visitor_of(request), recording_id, Level.HOST)
    try:
        flow.publish(recording=recording, now=now())
    except flow.UnableToPublish as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Published. Those who may see it get a mail."))
    return redirect(recording)


@require_http_methods(["GET", "HEAD", "POST"])
def upload_recording(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, Level.HOST)
    form = WholeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        received = _keep_whole(visitor, meeting, form)
        if received is not None:
            messages.success(
                request, _("The file is here. It is looked through now; that takes a few minutes.")
            )
            return redirect(received)
    context = {
        "section": "schedule",
        "meeting": meeting,
        "form": form,
        "largest": flow.most_bytes(),
        **_unfinished(meeting, visitor.person),
        "recordings": page_of(request, "page", meeting.recordings.order_by("-created_at", "pk"), A_PAGE),
    }
    return render(request, "meetings/recordings/upload.html", context, status=422 if form.errors else 200)


def _unfinished(meeting: Meeting, person: Person | None) -> dict[str, object]:
    kept = flow.unfinished_upload(meeting)
    if kept is None:
        return {}
    return {
        "unfinished": flow.is_unfinished(kept, person, now()),
        "may_replace": flow.may_replace(kept, person, now()),
    }


def _keep_whole(visitor: Visitor, meeting: Meeting, form: WholeFileForm) -> Recording | None:
    """The whole file in one request, put where a resumable upload would have put it; else the form says why not."""
    if visitor.person is None:
        raise NotVisible
    sent: UploadedFile[bytes] = form.cleaned_data["file"]
    try:
        upload = flow.begin_upload(
            meeting=meeting,
            by=visitor.person,
            length=sent.size,
            now=now(),
            filename=sent.name or "",
            content_type=sent.content_type or "",
            replace=form.cleaned_data["replace"] or _is_sent_whole(meeting, sent),
        )
        for part in sent.chunks(BLOCK):
            upload = flow.receive_part(upload_id=upload.pk, offset=upload.offset, part=part, now=now())
    except (flow.UnableToUpload, flow.UnableToReceive) as error:
        form.add_error("file", error.message)
        return None
    nudge(upload.recording_id)
    return upload.recording


def _is_sent_whole(meeting: Meeting, sent: "UploadedFile[bytes]") -> bool:
    """The file of which a part is kept already has now come in one go, so nothing is lost by putting it there."""
    kept = flow.unfinished_upload(meeting)
    return kept is not None and flow.is_same_file(kept, sent.name or "", sent.size)
