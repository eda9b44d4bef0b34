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
from meetings.models import Recording
from meetings.recording import capturing


async def start(caller: Caller, _command: RecordingStart) -> dict[str, Any]:
    return await in_database(_begin, caller)


async def stop(caller: Caller, _command: RecordingStop) -> None:
    await in_database(_finish, caller)


def _begin(caller: Caller) -> dict[str, Any]:
    host = Person.objects.get(pk=caller.ticket.person)
    try:
        begun = capturing.begin_capture(meeting=meeting_of(caller), by=host, now=timezone.now())
    except capturing.UnableToRecord as problem:
        raise Refused("not_now", problem.code) from problem
    return {"recording": begun.pk, "upload": reverse("upload", args=[begun.upload.pk])}


def _finish(caller: Caller) -> None:
    running = Recording.objects.filter(room=caller.room.id, state=Recording.State.CAPTURING).first()
    if running is None:
        raise Refused("not_now", "nothing is being recorded")
    capturing.finish_capture(recording=running, now=timezone.now())
