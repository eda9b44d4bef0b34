"""One open room in this process: durable events in their order, who is here, and what its connections are told."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

import orjson
from django.utils import timezone

from rooms import admission, bus, journal, media, presence_records, stage
from rooms.broadcaster import Fanout, Member, Outgoing
from rooms.connections import Caller
from rooms.database import in_database
from rooms.features import UnknownEvent, registry
from rooms.messages import CLOSE_NO_ENTRY, CLOSE_REMOVED, Event, LobbyChanged, YouChanged
from rooms.policy import Access, Level
from rooms.presence import Presences
from rooms.reauthorization import Decision, Refusal, reauthorize
from rooms.room_loader import read_facts_of
from rooms.room_state import Connection, Occupant, Scene
from rooms.snapshots import Views

logger = logging.getLogger(__name__)

PATIENCE = 0.15  # seconds for an event that overtook another on its way


class OpenRoom:
    scene: Scene
    views: Views

    def __init__(
        self,
        room_id: str,
        fanout: Fanout,
        carrier: bus.Bus,
        spawn: Callable[[Coroutine[Any, Any, Any]], None],
    ) -> None:
        self.id = room_id
        self.fanout = fanout
        self.bus = carrier
        self.spawn = spawn
        self.has_begun = False
        self.expected = 0  # connections that are on their way in
        self.presences = Presences(room_id, fanout, carrier)
        self._ahead: dict[int, bytes] = {}
        self._before: list[tuple[bus.Header, bytes]] = []
        self._gap: asyncio.TimerHandle | None = None
        self._is_catching_up = False
        self._decided: dict[str, bool] = {}  # whom hosts let in or turned away while this room was open

    def begin(self, scene: Scene) -> None:
        """The room was read; what was heard meanwhile is applied."""
        self.scene = scene
        self.has_begun = True
        self.views = Views(scene)
        self.presences.begin(scene)
        early, self._before = self._before, []
        for header, payload in early:
            self.receive(header, payload)
        self.ask_who_is_there()

    @property
    def is_empty(self) -> bool:
        return not self.fanout.members and not self.expected

    def callers(self) -> list[Caller]:
        return [member for member in self.fanout.members.values() if isinstance(member, Caller)]

    # ---- connections -------------------------------------------------------------------------------------

    def add(self, caller: Caller, occupant: Occupant, connection: Connection) -> None:
        """From here on the caller misses nothing; it hears of it after `welcome`."""
        decided = self._decided.get(caller.person)
        if decided is False:
            raise admission.UnableToJoin("removed")
        if decided and not caller.is_admitted:
            caller.is_admitted = occupant.is_admitted = True
            self.spawn(self.begin_presences([caller], timezone.now()))
        caller.seq = self.scene.seq
        self.fanout.add(caller)
        self.presences.enter(occupant, connection, tell=True)
        if not caller.is_admitted and self.scene.lets_everybody_in:  # it began while they were at the door
            self.spawn(self._let_all_in(timezone.now()))

    def release(self, caller: Caller) -> None:
        """The welcome went out."""
        caller.is_holding = False

    def remove(self, caller: Caller) -> None:
        if self.fanout.discard(caller.connection) is not None:
            self.presences.leave(caller.connection, tell=True)

    # ---- from the bus ------------------------------------------------------------------------------------

    def receive(self, header: bus.Header, payload: bytes) -> None:
        if not self.has_begun:
            self._before.append((header, payload))
            return
        kind = header["k"]
        if kind == "durable":
            self.hear(int(header["seq"]), payload)
        elif kind == "to_connection":
            member = self.fanout.members.get(header["to"])
            self.fanout.send(payload, [member] if member is not None else [])
        elif kind == "to_person":
            self.fanout.send_where(payload, lambda member: member.person == header["to"])
        elif kind == "admitted":
            self._decided.update(dict.fromkeys(header["people"], True))
            self.let_in(header["people"])
        elif kind == "turned_away":
            self._decided.update(dict.fromkeys(header["people"], False))
            self.close_people(header["people"], CLOSE_REMOVED)
        elif kind in registry.between:
            registry.between[kind](self, header, payload)
        else:
            self.presences.receive(header, payload)

    def hear(self, seq: int, frame: bytes) -> None:
        """A durable event; told on in the order of the numbers, each once."""
        if seq <= self.scene.seq:
            return
        self._ahead[seq] = frame
        while (following := self._ahead.pop(self.scene.seq + 1, None)) is not None:
            self._tell_on(following)
        if self._ahead and self._gap is None:
            self._gap = asyncio.get_running_loop().call_later(PATIENCE, self._mind_the_gap)

    def _tell_on(self, frame: bytes) -> None:
        try:
            known, event = registry.apply(self.scene, orjson.loads(frame), frame)
        except UnknownEvent:  # from a process that runs a newer version: clients may know it
            logger.exception("room %s does not know a durable event", self.id)
            self.fanout.broadcast(Outgoing(self.scene.seq, frame))
            return
        self.fanout.broadcast(Outgoing(self.scene.seq, frame, to_waiting=known.to_waiting))
        if known.after is not None:
            known.after(self, event)

    def _mind_the_gap(self) -> None:
        self._gap = None
        if self._ahead:
            self.catch_up()

    def catch_up(self) -> None:
        """Reads from the journal what has not come over the bus."""
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
            missing = await in_database(journal.after, self.id, self.scene.seq)
            for seq, frame in missing:
                self.hear(seq, frame)
            if len(missing) < journal.MOST_MISSED:
                return

    # ---- telling -----------------------------------------------------------------------------------------

    def tell(self, event: Event, members: Iterable[Member]) -> None:
        self.fanout.send(registry.frame_of(event), members)

    def tell_all(self, event: Event) -> None:
        """Ephemeral, to all who are in, in this process."""
        self.fanout.broadcast(Outgoing(None, registry.frame_of(event)))

    def tell_person(self, person: str, event: Event) -> None:
        """To all connections of one person, in whichever process."""
        self.bus.send(self.id, {"k": "to_person", "to": person}, registry.frame_of(event))

    def tell_connection(self, connection: str, event: Event) -> None:
        self.bus.send(self.id, {"k": "to_connection", "to": connection}, registry.frame_of(event))

    def tell_you(self, people: Iterable[str]) -> None:
        for caller in self.callers():
            if caller.person in people and caller.is_admitted and not caller.is_holding:
                self.tell(YouChanged(you=caller.you(self.scene)), [caller])

    def tell_you_all(self) -> None:
        """Rights changed for many. In a large room attendees learn it from the event itself."""
        named = self.scene.is_named
        self.tell_you({caller.person for caller in self.callers() if named or not caller.is_attendee})

    # ---- admission ---------------------------------------------------------------------------------------

    def let_everybody_in(self, at: datetime) -> None:
        self.spawn(self._let_all_in(at))

    async def _let_all_in(self, at: datetime) -> None:
        if any(not caller.is_admitted for caller in self.callers()):
            await in_database(admission.admit, room_id=self.id, participants=None)
        self.let_in([person for person, each in self.scene.people.items() if not each.is_admitted], at)

    def let_in(self, people: Iterable[str], at: datetime | None = None) -> None:
        """These were admitted: those of them who are here get the snapshot that was held back, and are present."""
        people = set(people)
        came = [caller for caller in self.callers() if caller.person in people and not caller.is_admitted]
        self.scene.admit(people)
        self.presences.changed()
        self.fanout.flush()
        for caller in came:
            caller.is_admitted = True
            caller.seq = self.scene.seq
            if not caller.is_holding:
                self.fanout.send(self.views.admitted(caller), [caller])
        if came:
            self.spawn(self.begin_presences(came, at or timezone.now()))

    async def begin_presences(self, came: list[Caller], at: datetime) -> None:
        connections = [caller.connected() for caller in came]
        await in_database(presence_records.begin, connections=connections, now=at)
        for caller in came:
            caller.is_present = True
        gone = [caller.connection for caller in came if caller.connection not in self.fanout.members]
        if gone:
            await in_database(presence_records.leave, connections=gone, now=timezone.now())

    def close_all(self, code: int) -> None:
        for caller in self.callers():
            caller.wire.close(code)

    def close_people(self, people: Iterable[str], code: int) -> None:
        for caller in self.callers():
            if caller.person in set(people):
                caller.wire.close(code)

    # ---- looking again -----------------------------------------------------------------------------------

    def ask_who_is_there(self) -> None:
        self.presences.ask()

    def give_sign_of_life(self) -> None:
        self.presences.give_sign_of_life()

    async def look_again(self, callers: list[Caller]) -> None:
        connections = [caller.held() for caller in callers]
        decisions = await in_database(
            reauthorize,
            room_id=self.id,
            kind=self.scene.facts.kind,
            connections=connections,
            now=timezone.now(),
        )
        if any(isinstance(decision, Refusal) for decision in decisions.values()):
            await self.read_missing()  # what ended the right is heard before the socket closes
            self.fanout.flush()
        self.follow(decisions)

    async def look_again_at_all(self) -> None:
        """Rights may change without anybody telling this room: a seat withdrawn, a role taken away."""
        seq = self.scene.seq
        facts, meeting_state = await in_database(read_facts_of, self.id)
        if seq == self.scene.seq and (facts.model_copy(update={"ice_servers": []}), meeting_state) != (
            self.scene.facts.model_copy(update={"ice_servers": []}),
            self.scene.meeting_state,
        ):
            self.scene.facts, self.scene.meeting_state = facts, meeting_state
            self.scene.version += 1
            if self.scene.lets_everybody_in:  # the lobby was taken away
                await self._let_all_in(timezone.now())
        if self.fanout.members:
            await self.look_again(self.callers())

    def follow(self, decisions: dict[str, Decision]) -> None:
        for caller in self.callers():
            decision = decisions.get(caller.connection)
            if decision is None:
                continue
            if isinstance(decision, Refusal):
                caller.wire.close(decision.code)
            elif caller.is_admitted and not decision.is_admitted:
                caller.wire.close(CLOSE_NO_ENTRY)  # who is to wait again comes back to wait
            else:
                if decision.access != Access(caller.level, caller.role):
                    self._give(caller, decision.access)
                if decision.is_admitted and not caller.is_admitted:
                    self.let_in([caller.person])

    def _give(self, caller: Caller, access: Access) -> None:
        had_a_role, has_a_role = caller.level >= Level.SPEAK, access.level >= Level.SPEAK
        caller.level, caller.role, caller.is_host = access.level, access.role, access.level >= Level.HOST
        self.presences.change_role(caller.connection, access.role)
        self.tell_you([caller.person])
        if caller.is_host:
            self.tell(LobbyChanged(waiting=self.scene.waiting()), [caller])
        if self.scene.facts.is_webinar and had_a_role is not has_a_role:
            self.spawn(self._follow_onto_the_stage(caller))

    async def _follow_onto_the_stage(self, caller: Caller) -> None:
        """Who is given a role in a webinar is on its stage, who loses it is not."""
        has_a_role = caller.level >= Level.SPEAK
        await in_database(
            stage.follow_role,
            room_id=self.id,
            someone=caller.someone,
            has_a_role=has_a_role,
            by=caller.ticket.person,
            now=timezone.now(),
        )
        await self.tell_media_server(caller.person, may_publish=has_a_role)

    # ---- the media server: what does not reach it now is put right by `media_rights.reconcile` --------------

    async def tell_media_server(self, person: str, *, may_publish: bool) -> None:
        occupant = self.scene.people.get(person)
        connections = list(occupant.connections) if occupant is not None else []
        try:
            await media.set_publishing(
                room_id=self.id, person=person, connections=connections, may_publish=may_publish
            )
        except media.UnableToCarryMedia:
            logger.exception("the media server does not know that %s may publish: %s", person, may_publish)

    async def end_media(self, caller: Caller) -> None:
        if self.scene.is_over:  # the whole room is closed there
            return
        try:
            await media.remove(room_id=self.id, person=caller.person, connection=caller.connection)
        except media.UnableToCarryMedia:
            logger.exception("the media server still carries %s", caller.connection)

    def close_media(self) -> None:
        self.spawn(self._close_media())

    async def _close_media(self) -> None:
        try:
            await media.close(room_id=self.id)
        except media.UnableToCarryMedia:
            logger.exception("the media server still carries room %s", self.id)
