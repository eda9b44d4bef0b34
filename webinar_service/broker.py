"""The Celery broker, in files or in Redis, with a worker that survives unreadable messages.

kombu's own transports let such a message end the worker: an empty file after a full disk, or a foreign value in
Redis. Here it is put aside and logged. What must not be lost is in the outbox: the next tick finds the work of a
lost message.
"""

import json
import os
import uuid
from pathlib import Path
from time import time_ns
from typing import Any, ClassVar

import structlog
from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem, redis, virtual
from kombu.utils.json import dumps, loads

logger = structlog.get_logger(__name__)
BROKEN = "webinar:broken-messages"  # a list in Redis of the newest ones
MOST_KEPT = 100


def use_our_transports() -> None:
    """Registers the transports for the schemes that CELERY_BROKER_URL can have."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:FileTransport"
    TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = f"{__name__}:RedisTransport"


def is_message(payload: object, channel: virtual.Channel) -> bool:
    """Whether kombu and Celery can decode it."""
    try:
        message = channel.Message(payload, channel=channel)
        return (
            isinstance(message.headers, dict) and {"exchange", "routing_key"} <= message.delivery_info.keys()
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        return False


# ---- files -------------------------------------------------------------------------------------------------


class FileChannel(filesystem.Channel):
    """A message's file gets its name once it is complete; the worker that renames it has it."""

    bound: ClassVar[dict[str, set[tuple[str, ...]]]] = {}  # kombu binds a queue only once in each process

    def _put(  # type: ignore[override]  # kombu names it in two ways
        self, queue: str, payload: Any, **_options: Any
    ) -> None:
        name = f"{time_ns()}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.data_folder_out) / f".{name}"
        try:
            unfinished.write_text(dumps(payload))
            unfinished.rename(Path(self.data_folder_out) / name)
        except OSError as problem:
            _remove(unfinished)
            raise ChannelError(f"The queue cannot be written: {problem.strerror}") from problem

    def _get(self, queue: str, timeout: Any = None) -> Any:
        for file in sorted(Path(self.data_folder_in).iterdir()):
            if not file.name.startswith(".") and file.name.partition(".")[2] == f"{queue}.msg":
                payload = self._taken(file)
                if payload is not None:
                    return payload
        raise virtual.Empty

    def _taken(self, file: Path) -> Any:
        """The message of a file, which is then deleted; None when another worker took it, or it was put aside."""
        mine = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            file.rename(mine)
            content = mine.read_bytes()
        except OSError:
            return None
        payload = _read(content)
        if is_message(payload, self):
            _remove(mine)
            return payload
        self._set_aside(mine, file.name)
        return None

    def _set_aside(self, file: Path, name: str) -> None:
        broken = Path(self.control_folder).with_name("broken")
        try:
            size = file.stat().st_size
            broken.mkdir(exist_ok=True)
            file.rename(broken / name)
        except OSError:
            _remove(file)
            size = -1
        for oldest in sorted(broken.glob("*"))[:-MOST_KEPT]:
            _remove(oldest)
        logger.error("broken_message_set_aside", file=name, bytes=size, folder=str(broken))

    def get_table(self, exchange: str) -> list[Any]:
        """The queues of an exchange. A lost or broken table is rebuilt from the queues that this process has bound."""
        table = self._readable_table(exchange)
        if table:
            return table
        for binding in self.bound.get(exchange, ()):
            super()._queue_bind(exchange, *binding)
        return self._readable_table(exchange)

    def _queue_bind(self, exchange: str, *binding: str) -> None:
        self.bound.setdefault(exchange, set()).add(binding)
        self._readable_table(exchange)
        super()._queue_bind(exchange, *binding)

    def _readable_table(self, exchange: str) -> list[Any]:
        try:
            return list(super().get_table(exchange))
        except (TypeError, ValueError):
            logger.exception("broken_queue_table_removed", exchange=exchange)
            _remove(self._exchange_file(exchange))
            return []


class FileTransport(filesystem.Transport):
    Channel = FileChannel


def _read(content: bytes) -> Any:
    try:
        return loads(content.decode())
    except (ValueError, RecursionError):
        return None


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as problem:
        logger.warning("queue_file_not_removed", file=file.name, error=problem.strerror)


# ---- Redis -------------------------------------------------------------------------------------------------


class RedisChannel(redis.Channel):
    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)
        except json.JSONDecodeError as problem:
            self.set_aside(problem.doc)
        except UnicodeDecodeError as problem:
            self.set_aside(problem.object)
        except RecursionError:  # which carries no content
            self.set_aside("nested too deeply")
        return True

    def set_aside(self, content: str | bytes) -> None:
        with self.conn_or_acquire() as client:
            client.lpush(BROKEN, content)
            client.ltrim(BROKEN, 0, MOST_KEPT - 1)
        logger.error("broken_message_set_aside", bytes=len(content), list=BROKEN)


class RedisTransport(redis.Transport):
    Channel = RedisChannel

    def _deliver(self, message: Any, queue: str) -> None:
        channel = next(iter(self.channels))
        if is_message(message, channel):
            super()._deliver(message, queue)
        else:
            channel.set_aside(dumps(message))
