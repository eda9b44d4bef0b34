"""Runs Django in a bounded thread pool: first the body, then a thread for the whole request.

Django's own ASGI handler takes a new thread, and with it a database connection, for each request, and switches
between loop and thread at every border between synchronous and asynchronous middleware. Here the chain is
synchronous: one switch per request, and the connection is free before a byte of the answer is sent.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import IO, Any, TypeVar, cast

from django.core import signals
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import set_script_prefix

from companies.networks import address_of
from webinar_service import capacity
from webinar_service.web import bodies, refusals
from webinar_service.web.bodies import ClientGone
from webinar_service.web.thread_pools import PoolFull, ThreadPool

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
R = TypeVar("R")
ALIVE = b"alive\n"
ALIVE_HEADERS = [
    (b"content-type", b"text/plain"),
    (b"content-length", str(len(ALIVE)).encode()),
    (b"cache-control", b"no-store"),
]


@dataclass
class Answer:
    """What is sent; `parts` is a streamed content, and `close` is called when it ends."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes = b""
    parts: AsyncIterator[bytes] | None = None
    close: Callable[[], None] = lambda: None


class Pages(ASGIHandler):
    def __init__(self) -> None:
        self.load_middleware(is_async=False)
        self._pages = ThreadPool(
            "pages", threads=capacity.PAGE_THREADS, waiting=capacity.MAX_WAITING_REQUESTS, reserved=1
        )
        self._files = ThreadPool(
            "files", threads=capacity.FILE_THREADS, waiting=capacity.MAX_WAITING_REQUESTS
        )
        self._status = ThreadPool("status", threads=capacity.STATUS_THREADS, waiting=20)
        self._present: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["path"] == "/healthz" and scope["method"] in {"GET", "HEAD"}:
            # Liveness needs no thread, and must not wait for one.
            await send({"type": "http.response.start", "status": 200, "headers": ALIVE_HEADERS})
            await send({"type": "http.response.body", "body": ALIVE})
            return
        address = address_of(scope)
        if self._present[address] >= capacity.MAX_REQUESTS_PER_ADDRESS:
            await refusals.refuse_as_busy(scope, send)
            return
        self._present[address] += 1
        try:
            await self._serve(scope, receive, send, address)
        finally:
            self._present[address] -= 1
            if not self._present[address]:
                del self._present[address]

    async def _serve(self, scope: Any, receive: Receive, send: Send, address: str) -> None:
        async def ask_max_bytes() -> int:
            return await self._pages.run(address, lambda: bodies.max_bytes_of_sender(scope))

        try:
            body = await bodies.read_body(scope, receive, ask_max_bytes)
            answer = await self._answer(scope, receive, address, body)
        except bodies.BodyTooLarge:
            await refusals.refuse_body(scope, receive, send, 413)
        except bodies.NoSpace:
            await refusals.refuse_body(scope, receive, send, 507)
        except PoolFull:
            await refusals.refuse_as_busy(scope, send)
        except ClientGone:
            return
        else:
            await self._send(answer, receive, send)

    def _pool_of(self, path: str) -> ThreadPool:
        if path.startswith("/static/"):
            return self._files
        return self._status if path in {"/readyz", "/metrics"} else self._pages

    async def _answer(self, scope: Any, receive: Receive, address: str, body: IO[bytes]) -> Answer:
        """Raises PoolFull, and ClientGone when the client disconnects while waiting."""
        pool = self._pool_of(scope["path"])
        work = lambda: self._in_thread(scope, body)  # noqa: E731 - it is handed to one of two places
        waited_for = pool.run(address, work)
        # With a free thread there is no need to watch for a disconnect.
        return await (waited_for if pool.may_run(address) else until_disconnect(waited_for, receive))

    # ---- in the thread -----------------------------------------------------------------------------------

    def _in_thread(self, scope: Any, body: IO[bytes]) -> Answer:
        set_script_prefix(scope.get("root_path", "") or "")
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response = cast(HttpResponseBase, refused if request is None else self.get_response(request))
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        return answer_of(response)

    # ---- back on the event loop ------------------------------------------------------------------------------

    async def _send(self, answer: Answer, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        try:
            if answer.parts is not None:
                await until_disconnect(send_parts(answer.parts, send), receive)
            await send({"type": "http.response.body", "body": answer.content})
        except ClientGone:
            return
        finally:
            answer.close()


def answer_of(response: HttpResponseBase) -> Answer:
    """Files are read whole, as they are small; streamed content is sent by the event loop, without a connection."""
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    headers += [(b"Set-Cookie", each.OutputString().encode("ascii")) for each in response.cookies.values()]
    if isinstance(response, StreamingHttpResponse) and response.is_async:
        close_old_connections()
        parts = cast(AsyncIterator[bytes], response.streaming_content)
        return Answer(response.status_code, headers, parts=parts, close=response.close)
    if isinstance(response, FileResponse | StreamingHttpResponse):
        content = b"".join(cast(Any, response))
    else:
        content = cast(Any, response).content
    response.close()
    return Answer(response.status_code, headers, content)


async def send_parts(parts: AsyncIterator[bytes], send: Send) -> None:
    async with aclosing(cast(Any, parts)) as content:
        async for part in content:
            await send({"type": "http.response.body", "body": part, "more_body": True})


async def until_disconnect(work: Awaitable[R], receive: Receive) -> R:
    """The result of the work, which is cancelled when the client disconnects first. Raises ClientGone."""
    doing, gone = asyncio.ensure_future(work), asyncio.ensure_future(receive())
    try:
        await asyncio.wait({doing, gone}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise ClientGone
    finally:
        for task in (doing, gone):
            if not task.done():
                task.cancel()
        await asyncio.gather(doing, gone, return_exceptions=True)
