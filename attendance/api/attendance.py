"""Attendance of a meeting, for programs."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from api.auth import Scope
from attendance import report
from companies.api.people import caller
from companies.api.schemas import strip_nul
from meetings import access
from meetings.access import Level, Visitor

router = Router(tags=["meetings"])


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
    share: float = Field(description="share of the meeting attended, from 0 to 1")
    counted: bool
    breakout_rooms: list[str] = Field(description="names of the breakout rooms they were in")


class AttendanceOut(Schema):
    meeting: str
    threshold: float = Field(description="smallest share that counts as attended")
    starts_at: datetime
    ends_at: datetime
    is_final: bool = Field(description="false until the meeting has ended")
    companies: int = Field(description="number of companies of counted attendees")
    countries: dict[str, int] = Field(description="counted attendees by country")
    items: list[PersonAttendance]
    next: None = None  # never paged


@router.get(
    "/meetings/{meeting_id}/attendance",
    response=AttendanceOut,
    auth=Scope("attendance:read"),
    operation_id="meetings_attendance",
    summary="Read the attendance report",
)
def attendance(request: HttpRequest, meeting_id: str) -> AttendanceOut:
    """Presence merged per person and cut to the meeting's actual start and end. Hosts only."""
    visitor = Visitor(person=caller(request))
    meeting = access.meeting_for(visitor, strip_nul(meeting_id), Level.HOST)
    found = report.attendance_of(meeting, timezone.now())
    return AttendanceOut(
        meeting=meeting.pk,
        threshold=found.threshold,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        is_final=found.is_final,
        companies=len(found.companies),
        countries={row.country: row.people for row in found.by_country},
        items=[
            PersonAttendance(
                name=one.name,
                email=one.person.known_email,
                company=one.company,
                country=one.country,
                intervals=[Interval(joined=joined, left=left) for joined, left in one.intervals],
                minutes=one.minutes,
                share=round(one.share, 4),
                counted=one.counted,
                breakout_rooms=list(one.groups),
            )
            for one in found.attendees
        ],
    )
