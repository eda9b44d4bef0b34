"""Clients that send slowly or too much: disconnected after a bounded time, refused before anything is written."""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import stack as product
from tests.faults.test_storm import ask
from tests.journeys.conftest import Host, make_host
from tests.stack import Stack
from webinar_service.web import protocol

SLACK = 15.0  # seconds, for a busy machine
MEGABYTE = 1024 * 1024
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = "POST {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with product.running(tmp_path_factory.mktemp("slow"), workers=2) as running:
        yield running


@pytest.fixture(scope="module")
def host(stack: Stack) -> Host:
    return make_host(stack, "host@example.org")


def head(stack: Stack, path: str, *more: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in more)
    return HEAD.format(path=path, host=urlsplit(stack.url).netloc, more=lines).encode()


async def until_cut(stack: Stack, first: bytes, drop: bytes) -> float:
    """Sends `first`, then one `drop` a second; returns the seconds until the server has closed."""
    place, began = urlsplit(stack.url), time.monotonic()
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(first)

    async def drip() -> None:
        while drop:
            await asyncio.sleep(1)
            writer.write(drop)

    dripping = asyncio.ensure_future(drip())
    try:
        async with asyncio.timeout(120):
            with contextlib.suppress(ConnectionError):
                await reader.read()
    finally:
        dripping.cancel()
        writer.close()
    return time.monotonic() - began


