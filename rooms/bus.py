"""Messages between processes: over Redis, or within this process alone without it.

Durable events are in the journal before they are published, so nothing is lost when a publish fails: every process
notices a missing number and reads it from the database. Ephemeral events may be lost.
"""

import asyncio
import logging
import os
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import redis
import redis.asyncio as aioredis
from django.conf import settings
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from api import circuit_breaker

logger = logging.getLogger(__name__)

Header = dict[str, Any]
Receive = Callable[[str, Header, bytes], None]
CONTROL = "webinar:control"
PREFIX = "webinar:room:"
LONGEST_QUEUE = 10_000
PING_AFTER = 10.0  # seconds of silence after which Redis is pinged


def _name_process() -> None:
    global PROCESS  # noqa: PLW0603 - one name per process
    PROCESS = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"


PROCESS: str
_name_process()
os.register_at_fork(after_in_child=_name_process)  # `serve` forks its processes when all is loaded


class Bus:
    """One per process, on the loop of its sockets. Delivers in this process at once, in others through Redis."""

    def __init__(self, receive: Receive, reconnected: Callable[[], None], url: str = "") -> None:
        self.receive = receive
        self.reconnected = reconnected
        self.url = url
        self.loop = asyncio.get_running_loop()
        self.channels: set[str] = {CONTROL}
        self._outgoing: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(LONGEST_QUEUE)
        self._confirmed: dict[str, asyncio.Future[None]] = {}
        self._pubsub: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        if self.url:
            work = (self._listen, self._send_queued)
            self._tasks = [self.loop.create_task(self._keep_running(each)) for each in work]

    def send(self, room: str, header: Header, payload: bytes = b"") -> None:
        """Call it on the loop only. `room` is empty for what concerns the whole process."""
        self.receive(room, header, payload)
        self.send_to_other_processes(room, header, payload)

    def send_to_other_processes(self, room: str, header: Header, payload: bytes = b"") -> None:
        if self.url:
            try:
                self._outgoing.put_nowait(_encode(room, header, payload))
            except asyncio.QueueFull:
                logger.warning("the bus is full: other processes will read from the journal")

    async def subscribe(self, room: str) -> None:
        """Returns when subscribed, or after two seconds: the journal then fills the gap."""
        if not self.url:
            return
        channel = PREFIX + room
        self.channels.add(channel)
        confirmed = self._confirmed[channel] = self.loop.create_future()
        try:
            if self._pubsub is not None:
                await self._pubsub.subscribe(channel)
            await asyncio.wait_for(confirmed, 2)
        except (RedisError, OSError, TimeoutError) as problem:
            logger.warning("room %s is not subscribed yet: %r", room, problem)
        finally:
            self._confirmed.pop(channel, None)

    async def unsubscribe(self, room: str) -> None:
        self.channels.discard(PREFIX + room)
        if self._pubsub is not None:
            try:
                await self._pubsub.unsubscribe(PREFIX + room)
            except (RedisError, OSError) as problem:
                logger.warning("room %s is still subscribed: %r", room, problem)

    async def _keep_running(self, work: Callable[[], Awaitable[None]]) -> None:
        pause = 0.1
        while True:
            started = self.loop.time()
            try:
                await work()
            except (RedisError, OSError, TimeoutError, RuntimeError) as problem:
                if self.loop.time() - started > 5:
                    pause = 0.1
                logger.warning("the bus lost Redis, again in %.1f s: %r", pause, problem)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _listen(self) -> None:
        client = _client(self.url)
        try:
            async with client.pubsub() as pubsub:
                subscribed = set(self.channels)
                await pubsub.subscribe(*subscribed)
                self._pubsub = pubsub
                if late := self.channels - subscribed:  # rooms that were opened while connecting
                    await pubsub.subscribe(*late)
                self.reconnected()
                await self._read_messages(pubsub)
        finally:
            self._pubsub = None
            await client.aclose()

    async def _read_messages(self, pubsub: Any) -> None:
        pinged = False
        while True:
            message = await pubsub.get_message(timeout=PING_AFTER)
            if message is None:
                if pinged:
                    raise TimeoutError("Redis does not answer")
                await pubsub.ping()
                pinged = True
                continue
            pinged = False
            if message["type"] == "subscribe":
                waiting = self._confirmed.get(message["channel"].decode())
                if waiting is not None and not waiting.done():
                    waiting.set_result(None)
            elif message["type"] == "message":
                self._dispatch(message["channel"].decode(), message["data"])

    def _dispatch(self, channel: str, encoded: bytes) -> None:
        head, _newline, payload = encoded.partition(b"\n")
        header = orjson.loads(head)
        if header.get("from") != PROCESS:
            self.receive(channel.removeprefix(PREFIX) if channel != CONTROL else "", header, payload)

    async def _send_queued(self) -> None:
        client = _client(self.url)
        try:
            connection = await client.connection_pool.get_connection()
            while True:
                batch = [await self._outgoing.get()]
                while not self._outgoing.empty() and len(batch) < 200:
                    batch.append(self._outgoing.get_nowait())
                # Without a pipeline of redis-py, whose own work would be a tenth of what a chat message costs.
                commands = connection.pack_commands(("PUBLISH", *each) for each in batch)
                async with asyncio.timeout(5):
                    if await connection.can_read():  # Redis has closed it: the next line connects again
                        await connection.disconnect()
                    await connection.send_packed_command(commands, check_health=False)
                    for _each in batch:
                        await connection.read_response()
        finally:
            await client.aclose()


