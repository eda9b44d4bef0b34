"""The live features: commands and events of a room.

Each feature is declared in its own folder and registered in `AppConfig.ready`; the engine knows none of them by name.
docs/live-features.md says how to add one.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError, create_model

from rooms.audience import DurableFrame
from rooms.limits import RateLimit
from rooms.messages import Command, Event, Own, PersonRef, Reply, Snapshot, message_name
from rooms.rights import ParticipantContext, Rule
from rooms.room_state import LARGEST_SNAPSHOT, ParticipantState, RoomState, size_of
from rooms.transport import encoded

E = TypeVar("E", bound=Event)
# Gets the RoomSession, the Connection and the command; returns the fields of the reply besides `ok`.
Handler = Callable[[Any, Any, Any], Awaitable[dict[str, Any] | None]]


class UnknownEvent(Exception):
    """No registered feature declares this event, or not in this form."""


@dataclass(frozen=True)
class CommandType:
    """A command: its message, its handler, who may send it when (`rule`), and how often (`limit`).

    `reply` declares what the reply carries besides `re` and `ok`. Without `in_breakouts` the command is refused in
    breakout rooms.
    """

    shape: type[Command]
    handler: Handler
    rule: Rule = field(default_factory=Rule)
    limit: RateLimit | None = None
    reply: type[Reply] | None = None
    in_breakouts: bool = True

    @property
    def name(self) -> str:
        return message_name(self.shape)


@dataclass(frozen=True, kw_only=True)
class DurableEvent(Generic[E]):
    """An event that the journal keeps, and what every process that has the room open does with it.

    `apply` changes the room's state, `apply_to_person` the state of the event's `person`. `after` runs in the room
    session once the event has been broadcast; `to_waiting` sends it to people in the waiting room, too.
    """

    shape: type[E]
    apply: Callable[[RoomState, E], None] | None = None
    apply_to_person: Callable[[ParticipantState, E], None] | None = None
    after: Callable[[Any, E], None] | None = None
    to_waiting: bool = False

    def __post_init__(self) -> None:
        if self.apply is None and self.apply_to_person is None:
            raise TypeError(f"{self.name} changes no state: make it an ephemeral event")

    @property
    def name(self) -> str:
        return message_name(self.shape)

    def change(self, state: RoomState, event: E) -> None:
        if self.apply is not None:
            self.apply(state, event)
        if self.apply_to_person is not None:
            participant = state.people.get(event.person.id)  # type: ignore[attr-defined]  # a test asks for the field
            if participant is not None:
                self.apply_to_person(participant, event)


@dataclass(frozen=True)
class Viewer:
    """Who gets a snapshot."""

    is_attendee: bool
    is_host: bool


@dataclass(frozen=True, kw_only=True)
class SnapshotPart:
    """A feature's fields of the snapshot.

    `build` gets the bytes that the part may take: at most `max_bytes`, if given, and what those before it leave.
    """

    shape: type[BaseModel]
    build: Callable[[RoomState, Viewer, int], BaseModel]
    max_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class OwnPart:
    """A feature's fields of what only the receiver sees, for example what they have voted for.

    `build` gets the person's public id. It is called for everybody who joins: no database, and a small answer.
    """

    shape: type[BaseModel]
    build: Callable[[RoomState, str], BaseModel]


class StageHook(Protocol):
    def __call__(self, *, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> object: ...


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Everything that the engine needs to know of a feature.

    `load` reads the feature's part of the state when a room is opened in this process. `bus_handlers` maps the
    header's kind to a function(room session, header, payload) for messages from other processes. `publish` sends other
    processes what no journal holds: they ask for it when they open the room, or have lost messages. `watch` runs every
    few seconds for every open room. `for_waiting` builds the event that who comes to the waiting room gets after
    `welcome`. `on_stage_joined` and `on_stage_left` run in the transaction that brings a person
    on stage or takes them off; `on_access_changed` is called when a connection has another role or level. Without
    `in_breakouts` all its commands are refused in breakout rooms. `words` gives what the room's page says of it, by key
    and in the active language; `plurals` those texts that go with a number.

    `speaks_in_channel` tells whether a person's microphone is heard in a channel, and not by everybody;
    `speakers_in_channels` finds these people in the database, as room and person.
    """

    name: str
    documentation: str
    commands: tuple[CommandType, ...] = ()
    durable: tuple[DurableEvent[Any], ...] = ()
    ephemeral: tuple[type[Event], ...] = ()
    snapshot: SnapshotPart | None = None
    own: OwnPart | None = None
    load: Callable[[RoomState, str], None] | None = None
    bus_handlers: Mapping[str, Callable[[Any, Mapping[str, Any], bytes], None]] = field(default_factory=dict)
    publish: Callable[[Any], None] | None = None
    watch: Callable[[Any, datetime], None] | None = None
    for_waiting: Callable[[RoomState], Event] | None = None
    on_stage_joined: StageHook | None = None
    on_stage_left: StageHook | None = None
    on_access_changed: Callable[[Any, Any], None] | None = None
    speaks_in_channel: Callable[[RoomState, str], bool] | None = None
    speakers_in_channels: Callable[[Collection[str]], set[tuple[str, int]]] | None = None
    in_breakouts: bool = True
    words: Callable[[], dict[str, str]] = dict
    plurals: Callable[[int], dict[str, str]] = lambda _n: {}


