"""Clients of a room over WebSocket."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import websockets
from asgiref.sync import sync_to_async
from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from companies.models import Person
from meetings import access
from meetings.models import Meeting, MeetingRole, Registration
from rooms import tickets
from rooms.features import registry
from rooms.messages import Reply
from rooms.models import Room
from tests import protocol_coverage
from tests.room_entries import entry_for
from tests.rooms.server import Server

Event = dict[str, Any]
SOON = 30.0


class RoomClient:
    """One open socket; keeps everything received in `events` and `answers` (replies by number)."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[Event] = []
        self.answers: dict[int | None, Event] = {}
        self.asked: dict[int, str] = {}  # commands by their numbers
        self.undeclared: list[str] = []  # what is wrong with replies
        self.frames = 0
        self.largest = 0  # bytes of the largest frame
        self._numbers = itertools.count(1)
        self._news = asyncio.Condition()
        self._ended = False
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for frame in self.socket:
                self.frames += 1
                self.largest = max(self.largest, len(frame.encode() if isinstance(frame, str) else frame))
                content = json.loads(frame)
                async with self._news:
                    for each in content if isinstance(content, list) else [content]:
                        self._keep(each)
                    self._news.notify_all()
        async with self._news:
            self._ended = True
            self._news.notify_all()

    def _keep(self, message: Event) -> None:
        if "re" in message:
            self.answers[message["re"]] = message
            if "error" in message:
                protocol_coverage.error(message["error"])
            elif message["re"] in self.asked:
                self._check(self.asked[message["re"]], message)
                protocol_coverage.command(self.asked[message["re"]])
        else:
            self.events.append(message)
            protocol_coverage.event(message["ev"])

    def _check(self, do: str, answer: Event) -> None:
        """The reply carries what `CommandType.reply` declares, and nothing else."""
        carried = {name: value for name, value in answer.items() if name not in {"re", "ok"}}
        shape = registry.commands[do].reply or Reply
        try:
            shape.model_validate(carried)
        except ValidationError as problem:
            self.undeclared.append(f"{do}: {problem}: declare it as `reply` of the CommandType")

    async def until(self, holds: Callable[[], Any], seconds: float = SOON) -> Any:
        """Waits until `holds` returns something true, and returns that; not for a socket that has closed."""
        async with self._news:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not (found := holds()) and not self._ended:
                        await self._news.wait()
        if not found:
            raise AssertionError(f"not received; events: {self.events[-8:]} {self.answers}")
        return found

    async def receives(self, ev: str, seconds: float = SOON, **fields: Any) -> Event:
        """Waits for an event with this name and these fields, unless it has been received before."""
        event: Event = await self.until(lambda: next(iter(self.all(ev, **fields)), None), seconds)
        return event

    def all(self, ev: str, **fields: Any) -> list[Event]:
        return [
            event
            for event in self.events
            if event["ev"] == ev and all(event.get(name) == value for name, value in fields.items())
        ]

    @property
    def numbers(self) -> list[int]:
        return [
            event["seq"]
            for event in self.events
            if "seq" in event and event["ev"] not in {"welcome", "admitted"}
        ]

    async def sends(self, do: str, **fields: Any) -> int:
        number = next(self._numbers)
        self.asked[number] = do
        await self.socket.send(json.dumps({"id": number, "do": do, **fields}))
        return number

    async def asks(self, do: str, **fields: Any) -> Event:
        number = await self.sends(do, **fields)
        answer: Event = await self.until(lambda: self.answers.get(number))
        assert not self.undeclared
        return answer

    async def does(self, do: str, **fields: Any) -> Event:
        answer = await self.asks(do, **fields)
        assert answer.get("ok") is True, answer
        return answer

    async def closed_with(self, seconds: float = SOON) -> int | None:
        async with asyncio.timeout(seconds):
            await self.socket.wait_closed()
        await self._reader
        protocol_coverage.closed(self.socket.close_code)
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    @property
    def connection(self) -> str:
        return str(self.welcome["you"]["connection"])

    @property
    def id(self) -> str:
        return str(self.welcome["you"]["id"])

    @property
    def welcome(self) -> Event:
        return next(event for event in self.events if event["ev"] in {"welcome", "admitted"})


async def eventually(found: Callable[[], Any], seconds: float = SOON) -> Any:
    """Waits until a query returns something true, and returns that."""
    async with asyncio.timeout(seconds):
        while not (answer := await sync_to_async(found)()):  # noqa: ASYNC110 - a database does not call back
            await asyncio.sleep(0.02)
    return answer


def ticket_for(room: Room, person: Person, seat: Registration | None = None, **options: Any) -> str:
    seats = (seat.pk,) if seat is not None else ()
    visitor = access.Visitor(person, seats)
    if options.get("signed_in") is False:  # by their personal links
        stage = MeetingRole.objects.filter(meeting__room=room, person=person)
        visitor = access.Visitor(None, seats, tuple(stage.values_list("pk", flat=True)))
    return tickets.issue(entry_for(visitor, room.pk), **options)


async def open_socket(server: Server, room_id: str) -> RoomClient:
    url, origin = f"{server.socket_url}/ws/rooms/{room_id}/", f"http://127.0.0.1:{server.port}"
    return RoomClient(await connect(url, origin=Origin(origin), max_size=None, compression=None))


async def enter(
    server: Server, meeting: Meeting | Room, person: Person, *, since: int | None = None, **options: Any
) -> RoomClient:
    """Joins with a new ticket, and waits for `welcome`."""
    visitor = await say_hello(server, meeting, person, since=since, **options)
    await visitor.receives("welcome")
    return visitor


async def say_hello(
    server: Server, meeting: Meeting | Room, person: Person, *, since: int | None = None, **options: Any
) -> RoomClient:
    room = meeting.room if isinstance(meeting, Meeting) else meeting
    ticket = await sync_to_async(ticket_for)(room, person, **options)
    visitor = await open_socket(server, room.pk)
    await visitor.socket.send(json.dumps({"do": "hello", "ticket": ticket, "since": since}))
    return visitor


@contextlib.asynccontextmanager
async def closing(*visitors: RoomClient) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for visitor in visitors:
            await visitor.close()
