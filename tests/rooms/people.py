"""People in a room, as a program sees them: they come in, say things and hear what happens."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import websockets
from asgiref.sync import sync_to_async
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from companies.models import Person
from meetings import access
from meetings.models import Meeting, MeetingRole, Registration
from rooms import tickets
from rooms.models import Room
from tests import exercised
from tests.entries import entry_for
from tests.rooms.server import Server

Event = dict[str, Any]
SOON = 30.0


class Visitor:
    """One open socket; everything that comes is kept in `heard` (events) and `answers` (replies by number)."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[Event] = []
        self.answers: dict[int | None, Event] = {}
        self.asked: dict[int, str] = {}  # commands by their numbers
        self.frames = 0
        self.largest = 0  # bytes of the largest frame
        self._numbers = itertools.count(1)
        self._news = asyncio.Condition()
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
            self._news.notify_all()

    def _keep(self, message: Event) -> None:
        if "re" in message:
            self.answers[message["re"]] = message
            if "error" in message:
                exercised.error(message["error"])
            elif message["re"] in self.asked:
                exercised.command(self.asked[message["re"]])
        else:
            self.heard.append(message)
            exercised.event(message["ev"])

    async def until(self, holds: Callable[[], Any], seconds: float = SOON) -> Any:
        """Waits until `holds` says something true, and gives that back."""
        async with self._news:
            try:
                async with asyncio.timeout(seconds):
                    while not (found := holds()):
                        await self._news.wait()
            except TimeoutError:
                raise AssertionError(f"it did not come; heard: {self.heard[-8:]} {self.answers}") from None
        return found

    async def hears(self, ev: str, seconds: float = SOON, **fields: Any) -> Event:
        """The first event of this kind with these fields, come already or to come."""
        event: Event = await self.until(lambda: next(iter(self.all(ev, **fields)), None), seconds)
        return event

    def all(self, ev: str, **fields: Any) -> list[Event]:
        return [
            event
            for event in self.heard
            if event["ev"] == ev and all(event.get(name) == value for name, value in fields.items())
        ]

    @property
    def numbers(self) -> list[int]:
        return [
            event["seq"]
            for event in self.heard
            if "seq" in event and event["ev"] not in {"welcome", "admitted"}
        ]

    async def tells(self, do: str, **fields: Any) -> int:
        number = next(self._numbers)
        self.asked[number] = do
        await self.socket.send(json.dumps({"id": number, "do": do, **fields}))
        return number

    async def asks(self, do: str, **fields: Any) -> Event:
        number = await self.tells(do, **fields)
        answer: Event = await self.until(lambda: self.answers.get(number))
        return answer

    async def does(self, do: str, **fields: Any) -> Event:
        answer = await self.asks(do, **fields)
        assert answer.get("ok") is True, answer
        return answer

    async def closed_with(self, seconds: float = SOON) -> int | None:
        async with asyncio.timeout(seconds):
            await self.socket.wait_closed()
        await self._reader
        return self.socket.close_code

    async def leaves(self) -> None:
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
        return next(event for event in self.heard if event["ev"] in {"welcome", "admitted"})


async def eventually(found: Callable[[], Any], seconds: float = SOON) -> Any:
    """What a question to the database brings, once it is something true."""
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


async def open_socket(server: Server, room_id: str) -> Visitor:
    url, origin = f"{server.socket_url}/ws/rooms/{room_id}/", f"http://127.0.0.1:{server.port}"
    return Visitor(await connect(url, origin=Origin(origin), max_size=None, compression=None))


async def enter(
    server: Server, meeting: Meeting | Room, person: Person, *, since: int | None = None, **options: Any
) -> Visitor:
    """Comes in with a ticket of their own, and has heard `welcome`."""
    visitor = await knock(server, meeting, person, since=since, **options)
    await visitor.hears("welcome")
    return visitor


async def knock(
    server: Server, meeting: Meeting | Room, person: Person, *, since: int | None = None, **options: Any
) -> Visitor:
    room = meeting.room if isinstance(meeting, Meeting) else meeting
    ticket = await sync_to_async(ticket_for)(room, person, **options)
    visitor = await open_socket(server, room.pk)
    await visitor.socket.send(json.dumps({"do": "hello", "ticket": ticket, "since": since}))
    return visitor


@contextlib.asynccontextmanager
async def leaving(*visitors: Visitor) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for visitor in visitors:
            await visitor.leaves()
