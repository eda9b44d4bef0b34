"""Commands and events of the meeting in its room."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from companies.models import Person
from meetings import access, appointing, running
from meetings.access import Level, Visitor
from meetings.models import Meeting
from meetings.room_messages import (
    MeetingCancelled,
    MeetingClosing,
    MeetingEnd,
    MeetingEnded,
    MeetingExtend,
    MeetingExtended,
    MeetingHandOver,
    MeetingMoved,
    MeetingStart,
    MeetingStarted,
    MeetingWaitingRoom,
)
from rooms import admission
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, DurableEvent, Feature
from rooms.limits import WRITE_LIMIT
from rooms.messages import message_name
from rooms.models import RoomEvent
from rooms.refusals import Refused, refusing
from rooms.rights import ParticipantContext, hosts_only
from rooms.room_session import RoomSession
from rooms.room_state import RoomState

WARN_BEFORE = timedelta(minutes=10)


# ---- commands ------------------------------------------------------------------------------------------------


async def start(room: RoomSession, connection: Connection, _command: MeetingStart) -> None:
    await in_database(_change, room, connection, running.start_meeting)


async def end(room: RoomSession, connection: Connection, _command: MeetingEnd) -> None:
    await in_database(_change, room, connection, running.end_meeting)


async def extend(room: RoomSession, connection: Connection, command: MeetingExtend) -> None:
    await in_database(_change, room, connection, partial(running.extend_meeting, minutes=command.minutes))


async def hand_over(room: RoomSession, connection: Connection, command: MeetingHandOver) -> None:
    participant = room.state.people.get(command.person)
    if participant is None or not participant.is_admitted:
        raise Refused("not_found")
    await in_database(_hand_over, room, connection, command.person)


def _hand_over(room: RoomSession, connection: Connection, participant: str) -> None:
    meeting = meeting_of(room, connection)
    person = Person.objects.filter(
        pk=admission.person_of(room_id=room.id, participant=participant) or 0
    ).first()
    if person is None:
        raise Refused("not_found")
    visitor = Visitor(Person.objects.get(pk=connection.ticket.person))
    with refusing():
        appointing.hand_over(meeting=meeting, person=person, by=visitor, now=timezone.now())


def _change(room: RoomSession, connection: Connection, flow: Callable[..., Any]) -> None:
    flow(meeting=meeting_of(room, connection), now=timezone.now())


def meeting_of(room: RoomSession, connection: Connection) -> Meeting:
    """The meeting of the room, if the person may host it. Raises Refused."""
    visitor = Visitor(Person.objects.filter(pk=connection.ticket.person, is_active=True).first())
    try:
        return access.meeting_for(visitor, room.state.info.meeting or "", Level.HOST)
    except Http404 as problem:
        raise Refused("not_found") from problem
    except PermissionDenied as problem:
        raise Refused("not_allowed") from problem


def is_scheduled(_context: ParticipantContext, state: RoomState) -> bool:
    return state.meeting_state == "scheduled"


def is_live(_context: ParticipantContext, state: RoomState) -> bool:
    return state.meeting_state == "live"


def is_ahead(_context: ParticipantContext, state: RoomState) -> bool:
    return state.meeting_state in {"scheduled", "live"}


# ---- reducers --------------------------------------------------------------------------------------------------


def load(state: RoomState, room_id: str) -> None:
    """Finds the start of the webinar: attendees get nothing from before it."""
    starts = RoomEvent.objects.filter(room=room_id, ev=message_name(MeetingStarted), seq__lte=state.seq)
    last = starts.order_by("seq").last()
    if last is not None and last.payload.get("meeting") == state.info.meeting and state.info.is_webinar:
        state.practice_until_seq = last.seq


def started(state: RoomState, event: MeetingStarted) -> None:
    state.meeting_state = "live"
    state.info = state.info.model_copy(
        update={
            "state": "live",
            "meeting": event.meeting,
            "started_at": event.at,
            "closes_at": event.closes_at,
        }
    )
    if state.info.is_webinar:
        state.practice_until_seq = state.seq


def ended(state: RoomState, _event: MeetingEnded | MeetingCancelled) -> None:
    state.meeting_state = "ended"
    if state.info.kind == "meeting":
        state.info = state.info.model_copy(update={"state": "ended", "recording": False})


def extended(state: RoomState, event: MeetingExtended) -> None:
    _set_times(state, event.meeting, ends_at=event.until, closes_at=event.closes_at)


def moved(state: RoomState, event: MeetingMoved) -> None:
    _set_times(state, event.meeting, starts_at=event.starts_at, ends_at=event.ends_at)


def waiting_room_changed(state: RoomState, event: MeetingWaitingRoom) -> None:
    if event.meeting == state.info.meeting:
        state.info = state.info.model_copy(update={"lobby": event.on})


def cancelled(state: RoomState, event: MeetingCancelled) -> None:
    if event.meeting == state.info.meeting:
        ended(state, event)


def _set_times(state: RoomState, meeting: str, **times: str) -> None:
    """In a project room the event may be about another meeting than the present one."""
    if meeting == state.info.meeting:
        state.info = state.info.model_copy(update=times)


# ---- after the broadcast ---------------------------------------------------------------------------------------


def after_start(room: RoomSession, event: MeetingStarted) -> None:
    if room.state.admits_everybody:
        room.admit_everybody(datetime.fromisoformat(event.at))
    rights_changed(room, event)


def after_waiting_room(room: RoomSession, event: MeetingWaitingRoom) -> None:
    if room.state.admits_everybody:
        room.admit_everybody(datetime.fromisoformat(event.at))
    rights_changed(room, event)


def after_end(room: RoomSession, event: MeetingEnded | MeetingCancelled) -> None:
    if room.state.is_over:
        room.close_media()
    rights_changed(room, event)


def rights_changed(room: RoomSession, _event: object) -> None:
    room.send_you_changed_to_all()
    if room.state.info.kind == "project":  # it may have another present meeting now
        room.spawn(room.refresh_and_reauthorize())


@dataclass
class ClosingWarning:
    """The closing time that hosts were warned of."""

    closes_at: str = ""


def warn_of_closing(room: RoomSession, now: datetime) -> None:
    """Warns hosts once of each closing time."""
    closes_at, warning = room.state.info.closes_at, room.state.feature_state(ClosingWarning)
    if room.state.meeting_state != "live" or closes_at is None or closes_at == warning.closes_at:
        return
    if datetime.fromisoformat(closes_at) - now <= WARN_BEFORE:
        warning.closes_at = closes_at
        room.send_to_hosts(MeetingClosing(closes_at=closes_at))


MEETING = Feature(
    name="meeting",
    documentation="The meeting in the room. Its events go to people in the waiting room, too.",
    commands=(
        CommandType(MeetingStart, start, hosts_only(when=is_scheduled)),
        CommandType(MeetingEnd, end, hosts_only(when=is_live)),
        CommandType(MeetingExtend, extend, hosts_only(when=is_live)),
        CommandType(MeetingHandOver, hand_over, hosts_only(when=is_ahead), WRITE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=MeetingStarted, apply=started, after=after_start, to_waiting=True),
        DurableEvent(shape=MeetingEnded, apply=ended, after=after_end, to_waiting=True),
        DurableEvent(shape=MeetingExtended, apply=extended, after=rights_changed, to_waiting=True),
        DurableEvent(shape=MeetingMoved, apply=moved, after=rights_changed, to_waiting=True),
        DurableEvent(
            shape=MeetingWaitingRoom, apply=waiting_room_changed, after=after_waiting_room, to_waiting=True
        ),
        DurableEvent(shape=MeetingCancelled, apply=cancelled, after=after_end, to_waiting=True),
    ),
    ephemeral=(MeetingClosing,),
    load=load,
    watch=warn_of_closing,
    in_breakouts=False,
)
