"""The meeting within its room: begun, extended and ended from there, and what its changes do to the room."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from companies.models import Person
from meetings import access, scheduling
from meetings.access import Level, Visitor
from meetings.models import Meeting
from meetings.room_messages import (
    MeetingCancelled,
    MeetingClosing,
    MeetingEnd,
    MeetingEnded,
    MeetingExtend,
    MeetingExtended,
    MeetingMoved,
    MeetingStart,
    MeetingStarted,
)
from rooms.connections import Caller
from rooms.database import in_database
from rooms.features import CommandType, DurableEvent, Feature
from rooms.messages import name_of
from rooms.models import RoomEvent
from rooms.refusals import Refused
from rooms.rights import Standing, hosts_only
from rooms.room_session import OpenRoom
from rooms.room_state import Scene

WARNED_BEFORE = timedelta(minutes=10)


# ---- commands ------------------------------------------------------------------------------------------------


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


def is_scheduled(_standing: Standing, scene: Scene) -> bool:
    return scene.meeting_state == "scheduled"


def is_live(_standing: Standing, scene: Scene) -> bool:
    return scene.meeting_state == "live"


# ---- what its events do to the room's state --------------------------------------------------------------------


def load(scene: Scene, room_id: str) -> None:
    """What was said before a webinar began stays among those who practised."""
    begun = RoomEvent.objects.filter(room=room_id, ev=name_of(MeetingStarted), seq__lte=scene.seq)
    opened = begun.order_by("seq").last()
    if opened is not None and opened.payload.get("meeting") == scene.facts.meeting and scene.facts.is_webinar:
        scene.opened_at_seq = opened.seq


def started(scene: Scene, event: MeetingStarted) -> None:
    scene.meeting_state = "live"
    scene.facts = scene.facts.model_copy(
        update={
            "state": "live",
            "meeting": event.meeting,
            "started_at": event.at,
            "closes_at": event.closes_at,
        }
    )
    if scene.facts.is_webinar:
        scene.opened_at_seq = scene.seq


def ended(scene: Scene, _event: MeetingEnded | MeetingCancelled) -> None:
    scene.meeting_state = "ended"
    if scene.facts.kind == "meeting":
        scene.facts = scene.facts.model_copy(update={"state": "ended", "recording": False})


def extended(scene: Scene, event: MeetingExtended) -> None:
    _set_times(scene, event.meeting, ends_at=event.until, closes_at=event.closes_at)


def moved(scene: Scene, event: MeetingMoved) -> None:
    _set_times(scene, event.meeting, starts_at=event.starts_at, ends_at=event.ends_at)


def cancelled(scene: Scene, event: MeetingCancelled) -> None:
    if event.meeting == scene.facts.meeting:
        ended(scene, event)


def _set_times(scene: Scene, meeting: str, **times: str) -> None:
    """A room may hear of another meeting than its present one."""
    if meeting == scene.facts.meeting:
        scene.facts = scene.facts.model_copy(update=times)


# ---- what follows in the room ----------------------------------------------------------------------------------


def after_start(room: OpenRoom, event: MeetingStarted) -> None:
    if not room.scene.facts.lobby:
        room.let_everybody_in(datetime.fromisoformat(event.at))
    rights_changed(room, event)


def after_end(room: OpenRoom, event: MeetingEnded | MeetingCancelled) -> None:
    if room.scene.is_over:
        room.close_media()
    rights_changed(room, event)


def rights_changed(room: OpenRoom, _event: object) -> None:
    room.tell_you_all()
    if room.scene.facts.kind == "project":  # what the room is about follows from its meetings
        room.spawn(room.look_again_at_all())


@dataclass
class Warned:
    """Of which closing time hosts were told."""

    of: str = ""


def warn_of_closing(room: OpenRoom, now: datetime) -> None:
    """Hosts are told once of each time at which the meeting is to end by itself."""
    closes_at, warned = room.scene.facts.closes_at, room.scene.part(Warned)
    if room.scene.meeting_state != "live" or closes_at is None or closes_at == warned.of:
        return
    if datetime.fromisoformat(closes_at) - now <= WARNED_BEFORE:
        warned.of = closes_at
        hosts = [each for each in room.callers() if each.is_host and not each.is_holding]
        room.tell(MeetingClosing(closes_at=closes_at), hosts)


MEETING = Feature(
    name="meeting",
    documentation="The meeting that the room is about. Those who wait hear its events, too.",
    commands=(
        CommandType(MeetingStart, start, hosts_only(when=is_scheduled)),
        CommandType(MeetingEnd, end, hosts_only(when=is_live)),
        CommandType(MeetingExtend, extend, hosts_only(when=is_live)),
    ),
    durable=(
        DurableEvent(shape=MeetingStarted, apply=started, after=after_start, to_waiting=True),
        DurableEvent(shape=MeetingEnded, apply=ended, after=after_end, to_waiting=True),
        DurableEvent(shape=MeetingExtended, apply=extended, after=rights_changed, to_waiting=True),
        DurableEvent(shape=MeetingMoved, apply=moved, after=rights_changed, to_waiting=True),
        DurableEvent(shape=MeetingCancelled, apply=cancelled, after=after_end, to_waiting=True),
    ),
    ephemeral=(MeetingClosing,),
    load=load,
    watch=warn_of_closing,
)
