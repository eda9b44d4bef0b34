"""Operations on meetings: schedule, read, change, cancel, start, end."""

from dataclasses import replace
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Body, Query, Router, Status
from ninja.decorators import decorate_view
from pydantic import Field

from companies.api.auth import Scope, caller
from companies.api.paging import Page, PageQuery, page
from companies.api.problems import Problem
from companies.api.repeating import etag_of, idempotent, refuse_if_changed
from companies.api.schemas import dropping_nul
from meetings import access, recurrence, scheduling
from meetings.access import Level, Visitor
from meetings.api.asked import CancelIn, Kind, MeetingIn, MeetingPatch, State, wall_time
from meetings.api.schemas import (
    MeetingOut,
    meeting_out,
    with_seats_taken,
)
from meetings.details import MeetingDetails, Speaker, details_of
from meetings.models import Meeting, Programme, Room
from meetings.views import feeds

router = Router(tags=["meetings"])
CALENDAR = {
    "responses": {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}, "description": "OK"}}
}


class MeetingQuery(PageQuery):
    state: State | None = None
    kind: Kind | None = None
    programme: str = Field("", max_length=140, description="slug")
    hosted: bool = Field(False, description="only those that the caller hosts")


@router.post(
    "", response={201: MeetingOut}, auth=Scope("meetings:write"), summary="Schedule a meeting or a series"
)
@decorate_view(idempotent)
def schedule(request: HttpRequest, payload: MeetingIn) -> Status[MeetingOut]:
    """With `recurrence` a series is made, all of it or nothing; the answer is its first meeting."""
    visitor = Visitor(person=caller(request))
    if not access.may_schedule(visitor):
        raise Problem(403, _("Only people of a company may host meetings."))
    details = asked_details(visitor, payload)
    try:
        return Status(201, scheduled(visitor, payload, details))
    except scheduling.UnableToSchedule as error:
        raise impossible(error.field_errors) from error
    except scheduling.UnableToPublish as error:
        raise impossible({"starts_at": [error.message]}) from error
    except recurrence.ImpossibleRule as error:
        raise impossible({error.field: [error.message]}) from error


def scheduled(visitor: Visitor, payload: MeetingIn, details: MeetingDetails) -> MeetingOut:
    if visitor.person is None:
        raise Problem(403, _("You may not do this."))
    now, publish = timezone.now(), not payload.draft
    if payload.recurrence is None:
        return meeting_out(
            scheduling.schedule_meeting(host=visitor.person, details=details, now=now, publish=publish)
        )
    rule = recurrence.Rule(
        frequency=payload.recurrence.frequency,
        interval=payload.recurrence.interval,
        weekdays=tuple(payload.recurrence.weekdays),
        count=payload.recurrence.count,
        until=payload.recurrence.until,
    )
    meetings = scheduling.schedule_series(
        host=visitor.person, details=details, rule=rule, now=now, publish=publish
    )
    return meeting_out(meetings[0], meetings)


@router.get("", response=Page[MeetingOut], auth=Scope("meetings:read"), summary="List meetings")
def list_meetings(request: HttpRequest, asked: Query[MeetingQuery]) -> dict[str, Any]:
    """The meetings that the caller may see, by start."""
    visitor = Visitor(person=caller(request))
    meetings: QuerySet[Meeting] = access.visible_meetings(visitor).select_related(
        "programme", "host_company", "series"
    )
    if asked.hosted:
        meetings = meetings.filter(pk__in=access.hosted_meetings(visitor).values("pk"))
    for field, value in (("state", asked.state), ("kind", asked.kind), ("programme__slug", asked.programme)):
        if value:
            meetings = meetings.filter(**{field: dropping_nul(value)})
    return page(with_seats_taken(meetings), asked, "starts_at", meeting_out)


@router.get("/{meeting_id}", response=MeetingOut, auth=Scope("meetings:read"), summary="Read a meeting")
def read(request: HttpRequest, response: HttpResponse, meeting_id: str) -> MeetingOut:
    """With an ETag for a later change."""
    return tagged(response, meeting_out(seen_meeting(request, meeting_id)))


@router.patch(
    "/{meeting_id}",
    response=MeetingOut,
    auth=Scope("meetings:write"),
    summary="Change, move or publish a meeting",
)
def change(
    request: HttpRequest, response: HttpResponse, meeting_id: str, payload: MeetingPatch
) -> MeetingOut:
    """Only the given fields change; another time moves the meeting, and everybody who knows of it is told."""
    visitor = Visitor(person=caller(request))
    with transaction.atomic():
        Meeting.objects.select_for_update(no_key=True).filter(pk=dropping_nul(meeting_id)).first()
        meeting = seen_meeting(request, meeting_id, Level.HOST)  # read after the lock: as it is now
        refuse_if_changed(request, meeting_out(meeting).model_dump())
        try:
            changed = scheduling.change_meeting(
                meeting=meeting, details=patched(visitor, meeting, payload), now=timezone.now()
            )
            changed = published(changed, draft=payload.draft)
        except scheduling.UnableToSchedule as error:
            raise impossible(error.field_errors) from error
        except (scheduling.UnableToChange, scheduling.UnableToPublish) as error:
            raise Problem(409, error.message, code=error.code) from error
    return tagged(response, meeting_out(changed))


