"""Presence over all processes, and its broadcasts: once a second, never one per join."""

import asyncio
from typing import Any

import orjson

from rooms import bus
from rooms.broadcaster import Broadcaster, Outgoing
from rooms.features import registry
from rooms.messages import Event, LobbyChanged, PersonChanged, PersonRef, PresenceChanged
from rooms.room_state import ConnectionState, ParticipantState, RoomState
from rooms.throttle import Throttle

SILENT_FOR = 25.0  # seconds after which a process's connections count as gone
PEOPLE_PER_MESSAGE = 200
REQUEST = "who"  # asks other processes who is there, and what they type


class PresenceTracker:
    state: RoomState

    def __init__(self, room_id: str, broadcaster: Broadcaster, carrier: bus.Bus) -> None:
        self._room_id = room_id
        self._broadcaster = broadcaster
        self._bus = carrier
        self._throttle = Throttle(self._broadcast_changes)
        self._announced: dict[str, bool] = {}  # people announced to the room → on the stage or not
        self._announced_waiting: list[str] = []
        self._heard_at: dict[str, float] = {}  # process → time of its last message
        self._unpublished: dict[str, None] = {}  # connections, in the order of their last change

    def begin(self, state: RoomState) -> None:
        self.state = state
        self._announced = {each.person_ref.id: each.on_stage for each in self.state.admitted()}
        now = asyncio.get_running_loop().time()
        self._heard_at = {
            connection.process: now
            for connection in self._all_connections()
            if connection.process != bus.PROCESS
        }

    def _all_connections(self) -> list[ConnectionState]:
        people = self.state.people.values()
        return [connection for participant in people for connection in participant.connections.values()]

    # ---- changes -----------------------------------------------------------------------------------------

    def changed(self) -> None:
        self._throttle.wake()

    def enter(self, participant: ParticipantState, connection: ConnectionState, *, publish: bool) -> None:
        state = self.state
        known = state.people.get(participant.person_ref.id)
        state.enter(participant, connection)
        if publish:
            self._publish(connection.id)
        if known is not None and participant.is_admitted:
            self._broadcast_person(participant.person_ref.id)
        self._throttle.wake()

    def leave(self, connection: str, *, publish: bool) -> None:
        state = self.state
        person = state.person_by_connection.get(connection)
        is_gone = state.leave(connection) is not None
        if publish:
            self._publish(connection)
        if person is not None and not is_gone:
            self._broadcast_person(person)
        self._throttle.wake()

    def set_media(self, connection: str, *, microphone: bool, camera: bool, screen: bool) -> None:
        state = self.state
        participant = state.set_media(connection, microphone=microphone, camera=camera, screen=screen)
        if participant is not None:
            self._publish(connection)
            self._broadcast_person(participant.person_ref.id)

    def set_breakout(self, connection: str, breakout: str | None) -> None:
        """The person goes to this breakout room, or comes back."""
        participant = self.state.set_breakout(connection, breakout)
        if participant is not None:
            self._publish(connection)
            self._broadcast_person(participant.person_ref.id)

    def change_role(self, connection: str, role: str) -> None:
        state = self.state
        participant = state.people.get(state.person_by_connection.get(connection, ""))
        if participant is not None:
            participant.person_ref = PersonRef.model_validate(
                {**participant.person_ref.model_dump(), "role": role}
            )
            state.version += 1
            self._publish(connection)
            self._broadcast_person(participant.person_ref.id)

    # ---- broadcasting to the room ------------------------------------------------------------------------

    def _broadcast_changes(self) -> None:
        state = self.state
        here = {each.person_ref.id: each for each in state.admitted()}
        came = [each for person, each in here.items() if person not in self._announced]
        left = {person: staged for person, staged in self._announced.items() if person not in here}
        self._announced = {person: each.on_stage for person, each in here.items()}
        if not state.is_small:
            came = [each for each in came if each.on_stage]
            left = {person: staged for person, staged in left.items() if staged}
        if came or left or len(here) != getattr(self, "_count", None):
            self._count = len(here)
            joined = [each.info() for each in came]
            self._broadcast(PresenceChanged(count=len(here), joined=joined, left=list(left)))
        self._send_waiting_to_hosts()

    def _send_waiting_to_hosts(self) -> None:
        waiting = self.state.waiting()
        ids = [person_ref.id for person_ref in waiting]
        if ids != self._announced_waiting:
            self._announced_waiting = ids
            self._broadcaster.send_to_hosts(registry.frame_of(LobbyChanged(waiting=waiting)))

    def _broadcast_person(self, person: str) -> None:
        participant = self.state.people.get(person)
        if participant is None or not participant.is_admitted:
            return
        if participant.on_stage or (person in self._announced and self.state.is_small):
            self._broadcast(PersonChanged(person=participant.info()))

    def _broadcast(self, event: Event) -> None:
        self._broadcaster.broadcast(Outgoing(None, registry.frame_of(event)))

    # ---- between processes -------------------------------------------------------------------------------

    def receive(self, header: bus.Header, payload: bytes) -> None:
        process = header.get("from", bus.PROCESS)
        self._heard_at[process] = asyncio.get_running_loop().time()
        kind = header["k"]
        if kind == "here":
            for line in orjson.loads(payload):
                self._enter_from(process, line)
        elif kind == "gone":
            for connection in header["connections"]:
                self.leave(connection, publish=False)
        elif kind == REQUEST:
            self._publish_all()
        elif kind == "alive":
            self._reconcile(process, set(orjson.loads(payload)))

    def request_presences(self) -> None:
        self._bus.send_to_other_processes(self._room_id, {"k": REQUEST})
        self._publish_all()

    def send_heartbeat(self) -> None:
        """Also repairs lost messages and drops processes that died."""
        self._publish_changes()  # the others know of whom the heartbeat names
        local = orjson.dumps(list(self._broadcaster.subscribers))
        self._bus.send_to_other_processes(self._room_id, {"k": "alive"}, local)
        now = asyncio.get_running_loop().time()
        silent = {process for process, heard in self._heard_at.items() if now - heard > SILENT_FOR}
        for connection in self._all_connections():
            if connection.process in silent:
                self.leave(connection.id, publish=False)
        for process in silent:
            del self._heard_at[process]

    def _reconcile(self, process: str, connections: set[str]) -> None:
        known = self.state.connections_of(process)
        for connection in known - connections:
            self.leave(connection, publish=False)
        if connections - known:
            self._bus.send_to_other_processes(self._room_id, {"k": REQUEST})

    def _enter_from(self, process: str, line: dict[str, Any]) -> None:
        participant = ParticipantState(
            person_ref=PersonRef.model_validate(line["person"]),
            is_admitted=line["is_admitted"],
            on_stage=line["on_stage"],
            hand_raised_at=line["hand_raised_at"],
        )
        self.enter(participant, ConnectionState(process=process, **line["connection"]), publish=False)

    def _publish_all(self) -> None:
        for connection in self.state.connections_of(bus.PROCESS):
            self._publish(connection)

    def _publish(self, connection: str) -> None:
        """Tells the other processes of this connection, together with those that change in the same instant."""
        if not self._bus.url:
            return
        if not self._unpublished:
            asyncio.get_running_loop().call_soon(self._publish_changes)
        self._unpublished[connection] = None

    def _publish_changes(self) -> None:
        changed, self._unpublished = list(self._unpublished), {}
        known = self.state.person_by_connection
        here = [self._line(self.state.people[known[each]], each) for each in changed if each in known]
        for first in range(0, len(here), PEOPLE_PER_MESSAGE):
            lines = orjson.dumps(here[first : first + PEOPLE_PER_MESSAGE])
            self._bus.send_to_other_processes(self._room_id, {"k": "here"}, lines)
        gone = [each for each in changed if each not in known]
        if gone:
            self._bus.send_to_other_processes(self._room_id, {"k": "gone", "connections": gone})

    def _line(self, participant: ParticipantState, connection_id: str) -> dict[str, Any]:
        connection = participant.connections[connection_id]
        return {
            "person": participant.person_ref.model_dump(),
            "is_admitted": participant.is_admitted,
            "on_stage": participant.on_stage,
            "hand_raised_at": participant.hand_raised_at,
            "connection": {
                "id": connection.id,
                "microphone": connection.microphone,
                "camera": connection.camera,
                "screen": connection.screen,
                "breakout": connection.breakout,
            },
        }
