"""One open room in this process: durable events in order, presence, and what is sent to its connections."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

import orjson
from django.utils import timezone

from rooms import admission, audience, bus, journal, media, presence_records, stage
from rooms.audience import DurableFrame
from rooms.broadcaster import Broadcaster, Outgoing, Subscriber
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import UnknownEvent, registry
from rooms.messages import CLOSE_REMOVED, Event, YouChanged
from rooms.policy import Access, Level
from rooms.presence import REQUEST, PresenceTracker
from rooms.reauthorization import Decision, Revocation, reauthorize
from rooms.refusals import UnableToJoin
from rooms.room_loader import load_room_info_of
from rooms.room_state import ConnectionState, ParticipantState, RoomState, nobody_waits
from rooms.snapshots import SnapshotBuilder

logger = logging.getLogger(__name__)

REAUTHORIZED_TOGETHER = 256  # connections, and then the others have their turn
REAUTHORIZE_PAUSE = 0.1  # seconds
REORDER_WAIT = 0.15  # seconds to wait for an earlier event before it is read from the journal


class RoomSession:
    state: RoomState
    snapshots: SnapshotBuilder

    def __init__(
        self,
        room_id: str,
        carrier: bus.Bus,
        spawn: Callable[[Coroutine[Any, Any, Any]], None],
    ) -> None:
        self.id = room_id
        self.broadcaster = Broadcaster()
        self.bus = carrier
        self.spawn = spawn
        self.has_begun = False
        self.expected = 0  # connections that are joining
        self.presences = PresenceTracker(room_id, self.broadcaster, carrier)
        self._out_of_order: dict[int, DurableFrame] = {}
        self._received_early: list[tuple[bus.Header, bytes]] = []
        self._gap_timer: asyncio.TimerHandle | None = None
        self._is_catching_up = False
        self._decisions: dict[str, bool] = {}  # person → admitted or excluded by a host meanwhile

    def begin(self, state: RoomState) -> None:
        """Starts with the loaded state and applies what the bus delivered meanwhile."""
        self.state = state
        self.has_begun = True
        self.snapshots = SnapshotBuilder(state)
        self.presences.begin(state)
        early, self._received_early = self._received_early, []
        for header, payload in early:
            self.receive(header, payload)
        self.presences.request_presences()

    def synchronise(self) -> None:
        """After messages may have been lost."""
        self.catch_up()
        self.presences.request_presences()
        registry.publish(self)

    @property
    def is_empty(self) -> bool:
        return not self.broadcaster.subscribers and not self.expected

    def connections(self) -> list[Connection]:
        return [
            subscriber
            for subscriber in self.broadcaster.subscribers.values()
            if isinstance(subscriber, Connection)
        ]

    # ---- connections -------------------------------------------------------------------------------------

    def add(
        self, connection: Connection, participant: ParticipantState, connection_state: ConnectionState
    ) -> None:
        """From here on the connection misses nothing; events are sent to it after `welcome`."""
        decided = self._decisions.get(connection.person)
        if decided is False:
            raise UnableToJoin("removed")
        if decided and not connection.is_admitted:
            connection.is_admitted = participant.is_admitted = True
            self.spawn(self.begin_presences([connection], timezone.now()))
        connection.seq = self.state.seq
        self.broadcaster.add(connection)
        self.presences.enter(participant, connection_state, publish=True)
        if not connection.is_admitted and self.state.admits_everybody:  # started meanwhile
            self.spawn(self._admit_everybody(timezone.now()))

    def welcome_sent(self, connection: Connection) -> None:
        connection.awaiting_welcome = False
        connection.seq = self.state.seq
        if not connection.is_admitted:
            for event in registry.for_waiting(self.state):
                self.send(event, [connection])

    def set_breakout(self, connection: Connection, breakout: str | None) -> None:
        """The person goes to this breakout room, or comes back; the connection stays."""
        self.presences.set_breakout(connection.id, breakout)

    def remove(self, connection: Connection) -> None:
        if self.broadcaster.discard(connection.id) is not None:
            self.presences.leave(connection.id, publish=True)

    # ---- from the bus ------------------------------------------------------------------------------------

    def receive(self, header: bus.Header, payload: bytes) -> None:
        if not self.has_begun:
            self._received_early.append((header, payload))
            return
        kind = header["k"]
        if kind == "durable":
            frame = DurableFrame(int(header["seq"]), payload, audience.from_json(header.get("audience")))
            self.receive_durable(frame)
        elif kind == "to_connection":
            subscriber = self.broadcaster.subscribers.get(header["to"])
            self.broadcaster.send(payload, [subscriber] if subscriber is not None else [])
        elif kind == "to_person":
            self.broadcaster.send_where(payload, lambda subscriber: subscriber.person == header["to"])
        elif kind == "admitted":
            self._decisions.update(dict.fromkeys(header["people"], True))
            self.admit(header["people"])
        elif kind == "turned_away":
            self._decisions.update(dict.fromkeys(header["people"], False))
            self.close_people(header["people"], CLOSE_REMOVED)
        elif kind in registry.bus_handlers:
            registry.bus_handlers[kind](self, header, payload)
        else:
            self.presences.receive(header, payload)
            if kind == REQUEST:
                registry.publish(self)

    def receive_durable(self, event: DurableFrame) -> None:
        """Applies and broadcasts durable events in the order of their numbers, each once."""
        if event.seq <= self.state.seq:
            return
        self._out_of_order[event.seq] = event
        while (following := self._out_of_order.pop(self.state.seq + 1, None)) is not None:
            self._apply_and_broadcast(following)
        if self._out_of_order and self._gap_timer is None:
            self._gap_timer = asyncio.get_running_loop().call_later(REORDER_WAIT, self._gap_timed_out)

    def _apply_and_broadcast(self, following: DurableFrame) -> None:
        frame, restricted_to = following.frame, following.audience
        try:
            known, event = registry.apply(self.state, orjson.loads(frame), following)
        except UnknownEvent:  # from a process that runs a newer version: clients may know it
            logger.exception("room %s does not know a durable event", self.id)
            self.broadcaster.broadcast(Outgoing(self.state.seq, frame, audience=restricted_to))
            return
        self.broadcaster.broadcast(
            Outgoing(self.state.seq, frame, to_waiting=known.to_waiting, audience=restricted_to)
        )
        if known.after is not None:
            known.after(self, event)

    def _gap_timed_out(self) -> None:
        self._gap_timer = None
        if self._out_of_order:
            self.catch_up()

    def catch_up(self) -> None:
        """Reads from the journal what the bus has not delivered."""
        if not self._is_catching_up:
            self._is_catching_up = True
            self.spawn(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            await self.read_missing()
        finally:
            self._is_catching_up = False

    async def read_missing(self) -> None:
        while True:
            missing = await in_database(journal.events_after, self.id, self.state.seq)
            for each in missing:
                self.receive_durable(each)
            if len(missing) < journal.MOST_MISSED:
                return

    # ---- sending -----------------------------------------------------------------------------------------

    def send(self, event: Event, subscribers: Iterable[Subscriber]) -> None:
        self.broadcaster.send(registry.frame_of(event), subscribers)

    def broadcast(self, event: Event) -> None:
        """An ephemeral event to everybody admitted, in this process only."""
        self.broadcaster.broadcast(Outgoing(None, registry.frame_of(event)))

    def send_to_hosts(self, event: Event) -> None:
        """An ephemeral event to the hosts, in this process only."""
        self.broadcaster.send_to_hosts(registry.frame_of(event))

    def send_to_waiting(self, event: Event) -> None:
        """An ephemeral event to those who wait, in this process only."""
        frame = registry.frame_of(event)
        self.broadcaster.send_where(
            frame, lambda subscriber: not subscriber.is_admitted and not subscriber.awaiting_welcome
        )

    def send_to_person(self, person: str, event: Event) -> None:
        """To all connections of one person, in every process."""
        self.bus.send(self.id, {"k": "to_person", "to": person}, registry.frame_of(event))

    def send_to_connection(self, connection: str, event: Event) -> None:
        self.bus.send(self.id, {"k": "to_connection", "to": connection}, registry.frame_of(event))

    def send_you_changed(self, people: Iterable[str]) -> None:
        for connection in self.connections():
            if connection.person in people and connection.is_admitted and not connection.awaiting_welcome:
                self.send(YouChanged(you=connection.you(self.state)), [connection])

    def send_you_changed_to_all(self) -> None:
        """In a large room only to speakers and hosts: clients of attendees follow the event itself."""
        named = self.state.is_small
        self.send_you_changed(
            {connection.person for connection in self.connections() if named or not connection.is_attendee}
        )

    # ---- admission ---------------------------------------------------------------------------------------

    def admit_everybody(self, at: datetime) -> None:
        self.spawn(self._admit_everybody(at))

    async def _admit_everybody(self, at: datetime) -> None:
        """If that still holds: who has just joined may wait for what this process has not heard of yet."""
        if any(not connection.is_admitted for connection in self.connections()):
            if not nobody_waits(*await in_database(load_room_info_of, self.id)):
                return
            await in_database(admission.admit, room_id=self.id, participants=None)
        self.admit([person for person, each in self.state.people.items() if not each.is_admitted], at)

    def admit(self, people: Iterable[str], at: datetime | None = None) -> None:
        """Sends the people just admitted the snapshot that was held back, and begins their presences."""
        people = set(people)
        came = [
            connection
            for connection in self.connections()
            if connection.person in people and not connection.is_admitted
        ]
        self.state.admit(people)
        self.presences.changed()
        self.broadcaster.flush()
        for connection in came:
            connection.is_admitted = True
            connection.seq = self.state.seq
            if not connection.awaiting_welcome:
                self.broadcaster.send(self.snapshots.admitted(connection), [connection])
        if came:
            self.spawn(self.begin_presences(came, at or timezone.now()))

    def forget_decisions(self, people: Iterable[str]) -> None:
        """They may join again."""
        for person in people:
            self._decisions.pop(person, None)

    async def begin_presences(self, came: list[Connection], at: datetime) -> None:
        refs = [connection.ref() for connection in came]
        await in_database(presence_records.begin, connections=refs, now=at)
        for connection in came:
            connection.is_present = True
        gone = [connection.id for connection in came if connection.id not in self.broadcaster.subscribers]
        if gone:
            await in_database(presence_records.leave, connections=gone, now=timezone.now())

    def close_all(self, code: int) -> None:
        for connection in self.connections():
            connection.transport.close(code)

    def close_people(self, people: Iterable[str], code: int) -> None:
        for connection in self.connections():
            if connection.person in set(people):
                connection.transport.close(code)

    # ---- reauthorization ---------------------------------------------------------------------------------

    async def reauthorize(self, connections: list[Connection]) -> None:
        authorized = [connection.authorization() for connection in connections]
        decisions = await in_database(
            reauthorize,
            room_id=self.id,
            kind=self.state.info.kind,
            connections=authorized,
            now=timezone.now(),
        )
        if any(isinstance(decision, Revocation) for decision in decisions.values()):
            await self.read_missing()  # the event that ended the access is sent before the socket closes
            self.broadcaster.flush()
        self.apply_decisions(decisions)

    async def refresh_and_reauthorize(self) -> None:
        """Access may change without a message to this room: a registration cancelled, a role removed."""
        seq = self.state.seq
        info, meeting_state = await in_database(load_room_info_of, self.id)
        if seq == self.state.seq and (info.model_copy(update={"ice_servers": []}), meeting_state) != (
            self.state.info.model_copy(update={"ice_servers": []}),
            self.state.meeting_state,
        ):
            self.state.info, self.state.meeting_state = info, meeting_state
            self.state.version += 1
            self.send_you_changed_to_all()  # what one may do follows from it
            if self.state.admits_everybody:  # the waiting room was turned off
                await self._admit_everybody(timezone.now())
        await self._reauthorize_in_turn()

    async def _reauthorize_in_turn(self) -> None:
        """Some at a time: no message waits until thousands are checked."""
        connections = self.connections()
        for start in range(0, len(connections), REAUTHORIZED_TOGETHER):
            if start:
                await asyncio.sleep(REAUTHORIZE_PAUSE)
            await self.reauthorize(connections[start : start + REAUTHORIZED_TOGETHER])

    def apply_decisions(self, decisions: dict[str, Decision]) -> None:
        for connection in self.connections():
            decision = decisions.get(connection.id)
            if decision is None:
                continue
            if isinstance(decision, Revocation):
                connection.transport.close(decision.code)
            else:
                if decision.access != Access(connection.level, connection.role):
                    self._set_access(connection, decision.access)
                if decision.is_admitted and not connection.is_admitted:
                    self.admit([connection.person])

    def _set_access(self, connection: Connection, access: Access) -> None:
        was_host = connection.is_host
        had_a_role, has_a_role = connection.level >= Level.SPEAK, access.level >= Level.SPEAK
        reads_only = Level.READ in {connection.level, access.level}
        connection.level, connection.role, connection.is_host = (
            access.level,
            access.role,
            access.level >= Level.HOST,
        )
        self.presences.change_role(connection.id, access.role)
        self.send_you_changed([connection.person])
        if connection.is_host is not was_host and connection.is_admitted and not connection.awaiting_welcome:
            self._send_new_snapshot(connection)
        if (self.state.info.is_webinar or reads_only) and had_a_role is not has_a_role:
            self.spawn(self._follow_role_on_stage(connection))
        registry.access_changed(self, connection)

    def _send_new_snapshot(self, connection: Connection) -> None:
        """Hosts see more than others: what was withheld from a new host, and no longer what only hosts see."""
        self.broadcaster.flush()
        connection.seq = self.state.seq
        self.broadcaster.send(self.snapshots.admitted(connection), [connection])

    async def _follow_role_on_stage(self, connection: Connection) -> None:
        """In a webinar a role brings its person on stage, and losing it takes them off; so does becoming a reader."""
        has_a_role = connection.level >= Level.SPEAK
        await in_database(
            stage.follow_role,
            room_id=self.id,
            person_ref=connection.person_ref,
            has_a_role=has_a_role,
            by=connection.ticket.person,
            now=timezone.now(),
        )
        await self.set_publishing(connection.person, may_publish=has_a_role)

    # ---- the media server: what does not reach it now is corrected by `media_rights.reconcile` --------------

    async def set_publishing(self, person: str, *, may_publish: bool, in_channel: bool = False) -> None:
        """`in_channel`: their microphone is heard in a channel, and not by everybody."""
        participant = self.state.people.get(person)
        connection_ids = list(participant.connections) if participant is not None else []
        try:
            await media.set_publishing(
                room_id=self.id,
                person=person,
                connections=connection_ids,
                may_publish=may_publish,
                in_channel=in_channel,
            )
        except media.MediaServerUnavailable:
            logger.exception("publishing right of %s not set on the media server: %s", person, may_publish)

    async def end_media(self, connection: Connection) -> None:
        if self.state.is_over:  # the media server closes the whole room
            return
        try:
            await media.remove(room_id=self.id, person=connection.person, connection=connection.id)
        except media.MediaServerUnavailable:
            logger.exception("connection %s not removed from the media server", connection.id)

    def close_media(self) -> None:
        self.spawn(self._close_media())

    async def _close_media(self) -> None:
        try:
            await media.close(room_id=self.id)
        except media.MediaServerUnavailable:
            logger.exception("room %s not closed on the media server", self.id)