SLOW = {
    "nothing at all": (b"", b""),
    "half a header": (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b", b""),
    "a header a second": (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n"),
    "half a body": (b"POST /account/login/ HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nemail=", b""),
    "a byte a second": (
        b"POST /account/login/ HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nemail=",
        b"a",
    ),
    "half a body in one read with a request before it": (
        REQUEST + b"POST /account/login/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nemail",
        b"",
    ),
    "half a chunk": (
        b"POST /account/login/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nemai",
        b"",
    ),
}


async def cut_and_others(stack: Stack, each: int) -> tuple[dict[str, float], list[int]]:
    slow = {name: [until_cut(stack, *sent) for _ in range(each)] for name, sent in SLOW.items()}
    running = {name: asyncio.gather(*cuts) for name, cuts in slow.items()}
    await asyncio.sleep(2)
    others = [(await ask(stack.url, "/")).status for _ in range(5)]
    return {name: max(await cuts) for name, cuts in running.items()}, others


def test_who_sends_half_a_request_is_cut_while_others_are_served(
    stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    took, others = asyncio.run(cut_and_others(stack, each=20))
    record_property("seconds until cut", {name: round(seconds) for name, seconds in took.items()})
    assert others == [200] * 5
    longest = max(protocol.HEADERS_WITHIN, protocol.BODY_STARTS_WITH)
    assert max(took.values()) <= longest + SLACK
    assert min(took.values()) >= protocol.HEADERS_WITHIN - 1  # a client that is only slow has this long


def test_headers_without_end_are_refused(stack: Stack) -> None:
    async def send() -> bytes:
        place = urlsplit(stack.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with contextlib.suppress(ConnectionError):
            for number in range(2000):
                writer.write(f"X-{number}: {'a' * 100}\r\n".encode())
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            return await reader.read()
        return b""

    assert asyncio.run(send())[:12] in {b"HTTP/1.1 431", b""}


async def response_to(stack: Stack, sent: bytes) -> bytes:
    """The whole response, until the server closes."""
    place = urlsplit(stack.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(sent)
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("headers", [1, 10])
def test_headers_that_come_in_one_read_are_measured_too(stack: Stack, headers: int) -> None:
    lines = [f"X-{number}: {'a' * (70_000 // headers)}" for number in range(headers)]
    sent = head(stack, "/healthz", *lines).replace(b"POST", b"GET")
    assert asyncio.run(response_to(stack, sent)).startswith(b"HTTP/1.1 431 ")
    upgrade = head(stack, "/ws/rooms/x/", *UPGRADE, *lines).replace(b"POST", b"GET")
    assert asyncio.run(response_to(stack, upgrade)).startswith(b"HTTP/1.1 431 ")


def test_a_body_received_with_its_headers_does_not_count_as_headers(stack: Stack) -> None:
    sent = head(stack, "/account/login/", "Content-Length: 90000", "Connection: close") + b"x" * 90_000
    assert asyncio.run(response_to(stack, sent)).startswith(b"HTTP/1.1 403 ")  # without the form's cookie


UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
UNREADABLE = {
    "a POST with a body": ("POST", ("Content-Length: 3",), b"abc", b"400"),
    "a GET with a body": ("GET", ("Content-Length: 3",), b"abc", b"400"),
    "chunks": ("GET", ("Transfer-Encoding: chunked",), b"3\r\nabc\r\n0\r\n\r\n", b"400"),
    "a long header": ("GET", (f"X-A: {'a' * 9000}",), b"", b"431"),
    "many headers": ("GET", tuple(f"X-{number}: a" for number in range(300)), b"", b"431"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_upgrade_that_cannot_be_read_is_refused_and_closed(stack: Stack, name: str) -> None:
    method, headers, body, status = UNREADABLE[name]
    first = head(stack, "/ws/rooms/x/", *UPGRADE, *headers).replace(b"POST", method.encode())
    answer = asyncio.run(response_to(stack, first + body))
    assert answer.startswith(b"HTTP/1.1 " + status + b" ")


# ---- far too much ----------------------------------------------------------------------------------------


def unnamed_files(pid: int) -> int:
    """Bytes in unlinked temporary files that this process has open."""
    total = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if descriptor.readlink().name.endswith("(deleted)"):
                total += descriptor.stat().st_size
    return total


def memory(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def flood(stack: Stack, first: bytes, parts: AsyncIterator[bytes]) -> bytes:
    """Sends until all is sent or the connection ends, and reads meanwhile, as browsers do; the response's head."""
    place = urlsplit(stack.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(first)
    answer = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
    with contextlib.suppress(ConnectionError):
        async for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)  # drain() alone does not let the response be read
    async with asyncio.timeout(30):
        return await answer


async def watched(stack: Stack, first: bytes, wrap: Callable[[bytes], bytes]) -> tuple[bytes, int, int]:
    """The response to 80 MB, and the most by which files and memory of the web processes grew."""
    pids = stack.children("web")
    before, files, grown = {pid: memory(pid) for pid in pids}, 0, 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal files, grown
        for _ in range(80):
            yield wrap(b"x" * MEGABYTE)
            files = max(files, *(unnamed_files(pid) for pid in pids))
            grown = max(grown, *(memory(pid) - before[pid] for pid in pids))

    return await flood(stack, first, parts()), files, grown


def as_chunk(part: bytes) -> bytes:
    return f"{len(part):x}\r\n".encode() + part + b"\r\n"


@pytest.mark.parametrize(
    "path", ["/account/login/", "/api/v1/meetings", "/uploads/abc/", "/meetings/abc/upload/"]
)
@pytest.mark.parametrize("counted", [True, False])
def test_what_an_unknown_sender_sends_is_refused_and_not_written(
    stack: Stack, path: str, counted: bool
) -> None:
    about = f"Content-Length: {80 * MEGABYTE}" if counted else "Transfer-Encoding: chunked"
    first = head(stack, path, about, "Content-Type: application/octet-stream")
    answer, files, grown = asyncio.run(watched(stack, first, bytes if counted else as_chunk))
    assert (files, grown < 40 * MEGABYTE) == (0, True)
    assert answer.startswith(b"HTTP/1.1 413 ")
    kind = b"application/problem+json" if path.startswith("/api/") else b"text/html"
    assert b"content-type: " + kind in answer


def test_a_known_sender_may_send_more_but_not_without_end(stack: Stack, host: Host) -> None:
    bearer, kind = f"Authorization: Bearer {host.token}", "Content-Type: application/json"

    def status(size: int, authorization: str) -> bytes:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(size // MEGABYTE):
                yield b" " * MEGABYTE

        first = head(
            stack, "/api/v1/meetings", f"Content-Length: {size}", authorization, kind, "Connection: close"
        )
        return asyncio.run(flood(stack, first, parts())).split(b" ")[1]

    assert status(2 * MEGABYTE, bearer) in {b"400", b"422"}
    assert status(2 * MEGABYTE, "Authorization: Bearer nobody") == b"413"
    assert status(64 * MEGABYTE, bearer) == b"413"


def signed_in(stack: Stack, email: str) -> str:
    """The cookie of an account without meetings."""
    key = stack.python(
        "from django.test import Client\nfrom tests import factories\nclient = Client()\n"
        f"client.force_login(factories.person(email={email!r}))\n"
        "print(client.cookies['sessionid'].value)"
    )
    return f"Cookie: sessionid={key.split()[-1]}"


def test_who_hosts_nothing_sends_no_recording(stack: Stack, host: Host) -> None:
    cookie, kind = signed_in(stack, "guest@example.org"), "Content-Type: multipart/form-data; boundary=x"
    for who in (cookie, f"Authorization: Bearer {host.token}"):
        first = head(stack, "/meetings/nothing/upload/", f"Content-Length: {80 * MEGABYTE}", kind, who)
        answer, files, _grown = asyncio.run(watched(stack, first, bytes))
        assert (answer.split(b" ")[1], files) == (b"413", 0)


def test_a_recording_that_would_fill_the_disk_is_refused_before_it_is_received(tmp_path: Path) -> None:
    spare = shutil.disk_usage(tmp_path).free - 2 * 1024 * MEGABYTE
    with product.running(tmp_path, workers=1, MIN_FREE_BYTES=str(max(0, spare))) as short:
        cookie, meeting = hosting(short)
        first = head(short, f"/meetings/{meeting}/upload/", f"Content-Length: {4000 * MEGABYTE}", cookie)
        answer = asyncio.run(response_to(short, first))
    assert answer.startswith(b"HTTP/1.1 507 ")
    assert b"The server is low on disk space" in answer


def hosting(stack: Stack) -> tuple[str, str]:
    """The cookie of a host, and the id of their meeting."""
    said = stack.python(
        "from django.test import Client\nfrom tests import factories\nclient = Client()\n"
        "meeting = factories.meeting()\nclient.force_login(meeting.host)\n"
        "print(client.cookies['sessionid'].value, meeting.pk)"
    )
    key, meeting = said.split()[-2:]
    return f"Cookie: sessionid={key}", meeting
