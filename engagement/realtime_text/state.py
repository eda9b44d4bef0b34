"""The newest kept lines in the room's state, and what the snapshot shows of them and of what is being typed."""

from collections import deque
from dataclasses import dataclass, field

import orjson

from engagement.realtime_text import drafts, reading
from engagement.realtime_text.messages import (
    RttCommitted,
    RttCorrected,
    RttDeleted,
    RttSnapshot,
    TextBeingTyped,
    TextLine,
)
from rooms.features import Viewer
from rooms.room_state import LARGEST_LIST, RoomState, fitting, size_of

KEPT = 100  # lines
SHOWN = 50


@dataclass
class TextState:
    lines: deque[TextLine] = field(default_factory=lambda: deque(maxlen=KEPT))
    has_earlier: bool = False


def load(state: RoomState, room_id: str) -> None:
    """From the journal, up to the state's number."""
    kept = state.feature_state(TextState)
    newest = reading.lines_before(room_id, state.seq + 1, limit=KEPT + 1)
    kept.has_earlier = len(newest) > KEPT
    kept.lines.extend(reversed(newest[:KEPT]))
    # another process may still say that they are being typed
    state.feature_state(drafts.Drafts).finished.extend((each.person.id, each.text_id) for each in kept.lines)


def committed(state: RoomState, event: RttCommitted) -> None:
    drafts.finish(state, (event.person.id, event.text_id))
    if event.deleted:
        return
    kept = state.feature_state(TextState)
    kept.has_earlier = kept.has_earlier or len(kept.lines) == KEPT
    kept.lines.append(event.line())


def deleted(state: RoomState, event: RttDeleted) -> None:
    kept = state.feature_state(TextState)
    kept.lines = deque((each for each in kept.lines if each.id != event.line), maxlen=KEPT)
    state.clear_frames()  # the erased text is in them


def corrected(state: RoomState, event: RttCorrected) -> None:
    kept = state.feature_state(TextState)
    lines = (_with_text(each, event.text) if each.id == event.line else each for each in kept.lines)
    kept.lines = deque(lines, maxlen=KEPT)
    state.change_frames(lambda frame: _corrected_frame(frame, event))  # what it said before is in them


def _corrected_frame(frame: bytes, event: RttCorrected) -> bytes:
    if b'"rtt.co' not in frame:
        return frame
    content = orjson.loads(frame)
    number = content["seq"] if content["ev"] == reading.LINE else content.get("line")
    if number != event.line:
        return frame
    return orjson.dumps({**content, "text": event.text})


def _with_text(line: TextLine, text: str) -> TextLine:
    return line.model_copy(update={"text": text})


def snapshot(state: RoomState, viewer: Viewer, bytes_left: int) -> RttSnapshot:
    """What is being typed goes first. Attendees of a webinar see none of the practice session."""
    hidden = state.hidden_up_to(is_attendee=viewer.is_attendee)
    typed = [
        TextBeingTyped(
            person=each.person,
            text_id=each.text_id,
            version=each.version,
            text=each.text,
            language=each.language,
        )
        for each in state.feature_state(drafts.Drafts).by_key.values()
        if each.began_after >= hidden
    ]
    kept = state.feature_state(TextState)
    lines = [each for each in kept.lines if each.id > hidden]
    bytes_left = min(bytes_left, LARGEST_LIST)
    being_typed = fitting(typed, bytes_left)
    shown = fitting(lines[: -SHOWN - 1 : -1], bytes_left - sum(map(size_of, being_typed)))[::-1]
    has_earlier = kept.has_earlier and (not kept.lines or kept.lines[0].id > hidden)
    return RttSnapshot(
        being_typed=being_typed,
        text_lines=shown,
        earlier_lines=len(shown) < len(lines) or has_earlier,
    )
