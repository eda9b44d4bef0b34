"""A project room gets its next meeting: what a feature keeps of a meeting is read again."""

from collections.abc import Callable
from typing import TypeVar

from rooms.database import in_database
from rooms.room_session import RoomSession

Content = TypeVar("Content")


def follow_meeting(
    room: RoomSession, *, known: str, read: Callable[[str], Content], use: Callable[[str, Content], None]
) -> None:
    """Every few seconds, for a feature that keeps what belongs to the meeting `known`. `read` may query."""
    meeting = room.state.info.meeting or ""
    if meeting != known:
        room.spawn(_read_again(room, meeting, read, use))


async def _read_again(
    room: RoomSession, meeting: str, read: Callable[[str], Content], use: Callable[[str, Content], None]
) -> None:
    seq = room.state.seq
    found = await in_database(read, meeting)
    if room.state.seq != seq:  # an event came meanwhile, perhaps about this: the next check reads again
        return
    room.state.version += 1
    use(meeting, found)