class Registry:
    """The registered features, and their commands and events by their names in the protocol."""

    def __init__(self) -> None:
        self.features: dict[str, Feature] = {}
        self.commands: dict[str, CommandType] = {}
        self._only_in_main_rooms: set[str] = set()  # commands
        self.durable: dict[str, DurableEvent[Any]] = {}
        self.ephemeral: dict[str, type[Event]] = {}
        self.bus_handlers: dict[str, Callable[[Any, Mapping[str, Any], bytes], None]] = {}
        self.parts: list[SnapshotPart] = []
        self.own_parts: list[OwnPart] = []
        self.snapshot_shape: type[BaseModel] = Snapshot
        self.own_shape: type[BaseModel] = Own

    def register(self, feature: Feature) -> None:
        """Raises ValueError when a name is taken."""
        _add(self.features, {feature.name: feature})
        _add(self.commands, {each.name: each for each in feature.commands})
        self._only_in_main_rooms |= {
            each.name for each in feature.commands if not (feature.in_breakouts and each.in_breakouts)
        }
        events = {each.name: each for each in feature.durable}
        passing = {message_name(each): each for each in feature.ephemeral}
        if taken := (events.keys() & self.ephemeral) | (
            passing.keys() & (self.durable.keys() | events.keys())
        ):
            raise ValueError(f"declared as durable and as ephemeral: {taken}")
        _add(self.durable, events)
        _add(self.ephemeral, passing)
        _add(self.bus_handlers, feature.bus_handlers)
        if feature.snapshot is not None:
            self._add_part(feature.snapshot)
        if feature.own is not None:
            self.own_parts.append(feature.own)
            self.own_shape = _combined(Own, [each.shape for each in self.own_parts])

    def _add_part(self, part: SnapshotPart) -> None:
        self.snapshot_shape = _combined(Snapshot, [each.shape for each in (*self.parts, part)])
        # Parts with a limit are built first: the others share what is left.
        self.parts = sorted([*self.parts, part], key=lambda each: each.max_bytes is None)

    # ---- commands ----------------------------------------------------------------------------------------

    def refusal(self, command: str, context: ParticipantContext, state: RoomState) -> str | None:
        """The error code that the command would get now, or None when it is allowed."""
        refused = self.commands[command].rule.refusal(context, state)
        if refused is None and state.info.kind == "breakout" and command in self._only_in_main_rooms:
            return "not_now"
        return refused

    def may(self, context: ParticipantContext, state: RoomState) -> list[str]:
        return state.once(
            ("may", context),
            lambda: [name for name in self.commands if self.refusal(name, context, state) is None],
        )

    # ---- events ------------------------------------------------------------------------------------------

    def check_durable(self, event: Event) -> None:
        """Raises UnknownEvent for an event that no feature declares as durable."""
        known = self.durable.get(message_name(type(event)))
        if known is None or known.shape is not type(event):
            raise UnknownEvent(f"no feature declares {type(event).__name__} as durable")

    def frame_of(self, event: Event) -> bytes:
        """The JSON of an ephemeral event. Raises UnknownEvent when no feature declares it as one."""
        if self.ephemeral.get(message_name(type(event))) is not type(event):
            raise UnknownEvent(f"no feature declares {type(event).__name__} as ephemeral")
        return encoded(event)

    def apply(
        self, state: RoomState, content: dict[str, Any], frame: DurableFrame
    ) -> tuple[DurableEvent[Any], Event]:
        """Applies the next durable event to the state.

        Raises UnknownEvent; the state has counted the event all the same, so that the room goes on.
        """
        state.append_event(frame)
        known, event = self._read(content)
        known.change(state, event)
        return known, event

    def _read(self, content: dict[str, Any]) -> tuple[DurableEvent[Any], Event]:
        known = self.durable.get(content["ev"])
        if known is None:
            raise UnknownEvent(f"no feature declares {content['ev']}")
        try:
            return known, known.shape.model_validate(content)
        except ValidationError as problem:
            raise UnknownEvent(f"{content['ev']} has another form: {problem}") from problem

    def catch_up_participant(
        self, participant: ParticipantState, contents: list[dict[str, Any]]
    ) -> ParticipantState:
        """Applies those of these durable events that are about the participant."""
        for content in contents:
            known = self.durable.get(content["ev"])
            if known is None or known.apply_to_person is None:
                continue
            if content["person"]["id"] == participant.person_ref.id:
                known.apply_to_person(participant, known.shape.model_validate(content))
        return participant

    # ---- the state of a room -----------------------------------------------------------------------------

    def load(self, state: RoomState, room_id: str) -> None:
        for feature in self.features.values():
            if feature.load is not None:
                feature.load(state, room_id)

    def snapshot(self, state: RoomState, viewer: Viewer, max_bytes: int = LARGEST_SNAPSHOT) -> BaseModel:
        """At most `max_bytes` of JSON."""
        values: dict[str, Any] = {}
        for part in self.parts:
            limit = max_bytes if part.max_bytes is None else min(part.max_bytes, max_bytes)
            built = part.build(state, viewer, limit)
            max_bytes -= size_of(built)
            values |= {name: getattr(built, name) for name in part.shape.model_fields}
        return self.snapshot_shape.model_construct(**values)

    def own(self, state: RoomState, person: str) -> BaseModel:
        values: dict[str, Any] = {}
        for part in self.own_parts:
            built = part.build(state, person)
            values |= {name: getattr(built, name) for name in part.shape.model_fields}
        return self.own_shape.model_construct(**values)

    def for_waiting(self, state: RoomState) -> Iterator[Event]:
        for feature in self.features.values():
            if feature.for_waiting is not None:
                yield feature.for_waiting(state)

    def publish(self, room: Any) -> None:
        for feature in self.features.values():
            if feature.publish is not None:
                feature.publish(room)

    def watch(self, room: Any, now: datetime) -> None:
        for feature in self.features.values():
            if feature.watch is not None:
                feature.watch(room, now)

    def stage_joined(self, *, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> None:
        for feature in self.features.values():
            if feature.on_stage_joined is not None:
                feature.on_stage_joined(room_id=room_id, person_ref=person_ref, by=by, now=now)

    def stage_left(self, *, room_id: str, person_ref: PersonRef, by: int, now: datetime) -> None:
        for feature in self.features.values():
            if feature.on_stage_left is not None:
                feature.on_stage_left(room_id=room_id, person_ref=person_ref, by=by, now=now)

    def access_changed(self, room: Any, connection: Any) -> None:
        for feature in self.features.values():
            if feature.on_access_changed is not None:
                feature.on_access_changed(room, connection)

    # ---- channels beside the floor -----------------------------------------------------------------------

    def speaks_in_channel(self, state: RoomState, person: str) -> bool:
        checks = (feature.speaks_in_channel for feature in self.features.values())
        return any(check(state, person) for check in checks if check is not None)

    def speakers_in_channels(self, room_ids: Collection[str]) -> set[tuple[str, int]]:
        finders = (feature.speakers_in_channels for feature in self.features.values())
        return {found for finder in finders if finder is not None for found in finder(room_ids)}


def _combined(base: type[BaseModel], parts: list[type[BaseModel]]) -> type[BaseModel]:
    return create_model(base.__name__, __base__=tuple(parts), __doc__=base.__doc__)


V = TypeVar("V")


def _add(known: dict[str, V], new: Mapping[str, V]) -> None:
    if taken := known.keys() & new.keys():
        raise ValueError(f"registered twice: {', '.join(sorted(taken))}")
    known.update(new)


registry: Registry = Registry()
register = registry.register
