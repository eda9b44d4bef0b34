"""What the operations on meetings give. Instants are RFC 3339; people's texts are objects by language."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.urls import reverse
from ninja import Schema
from pydantic import Field

from meetings.api.requests import State
from meetings.models import Meeting, Programme, Registration


class RecurrenceOut(Schema):
    frequency: str
    interval: int
    weekdays: list[int]
    count: int | None
    until: date | None


class MeetingOut(Schema):
    """What is stored, as it is: what was once allowed is shown, whatever is allowed now."""

    id: str
    uid: str = Field(description="iCalendar UID, for life")
    revision: int = Field(description="iCalendar SEQUENCE: one more with each change that people are told of")
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
    format: str
    address: str
    programme: str | None = Field(description="the programme's slug")
    visibility: str
    registration: str
    record: bool
    lobby: bool
    recurrence: RecurrenceOut | None = Field(description="the rule of the series that it belongs to")
    series: str | None
    occurrences: list[str] = Field([], description="ids of all meetings of the series just scheduled")
    host_company: str | None = Field(description="the company's slug")
    room_id: str
    url: str


class RegistrationOut(Schema):
    id: str
    meeting: str
    state: str = Field(description="pending, confirmed, waitlisted, offered or cancelled")
    email: str
    name: str
    company: str
    country: str
    language: str
    timezone: str
    answers: dict[str, object]
    registered_at: datetime


class ProgrammeOut(Schema):
    slug: str
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    description: dict[str, str]
    timezone: str
    starts_on: date | None
    ends_on: date | None
    place: str
    published: bool
    url: str
    meetings: int = Field(description="announced ones in it")


def absolute_url(name: str, *parts: object) -> str:
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
            "recurrence": rule_of(meeting),
            "room_id": meeting.room_id,
            "series": meeting.series_id,
            "host_company": meeting.host_company.slug if meeting.host_company else None,
            "seats_taken": _counted(meeting, "seats_taken", meeting.registrations.seated()),
            "url": absolute_url("meeting", meeting.pk),
            "occurrences": [one.pk for one in occurrences or []],
        }
    )


def _counted(row: Model, name: str, rows: QuerySet[Any]) -> int:
    """As the list counted it, else now."""
    counted = vars(row).get(name)
    return rows.count() if counted is None else int(counted)


def rule_of(meeting: Meeting) -> RecurrenceOut | None:
    series = meeting.series
    if series is None:
        return None
    return RecurrenceOut(
        frequency=series.frequency,
        interval=series.interval,
        weekdays=series.weekdays,
        count=series.count,
        until=series.until,
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
            "url": absolute_url("programme", programme.slug),
            "meetings": _counted(programme, "published_count", programme.meetings.published()),
        }
    )
