"""Debian's Chromium on the running product. A script error or a report of the security policy fails the test."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests import stack as product
from tests.stack import TIMEOUT, Stack, text_of
from tools import services

CAMERA_OFF = (
    """localStorage.getItem("room-devices") ?? localStorage.setItem("room-devices", '{"off": ["camera"]}')"""
)
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with product.running(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def cameras_off() -> None:
    """Visitors left their camera off the last time: pictures cost most of the work of a test that looks at none."""


def sees_own_camera(page: Page) -> None:
    """In the check before the room: on, unless it was left off the last time."""
    left_off = "camera" in (page.evaluate("localStorage.getItem('room-devices')") or "")
    expect(page.locator(f".mirror[data-camera={'off' if left_off else 'on'}]")).to_be_visible()


class LiveKit:
    """At one address, also after it was stopped."""

    def __init__(self) -> None:
        self.product_port, self.port = services.free_port(), services.free_port()
        self.site = f"http://127.0.0.1:{self.product_port}"
        self.running = ExitStack()

    def start(self) -> dict[str, str]:
        return self.running.enter_context(services.livekit(self.site, self.port))

    def stop(self) -> None:
        self.running.close()


@pytest.fixture(scope="package")
def livekit() -> Iterator[LiveKit]:
    server = LiveKit()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def stack_with_livekit(tmp_path_factory: pytest.TempPathFactory, livekit: LiveKit) -> Iterator[Stack]:
    """With a media server of its own, which tells it who comes in."""
    given = {**livekit.start(), "MEDIA": "sfu", "PORT": str(livekit.product_port), "SITE_URL": livekit.site}
    with product.running(tmp_path_factory.mktemp("sfu"), **given) as running:
        yield running


# Ends with these tests: while it runs, no other test could start an event loop.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=TIMEOUT * 1000)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, chromium_path: str, browser_arguments: list[str]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=browser_arguments)
    yield browser
    browser.close()


@dataclass
class Watch:
    """What the browser complained of."""

    errors: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def see(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self.read(page, message))

    def read(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.errors.append(f"{page.url}: {message.text}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    seen = Watch()
    yield seen
    unexpected = [error for error in seen.errors if not any(words in error for words in seen.expected)]
    assert not unexpected


@pytest.fixture
def visitor(
    stack: Stack, chromium: Browser, watch: Watch, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """`visitor(PHONE, timezone="Europe/Vilnius")` is somebody with a browser of their own, that was here before."""
    contexts: list[BrowserContext] = []

    def come(
        size: dict[str, int] = LAPTOP,
        *,
        timezone: str = "Europe/Stockholm",
        language: str = "en",
        address: str = "",
        first_time: bool = False,
        touch: bool = False,
    ) -> Page:
        context = chromium.new_context(
            base_url=address or stack.url,
            viewport=size,
            timezone_id=timezone,
            locale=language,
            has_touch=touch,
            is_mobile=touch,
            permissions=["camera", "microphone"],  # type: ignore[arg-type]
        )
        context.set_default_timeout(TIMEOUT * 1000)
        if "cameras_off" in request.fixturenames:
            context.add_init_script(CAMERA_OFF)
        if not first_time:
            known = {"name": "timezone", "value": quote(timezone, safe=""), "url": address or stack.url}
            context.add_cookies([known])  # type: ignore[list-item]
        contexts.append(context)
        page = context.new_page()
        watch.see(page)
        return page

    yield come
    for context in contexts:
        context.close()


def until(page: Page, script: str, *, seconds: float = TIMEOUT) -> None:
    """Polls from outside: what Playwright itself waits with evaluates text in the page, which the policy forbids."""
    give_up = time.monotonic() + seconds
    while not page.evaluate(script):
        assert time.monotonic() < give_up, f"waited {seconds} s on {page.url} for {script}"
        page.wait_for_timeout(200)


def sign_in(stack: Stack, page: Page, address: str) -> None:
    """By the code in the mail."""
    before = len(stack.postbox.to(address))
    page.goto("/account/login/")
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    mail = stack.postbox.wait_for(address, count=before + 1)
    page.get_by_label("Code").fill(code_in(text_of(mail)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def code_in(text: str) -> str:
    """The line that is nothing but the code."""
    lines = [line.strip() for line in text.splitlines()]
    return next(
        line
        for line in lines
        if 5 <= len(line) <= 12 and " " not in line and line.upper() == line and line[:1].isalnum()
    )


def make_person(stack: Stack, address: str, name: str, *, company: str = "") -> None:
    firm = f", company=factories.company(name={company!r})" if company else ""
    stack.python(f"from tests import factories\nfactories.person(email={address!r}, name={name!r}{firm})")
