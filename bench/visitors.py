"""The load client of the storm: one person's browser, reduced to its requests, on one connection."""

import asyncio
import itertools
import json
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import urlsplit

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

logging.getLogger("picows").setLevel(logging.WARNING)
CSRF = "s" * 32
TIMEOUT = 60.0  # seconds


@dataclass
class Step:
    """The durations of one step, in milliseconds, and its errors."""

    took: list[float] = field(default_factory=list)
    problems: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def p(self, percent: int) -> float:
        return quantiles(self.took, n=100)[percent - 1] if len(self.took) > 1 else sum(self.took)


class Refused(Exception):
    """A response other than 200."""


class Browser:
    """Keeps its connection and its cookies; each of 250 has an address of its own, as people have."""

    def __init__(self, url: str, session: str, number: int = 0) -> None:
        place = urlsplit(url)
        self.host, self.port = place.hostname or "", place.port or 80
        self.source = f"127.0.1.{number % 250 + 1}"
        self.become(session)
        self.writer: asyncio.StreamWriter | None = None

    def become(self, session: str) -> None:
        """Continues as another visitor, on the same connection."""
        cookies = f"sessionid={session}; csrftoken={CSRF}" if session else f"csrftoken={CSRF}"
        host = f"{self.host}:{self.port}"
        self.head = f" HTTP/1.1\r\nHost: {host}\r\nAccept-Language: en\r\nCookie: {cookies}\r\n"

    async def get(self, path: str) -> bytes:
        return await self.ask(f"GET {path}{self.head}\r\n")

    async def post(self, path: str) -> bytes:
        return await self.ask(f"POST {path}{self.head}X-CSRFToken: {CSRF}\r\nContent-Length: 0\r\n\r\n")

    async def ask(self, request: str) -> bytes:
        async with asyncio.timeout(TIMEOUT):
            for attempt in (1, 2):
                try:
                    return await self._ask(request)
                except (asyncio.IncompleteReadError, ConnectionError):
                    self.leave()  # the server may have closed an idle connection: browsers retry
                    if attempt == 2:
                        raise
        raise AssertionError

    async def _ask(self, request: str) -> bytes:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                self.host, self.port, local_addr=(self.source, 0), limit=1024 * 1024
            )
        self.writer.write(request.encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        body = await self.reader.readexactly(int(length))
        if b"connection: close" in head:
            self.leave()
        if (status := int(head[9:12])) != 200:
            raise Refused(str(status))
        return body

    def leave(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


class Entering(WSListener):
    def __init__(self, ticket: str) -> None:
        super().__init__()
        self.ticket = ticket
        self.welcomed = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        transport.send(
            WSMsgType.TEXT, json.dumps({"do": "hello", "ticket": self.ticket, "since": None}).encode()
        )

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        if self.welcomed.done():
            return
        if frame.msg_type == WSMsgType.CLOSE:
            self.welcomed.set_exception(Refused(f"closed with {frame.get_close_code()}"))
        elif b'"welcome"' in frame.get_payload_as_bytes():
            self.welcomed.set_result(None)


async def timed(step: Step, doing: Awaitable[object]) -> object:
    began = time.perf_counter()
    try:
        done = await doing
    except Exception as problem:
        step.problems[f"{type(problem).__name__} {problem}".strip()] += 1
        raise
    step.took.append((time.perf_counter() - began) * 1000)
    return done


async def visit_meeting(
    url: str, meeting: str, room: str, session: str, number: int, steps: dict[str, Step]
) -> "Entering | None":
    """Opens the meeting's page, then the room, and stays in it; None on an error, which `steps` has."""
    browser = Browser(url, session, number)
    try:
        await timed(steps["meeting page"], browser.get(f"/meetings/{meeting}/"))
        await timed(steps["room page"], browser.get(f"/rooms/{room}/"))
        answer = await timed(steps["ticket"], browser.post(f"/rooms/{room}/ticket/"))
        assert isinstance(answer, bytes)
        ticket = json.loads(answer)["ticket"]
        entering = await timed(steps["welcome"], enter(url, room, ticket))
    except Exception:  # noqa: BLE001 - counted in its step
        return None
    finally:
        browser.leave()
    assert isinstance(entering, Entering)
    return entering


async def enter(url: str, room: str, ticket: str) -> Entering:
    socket = f"{url.replace('http', 'ws', 1)}/ws/rooms/{room}/"
    _transport, entering = await ws_connect(lambda: Entering(ticket), socket, extra_headers={"Origin": url})
    await asyncio.wait_for(entering.welcomed, TIMEOUT)
    return entering


async def throughput(url: str, path: str, sessions: Sequence[str], *, at_once: int, seconds: float) -> float:
    """Requests a second over so many connections, each continuing as the next visitor after every response."""
    ends = time.perf_counter() + seconds
    count, visitors = 0, itertools.cycle(sessions)

    async def ask_again_and_again(number: int) -> None:
        nonlocal count
        browser = Browser(url, "", number)
        while time.perf_counter() < ends:
            browser.become(next(visitors))
            await browser.get(path)
            count += 1
        browser.leave()

    began = time.perf_counter()
    await asyncio.gather(*(ask_again_and_again(number) for number in range(at_once)))
    return count / (time.perf_counter() - began)


Visit = Callable[[int], Awaitable[Entering | None]]


async def start_visits(visit: Visit, count: int, seconds: float) -> list[Entering]:
    """This many, one after the other within so many seconds, whether the service keeps up or not."""
    loop = asyncio.get_running_loop()
    began, visits = loop.time(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number * seconds / count - loop.time()))
        visits.append(asyncio.ensure_future(visit(number)))
    return [entered for entered in await asyncio.gather(*visits) if entered is not None]
