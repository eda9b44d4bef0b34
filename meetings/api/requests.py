"""What the operations on meetings take. Whatever does not fit here is a field error."""

import re
from datetime import datetime
from typing import Annotated, Literal

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from companies.api.schemas import (
    CountryLetters,
    Day,
    Email,
    Flag,
    LanguageCode,
    Line,
    LongText,
    Name,
    NamedTitle,
    OptionalText,
    PlainText,
    RequestModel,
    WholeNumber,
    ZoneName,
    example,
)
from meetings.meeting_input import MAX_SPEAKERS

Kind = Literal["webinar", "lecture", "project_meeting", "conference_session", "site_visit", "one_to_one"]
State = Literal["draft", "scheduled", "live", "ended", "cancelled"]
Visibility = Literal["public", "members", "invited"]
RegistrationMode = Literal["open", "approval", "closed"]
Format = Literal["online", "on_site", "both"]
ProgrammeKind = Literal["webinar_series", "conference", "project_development", "study_visit"]

# RFC 3339, or the same without an offset; fromisoformat alone takes weeks, bare days and more.
RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE
)


def instant_or_local_time(value: str) -> str:
    try:
        if not RFC3339.fullmatch(value):
            raise ValueError
        value = value.upper()
        moment = datetime.fromisoformat(value)
        if not 2000 <= moment.year <= 2200:  # beyond lies arithmetic that overflows
            raise ValueError
    except ValueError as error:
        words = _(
            "Give an instant like 2030-01-10T09:00:00Z, or a local time like 2030-01-10T10:00 in `timezone`."
        )
        raise ValueError(words) from error
    if moment.second or moment.microsecond:
        raise ValueError(_("Give the start time in hours and minutes, without seconds."))
    return value


When = Annotated[
    PlainText,
    Field(
        max_length=40,
        examples=["2030-01-10T10:00"],
        description="an RFC 3339 instant, or local wall time in `timezone`; on a whole minute",
    ),
    AfterValidator(instant_or_local_time),
]


class Recurrence(RequestModel):
    """At the same hour on the wall; ends after `count` meetings or on the day `until`: give one of the two."""

    frequency: Literal["daily", "weekly", "monthly"]
    interval: WholeNumber = Field(1, ge=1, le=52, description="every so many days, weeks or months")
    weekdays: list[Annotated[WholeNumber, Field(ge=0, le=6)]] = Field(
        [], max_length=7, description="0 is Monday; with weekly alone"
    )
    count: WholeNumber | None = Field(None, ge=1, le=60)
    until: Day | None = Field(None, description="the last day")


class SpeakerIn(RequestModel):
    email: Email
    name: Line = ""
    role: Literal["co_host", "speaker", "interpreter"] = "speaker"


class MeetingIn(RequestModel):
    model_config = example(
        kind="webinar",
        title={"en": "Heat from harbour water", "sv": "Värme ur hamnvatten"},
        starts_at="2030-01-10T10:00",
        timezone="Europe/Vilnius",
        duration_minutes=60,
        capacity=40,
        languages=["en"],
    )

    kind: Kind = "webinar"
    title: NamedTitle
    description: OptionalText = {}
    starts_at: When
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    duration_minutes: WholeNumber = Field(60, ge=5, le=7 * 24 * 60)
    capacity: WholeNumber | None = Field(None, ge=1, le=100_000, description="null: no limit")
    languages: list[LanguageCode] = Field(["en"], min_length=1, max_length=6, description="spoken")
    interpreted_into: list[LanguageCode] = Field([], max_length=6)
    format: Format = "online"
    address: LongText = Field("", description="of the place, unless it is online alone")
    programme: Line | None = Field(None, description="the programme's slug")
    visibility: Visibility = "public"
    registration: RegistrationMode = "open"
    record: Flag = False
    lobby: Flag = False
    recurrence: Recurrence | None = None
    speakers: list[SpeakerIn] = Field([], max_length=MAX_SPEAKERS)
    room: Line | None = Field(None, description="a project room of the caller's company")
    draft: Flag = Field(False, description="keep it unpublished")


class MeetingPatch(RequestModel):
    """Only the fields that are to change; null clears `capacity` and `programme` and leaves all else as it is.

    A new `timezone` alone keeps the hour on the wall; `draft: false` publishes a draft.
    """

    model_config = example(starts_at="2030-01-11T10:00", capacity=60)

    kind: Kind | None = None
    title: NamedTitle | None = None
    description: OptionalText | None = None
    starts_at: When | None = None
    timezone: ZoneName | None = None
    duration_minutes: WholeNumber | None = Field(None, ge=5, le=7 * 24 * 60)
    capacity: WholeNumber | None = Field(None, ge=1, le=100_000)
    languages: list[LanguageCode] | None = Field(None, min_length=1, max_length=6)
    interpreted_into: list[LanguageCode] | None = Field(None, max_length=6)
    format: Format | None = None
    address: LongText | None = None
    programme: Line | None = None
    visibility: Visibility | None = None
    registration: RegistrationMode | None = None
    record: Flag | None = None
    lobby: Flag | None = None
    draft: Flag | None = Field(None, description="false publishes a draft")
    speakers: None = Field(None, description="stay; they are changed on the page of the meeting")
    recurrence: None = Field(None, description="stays: cancel the meetings of the series and schedule others")
    room: None = Field(None, description="stays")


class CancelIn(RequestModel):
    model_config = example(reason="The speaker is ill.")

    reason: Annotated[PlainText, Field(max_length=2000, description="told to everybody who was invited")] = ""


Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
SafeWhole = Annotated[WholeNumber, Field(ge=-(2**53), le=2**53)]  # what JSON carries everywhere
Answer = LongText | Flag | SafeWhole | Finite | Annotated[list[LongText], Field(max_length=40)] | None


class RegistrationIn(RequestModel):
    model_config = example(
        email="rasa@example.org",
        name="Rasa Kazlauskienė",
        company="Baltijos vėjas",
        country="LT",
        language="lt",
        timezone="Europe/Vilnius",
        answers={"What do you hope to hear?": "How it works in winter."},
    )

    email: Email
    name: Name
    company: Line = ""
    country: CountryLetters = ""
    language: LanguageCode = "en"
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    answers: dict[Line, Answer] = Field({}, max_length=40, description="by question")


class ProgrammeIn(RequestModel):
    model_config = example(
        slug="harbour-heat",
        kind="webinar_series",
        title={"en": "Harbour heat"},
        starts_on="2030-01-10",
        ends_on="2030-03-28",
        published=True,
    )

    slug: Annotated[Line, Field(pattern=r"^[a-z0-9-]+$", min_length=2)]
    kind: ProgrammeKind
    title: NamedTitle
    summary: OptionalText = {}
    description: OptionalText = {}
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    starts_on: Day | None = None
    ends_on: Day | None = None
    place: Line = ""
    published: Flag = False
