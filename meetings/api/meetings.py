"""Operations on meetings: schedule, read, change, cancel, start, end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Body, Query, Router, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import etag_of, idempotent, is_current
from api.paging import Page, PageQuery, page
from api.problems import Problem, invalid
from companies.api.people import caller
from companies.api.schemas import strip_nul
from companies.languages import active_language
from companies.refusals import Refusal
from meetings import access, calendar, changing, recurrence, running, scheduling
from meetings.access import Level, Visitor
from meetings.api.schemas import (
    CLEARABLE,
    NOT_PATCHED_ALIKE,
    CancelIn,
    DatesIn,
    Kind,
    MeetingIn,
    MeetingOut,
    MeetingPatch,
    Recurrence,
    State,
    meeting_out,
)
from meetings.meeting_input import MeetingDetails, Speaker, local_date_and_time, with_tuples
from meetings.models import Meeting, Programme
from rooms.models import Room

router = Router(tags=["meetings"])
CALENDAR = {
    "responses": {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}, "description": "OK"}}
}


class MeetingQuery(PageQuery):
    state: State | None = None
    kind: Kind | None = None
    programme: str = Field("", max_length=140, description="slug of the programme")
    hosted: bool = Field(False, description="only meetings hosted by the caller")


@router.post(
    "", response={201: MeetingOut}, auth=Scope("meetings:write"), summary="Schedule a meeting or a series"
)
@decorate_view(idempotent)
def schedule(request: HttpRequest, payload: MeetingIn) -> Status[MeetingOut]:
    """With `recurrence`, creates a whole series or nothing, and returns its first meeting."""
    visitor = Visitor(person=caller(request))
    if not access.can_schedule(visitor):
        raise Problem(403, _("Only people who belong to a company can host meetings."))
    host = caller(request)
    with api_field_names():
        try:
            made = scheduling.schedule(
                host=host,
                details=details_from(visitor, payload),
                rule=rule_from(payload.recurrence),
                now=timezone.now(),
                publish=not payload.draft,
            )
        except scheduling.UnableToPublish as refusal:
            raise invalid({"starts_at": [refusal.message]}) from refusal
    return Status(201, meeting_out(made[0], made if payload.recurrence else ()))


@router.get("", response=Page[MeetingOut], auth=Scope("meetings:read"), summary="List meetings")
def list_meetings(request: HttpRequest, asked: Query[MeetingQuery]) -> dict[str, Any]:
    """The meetings that the caller may see, by start."""
    visitor = Visitor(person=caller(request))
    meetings = access.visible_meetings(visitor).select_related("programme", "host_company", "series")
    meetings = meetings.prefetch_related("registration_questions")
    if asked.hosted:
        meetings = meetings.filter(pk__in=access.hosted_meetings(visitor).values("pk"))
    for field, value in (("state", asked.state), ("kind", asked.kind), ("programme__slug", asked.programme)):
        if value:
            meetings = meetings.filter(**{field: strip_nul(value)})
    return page(meetings.with_seats_taken(), asked, "starts_at", meeting_out)


@router.get("/{meeting_id}", response=MeetingOut, auth=Scope("meetings:read"), summary="Read a meeting")
def read(request: HttpRequest, response: HttpResponse, meeting_id: str) -> MeetingOut:
    """The response has an ETag to use in a later change."""
    return with_etag(response, meeting_out(find_meeting(request, meeting_id)))


@router.patch(
    "/{meeting_id}",
    response=MeetingOut,
    auth=Scope("meetings:write"),
    summary="Change, move or publish a meeting",
)
def change(
    request: HttpRequest, response: HttpResponse, meeting_id: str, payload: MeetingPatch
) -> MeetingOut:
    """Changes only the fields sent. A new time also notifies everyone invited or registered."""
    visitor = Visitor(person=caller(request))
    meeting = find_meeting(request, meeting_id, Level.HOST)
    with api_field_names():
        changed = changing.patch_meeting(
            meeting=meeting,
            by=visitor,
            changes=changes_from(visitor, payload),
            draft=payload.draft,
            now=timezone.now(),
            is_current=lambda locked: is_current(request, meeting_out(locked).model_dump()),
        )
    return with_etag(response, meeting_out(changed))


@router.post(
    "/{meeting_id}/cancel", response=MeetingOut, auth=Scope("meetings:write"), summary="Cancel a meeting"
)
@decorate_view(idempotent)
def cancel(
    request: HttpRequest,
    meeting_id: str,
    payload: Annotated[CancelIn | None, Body()] = None,
    reason: Annotated[str, Query(max_length=2000)] = "",
) -> MeetingOut:
    """Cannot be undone. Everyone invited or registered is notified.

    The reason may be given in the body or in the query.
    """
    meeting = find_meeting(request, meeting_id, Level.HOST)
    given = payload.reason if payload and payload.reason else strip_nul(reason)
    return meeting_out(changing.cancel_meeting(meeting=meeting, reason=given, now=timezone.now()))


@router.post(
    "/{meeting_id}/dates",
    response={201: list[MeetingOut]},
    auth=Scope("meetings:write"),
    summary="Add dates to a meeting or its series",
)
@decorate_view(idempotent)
def add_dates(request: HttpRequest, meeting_id: str, payload: DatesIn) -> Status[list[MeetingOut]]:
    """One more meeting like this one for each day, at its local time, with the same people on stage: all or none.

    They are published if the meeting is. Returns the new meetings; a meeting of its own becomes a series.
    """
    meeting = find_meeting(request, meeting_id, Level.HOST)
    made = scheduling.add_dates(meeting=meeting, days=payload.days, now=timezone.now())
    return Status(201, [meeting_out(one) for one in made])


@router.post(
    "/{meeting_id}/start", response=MeetingOut, auth=Scope("meetings:write"), summary="Start a meeting"
)
@decorate_view(idempotent)
def start(request: HttpRequest, meeting_id: str) -> MeetingOut:
    """Makes the meeting live. People waiting for the start are let in, unless the waiting room is on."""
    meeting = find_meeting(request, meeting_id, Level.HOST)
    return meeting_out(running.start_meeting(meeting=meeting, now=timezone.now()))


@router.post("/{meeting_id}/end", response=MeetingOut, auth=Scope("meetings:write"), summary="End a meeting")
@decorate_view(idempotent)
def end(request: HttpRequest, meeting_id: str) -> MeetingOut:
    """Ends the meeting for everyone in the room."""
    meeting = find_meeting(request, meeting_id, Level.HOST)
    return meeting_out(running.end_meeting(meeting=meeting, now=timezone.now()))


@router.get(
    "/{meeting_id}/calendar.ics",
    auth=Scope("meetings:read"),
    url_name="calendar",
    summary="Read a meeting as a calendar event",
    openapi_extra=CALENDAR,
)
def calendar_entry(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """iCalendar (RFC 5545), METHOD:PUBLISH. With an ETag; If-None-Match is honoured."""
    meeting = find_meeting(request, meeting_id)
    if meeting.state == Meeting.State.DRAFT:
        raise access.NotVisible
    file = calendar.calendar_file(meeting, language=active_language())
    return HttpResponse(file.content, content_type=file.content_type, headers=file.headers)


# ---- from the request to the flow's input ------------------------------------------------------------------


def find_meeting(request: HttpRequest, meeting_id: str, level: Level = Level.SEE) -> Meeting:
    return access.meeting_for(Visitor(person=caller(request)), strip_nul(meeting_id), level)


def details_from(visitor: Visitor, payload: MeetingIn) -> MeetingDetails:
    """Fields of the same name are taken as they are."""
    same = payload.model_dump(exclude={*NOT_PATCHED_ALIKE, "starts_at", "programme", "questions"})
    local_day, local_time = local_date_and_time(datetime.fromisoformat(payload.starts_at), payload.timezone)
    return MeetingDetails(
        **with_tuples(same),
        local_day=local_day,
        local_time=local_time,
        programme=programme_from(visitor, payload.programme),
        host_company=visitor.company,
        room=room_from(visitor, payload.room),
        speakers=tuple(Speaker(email=one.email, name=one.name, role=one.role) for one in payload.speakers),
        questions=tuple(one.as_input() for one in payload.questions),
    )


def rule_from(asked: Recurrence | None) -> recurrence.Rule | None:
    return recurrence.Rule(**with_tuples(asked.model_dump())) if asked else None


def changes_from(visitor: Visitor, payload: MeetingPatch) -> dict[str, Any]:
    """null clears a field that POST takes as null, and leaves all else as it is."""
    given = payload.model_dump(exclude_unset=True, exclude=NOT_PATCHED_ALIKE)
    given = {name: value for name, value in given.items() if value is not None or name in CLEARABLE}
    if "starts_at" in given:
        given["starts_at"] = datetime.fromisoformat(given["starts_at"])
    if "questions" in given:
        given["questions"] = tuple(one.as_input() for one in payload.questions)
    if "programme" in given:
        given["programme"] = programme_from(visitor, given["programme"])
    return given


def programme_from(visitor: Visitor, slug: str | None) -> Programme | None:
    if not slug:
        return None
    found = access.visible_programmes(visitor).filter(slug=slug).first()
    if found is None:
        raise invalid({"programme": [_("This programme does not exist.")]})
    return found


def room_from(visitor: Visitor, room_id: str | None) -> Room | None:
    if not room_id:
        return None
    found = access.project_rooms_to_meet_in(visitor).filter(pk=room_id).first()
    if found is None:
        raise invalid({"room": [_("This project room does not exist.")]})
    return found


@contextmanager
def api_field_names() -> Iterator[None]:
    """Refusals by the fields that a program sends: `starts_at` for day and time, `recurrence.…` for a rule."""
    try:
        yield
    except Refusal as refusal:
        if "" in refusal.field_errors:
            raise
        found: dict[str, list[str]] = {}
        for name, messages in refusal.field_errors.items():
            found.setdefault(API_FIELD_NAMES.get(name, name), []).extend(messages)
        raise invalid(found) from refusal


API_FIELD_NAMES = {
    "local_day": "starts_at",
    "local_time": "starts_at",
    **{
        name: f"recurrence.{name}"
        for name in ("frequency", "interval", "weekdays", "monthly_by", "count", "until")
    },
}


def with_etag(response: HttpResponse, shown: MeetingOut) -> MeetingOut:
    response["ETag"] = etag_of(shown.model_dump())
    return shown
