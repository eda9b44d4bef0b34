"""Recording in a host's browser: started and stopped in the room, uploaded in parts."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from companies.models import Person
from meetings.room_feature import meeting_of
from recordings import capturing, expecting
from recordings.models import Recording
from recordings.room_messages import (
    RecordingSkip,
    RecordingSkipped,
    RecordingStart,
    RecordingStarted,
    RecordingStartReply,
    RecordingStop,
    RecordingStopped,
)
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, DurableEvent, Feature
from rooms.refusals import Refused
from rooms.rights import ParticipantContext, hosts_only
from rooms.room_session import RoomSession
from rooms.room_state import RoomState


async def start(room: RoomSession, connection: Connection, _command: RecordingStart) -> dict[str, Any]:
    return await in_database(_begin, room, connection)


async def stop(room: RoomSession, _connection: Connection, _command: RecordingStop) -> None:
    await in_database(_finish, room.id)


async def skip(room: RoomSession, connection: Connection, _command: RecordingSkip) -> None:
    await in_database(_skip, room, connection)


def _skip(room: RoomSession, connection: Connection) -> None:
    expecting.skip_recording(meeting=meeting_of(room, connection), now=timezone.now())


def _begin(room: RoomSession, connection: Connection) -> dict[str, Any]:
    host = Person.objects.get(pk=connection.ticket.person)
    begun = capturing.begin_capture(meeting=meeting_of(room, connection), by=host, now=timezone.now())
    return {"recording": begun.pk, "upload": reverse("upload", args=[begun.upload.pk])}


def _finish(room_id: str) -> None:
    running = Recording.objects.filter(room=room_id, state=Recording.State.CAPTURING).first()
    if running is None:
        raise Refused("not_now", "not_recording")
    capturing.finish_capture(recording=running, now=timezone.now())


def may_start(_context: ParticipantContext, state: RoomState) -> bool:
    return state.meeting_state == "live" and not state.info.recording


def is_planned(_context: ParticipantContext, state: RoomState) -> bool:
    return state.info.recording_planned and not state.info.recording


def is_recorded(_context: ParticipantContext, state: RoomState) -> bool:
    return state.info.recording


def started(state: RoomState, _event: RecordingStarted) -> None:
    state.info = state.info.model_copy(update={"recording": True, "recording_planned": False})


def stopped(state: RoomState, _event: RecordingStopped) -> None:
    state.info = state.info.model_copy(update={"recording": False})


def skipped(state: RoomState, event: RecordingSkipped) -> None:
    if event.meeting == state.info.meeting:
        state.info = state.info.model_copy(update={"recording_planned": False})


def rights_changed(room: RoomSession, _event: RecordingStarted | RecordingStopped | RecordingSkipped) -> None:
    room.send_you_changed_to_all()


RECORDING = Feature(
    name="recording",
    documentation="Recording the room in a host's browser.",
    commands=(
        CommandType(RecordingStart, start, hosts_only(when=may_start), reply=RecordingStartReply),
        CommandType(RecordingStop, stop, hosts_only(when=is_recorded)),
        CommandType(RecordingSkip, skip, hosts_only(when=is_planned)),
    ),
    durable=(
        DurableEvent(shape=RecordingStarted, apply=started, after=rights_changed),
        DurableEvent(shape=RecordingStopped, apply=stopped, after=rights_changed),
        DurableEvent(shape=RecordingSkipped, apply=skipped, after=rights_changed),
    ),
    in_breakouts=False,
)
