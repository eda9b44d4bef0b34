"""What newcomers are shown, as bytes that are built once per state of the room."""

from collections.abc import Callable

from django.utils import timezone
from pydantic import BaseModel

from rooms.connections import Caller
from rooms.features import Viewer, registry
from rooms.journal import written
from rooms.messages import MAX_FRAME
from rooms.room_state import LARGEST_SNAPSHOT, Scene
from rooms.transport import encoded

NULL = b"null"


class Views:
    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._version = -1
        self._built: dict[str, bytes] = {}

    def welcome(self, caller: Caller, missed: list[bytes] | None, *, has_asked: bool) -> bytes:
        if not caller.is_admitted:
            you, facts = encoded(caller.you(self._scene)), self._facts(with_servers=False)
            return _event(_welcome(), you, facts, 0, NULL, NULL)
        if missed is not None:
            back = b"[" + b",".join(missed) + b"]"
            for within in (LARGEST_SNAPSHOT, LARGEST_SNAPSHOT - len(back)):
                frame = _event(_welcome(), *self._whole(caller, within), back)
                if len(frame) <= MAX_FRAME:
                    return frame
        return _event(_welcome(), *self._whole(caller), NULL if has_asked else None)

    def admitted(self, caller: Caller) -> bytes:
        return _event(b'"admitted"', *self._whole(caller), None)

    def _whole(self, caller: Caller, within: int = LARGEST_SNAPSHOT) -> tuple[bytes, bytes, int, bytes]:
        scene = self._scene
        return (
            encoded(caller.you(scene)),
            self._facts(with_servers=True),
            scene.seq,
            self._snapshot(caller, within),
        )

    def _facts(self, *, with_servers: bool) -> bytes:
        facts = self._scene.facts
        shown = facts if with_servers else facts.model_copy(update={"ice_servers": []})
        return self._once(f"facts {with_servers}", lambda: shown)

    def _snapshot(self, caller: Caller, within: int) -> bytes:
        attendee, host = caller.is_attendee, caller.is_host
        return self._once(
            f"snapshot {attendee} {host} {within}",
            lambda: registry.snapshot(self._scene, Viewer(is_attendee=attendee, is_host=host), within),
        )

    def _once(self, name: str, build: Callable[[], BaseModel]) -> bytes:
        if self._version != self._scene.version:
            self._version = self._scene.version
            self._built.clear()
        if name not in self._built:
            self._built[name] = encoded(build())
        return self._built[name]


def _welcome() -> bytes:
    """The event's name, with the server's time at this moment: never kept for the next one."""
    return b'"welcome","at":"%s"' % written(timezone.now()).encode()


def _event(name: bytes, you: bytes, room: bytes, seq: int, snapshot: bytes, missed: bytes | None) -> bytes:
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
    ]
    return b"".join([*parts, *([b',"missed":', missed] if missed is not None else []), b"}"])
