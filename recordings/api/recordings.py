"""Operations on recordings: metadata first, then the bytes by resumable upload."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import etag_of, idempotent, is_current
from api.paging import Page, PageQuery, page
from api.problems import Problem, invalid
from api.tus import OPENAPI, answer_to_program
from companies.api.people import caller
from companies.api.refusals import problem_of
from companies.api.schemas import strip_nul
from companies.refusals import Refusal
from meetings.access import Level, Visitor
from meetings.api.meetings import find_meeting
from meetings.api.schemas import absolute_url
from recordings import access, describing, tus, uploading
from recordings.api.schemas import (
    RecordingIn,
    RecordingOut,
    RecordingPatch,
    RecordingState,
    UploadOut,
    recording_out,
)
from recordings.describing import NewChapter, RecordingChanges
from recordings.models import Upload

router = Router(tags=["recordings"])


class RecordingQuery(PageQuery):
    state: RecordingState | None = None
    meeting: str = Field("", max_length=16, description="id of the meeting")


@router.get(
    "/recordings", response=Page[RecordingOut], auth=Scope("recordings:read"), summary="List recordings"
)
def list_recordings(request: HttpRequest, asked: Query[RecordingQuery]) -> dict[str, Any]:
    """Recordings the caller may see, newest first. Hosts also get the unpublished recordings of their meetings."""
    found = access.visible_recordings(Visitor(person=caller(request))).select_related("meeting")
    for field, value in (("state", asked.state), ("meeting", asked.meeting)):
        if value:
            found = found.filter(**{field: strip_nul(value)})
    return page(found.prefetch_related("files", "chapters"), asked, "-created_at", recording_out)


@router.get(
    "/recordings/{recording_id}",
    response=RecordingOut,
    auth=Scope("recordings:read"),
    summary="Read a recording",
)
def read(request: HttpRequest, response: HttpResponse, recording_id: str) -> RecordingOut:
    """The response has an ETag to use in a later change."""
    found = access.recording_for(Visitor(person=caller(request)), strip_nul(recording_id))
    return with_etag(response, recording_out(found))


@router.post(
    "/meetings/{meeting_id}/recordings",
    response={201: UploadOut},
    auth=Scope("recordings:write"),
    summary="Start an upload",
)
@decorate_view(idempotent)
def begin_upload(request: HttpRequest, meeting_id: str, payload: RecordingIn) -> Status[UploadOut]:
    """Send the metadata first; the response says where to send the bytes, with tus 1.0 and the same token.

    While bytes of an earlier upload for the meeting are kept, the answer is 409 with the code `unfinished`: continue
    that one, whose URL is in `Location` for its uploader, or send `replace`.
    """
    meeting = find_meeting(request, meeting_id, Level.HOST)
    try:
        upload = uploading.begin_upload(
            meeting=meeting,
            by=caller(request),
            length=payload.size,
            now=timezone.now(),
            filename=payload.filename,
            content_type=payload.content_type,
            replace=payload.replace,
            changes=changes_of(payload),
        )
    except uploading.UnableToUpload as error:
        status = {"too_large": 413, "disk_full": 507}.get(error.code, 409)
        problem = Problem(status, error.message, code=error.code)
        if error.earlier is not None:
            problem.headers["Location"] = _address_of(error.earlier)
        raise problem from error
    return Status(201, UploadOut(**recording_out(upload.recording).model_dump(), upload=_address_of(upload)))


def _address_of(upload: Upload) -> str:
    return absolute_url("api:upload", upload.pk)


@router.api_operation(
    ["HEAD", "PATCH"],
    "/uploads/{upload_id}",
    auth=Scope("recordings:write"),
    url_name="upload",
    summary="Upload the bytes of a recording",
    openapi_extra=OPENAPI,
)
def receive_part(request: HttpRequest, upload_id: str) -> HttpResponse:
    """In parts of at most 16 MiB (tus 1.0.0): HEAD returns how many bytes are stored, PATCH adds more."""
    visitor = Visitor(person=caller(request))
    return answer_to_program(
        request,
        lambda: access.upload_for(visitor, strip_nul(upload_id)),
        tus.uploads_at(timezone.now()),
    )


@router.patch(
    "/recordings/{recording_id}",
    response=RecordingOut,
    auth=Scope("recordings:write"),
    summary="Edit or publish a recording",
)
def describe(
    request: HttpRequest, response: HttpResponse, recording_id: str, payload: RecordingPatch
) -> RecordingOut:
    """Changes only the fields sent. Hosts only."""
    visitor = Visitor(person=caller(request))
    found = access.recording_for(visitor, strip_nul(recording_id), Level.HOST)

    refuse_mixed_languages(payload)
    try:
        changed = describing.change_recording(
            recording=found,
            changes=changes_of(payload),
            and_publish=payload.publish,
            is_current=lambda now_there: is_current(request, recording_out(now_there).model_dump()),
            now=timezone.now(),
        )
    except Refusal as refusal:
        raise problem_of(refusal) from refusal
    return with_etag(response, recording_out(changed))


def refuse_mixed_languages(payload: RecordingPatch) -> None:
    if len({frozenset(one.title) for one in payload.chapters or ()}) > 1:
        raise invalid({"chapters": [_("Give the titles of all chapters in the same languages.")]})


def with_etag(response: HttpResponse, shown: RecordingOut) -> RecordingOut:
    response["ETag"] = etag_of(shown.model_dump())
    return shown


def changes_of(asked: RecordingIn | RecordingPatch) -> RecordingChanges:
    """A null or empty value keeps the present one, except for `expires_at`, which null removes."""
    changes: RecordingChanges = {}
    if asked.title:
        changes["title"] = asked.title
    if asked.language:
        changes["language"] = asked.language
    if asked.visibility:
        changes["visibility"] = asked.visibility
    if isinstance(asked, RecordingPatch):
        if "expires_at" in asked.model_fields_set:
            changes["expires_at"] = asked.expires_at
        if asked.chapters is not None:
            changes["chapters"] = [NewChapter(one.starts_at_seconds, one.title) for one in asked.chapters]
    return changes
