"""A request through the ASGI application: thread switches, refusals, the number of connections."""

import asyncio
import resource
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from asgiref.testing import ApplicationCommunicator

from companies import networks
from tests.test_files_for_elsewhere import COMPOSE, in_env_example
from webinar_service import capacity
from webinar_service.asgi import application
from webinar_service.management.commands.serve import raise_open_file_limit
from webinar_service.web import bodies, refusals
from webinar_service.web.pages import Answer, Pages
from webinar_service.web.thread_pools import ThreadPool


def scope(path: str, method: str = "GET", headers: dict[str, str] | None = None) -> dict[str, Any]:
    given = {"host": "127.0.0.1", **(headers or {})}
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("192.0.2.7", 50000),
        "server": ("127.0.0.1", 8000),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }


async def answer(
    asked: dict[str, Any], *body: bytes, through: Any = application
) -> tuple[int, dict[str, str], bytes]:
    client = ApplicationCommunicator(through, asked)
    for part in body:
        await client.send_input({"type": "http.request", "body": part, "more_body": True})
    await client.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await client.receive_output(10)
    content, more = b"", True
    while more:
        message = await client.receive_output(10)
        content, more = content + message.get("body", b""), message.get("more_body", False)
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, content


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Calls that were handed to a thread of any pool."""
    submitted: list[object] = []
    submit = ThreadPoolExecutor.submit

    def counting(pool: ThreadPoolExecutor, function: Any, *args: Any, **kwargs: Any) -> Any:
        submitted.append(function)
        return submit(pool, function, *args, **kwargs)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", counting)
    return submitted


async def test_a_request_takes_one_hop_to_a_thread(hops: list[object]) -> None:
    status, headers, _content = await answer(scope("/favicon.ico"))
    assert (status, headers["location"]) == (302, "/static/mark.svg")
    assert len(hops) == 1


async def test_being_alive_takes_none(hops: list[object]) -> None:
    status, _headers, content = await answer(scope("/healthz", headers={"host": "10.1.2.3"}))
    assert (status, content, hops) == (200, b"alive\n", [])


@pytest.mark.parametrize(
    ("language", "words"),
    [("sv", "Content-Language: sv"), ("en", "This is too large")],
)
async def test_a_form_that_is_too_large_gets_a_page_before_it_is_read(language: str, words: str) -> None:
    declared = {"content-length": str(100 * 1024**2), "accept-language": language}
    status, headers, content = await answer(scope("/meetings/abc/register/", "POST", declared))
    assert (status, headers["content-language"], headers["connection"]) == (413, language, "close")
    assert headers["content-type"].startswith("text/html")
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "same-origin")
    assert language != "en" or words in content.decode()
    assert "<body data-problem-page>" in content.decode()


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://127.0.0.1/meetings/abc/?q=1&p=2", "/meetings/abc/?q=1&amp;p=2"),
        ("http://elsewhere.example/meetings/abc/", ""),
        ("http://127.0.0.1//elsewhere.example/", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
async def test_a_form_that_is_too_large_leads_back_to_its_page(referrer: str, back: str) -> None:
    declared = {"content-length": str(100 * 1024**2), "referer": referrer}
    _status, _headers, content = await answer(scope("/meetings/abc/register/", "POST", declared))
    assert f'href="{back}">Back to the form</a>' in content.decode()


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("application/x-www-form-urlencoded", "Shorten the text, and send it again."),
        ("multipart/form-data; boundary=x", "choose a smaller file"),
    ],
)
async def test_only_who_sends_files_is_told_to_choose_a_smaller_one(kind: str, advice: str) -> None:
    declared = {"content-length": str(100 * 1024**2), "accept-language": "en", "content-type": kind}
    _status, _headers, content = await answer(scope("/meetings/abc/register/", "POST", declared))
    assert advice in content.decode()
    assert ("sign in first" in content.decode()) == kind.startswith("multipart")


async def test_a_full_service_offers_to_try_again_and_keeps_what_was_typed() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await refusals.refuse_as_busy(scope("/schedule/new/", "POST", {"accept-language": "en"}), send)
    page = b"".join(message.get("body", b"") for message in sent).decode()
    assert (sent[0]["status"], "<body data-problem-page>" in page) == (503, True)
    assert (b"retry-after", b"5") in sent[0]["headers"]
    assert 'href="">Try again</a>' in page
    assert 'id="draft-kept"' in page


async def test_an_address_with_too_many_requests_is_put_off_until_one_of_them_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(capacity, "MAX_REQUESTS_PER_ADDRESS", 1)
    still_sends = ApplicationCommunicator(application, scope("/favicon.ico", "POST"))
    await still_sends.send_input({"type": "http.request", "body": b"half", "more_body": True})
    await asyncio.sleep(0.05)
    status, headers, _content = await answer(scope("/favicon.ico"))
    assert (status, headers["retry-after"]) == (503, "5")
    await still_sends.send_input({"type": "http.request", "body": b"", "more_body": False})
    await still_sends.receive_output(10)
    await still_sends.wait(10)
    assert (await answer(scope("/favicon.ico")))[0] == 302


async def test_who_finds_the_queue_full_is_asked_to_come_back() -> None:
    pages, begun, ends = Pages(), threading.Event(), threading.Event()
    pages._pages = ThreadPool("test", threads=1, waiting=0)

    def hold() -> None:
        begun.set()
        ends.wait(10)

    running = asyncio.ensure_future(pages._pages.run("10.0.0.1", hold))
    await asyncio.to_thread(begun.wait, 10)
    status, headers, _content = await answer(scope("/favicon.ico"), through=pages)
    assert (status, headers["retry-after"]) == (503, "5")
    # Static files and health checks have threads of their own.
    for path in ("/static/nothing.css", "/readyz"):
        assert pages._pool_of(path) is not pages._pages
    ends.set()
    await running


async def test_who_leaves_while_waiting_takes_no_turn() -> None:
    pages, ends = Pages(), threading.Event()
    pages._pages = ThreadPool("test", threads=1, waiting=4)
    running = asyncio.ensure_future(pages._pages.run("10.0.0.1", lambda: ends.wait(10)))
    waits = ApplicationCommunicator(pages, scope("/favicon.ico"))
    await waits.send_input({"type": "http.request", "body": b"", "more_body": False})
    async with asyncio.timeout(5):
        while not pages._pages.queued:  # noqa: ASYNC110 - a request does not call back
            await asyncio.sleep(0.01)
    await waits.send_input({"type": "http.disconnect"})
    async with asyncio.timeout(5):
        while pages._pages.queued:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await waits.wait(5)
    assert waits.output_queue.empty()
    ends.set()
    await running


async def test_streaming_ends_when_the_client_is_gone() -> None:
    ended: list[str] = []

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await asyncio.Event().wait()
        finally:
            ended.append("parts")

    async def gone() -> Any:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        ended.append(message["type"])

    answer = Answer(200, [], parts=parts(), close=lambda: ended.append("closed"))
    async with asyncio.timeout(5):
        await Pages()._send(answer, gone, send)
    assert ended == ["http.response.start", "http.response.body", "parts", "closed"]


async def test_a_body_without_a_length_is_counted_while_it_is_received() -> None:
    part = b"x" * 65536
    status, _headers, _content = await answer(scope("/account/login/", "POST"), *[part] * 5)
    assert status == 413


async def test_a_program_gets_problem_details() -> None:
    declared = {"content-length": str(100 * 1024**2)}
    status, headers, content = await answer(scope("/api/v1/meetings", "POST", declared))
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert orjson.loads(content)["status"] == 413


async def test_a_program_is_told_that_the_disk_is_short() -> None:
    sent: list[dict[str, Any]] = []
    coming = [{"type": "http.request", "body": b"x", "more_body": more} for more in (True, True, False)]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await refusals.refuse_body(scope("/api/v1/meetings", "POST"), receive, send, 507)
    assert (sent[0]["status"], coming) == (507, []), "who still sends gets to read the answer"
    problem = orjson.loads(sent[1]["body"])
    assert (problem["status"], problem["title"]) == (507, "Insufficient Storage")
    assert "not have enough disk space" in problem["detail"]


def test_the_limit_follows_the_address() -> None:
    assert bodies.max_bytes("/uploads/abc/") == 16 * 1024**2
    assert bodies.max_bytes("/api/v1/uploads/abc") == 16 * 1024**2
    assert bodies.max_bytes("/meetings/abc/upload/") > 4 * 1024**3
    assert bodies.max_bytes("/companies/abc/edit/") == bodies.max_bytes("/nowhere/") == 20 * 1024**2


def test_an_ipv6_subscriber_is_one_address() -> None:
    def share(host: str) -> str:
        return networks.address_of({"client": (host, 1)})

    assert share("2001:db8:1:2::3") == share("2001:db8:1:2:ffff::9") != share("2001:db8:1:3::3")
    assert share("::ffff:192.0.2.7") == share("192.0.2.7") != share("192.0.2.8")


def test_serve_may_have_as_many_sockets_open_as_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
    try:
        raise_open_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_composed_database_allows_what_the_composed_services_may_open() -> None:
    options = COMPOSE["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    (given,) = [word for word in options if word.startswith("max_connections=")]
    allowed = int(given.removeprefix("max_connections=")) - 3  # superuser_reserved_connections
    web_processes = int(in_env_example()["WEB_WORKERS"])
    assert capacity.shortage(web_processes=web_processes, allowed=allowed) is None


def test_a_shortage_of_connections_names_the_numbers() -> None:
    needed = 6 * capacity.PER_WEB_PROCESS + capacity.WORKER_PROCESSES + capacity.RESERVED
    assert capacity.shortage(web_processes=6, allowed=needed) is None
    found = str(capacity.shortage(web_processes=6, allowed=needed - 1))
    assert f"6 web processes of {capacity.PER_WEB_PROCESS} connections each" in found
    assert f"need {needed} connections; PostgreSQL allows {needed - 1}" in found
    assert f"raise max_connections to {needed + 10}" in found
