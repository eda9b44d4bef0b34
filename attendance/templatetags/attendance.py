"""Attendance on pages of other apps."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.template import Context
from django.utils import timezone

from attendance import report
from meetings import access
from meetings.models import Meeting

register = template.Library()


@dataclass(frozen=True)
class MeetingAttendance:
    """`can_see_all`: the visitor may open the whole report."""

    meeting: Meeting
    attendance: report.Attendance
    can_see_all: bool


@register.simple_tag(takes_context=True)
def attendance_of_meetings(context: Context, meetings: Iterable[Meeting]) -> list[MeetingAttendance]:
    """In the order of `meetings`; as many queries for one meeting as for all of them."""
    visitor, listed = access.visitor_of(context["request"]), list(meetings)
    found = report.attendances_of(listed, timezone.now())
    levels = access.levels_in(visitor, listed, access.own_registrations_in(visitor, listed))
    return [MeetingAttendance(one, found[one.pk], levels[one.pk] >= access.Level.HOST) for one in listed]
