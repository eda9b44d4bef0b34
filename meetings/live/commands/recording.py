"""A recording made in a host's browser: begun and finished here, its parts come as an upload."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from companies.models import Person
from meetings.live.callers import Caller
from meetings.live.commands.meeting import meeting_of
from meetings.live.database import in_database
from meetings.live.messages import RecordingStart, RecordingStop
from meetings.live.refusals import Refused
from meetings.live.room import OpenRoom
from meetings.models import Recording
from meetings.recording import capturing


async def start(room: OpenRoom, caller: Caller, _command: RecordingStart) -> dict[str, Any]:
    return await in_database(_begin, room, caller)


async def stop(room: OpenRoom, caller: Caller, _command: RecordingStop) -> None:
    await in_database(_finish, room)


def _begin(room: OpenRoom, caller: Caller) -> dict[str, Any]:
    host = Person.objects.get(pk=caller.ticket.person)
    try:
        begun = capturing.begin_capture(meeting=meeting_of(room, caller), by=host, now=timezone.now())
    except capturing.UnableToRecord as problem:
        raise Refused("not_now", problem.code) from problem
    return {"recording": begun.pk, "upload": reverse("upload", args=[begun.upload.pk])}


def _finish(room: OpenRoom) -> None:
    running = Recording.objects.filter(room=room.id, state=Recording.State.CAPTURING).first()
    if running is None:
        raise Refused("not_now", "nothing is being recorded")
    capturing.finish_capture(recording=running, now=timezone.now())
