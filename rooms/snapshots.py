"""Snapshots as bytes, built once per version of the room's state."""

from collections.abc import Callable

from django.utils import timezone
from pydantic import BaseModel

from rooms.connections import Connection
from rooms.features import Viewer, registry
from rooms.journal import protocol_time
from rooms.messages import MAX_FRAME
from rooms.room_state import LARGEST_SNAPSHOT, RoomState
from rooms.transport import encoded

NULL = b"null"


class SnapshotBuilder:
    def __init__(self, state: RoomState) -> None:
        self._state = state

    def welcome(self, connection: Connection, missed: list[bytes] | None, *, has_asked: bool) -> bytes:
        if not connection.is_admitted:
            you, info = encoded(connection.you(self._state)), self._info(with_servers=False)
            return _event(_welcome(), you, info, 0, NULL, NULL, NULL)
        if missed is not None:
            back = b"[" + b",".join(missed) + b"]"
            for max_bytes in (LARGEST_SNAPSHOT, LARGEST_SNAPSHOT - len(back)):
                frame = _event(_welcome(), *self._room_fields(connection, max_bytes), back)
                if len(frame) <= MAX_FRAME:
                    return frame
        return _event(_welcome(), *self._room_fields(connection), NULL if has_asked else None)

    def admitted(self, connection: Connection) -> bytes:
        return _event(b'"admitted"', *self._room_fields(connection), None)

    def _room_fields(
        self, connection: Connection, max_bytes: int = LARGEST_SNAPSHOT
    ) -> tuple[bytes, bytes, int, bytes, bytes]:
        state = self._state
        return (
            encoded(connection.you(state)),
            self._info(with_servers=True),
            state.seq,
            self._snapshot(connection, max_bytes),
            encoded(registry.own(state, connection.person)),
        )

    def _info(self, *, with_servers: bool) -> bytes:
        info = self._state.info
        shown = info if with_servers else info.model_copy(update={"ice_servers": []})
        return self._once(f"info {with_servers}", lambda: shown)

    def _snapshot(self, connection: Connection, max_bytes: int) -> bytes:
        attendee, host = connection.is_attendee, connection.is_host
        return self._once(
            f"snapshot {attendee} {host} {max_bytes}",
            lambda: registry.snapshot(self._state, Viewer(is_attendee=attendee, is_host=host), max_bytes),
        )

    def _once(self, name: str, build: Callable[[], BaseModel]) -> bytes:
        return self._state.once(name, lambda: encoded(build()))


def _welcome() -> bytes:
    """The event's name, and the server's time: so it is not cached."""
    return b'"welcome","at":"%s"' % protocol_time(timezone.now()).encode()


def _event(
    name: bytes, you: bytes, room: bytes, seq: int, snapshot: bytes, own: bytes, missed: bytes | None
) -> bytes:
    parts = [
        b'{"ev":',
        name,
        b',"you":',
        you,
        b',"room":',
        room,
        b',"seq":%d' % seq,
        b',"snapshot":',
        snapshot,
        b',"own":',
        own,
    ]
    return b"".join([*parts, *([b',"missed":', missed] if missed is not None else []), b"}"])
