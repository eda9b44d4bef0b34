"""The meeting's begin and end, from within its room."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from companies.models import Person
from meetings import access, scheduling
from meetings.access import Level, Visitor
from meetings.live.callers import Caller
from meetings.live.database import in_database
from meetings.live.messages import MeetingEnd, MeetingExtend, MeetingStart
from meetings.live.refusals import Refused
from meetings.live.room import OpenRoom
from meetings.models import Meeting


async def start(room: OpenRoom, caller: Caller, _command: MeetingStart) -> None:
    await in_database(_change, room, caller, scheduling.start_meeting)


async def end(room: OpenRoom, caller: Caller, _command: MeetingEnd) -> None:
    await in_database(_change, room, caller, scheduling.end_meeting)


async def extend(room: OpenRoom, caller: Caller, command: MeetingExtend) -> None:
    await in_database(_change, room, caller, partial(scheduling.extend_meeting, minutes=command.minutes))


def _change(room: OpenRoom, caller: Caller, flow: Callable[..., Any]) -> None:
    try:
        flow(meeting=meeting_of(room, caller), now=timezone.now())
    except scheduling.Refusal as problem:
        raise Refused("not_now", problem.code) from problem


def meeting_of(room: OpenRoom, caller: Caller) -> Meeting:
    """The meeting of the room, if this person hosts it. Raises Refused."""
    visitor = Visitor(Person.objects.filter(pk=caller.ticket.person, is_active=True).first())
    try:
        return access.meeting_for(visitor, room.scene.facts.meeting or "", Level.HOST)
    except Http404 as problem:
        raise Refused("not_found") from problem
    except PermissionDenied as problem:
        raise Refused("not_allowed") from problem