def published(meeting: Meeting, *, draft: bool | None) -> Meeting:
    if draft and meeting.state != Meeting.State.DRAFT:
        raise impossible({"draft": [_("This meeting is announced already.")]})
    if draft is False and meeting.state == Meeting.State.DRAFT:
        return scheduling.publish_meeting(meeting=meeting, now=timezone.now())
    return meeting


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
    """For good. Everybody who was told of the meeting is told of this; the reason may come in the body, too."""
    meeting = seen_meeting(request, meeting_id, Level.HOST)
    said = payload.reason if payload and payload.reason else dropping_nul(reason)
    try:
        return meeting_out(scheduling.cancel_meeting(meeting=meeting, reason=said, now=timezone.now()))
    except scheduling.UnableToCancel as error:
        raise Problem(409, error.message, code=error.code) from error


@router.post(
    "/{meeting_id}/start", response=MeetingOut, auth=Scope("meetings:write"), summary="Start a meeting"
)
@decorate_view(idempotent)
def start(request: HttpRequest, meeting_id: str) -> MeetingOut:
    """The room opens: those who wait come in."""
    try:
        return meeting_out(
            scheduling.start_meeting(
                meeting=seen_meeting(request, meeting_id, Level.HOST), now=timezone.now()
            )
        )
    except scheduling.UnableToStart as error:
        raise Problem(409, error.message, code=error.code) from error


@router.post("/{meeting_id}/end", response=MeetingOut, auth=Scope("meetings:write"), summary="End a meeting")
@decorate_view(idempotent)
def end(request: HttpRequest, meeting_id: str) -> MeetingOut:
    """For everybody in the room."""
    try:
        return meeting_out(
            scheduling.end_meeting(meeting=seen_meeting(request, meeting_id, Level.HOST), now=timezone.now())
        )
    except scheduling.UnableToEnd as error:
        raise Problem(409, error.message, code=error.code) from error


@router.get(
    "/{meeting_id}/calendar.ics",
    auth=Scope("meetings:read"),
    url_name="calendar",
    summary="Read a meeting as a calendar entry",
    openapi_extra=CALENDAR,
)
def calendar_entry(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """iCalendar (RFC 5545), METHOD:PUBLISH. With an ETag; If-None-Match is honoured."""
    request.user = caller(request)
    return feeds.meeting_calendar(request, meeting_id=dropping_nul(meeting_id))


# ---- from what was asked to what a flow takes --------------------------------------------------------------


def seen_meeting(request: HttpRequest, meeting_id: str, level: Level = Level.SEE) -> Meeting:
    return access.meeting_for(Visitor(person=caller(request)), dropping_nul(meeting_id), level)


def asked_details(visitor: Visitor, payload: MeetingIn) -> MeetingDetails:
    local_day, local_time = wall_time(payload.starts_at, payload.timezone)
    return MeetingDetails(
        kind=payload.kind,
        title=payload.title,
        description=payload.description,
        local_day=local_day,
        local_time=local_time,
        timezone=payload.timezone,
        duration_minutes=payload.duration_minutes,
        languages=tuple(payload.languages),
        interpreted_into=tuple(payload.interpreted_into),
        format=payload.format,
        address=payload.address,
        capacity=payload.capacity,
        visibility=payload.visibility,
        registration=payload.registration,
        record=payload.record,
        lobby=payload.lobby,
        programme=asked_programme(visitor, payload.programme),
        host_company=visitor.company,
        room=asked_room(visitor, payload.room),
        speakers=tuple(Speaker(email=one.email, name=one.name, role=one.role) for one in payload.speakers),
    )


def patched(visitor: Visitor, meeting: Meeting, payload: MeetingPatch) -> MeetingDetails:
    """The meeting's present details with the given fields replaced; null clears only capacity and programme."""
    given = payload.model_dump(exclude_unset=True)
    for name in ("draft", "speakers", "recurrence", "room"):
        given.pop(name, None)
    details = details_of(meeting)
    zone_name = given.get("timezone") or details.timezone
    if given.get("starts_at"):
        given["local_day"], given["local_time"] = wall_time(given["starts_at"], zone_name)
    given.pop("starts_at", None)
    if "programme" in given:
        given["programme"] = asked_programme(visitor, given["programme"])
    for name in ("languages", "interpreted_into"):
        if given.get(name) is not None:
            given[name] = tuple(given[name])
    clearable = {"capacity", "programme"}
    return replace(
        details, **{name: value for name, value in given.items() if value is not None or name in clearable}
    )


def asked_programme(visitor: Visitor, slug: str | None) -> Programme | None:
    if not slug:
        return None
    found = access.visible_programmes(visitor).filter(slug=slug).first()
    if found is None:
        raise Problem(422, _("Some fields are not valid."), {"programme": [_("There is no such programme.")]})
    return found


def asked_room(visitor: Visitor, room_id: str | None) -> Room | None:
    if not room_id:
        return None
    found = access.project_rooms(visitor).filter(pk=room_id).first()
    if found is None:
        raise Problem(422, _("Some fields are not valid."), {"room": [_("There is no such project room.")]})
    return found


def impossible(errors: dict[str, list[str]]) -> Problem:
    """The flow speaks of a local day and of the parts of a rule; a program sent `starts_at` and `recurrence`."""
    found: dict[str, list[str]] = {}
    for name, messages in errors.items():
        found.setdefault(IN_OUR_WORDS.get(name, name), []).extend(messages)
    return Problem(422, _("Some fields are not valid."), found)


IN_OUR_WORDS = {
    "local_day": "starts_at",
    "local_time": "starts_at",
    **{name: f"recurrence.{name}" for name in ("frequency", "interval", "weekdays", "count", "until")},
}


def tagged(response: HttpResponse, shown: MeetingOut) -> MeetingOut:
    response["ETag"] = etag_of(shown.model_dump())
    return shown
