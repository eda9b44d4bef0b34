"""What the operations on meetings take and give: a field of a meeting is in MeetingIn and MeetingOut.

What does not fit a request model is a field error. Instants are RFC 3339; people's texts are objects by language.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

from django.conf import settings
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field, create_model

from companies.api.schemas import (
    Day,
    Email,
    Flag,
    LanguageCode,
    Line,
    LongText,
    NamedTitle,
    OptionalText,
    PlainText,
    RequestModel,
    WholeNumber,
    ZoneName,
    example,
    known_languages_only,
    not_empty,
    single_line,
    stripped,
)
from meetings.meeting_input import MAX_SPEAKERS
from meetings.models import Meeting
from meetings.models.registration_question import MAX_QUESTIONS
from meetings.question_input import KEY, LONGEST_LABEL, MAX_CHOICES, ChoiceInput, QuestionInput, input_of
from meetings.recurrence import MAX_OCCURRENCES

Kind = Literal["webinar", "lecture", "project_meeting", "conference_session", "site_visit"]
State = Literal["draft", "scheduled", "live", "ended", "cancelled"]
Visibility = Literal["public", "members", "invited"]
RegistrationMode = Literal["open", "approval", "closed"]
Format = Literal["online", "on_site", "both"]

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
            "Enter a time with its offset, such as 2030-01-10T09:00:00Z, or a local time in "
            "`timezone`, such as 2030-01-10T10:00."
        )
        raise ValueError(words) from error
    if moment.second or moment.microsecond:
        raise ValueError(_("Enter the start time in hours and minutes, without seconds."))
    return value


When = Annotated[
    PlainText,
    Field(
        max_length=40,
        examples=["2030-01-10T10:00"],
        description="an RFC 3339 time, or a local time in `timezone`, without seconds",
    ),
    AfterValidator(instant_or_local_time),
]


class Recurrence(RequestModel):
    """At the same local time; ends after `count` meetings or on the day `until`. Give one of the two."""

    frequency: Literal["daily", "weekly", "monthly"]
    interval: WholeNumber = Field(
        1, ge=1, le=52, description="number of days, weeks or months between meetings"
    )
    weekdays: list[Annotated[WholeNumber, Field(ge=0, le=6)]] = Field(
        [], max_length=7, description="0 is Monday. Weekly series only."
    )
    monthly_by: Literal["day", "weekday", "last_weekday", "last_day"] = Field(
        "day",
        description="Monthly series only: as the first day is, the 14th, the second Tuesday, the last Tuesday or the "
        "last day of the month.",
    )
    count: WholeNumber | None = Field(None, ge=1, le=60)
    until: Day | None = Field(None, description="last possible day of the series")


class DatesIn(RequestModel):
    model_config = example(days=["2027-02-02", "2027-03-02"])

    days: list[Day] = Field(
        min_length=1, max_length=MAX_OCCURRENCES, description="in the meeting's own time zone"
    )


class SpeakerIn(RequestModel):
    email: Email
    name: Line = ""
    role: Literal["co_host", "speaker", "interpreter", "captioner"] = "speaker"


Key = Annotated[str, Field(pattern=f"^{KEY}$")]
QuestionKind = Literal["text", "choice", "several", "consent"]
QuestionText = Annotated[
    dict[
        str,
        Annotated[
            str, BeforeValidator(stripped), AfterValidator(single_line), Field(max_length=LONGEST_LABEL)
        ],
    ],
    AfterValidator(known_languages_only),
    AfterValidator(not_empty),
    Field(description="one line by language: en, sv, pl, de, da, lt", examples=[{"en": "What do you eat?"}]),
]


class ChoiceIn(RequestModel):
    id: Key | None = Field(None, description="used in answers; keep it when you change the text")
    text: NamedTitle


class QuestionIn(RequestModel):
    """`choice` and `several` have from 2 to 20 choices, `text` and `consent` none."""

    key: Key | None = Field(None, description="used in answers; keep it to keep the answers")
    kind: QuestionKind
    label: QuestionText
    choices: list[ChoiceIn] = Field([], max_length=MAX_CHOICES)
    required: Flag = False

    def as_input(self) -> QuestionInput:
        choices = tuple(ChoiceInput(one.text, **({"id": one.id} if one.id else {})) for one in self.choices)
        key = {"key": self.key} if self.key else {}
        return QuestionInput(
            kind=self.kind, label=self.label, choices=choices, is_required=self.required, **key
        )


class MeetingIn(RequestModel):
    # Limits stand in the type, so that PATCH has them too; defaults and descriptions here are POST's alone.
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
    duration_minutes: Annotated[WholeNumber, Field(ge=5, le=7 * 24 * 60)] = 60
    capacity: Annotated[WholeNumber, Field(ge=1, le=100_000)] | None = Field(
        None, description="number of seats; null means no limit"
    )
    languages: Annotated[list[LanguageCode], Field(min_length=1, max_length=6)] = Field(
        ["en"], description="languages of the meeting"
    )
    interpreted_into: Annotated[list[LanguageCode], Field(max_length=6)] = []
    interpretation_how: Annotated[Line, Field(max_length=300)] = Field(
        "",
        description="how people can listen to the interpretation; empty for the channels of the meeting room, "
        "required if the meeting is on site only",
    )
    format: Format = "online"
    address: LongText = Field("", description="street address; required unless the meeting is online only")
    programme: Line | None = Field(None, description="the programme's slug")
    visibility: Visibility = "public"
    registration: RegistrationMode = "open"
    record: Flag = False
    lobby: Flag = False
    replies_to_host: Flag = False
    follow_ups: Flag = Field(True, description="people who registered get an email after an online meeting")
    recurrence: Recurrence | None = None
    speakers: list[SpeakerIn] = Field([], max_length=MAX_SPEAKERS)
    room: Line | None = Field(None, description="a project room of the caller's company")
    questions: Annotated[list[QuestionIn], Field(max_length=MAX_QUESTIONS)] = Field(
        [], description="asked of everyone who registers"
    )
    draft: Flag = Field(False, description="true creates an unpublished draft")


def optional_fields_of(model: type[RequestModel], *, without: Collection[str]) -> type[RequestModel]:
    """A base class with the same fields, of which each may be left out or null."""
    types = get_type_hints(model, include_extras=True)
    names = [name for name in model.model_fields if name not in without]
    optional: dict[str, Any] = {name: (types[name] | None, None) for name in names}
    return create_model(f"Optional{model.__name__}", __base__=RequestModel, **optional)


def nullable_fields_of(model: type[RequestModel]) -> frozenset[str]:
    types = get_type_hints(model)
    return frozenset(name for name in model.model_fields if NoneType in get_args(types[name]))


NOT_PATCHED_ALIKE = frozenset({"draft", "speakers", "recurrence", "room"})
CLEARABLE = nullable_fields_of(MeetingIn) - NOT_PATCHED_ALIKE


class MeetingPatch(optional_fields_of(MeetingIn, without=NOT_PATCHED_ALIKE)):  # type: ignore[misc]
    """Send only the fields to change; null clears `capacity` and `programme` and leaves any other as it is.

    A new `timezone` alone keeps the local time; `draft: false` publishes a draft. `questions` replaces the whole list;
    one that keeps its `key` keeps its answers, and the answers to those left out stay with the registrations.
    """

    model_config = example(starts_at="2030-01-11T10:00", capacity=60)

    draft: Flag | None = Field(None, description="false publishes a draft")
    speakers: None = Field(None, description="cannot be changed here; edit the meeting in the browser")
    recurrence: None = Field(None, description="cannot be changed; cancel the series and schedule a new one")
    room: None = Field(None, description="cannot be changed")


class CancelIn(RequestModel):
    model_config = example(reason="The speaker is ill.")

    reason: Annotated[
        PlainText, Field(max_length=2000, description="sent to everyone invited or registered")
    ] = ""


class RecurrenceOut(Schema):
    frequency: str
    interval: int
    weekdays: list[int]
    monthly_by: str
    count: int | None
    until: date | None


class ChoiceOut(Schema):
    id: str
    text: dict[str, str]


class QuestionOut(Schema):
    key: str
    kind: str
    label: dict[str, str]
    choices: list[ChoiceOut]
    required: bool


class MeetingOut(Schema):
    """Stored values, including values that a request may no longer send."""

    id: str
    uid: str = Field(description="iCalendar UID; never changes")
    revision: int = Field(
        description="iCalendar SEQUENCE; increases by one with every change that people are notified of"
    )
    state: State
    kind: str
    title: dict[str, str]
    description: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    timezone: str
    capacity: int | None
    seats_taken: int
    languages: list[str]
    interpreted_into: list[str]
    interpretation_how: str
    format: str
    address: str
    programme: str | None = Field(description="the programme's slug")
    visibility: str
    registration: str
    record: bool
    lobby: bool
    replies_to_host: bool
    follow_ups: bool
    recurrence: RecurrenceOut | None = Field(description="recurrence rule of its series")
    series: str | None
    occurrences: list[str] = Field([], description="ids of all meetings of the series just scheduled")
    host_company: str | None = Field(description="the company's slug")
    questions: list[QuestionOut] = Field(description="asked of everyone who registers, in this order")
    room_id: str
    cover_url: str | None = Field(description="of the uploaded cover; null where one is drawn")
    url: str


Out = TypeVar("Out", bound=Schema)


def shown(schema: type[Out], row: Model, **others: object) -> Out:
    """`others` are the fields that the row does not have, or has in another form; all else is copied by name."""
    same = {name: getattr(row, name) for name in schema.model_fields if name not in others}
    return schema.model_validate(same | others)


def meeting_out(meeting: Meeting, occurrences: Sequence[Meeting] = ()) -> MeetingOut:
    return shown(
        MeetingOut,
        meeting,
        programme=meeting.programme.slug if meeting.programme else None,
        host_company=meeting.host_company.slug if meeting.host_company else None,
        series=meeting.series_id,
        recurrence=shown(RecurrenceOut, meeting.series) if meeting.series else None,
        seats_taken=counted_in_list(meeting, "seats_taken", meeting.registrations.seated()),
        questions=questions_out(meeting),
        cover_url=f"{settings.SITE_URL}{meeting.cover_address}" if meeting.cover else None,
        url=absolute_url("meeting", meeting.pk),
        occurrences=[one.pk for one in occurrences],
    )


def questions_out(meeting: Meeting) -> list[QuestionOut]:
    """Filtered here, so that a list can fetch those of all its meetings at once."""
    asked = [input_of(row) for row in meeting.registration_questions.all() if row.is_asked]
    return [
        QuestionOut(
            key=question.key,
            kind=question.kind,
            label=question.label,
            choices=[ChoiceOut(id=choice.id, text=choice.text) for choice in question.choices],
            required=question.is_required,
        )
        for question in asked
    ]


def counted_in_list(row: Model, name: str, rows: QuerySet[Any]) -> int:
    """The number that the list's query counted for this row, else counted now."""
    number = vars(row).get(name)
    return rows.count() if number is None else int(number)


def absolute_url(name: str, *parts: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=parts)}"
