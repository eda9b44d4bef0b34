"""The resources of the present meeting in the room's state."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from engagement.resources.describing import info_of, resources_in
from engagement.resources.messages import (
    ResourceChanged,
    ResourceInfo,
    ResourceRemoved,
    Resources,
    ResourceShared,
    ResourcesSnapshot,
)
from rooms.features import Viewer
from rooms.following_meeting import follow_meeting
from rooms.room_session import RoomSession
from rooms.room_state import RoomState, fitting

LARGEST_PART = 12 * 1024  # bytes of the snapshot; `sharing` bounds the texts


@dataclass
class ResourcesState:
    meeting: str = ""
    resources: list[ResourceInfo] = field(default_factory=list)


def resources_of(state: RoomState) -> ResourcesState:
    return state.feature_state(ResourcesState)


def load(state: RoomState, room_id: str) -> None:
    known = resources_of(state)
    known.meeting = state.info.meeting or ""
    known.resources = read(room_id, known.meeting)


def read(room_id: str, meeting: str) -> list[ResourceInfo]:
    return [info_of(resource) for resource in resources_in(room_id, meeting)]


# ---- reducers ------------------------------------------------------------------------------------------------


def shared(state: RoomState, event: ResourceShared) -> None:
    """One shared between the meetings of a project room is in all of them."""
    known = resources_of(state)
    if event.meeting in {known.meeting, ""}:
        known.resources = [*known.resources, event.resource]


def changed(state: RoomState, event: ResourceChanged) -> None:
    known = resources_of(state)
    known.resources = [event.resource if each.id == event.resource.id else each for each in known.resources]


def removed(state: RoomState, event: ResourceRemoved) -> None:
    known = resources_of(state)
    known.resources = [each for each in known.resources if each.id != event.resource]


def snapshot(state: RoomState, _viewer: Viewer, bytes_left: int) -> ResourcesSnapshot:
    known = resources_of(state)
    is_present = known.meeting == (state.info.meeting or "")  # else the next check reads this meeting's
    return ResourcesSnapshot(resources=fitting(known.resources if is_present else [], bytes_left))


# ---- every few seconds ---------------------------------------------------------------------------------------


def watch(room: RoomSession, _now: datetime) -> None:
    known = resources_of(room.state).meeting
    follow_meeting(room, known=known, read=partial(read, room.id), use=partial(_use, room))


def _use(room: RoomSession, meeting: str, found: list[ResourceInfo]) -> None:
    known = resources_of(room.state)
    known.meeting, known.resources = meeting, found
    room.broadcast(Resources(resources=found))
