"""Who is here, over all processes, and what the room is told of it: once a second, never a broadcast per join."""

import asyncio
from typing import Any

import orjson

from rooms import bus
from rooms.broadcaster import Fanout, Outgoing
from rooms.features import registry
from rooms.messages import Event, LobbyChanged, PersonChanged, PresenceChanged, Someone
from rooms.room_state import Connection, Occupant, Scene
from rooms.throttle import Tick

SILENT_FOR = 25.0  # seconds after which a process's connections count as gone
PEOPLE_PER_MESSAGE = 200


class Presences:
    scene: Scene

    def __init__(self, room_id: str, fanout: Fanout, carrier: bus.Bus) -> None:
        self._room_id = room_id
        self._fanout = fanout
        self._bus = carrier
        self._tick = Tick(self._tell)
        self._told: dict[str, bool] = {}  # people the room was told of → whether on the stage
        self._told_waiting: list[str] = []
        self._heard: dict[str, float] = {}  # process → when

    def begin(self, scene: Scene) -> None:
        self.scene = scene
        self._told = {each.someone.id: each.on_stage for each in self.scene.admitted()}
        now = asyncio.get_running_loop().time()
        self._heard = {
            connection.process: now for connection in self._all() if connection.process != bus.PROCESS
        }

    def _all(self) -> list[Connection]:
        people = self.scene.people.values()
        return [connection for occupant in people for connection in occupant.connections.values()]

    # ---- changes -----------------------------------------------------------------------------------------

    def changed(self) -> None:
        self._tick.wake()

    def enter(self, occupant: Occupant, connection: Connection, *, tell: bool) -> None:
        scene = self.scene
        known = scene.people.get(occupant.someone.id)
        scene.enter(occupant, connection)
        if tell:
            self._tell_elsewhere([(occupant, connection)])
        if known is not None and occupant.is_admitted:
            self._tell_of_person(occupant.someone.id)
        self._tick.wake()

    def leave(self, connection: str, *, tell: bool) -> None:
        scene = self.scene
        person = scene.holders.get(connection)
        is_gone = scene.leave(connection) is not None
        if tell:
            self._bus.send_elsewhere(self._room_id, {"k": "gone", "connections": [connection]})
        if person is not None and not is_gone:
            self._tell_of_person(person)
        self._tick.wake()

    def set_media(self, connection: str, *, microphone: bool, camera: bool, screen: bool) -> None:
        scene = self.scene
        occupant = scene.set_media(connection, microphone=microphone, camera=camera, screen=screen)
        if occupant is not None:
            self._tell_elsewhere([(occupant, occupant.connections[connection])])
            self._tell_of_person(occupant.someone.id)

    def change_role(self, connection: str, role: str) -> None:
        scene = self.scene
        occupant = scene.people.get(scene.holders.get(connection, ""))
        if occupant is not None:
            occupant.someone = Someone.model_validate({**occupant.someone.model_dump(), "role": role})
            scene.version += 1
            self._tell_elsewhere([(occupant, occupant.connections[connection])])
            self._tell_of_person(occupant.someone.id)

    # ---- telling the room --------------------------------------------------------------------------------

    def _tell(self) -> None:
        scene = self.scene
        here = {each.someone.id: each for each in scene.admitted()}
        came = [each for person, each in here.items() if person not in self._told]
        left = {person: staged for person, staged in self._told.items() if person not in here}
        self._told = {person: each.on_stage for person, each in here.items()}
        if not scene.is_named:
            came = [each for each in came if each.on_stage]
            left = {person: staged for person, staged in left.items() if staged}
        if came or left or len(here) != getattr(self, "_count", None):
            self._count = len(here)
            joined = [each.present() for each in came]
            self._broadcast(PresenceChanged(count=len(here), joined=joined, left=list(left)))
        self._tell_hosts()

    def _tell_hosts(self) -> None:
        waiting = self.scene.waiting()
        ids = [someone.id for someone in waiting]
        if ids != self._told_waiting:
            self._told_waiting = ids
            hosts = [each for each in self._fanout.members.values() if each.is_host and not each.is_holding]
            self._fanout.send(registry.frame_of(LobbyChanged(waiting=waiting)), hosts)

    def _tell_of_person(self, person: str) -> None:
        occupant = self.scene.people.get(person)
        if occupant is None or not occupant.is_admitted:
            return
        if occupant.on_stage or (person in self._told and self.scene.is_named):
            self._broadcast(PersonChanged(person=occupant.present()))

    def _broadcast(self, event: Event) -> None:
        self._fanout.broadcast(Outgoing(None, registry.frame_of(event)))

    # ---- between processes -------------------------------------------------------------------------------

    def receive(self, header: bus.Header, payload: bytes) -> None:
        process = header.get("from", bus.PROCESS)
        self._heard[process] = asyncio.get_running_loop().time()
        kind = header["k"]
        if kind == "here":
            for line in orjson.loads(payload):
                self._enter_from(process, line)
        elif kind == "gone":
            for connection in header["connections"]:
                self.leave(connection, tell=False)
        elif kind == "who":
            self._tell_all_elsewhere()
        elif kind == "alive":
            self._compare(process, set(orjson.loads(payload)))

    def ask(self) -> None:
        self._bus.send_elsewhere(self._room_id, {"k": "who"})
        self._tell_all_elsewhere()

    def give_sign_of_life(self) -> None:
        """Also heals what got lost between processes, and forgets processes that died."""
        own = orjson.dumps(list(self._fanout.members))
        self._bus.send_elsewhere(self._room_id, {"k": "alive"}, own)
        now = asyncio.get_running_loop().time()
        silent = {process for process, heard in self._heard.items() if now - heard > SILENT_FOR}
        for connection in self._all():
            if connection.process in silent:
                self.leave(connection.id, tell=False)
        for process in silent:
            del self._heard[process]

    def _compare(self, process: str, connections: set[str]) -> None:
        known = self.scene.connections_of(process)
        for connection in known - connections:
            self.leave(connection, tell=False)
        if connections - known:
            self._bus.send_elsewhere(self._room_id, {"k": "who"})

    def _enter_from(self, process: str, line: dict[str, Any]) -> None:
        occupant = Occupant(
            someone=Someone.model_validate(line["someone"]),
            is_admitted=line["is_admitted"],
            on_stage=line["on_stage"],
            hand_raised_at=line["hand_raised_at"],
        )
        self.enter(occupant, Connection(process=process, **line["connection"]), tell=False)

    def _tell_all_elsewhere(self) -> None:
        scene = self.scene
        own = [
            (occupant, connection)
            for occupant in scene.people.values()
            for connection in occupant.connections.values()
            if connection.process == bus.PROCESS
        ]
        for first in range(0, len(own), PEOPLE_PER_MESSAGE):
            self._tell_elsewhere(own[first : first + PEOPLE_PER_MESSAGE])

    def _tell_elsewhere(self, entries: list[tuple[Occupant, Connection]]) -> None:
        if not self._bus.url:
            return
        lines = [
            {
                "someone": occupant.someone.model_dump(),
                "is_admitted": occupant.is_admitted,
                "on_stage": occupant.on_stage,
                "hand_raised_at": occupant.hand_raised_at,
                "connection": {
                    "id": connection.id,
                    "microphone": connection.microphone,
                    "camera": connection.camera,
                    "screen": connection.screen,
                },
            }
            for occupant, connection in entries
        ]
        self._bus.send_elsewhere(self._room_id, {"k": "here"}, orjson.dumps(lines))
