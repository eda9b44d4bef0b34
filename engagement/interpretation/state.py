"""The channels of the present meeting in the room's state."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from engagement.interpretation import reading
from engagement.interpretation.messages import (
    Interpretation,
    InterpretationChanged,
    InterpretationChannelInfo,
    InterpretationClosed,
    InterpretationOpened,
    InterpretationSnapshot,
)
from rooms.features import Viewer
from rooms.following_meeting import follow_meeting
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_LIST, RoomState, fitting

LARGEST_PART = LARGEST_LIST


@dataclass
class InterpretationState:
    meeting: str = ""
    channels: dict[str, InterpretationChannelInfo] = field(default_factory=dict)  # by language

    def channel_of(self, person: str) -> InterpretationChannelInfo | None:
        return next((each for each in self.channels.values() if _has(each, person)), None)


def _has(channel: InterpretationChannelInfo, person: str) -> bool:
    return any(each.id == person for each in channel.interpreters)


def interpretation_in(state: RoomState) -> InterpretationState:
    return state.feature_state(InterpretationState)


def load(state: RoomState, room_id: str) -> None:
    meeting = state.info.meeting or ""
    _put(interpretation_in(state), meeting, _read(state, room_id, meeting))


def _read(state: RoomState, room_id: str, meeting: str) -> list[InterpretationChannelInfo]:
    """None in a breakout room: it has the meeting of its main room."""
    return [] if state.info.kind == "breakout" else reading.channels_of(room_id, meeting)


def _put(found: InterpretationState, meeting: str, channels: list[InterpretationChannelInfo]) -> None:
    found.meeting, found.channels = meeting, {each.language: each for each in channels}


# ---- reducers ------------------------------------------------------------------------------------------------


def opened(state: RoomState, event: InterpretationOpened) -> None:
    found = interpretation_in(state)
    if event.meeting == found.meeting:
        found.channels[event.language] = InterpretationChannelInfo(
            language=event.language, interpreters=[], on_air=None, offered_to=None
        )


def closed(state: RoomState, event: InterpretationClosed) -> None:
    found = interpretation_in(state)
    if event.meeting == found.meeting:
        found.channels.pop(event.language, None)


def changed(state: RoomState, event: InterpretationChanged) -> None:
    found = interpretation_in(state)
    if event.meeting == found.meeting:
        found.channels[event.channel.language] = event.channel


# ---- what is shown, and who is heard where -------------------------------------------------------------------


def snapshot(state: RoomState, _viewer: Viewer, bytes_left: int) -> InterpretationSnapshot:
    """None of another meeting: the next check reads this one's."""
    found = interpretation_in(state)
    is_present = found.meeting == (state.info.meeting or "")
    shown = [found.channels[language] for language in sorted(found.channels)] if is_present else []
    return InterpretationSnapshot(interpretation=fitting(shown, bytes_left))


def speaks_in_channel(state: RoomState, person: str) -> bool:
    return interpretation_in(state).channel_of(person) is not None


# ---- every few seconds ---------------------------------------------------------------------------------------


def watch(room: RoomSession, _now: datetime) -> None:
    known = interpretation_in(room.state).meeting
    follow_meeting(room, known=known, read=partial(_read, room.state, room.id), use=partial(_use, room))


def _use(room: RoomSession, meeting: str, channels: list[InterpretationChannelInfo]) -> None:
    _put(interpretation_in(room.state), meeting, channels)
    room.broadcast(Interpretation(interpretation=channels))
