"""Request and response bodies of the operations on recordings."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from companies.api.schemas import (
    Flag,
    LanguageCode,
    Line,
    Moment,
    NamedTitle,
    RequestModel,
    Title,
    WholeNumber,
    example,
)
from meetings.api.schemas import absolute_url
from recordings.models import Recording

Watchers = Literal["hosts", "registered", "members", "public"]
RecordingState = Literal[
    "expected", "capturing", "received", "processing", "ready", "published", "expired", "failed", "deleted"
]


class ChapterIn(RequestModel):
    starts_at_seconds: float = Field(strict=True, ge=0, le=7 * 24 * 3600, allow_inf_nan=False)
    title: NamedTitle


class RecordingIn(RequestModel):
    model_config = example(title={"en": "Heat from harbour water"}, filename="heat.webm", size=1_048_576)

    title: Title = {}
    filename: Line = "recording"
    content_type: Annotated[Line, Field(max_length=100)] = "video/webm"
    size: WholeNumber = Field(gt=0, le=2**40, description="size of the file in bytes")
    language: LanguageCode | None = None
    visibility: Watchers | None = None
    replace: Flag = Field(False, description="if true, discards the bytes of an earlier, unfinished upload")


class RecordingPatch(RequestModel):
    """Send only the fields to change; null removes `expires_at` and leaves any other as it is."""

    model_config = example(
        visibility="members",
        chapters=[
            {"starts_at_seconds": 0, "title": {"en": "Welcome", "sv": "Välkomna"}},
            {"starts_at_seconds": 500, "title": {"en": "Six thermometers", "sv": "Sex termometrar"}},
        ],
    )

    title: Title | None = None
    language: LanguageCode | None = None
    visibility: Watchers | None = None
    expires_at: Moment | None = Field(None, description="when its files are deleted")
    chapters: list[ChapterIn] | None = Field(
        None, max_length=100, description="replaces all chapters; all titles in the same languages"
    )
    publish: Flag = Field(False, description="if true, publishes a recording that is ready")


class RecordingFileOut(Schema):
    role: str
    content_type: str
    size: int
    codecs: str
    width: int | None
    height: int | None
    sha256: str
    url: str


class ChapterOut(Schema):
    starts_at_seconds: float
    title: dict[str, str]


class RecordingOut(Schema):
    id: str
    meeting: str
    title: dict[str, str]
    state: str
    source: str
    language: str
    visibility: str
    started_at: datetime | None
    duration_seconds: float | None
    files: list[RecordingFileOut]
    chapters: list[ChapterOut]
    captions: list[str] = Field(description="languages that have captions")
    expires_at: datetime | None
    url: str


class UploadOut(RecordingOut):
    upload: str = Field(description="URL to send the bytes to, with tus 1.0 PATCH requests")


def recording_out(recording: Recording) -> RecordingOut:
    files = list(recording.files.all())
    links = {"main": "recording_file", "poster": "recording_poster"}
    return RecordingOut(
        id=recording.pk,
        meeting=recording.meeting_id,
        title=recording.title or recording.meeting.title,
        state=recording.state,
        source=recording.source,
        language=recording.language,
        visibility=recording.visibility,
        started_at=recording.started_at,
        duration_seconds=recording.duration_seconds,
        files=[
            RecordingFileOut(
                role=file.role,
                content_type=file.content_type,
                size=file.size,
                codecs=file.codecs,
                width=file.width,
                height=file.height,
                sha256=file.sha256,
                url=absolute_url(links[file.role], recording.pk),
            )
            for file in files
            if file.role in links
        ],
        chapters=[
            ChapterOut(starts_at_seconds=c.starts_at_seconds, title=c.title) for c in recording.chapters.all()
        ],
        captions=[file.language for file in files if file.role == "captions"],
        expires_at=recording.expires_at,
        url=absolute_url("recording", recording.pk),
    )
