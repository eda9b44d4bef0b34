"""The registry of live features: undeclared messages are refused, declarations are complete."""

import inspect
from typing import Any, Literal

import pytest
from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel

from engagement.chat.messages import ChatMessage
from rooms import journal
from rooms.audience import DurableFrame
from rooms.features import (
    CommandType,
    DurableEvent,
    Feature,
    Registry,
    SnapshotPart,
    UnknownEvent,
    Viewer,
    registry,
)
from rooms.messages import Command, Event, LobbySnapshot, PeopleSnapshot, PersonRef, Resync, StageJoined
from rooms.models import RoomEvent
from rooms.room_state import RoomState, fitting
from tests import factories
from tests.rooms.test_protocol import room_state


class Sneezed(Event):
    """Nobody declares this."""

    ev: Literal["nose.sneezed"] = "nose.sneezed"
    at: str = ""


class Sneeze(Command):
    """Nobody declares this."""

    do: Literal["nose.sneeze"]


async def sneeze(_room: object, _connection: object, _command: Sneeze) -> None:
    return None


def ignored(_state: RoomState, _event: Event) -> None:
    return None


@pytest.mark.django_db
@pytest.mark.parametrize("event", [Sneezed(), Resync(seq=1)], ids=["unknown", "ephemeral"])
def test_the_journal_refuses_an_event_not_declared_as_durable(event: Event) -> None:
    meeting = factories.meeting()
    with pytest.raises(UnknownEvent), transaction.atomic():
        journal.write(room=meeting.room, event=event, now=timezone.now())
    meeting.room.refresh_from_db()
    assert meeting.room.last_seq == 0
    assert not RoomEvent.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        {"ev": "nose.sneezed", "seq": 1, "at": ""},
        {"ev": "on_chat_message", "seq": 1},
        {"ev": "stage.joined", "seq": 1, "person": "p1", "at": ""},
    ],
    ids=["unknown", "no name", "another form"],
)
def test_the_state_refuses_an_event_that_is_not_declared(content: dict[str, Any]) -> None:
    state = room_state("live")
    with pytest.raises(UnknownEvent):
        registry.apply(state, content, DurableFrame(content["seq"], b"{}"))
    assert state.seq == 1, "the room goes on behind it"


@pytest.mark.parametrize(
    "event", [Sneezed(), StageJoined.model_construct(ev="stage.joined")], ids=["unknown", "durable"]
)
def test_a_room_refuses_to_send_an_event_not_declared_as_ephemeral(event: Event) -> None:
    with pytest.raises(UnknownEvent):
        registry.frame_of(event)


def test_a_name_is_declared_once() -> None:
    new_registry = Registry()
    new_registry.register(Feature(name="nose", documentation="x", commands=(CommandType(Sneeze, sneeze),)))
    with pytest.raises(ValueError, match=r"nose\.sneeze"):
        new_registry.register(
            Feature(name="mouth", documentation="x", commands=(CommandType(Sneeze, sneeze),))
        )
    new_registry.register(Feature(name="ear", documentation="x", ephemeral=(Sneezed,)))
    with pytest.raises(ValueError, match=r"nose\.sneezed"):
        kept = DurableEvent(shape=Sneezed, apply=ignored)
        new_registry.register(Feature(name="eye", documentation="x", durable=(kept,)))


def test_a_durable_event_that_changes_nothing_is_not_declared() -> None:
    with pytest.raises(TypeError, match=r"nose\.sneezed"):
        DurableEvent(shape=Sneezed)


@pytest.mark.django_db(transaction=True)
def test_the_journal_takes_no_number_outside_the_transaction_of_a_flow() -> None:
    meeting = factories.meeting()
    event = ChatMessage(id=0, sender=PersonRef(id="p0", name="Ona"), text="Labas", at="")
    with pytest.raises(transaction.TransactionManagementError):
        journal.write(room=meeting.room, event=event, now=timezone.now())
    meeting.room.refresh_from_db()
    assert (meeting.room.last_seq, RoomEvent.objects.count()) == (0, 0)


def test_snapshot_parts_without_a_limit_share_what_the_others_leave() -> None:
    given: dict[str, int] = {}

    def people(_state: RoomState, _viewer: Viewer, bytes_left: int) -> PeopleSnapshot:
        given["greedy"] = bytes_left
        return PeopleSnapshot(count=1)

    def lobby(_state: RoomState, _viewer: Viewer, bytes_left: int) -> LobbySnapshot:
        given["bounded"] = bytes_left
        return LobbySnapshot(waiting=[])

    new_registry = Registry()
    greedy = SnapshotPart(shape=PeopleSnapshot, build=people)
    bounded = SnapshotPart(shape=LobbySnapshot, build=lobby, max_bytes=100)
    new_registry.register(Feature(name="greedy", documentation="x", snapshot=greedy))
    new_registry.register(Feature(name="bounded", documentation="x", snapshot=bounded))
    built = new_registry.snapshot(room_state("live"), Viewer(is_attendee=True, is_host=False), 1000)
    assert built.model_dump() == {"count": 1, "waiting": []}
    assert given["bounded"] == 100
    assert given["greedy"] == 1000 - len('{"waiting":[]},')


@pytest.mark.parametrize("command", registry.commands.values(), ids=lambda each: each.name)
def test_a_handler_is_registered_for_the_command_that_it_takes(command: CommandType) -> None:
    assert inspect.iscoroutinefunction(command.handler)
    parameters = list(inspect.signature(command.handler).parameters.values())
    assert parameters[2].annotation is command.shape


@pytest.mark.parametrize("event", registry.durable.values(), ids=lambda each: each.name)
def test_a_durable_event_says_when_and_one_that_changes_a_person_says_whom(event: DurableEvent[Any]) -> None:
    assert "at" in event.shape.model_fields
    assert event.apply_to_person is None or "person" in event.shape.model_fields


@pytest.mark.parametrize("feature", registry.features.values(), ids=lambda each: each.name)
def test_a_feature_says_what_it_is_for(feature: Feature) -> None:
    assert feature.documentation.endswith(".")
    assert feature.commands or feature.durable or feature.ephemeral


class Words(BaseModel):
    """Words."""

    words: list[PersonRef]


class Names(BaseModel):
    """Names."""

    names: list[PersonRef]


def test_parts_with_limits_of_their_own_share_what_a_frame_holds() -> None:
    people = [PersonRef(id=f"p{number}", name="x" * 100) for number in range(30)]
    parts = Registry()
    for name, shape in (("words", Words), ("names", Names)):
        part = SnapshotPart(
            shape=shape,
            build=lambda _state, _viewer, left, kind=shape, field=name: kind(
                **{field: fitting(people, left)}
            ),
            max_bytes=2000,
        )
        parts.register(Feature(name=name, documentation="", snapshot=part))
    viewer = Viewer(is_attendee=True, is_host=False)
    assert len(parts.snapshot(room_state("live"), viewer, 5000).model_dump_json()) > 3000
    assert len(parts.snapshot(room_state("live"), viewer, 2500).model_dump_json()) <= 2500
