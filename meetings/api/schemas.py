"""What the operations take and give. Instants are RFC 3339; people's texts are objects by language."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from django.conf import settings
from django.urls import reverse
from ninja import Schema
from pydantic import AfterValidator, EmailStr, Field

from companies import zones
from companies.api.schemas import LanguageCode, LanguageText, Line, OptionalText, Plain, Words, ZoneName
from meetings.models import Meeting, Programme, Recording, Registration

Kind = Literal["webinar", "lecture", "project_meeting", "conference_session", "site_visit", "one_to_one"]
Visibility = Literal["public", "members", "invited"]
RegistrationMode = Literal["open", "approval", "closed"]
Format = Literal["online", "on_site", "both"]


def moment_or_wall_time(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
        if not 2000 <= moment.year <= 2200:  # beyond lies arithmetic that overflows
            raise ValueError
    except ValueError as error:
        raise ValueError(
            "an RFC 3339 instant, or a local time like 2027-01-14T10:00 with `timezone`"
        ) from error
    return value


When = Annotated[
    Plain, Field(max_length=40, examples=["2027-01-14T10:00"]), AfterValidator(moment_or_wall_time)
]


class Recurrence(Schema):
    frequency: Literal["daily", "weekly", "monthly"]
    interval: int = Field(1, ge=1, le=12)
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field([], max_length=7, description="0 is Monday")
    count: int | None = Field(None, ge=1, le=60)
    until: date | None = None


class SpeakerIn(Schema):
    email: EmailStr
    name: Line = ""
    role: Literal["co_host", "speaker", "interpreter"] = "speaker"


class MeetingFields(Schema):
    """Everything about a meeting that its host decides."""

    kind: Kind = "webinar"
    title: LanguageText
    description: OptionalText = {}
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    duration_minutes: int = Field(60, ge=5, le=7 * 24 * 60)
    capacity: int | None = Field(None, ge=1, le=100_000)
    languages: list[LanguageCode] = Field(["en"], min_length=1, max_length=6)
    interpreted_into: list[LanguageCode] = Field([], max_length=6)
    format: Format = "online"
    address: Words = ""
    programme: Line | None = Field(None, description="the programme's slug")
    visibility: Visibility = "public"
    registration: RegistrationMode = "open"
    record: bool = False
    lobby: bool = False


class MeetingIn(MeetingFields):
    starts_at: When
    recurrence: Recurrence | None = None
    speakers: list[SpeakerIn] = Field([], max_length=40)
    room: Line | None = Field(None, description="a project room of the caller's company")
    draft: bool = Field(False, description="keep it unpublished")


class MeetingPatch(Schema):
    """Only the fields that are to change."""

    kind: Kind | None = None
    title: LanguageText | None = None
    description: OptionalText | None = None
    starts_at: When | None = None
    timezone: ZoneName | None = None
    duration_minutes: int | None = Field(None, ge=5, le=7 * 24 * 60)
    capacity: int | None = Field(None, ge=1, le=100_000)
    languages: list[LanguageCode] | None = Field(None, min_length=1, max_length=6)
    interpreted_into: list[LanguageCode] | None = Field(None, max_length=6)
    format: Format | None = None
    address: Words | None = None
    programme: Line | None = None
    visibility: Visibility | None = None
    registration: RegistrationMode | None = None
    record: bool | None = None
    lobby: bool | None = None
    draft: bool | None = Field(None, description="false publishes a draft")


class MeetingOut(MeetingFields):
    id: str
    uid: str
    revision: int
    state: str
    starts_at: datetime
    ends_at: datetime
    room_id: str
    series: str | None
    host_company: str | None
    seats_taken: int
    url: str
    occurrences: list[str] = Field([], description="ids of all meetings of the series just scheduled")


class RegistrationIn(Schema):
    email: EmailStr
    name: Annotated[Line, Field(min_length=1)]
    company: Line = ""
    country: Annotated[Plain, Field(max_length=2)] = ""
    language: LanguageCode = "en"
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    answers: dict[Line, Words] = Field({}, max_length=40)


class RegistrationOut(Schema):
    id: str
    meeting: str
    state: str
    email: str
    name: str
    company: str
    country: str
    language: str
    timezone: str
    answers: dict[str, str]
    registered_at: datetime


class Interval(Schema):
    joined: datetime
    left: datetime


class PersonAttendance(Schema):
    name: str
    email: str
    company: str
    country: str
    intervals: list[Interval]
    minutes: int = Field(description="whole minutes, rounded down")
    share: float = Field(description="of the meeting's length, 0 to 1")
    counted: bool


class AttendanceOut(Schema):
    meeting: str
    threshold: float = Field(description="least share that counts")
    starts_at: datetime
    ends_at: datetime
    is_final: bool = Field(description="false while the meeting goes on")
    companies: int = Field(description="different companies among those counted")
    countries: dict[str, int] = Field(description="people counted, by country")
    items: list[PersonAttendance]


class TicketIn(Schema):
    registration: Line | None = None


class TicketOut(Schema):
    ticket: str
    url: str = Field(description="path or address of the socket")
    expires_in: int = Field(description="seconds")


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
    captions: list[str] = Field(description="languages of caption files")
    expires_at: datetime | None
    url: str


class RecordingIn(Schema):
    title: OptionalText = {}
    filename: Line = "recording"
    content_type: Line = "video/webm"
    size: int = Field(gt=0, le=2**40, description="bytes that will be uploaded")
    language: LanguageCode | None = None
    visibility: Literal["hosts", "registered", "members", "public"] | None = None


class RecordingPatch(Schema):
    title: OptionalText | None = None
    language: LanguageCode | None = None
    visibility: Literal["hosts", "registered", "members", "public"] | None = None
    expires_at: datetime | None = None
    publish: bool = False


class UploadOut(RecordingOut):
    upload: str = Field(description="where the bytes go, by tus 1.0 PATCH")


class ProgrammeIn(Schema):
    slug: Annotated[Line, Field(pattern=r"^[a-z0-9-]+$", min_length=2)]
    kind: Literal["webinar_series", "conference", "project_development", "study_visit"]
    title: LanguageText
    summary: OptionalText = {}
    description: OptionalText = {}
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    starts_on: date | None = None
    ends_on: date | None = None
    place: Line = ""
    published: bool = False


class ProgrammeOut(ProgrammeIn):
    url: str
    meetings: int


def address(name: str, *parts: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=parts)}"


def meeting_out(meeting: Meeting, occurrences: list[Meeting] | None = None) -> MeetingOut:
    return MeetingOut.model_validate(
        {
            "id": meeting.pk,
            "uid": meeting.uid,
            "revision": meeting.revision,
            "state": meeting.state,
            "kind": meeting.kind,
            "title": meeting.title,
            "description": meeting.description,
            "starts_at": meeting.starts_at,
            "ends_at": meeting.ends_at,
            "timezone": meeting.timezone,
            "duration_minutes": meeting.duration_minutes,
            "capacity": meeting.capacity,
            "languages": meeting.languages,
            "interpreted_into": meeting.interpreted_into,
            "format": meeting.format,
            "address": meeting.address,
            "programme": meeting.programme.slug if meeting.programme else None,
            "visibility": meeting.visibility,
            "registration": meeting.registration,
            "record": meeting.record,
            "lobby": meeting.lobby,
            "room_id": meeting.room_id,
            "series": meeting.series_id,
            "host_company": meeting.host_company.slug if meeting.host_company else None,
            "seats_taken": meeting.registrations.seated().count(),
            "url": address("meeting", meeting.pk),
            "occurrences": [one.pk for one in occurrences or []],
        }
    )


def registration_out(registration: Registration) -> RegistrationOut:
    """Never with the person's link: that is theirs alone."""
    return RegistrationOut(
        id=registration.pk,
        meeting=registration.meeting_id,
        state=registration.state,
        email=registration.email,
        name=registration.name,
        company=registration.company_name,
        country=registration.country,
        language=registration.language,
        timezone=registration.timezone,
        answers=registration.answers,
        registered_at=registration.registered_at,
    )


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
                url=address(links[file.role], recording.pk),
            )
            for file in files
            if file.role in links
        ],
        chapters=[
            ChapterOut(starts_at_seconds=c.starts_at_seconds, title=c.title) for c in recording.chapters.all()
        ],
        captions=[file.language for file in files if file.role == "captions"],
        expires_at=recording.expires_at,
        url=address("recording", recording.pk),
    )


def programme_out(programme: Programme) -> ProgrammeOut:
    return ProgrammeOut.model_validate(
        {
            "slug": programme.slug,
            "kind": programme.kind,
            "title": programme.title,
            "summary": programme.summary,
            "description": programme.description,
            "timezone": programme.timezone,
            "starts_on": programme.starts_on,
            "ends_on": programme.ends_on,
            "place": programme.place,
            "published": programme.is_published,
            "url": address("programme", programme.slug),
            "meetings": programme.meetings.announced().count(),
        }
    )


def wall_time(starts_at: str, zone_name: str) -> tuple[date, time]:
    """Local day and hour in the meeting's zone, from an instant or from wall-clock time."""
    moment = datetime.fromisoformat(starts_at)
    if moment.tzinfo is not None:
        moment = moment.astimezone(zones.zone(zone_name))
    return moment.date(), moment.time().replace(tzinfo=None, second=0, microsecond=0)
