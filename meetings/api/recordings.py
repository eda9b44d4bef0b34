"""Operations on recordings: metadata first, then the bytes by resumable upload."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.decorators import decorate_view
from pydantic import Field

from companies.api.auth import Scope, caller
from companies.api.paging import Page, PageQuery, page
from companies.api.problems import Problem
from companies.api.repeating import idempotent
from companies.api.schemas import dropping_nul
from companies.languages import reading_language
from meetings import access, recording
from meetings.access import Level, Visitor
from meetings.api.meetings import seen_meeting
from meetings.api.schemas import RecordingIn, RecordingOut, RecordingPatch, UploadOut, recording_out
from meetings.models import Recording
from meetings.views import uploads

router = Router(tags=["recordings"])


class RecordingQuery(PageQuery):
    state: str = Field("", max_length=12)
    meeting: str = Field("", max_length=16)


@router.get("/recordings", response=Page[RecordingOut], auth=Scope("recordings:read"))
def list_recordings(request: HttpRequest, asked: Query[RecordingQuery]) -> dict[str, Any]:
    """The recordings that the caller may see, newest first."""
    found = access.visible_recordings(Visitor(person=caller(request))).select_related("meeting")
    for field, value in (("state", asked.state), ("meeting", asked.meeting)):
        if value:
            found = found.filter(**{field: dropping_nul(value)})
    return page(found.prefetch_related("files", "chapters"), asked, "-created_at", recording_out)


@router.get("/recordings/{recording_id}", response=RecordingOut, auth=Scope("recordings:read"))
def read(request: HttpRequest, recording_id: str) -> RecordingOut:
    return recording_out(access.recording_for(Visitor(person=caller(request)), dropping_nul(recording_id)))


@router.post("/meetings/{meeting_id}/recordings", response={201: UploadOut}, auth=Scope("recordings:write"))
@decorate_view(idempotent)
def begin_upload(request: HttpRequest, meeting_id: str, payload: RecordingIn) -> Status[UploadOut]:
    """Metadata first: the answer says where the bytes go, by tus 1.0 with the same token."""
    now = timezone.now()
    meeting = seen_meeting(request, meeting_id, Level.HOST)
    try:
        upload = recording.begin_upload(
            meeting=meeting,
            by=caller(request),
            length=payload.size,
            now=now,
            filename=payload.filename,
            content_type=payload.content_type,
        )
    except recording.UnableToUpload as error:
        raise Problem(413 if error.code == "too_large" else 409, error.message, code=error.code) from error
    begun = recording.describe(
        recording=upload.recording, description=described(upload.recording, payload), now=now
    )
    where = f"{settings.SITE_URL}{reverse('api:upload', args=[upload.pk])}"
    return Status(201, UploadOut(**recording_out(begun).model_dump(), upload=where))


@router.api_operation(
    ["HEAD", "PATCH"], "/uploads/{upload_id}", auth=Scope("recordings:write"), url_name="upload"
)
def receive_part(request: HttpRequest, upload_id: str) -> HttpResponse:
    """The bytes of a recording, part by part (tus 1.0): HEAD says how many are kept, PATCH brings more."""
    request.user = caller(request)
    return uploads.upload(request, upload_id=dropping_nul(upload_id))


@router.patch("/recordings/{recording_id}", response=RecordingOut, auth=Scope("recordings:write"))
def describe(request: HttpRequest, recording_id: str, payload: RecordingPatch) -> RecordingOut:
    """Changes what stands beside a recording; `publish` opens it to those who may see it."""
    now = timezone.now()
    found = access.recording_for(Visitor(person=caller(request)), dropping_nul(recording_id), Level.HOST)
    changed = recording.describe(recording=found, description=described(found, payload), now=now)
    if not payload.publish:
        return recording_out(changed)
    try:
        return recording_out(recording.publish(recording=changed, now=now))
    except recording.UnableToPublish as error:
        raise Problem(409, error.message, code=error.code) from error


def described(found: Recording, asked: RecordingIn | RecordingPatch) -> recording.Description:
    """The recording as it stands, with the given fields replaced."""
    given = asked.model_dump(exclude_unset=True)
    return recording.Description(
        title=given.get("title") or found.title,
        language=given.get("language") or found.language,
        visibility=given.get("visibility") or found.visibility,
        expires_at=given.get("expires_at", found.expires_at),
        chapters=None,
        chapter_language=reading_language(),
    )
