"""Operations on recordings: metadata first, then the bytes by resumable upload."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view
from pydantic import Field

from companies.api.auth import Scope, caller
from companies.api.paging import Page, PageQuery, page
from companies.api.problems import Problem, problem_response
from companies.api.repeating import etag_of, idempotent, refuse_if_changed
from companies.api.schemas import dropping_nul
from companies.languages import reading_language
from meetings import access, recording
from meetings.access import Level, Visitor
from meetings.api.asked import ChapterIn, RecordingIn, RecordingPatch, RecordingState
from meetings.api.meetings import seen_meeting
from meetings.api.schemas import RecordingOut, UploadOut, recording_out
from meetings.models import Recording, Upload
from meetings.views import uploads

router = Router(tags=["recordings"])
TUS = {
    "parameters": [
        {
            "in": "header",
            "name": name,
            "required": required,
            "schema": {"type": "string"},
            "description": words,
        }
        for name, required, words in (
            ("Tus-Resumable", True, "1.0.0"),
            ("Upload-Offset", False, "PATCH: where the part begins"),
            ("Upload-Checksum", False, "PATCH: sha256, sha1 or md5, and its base64"),
        )
    ],
    "responses": {
        200: {"description": "HEAD: Upload-Offset and Upload-Length say how far it is."},
        204: {"description": "PATCH: the part is kept; Upload-Offset says where the next one begins."},
        410: {"description": "The upload is over."},
        507: {"description": "There is no disk space for the part: send it again later."},
        460: {"description": "The part was damaged on its way: send it again."},
    },
}


class RecordingQuery(PageQuery):
    state: RecordingState | None = None
    meeting: str = Field("", max_length=16, description="id")


@router.get(
    "/recordings", response=Page[RecordingOut], auth=Scope("recordings:read"), summary="List recordings"
)
def list_recordings(request: HttpRequest, asked: Query[RecordingQuery]) -> dict[str, Any]:
    """Those that the caller may see, newest first; hosts see those of their meetings in every state."""
    found = access.visible_recordings(Visitor(person=caller(request))).select_related("meeting")
    for field, value in (("state", asked.state), ("meeting", asked.meeting)):
        if value:
            found = found.filter(**{field: dropping_nul(value)})
    return page(found.prefetch_related("files", "chapters"), asked, "-created_at", recording_out)


@router.get(
    "/recordings/{recording_id}",
    response=RecordingOut,
    auth=Scope("recordings:read"),
    summary="Read a recording",
)
def read(request: HttpRequest, response: HttpResponse, recording_id: str) -> RecordingOut:
    """With an ETag for a later change."""
    found = access.recording_for(Visitor(person=caller(request)), dropping_nul(recording_id))
    return tagged(response, recording_out(found))


@router.post(
    "/meetings/{meeting_id}/recordings",
    response={201: UploadOut},
    auth=Scope("recordings:write"),
    summary="Begin the upload of a recording",
)
@decorate_view(idempotent)
def begin_upload(request: HttpRequest, meeting_id: str, payload: RecordingIn) -> Status[UploadOut]:
    """Metadata first: the answer says where the bytes go, by tus 1.0 with the same token.

    While bytes of an earlier upload for the meeting are kept, the answer is 409 with the code `unfinished`: continue
    that one, which for its uploader stands in `Location`, or send `replace`.
    """
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
            replace=payload.replace,
        )
    except recording.UnableToUpload as error:
        status = {"too_large": 413, "disk_full": 507}.get(error.code, 409)
        problem = Problem(status, error.message, code=error.code)
        if error.earlier is not None:
            problem.headers["Location"] = _address_of(error.earlier)
        raise problem from error
    begun = recording.describe(
        recording=upload.recording, description=described(upload.recording, payload), now=now
    )
    return Status(201, UploadOut(**recording_out(begun).model_dump(), upload=_address_of(upload)))


def _address_of(upload: Upload) -> str:
    return f"{settings.SITE_URL}{reverse('api:upload', args=[upload.pk])}"


@router.api_operation(
    ["HEAD", "PATCH"],
    "/uploads/{upload_id}",
    auth=Scope("recordings:write"),
    url_name="upload",
    summary="Bring the bytes of a recording",
    openapi_extra=TUS,
)
def receive_part(request: HttpRequest, upload_id: str) -> HttpResponse:
    """Part by part, at most 16 MiB each (tus 1.0.0): HEAD says how many bytes are kept, PATCH brings more."""
    request.user = caller(request)
    response = uploads.upload(request, upload_id=dropping_nul(upload_id))
    return response if response.status_code < 400 else as_problem(request, response)


def as_problem(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """The page's refusal, its headers too, in the shape that the API gives to all of them."""
    problem = Problem(refused.status_code, refused.content.decode())
    problem.headers = {name: value for name, value in refused.items() if not name.startswith("Content-")}
    return problem_response(request, problem)


@router.patch(
    "/recordings/{recording_id}",
    response=RecordingOut,
    auth=Scope("recordings:write"),
    summary="Describe or publish a recording",
)
def describe(
    request: HttpRequest, response: HttpResponse, recording_id: str, payload: RecordingPatch
) -> RecordingOut:
    """Only the given fields change. For the meeting's hosts."""
    now, key = timezone.now(), dropping_nul(recording_id)
    with transaction.atomic():
        Recording.objects.select_for_update(of=("self",)).filter(pk=key).first()
        found = access.recording_for(Visitor(person=caller(request)), key, Level.HOST)
        refuse_if_changed(request, recording_out(found).model_dump())
        changed = recording.describe(recording=found, description=described(found, payload), now=now)
        if payload.chapters is not None:
            changed = divided(changed, payload.chapters, now)
        try:
            shown = recording.publish(recording=changed, now=now) if payload.publish else changed
        except recording.UnableToPublish as error:
            raise Problem(409, error.message, code=error.code) from error
    return tagged(response, recording_out(shown))


def divided(found: Recording, asked: list[ChapterIn], now: datetime) -> Recording:
    """Chapters anew. The flow writes them in one language at a time, so it is asked once for each."""
    refuse_chapters(found, asked)
    present = described(found, RecordingPatch())
    recording.describe(recording=found, description=replace(present, chapters=()), now=now)
    for language in asked[0].title if asked else ():
        titles = tuple((one.starts_at_seconds, one.title[language]) for one in asked)
        spoken = replace(present, chapters=titles, chapter_language=language)
        recording.describe(recording=found, description=spoken, now=now)
    return found


def refuse_chapters(found: Recording, asked: list[ChapterIn]) -> None:
    moments = [one.starts_at_seconds for one in asked]
    errors = []
    if len(set(moments)) < len(moments):
        errors.append(_("Two chapters begin at the same moment."))
    if found.duration_seconds is not None and any(at >= found.duration_seconds for at in moments):
        errors.append(_("A chapter begins after the end of the recording."))
    if len({frozenset(one.title) for one in asked}) > 1:
        errors.append(_("Give the titles of all chapters in the same languages."))
    if errors:
        raise Problem(422, _("Some fields are not valid."), {"chapters": errors})


def tagged(response: HttpResponse, shown: RecordingOut) -> RecordingOut:
    response["ETag"] = etag_of(shown.model_dump())
    return shown


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