def _client(url: str) -> Any:
    # redis-py 8 would cut a silent subscription after five seconds. Reconnecting is done here: rooms must catch up.
    return aioredis.from_url(
        url,
        socket_timeout=None,
        socket_connect_timeout=2,
        socket_keepalive=True,
        max_connections=1000,
        retry=AsyncRetry(NoBackoff(), 0),
    )


def _encode(room: str, header: Header, payload: bytes) -> tuple[str, bytes]:
    channel = PREFIX + room if room else CONTROL
    return channel, orjson.dumps({**header, "from": PROCESS}) + b"\n" + payload


# ---- for flows: from any thread of any process -------------------------------------------------------------

running: Bus | None = None
_publisher: Any = None
_publisher_lock = threading.Lock()


def publish(room: str, header: Header, payload: bytes = b"") -> None:
    """Publishes to every process. A failure is logged: the journal has the event."""
    bus = running
    if bus is not None and not bus.loop.is_closed():
        try:
            bus.loop.call_soon_threadsafe(bus.send, room, header, payload)
        except RuntimeError:
            logger.warning("the loop of the rooms has stopped: room %s will read its journal", room)
        return
    if settings.REDIS_URL:
        _publish_to_redis(room, header, payload)


def _publish_to_redis(room: str, header: Header, payload: bytes) -> None:
    """From a process without rooms, as a worker is. With Redis down the circuit breaker keeps pages fast."""
    if not circuit_breaker.redis.allows():
        return
    global _publisher  # noqa: PLW0603 - one pool of connections per process
    with _publisher_lock:
        if _publisher is None:
            _publisher = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=1,
                socket_connect_timeout=1,
                max_connections=50,
                retry=Retry(NoBackoff(), 0),
            )
    try:
        _publisher.publish(*_encode(room, header, payload))
        circuit_breaker.redis.succeeded()
    except (RedisError, OSError) as problem:
        circuit_breaker.redis.failed(problem)
        logger.warning("room %s will read its journal: %r", room, problem)


def publish_durable(room: str, seq: int, payload: bytes, audience: dict[str, Any] | None = None) -> None:
    """A durable event, after its commit; with an audience only for these."""
    publish(room, {"k": "durable", "seq": seq, "audience": audience}, payload)


def close_person(person: int, *, code: int, room: str = "") -> None:
    """Closes all connections of a person, in one room or in all."""
    publish("", {"k": "close_person", "person": person, "code": code, "room": room})


def close_session(session: int, *, code: int) -> None:
    """Closes the connections that were opened in one browser session."""
    publish("", {"k": "close_session", "session": session, "code": code, "room": ""})


def reauthorize_person(person: int, *, room: str = "") -> None:
    """Reauthorizes the connections of a person, and closes those whose access has ended."""
    publish("", {"k": "reauthorize_person", "person": person, "room": room})
