"""Browsers without newer APIs, with a wrong clock, an input method, or blocked devices."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.stack import Stack

Visitor = Callable[..., Page]

# Newer than the oldest browsers that package.json names, or missing in some of them.
MISSING = """
for (const [owner, names] of [
  [URL, "canParse parse"], [Object, "groupBy"], [Promise, "withResolvers"], [AbortSignal, "any timeout"],
  [Array.prototype, "toSorted findLast"], [Crypto.prototype, "randomUUID"], [Intl, "Segmenter"],
  [Document.prototype, "startViewTransition"], [HTMLElement.prototype, "showPopover"],
  [Element.prototype, "checkVisibility requestFullscreen"], [HTMLFormElement.prototype, "requestSubmit"],
  [window, "structuredClone requestIdleCallback queueMicrotask reportError MediaRecorder AudioContext scheduler"],
]) for (const name of names.split(" ")) delete owner[name];
"""


@pytest.fixture(scope="module")
def room(stack: Stack) -> dict[str, str]:
    """A live meeting that started 20 minutes ago, and the personal link of an attendee."""
    made = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "from meetings import links\nfrom meetings.models import Meeting\n"
        "began = timezone.now() - timedelta(minutes=20)\n"
        "meeting = factories.meeting(kind=Meeting.Kind.PROJECT_MEETING, state=Meeting.State.LIVE,"
        " starts_at=began, ends_at=began + timedelta(hours=2), started_at=began)\n"
        "seat = factories.registration(meeting=meeting)\n"
        "print(meeting.room_id, links.personal_link(seat))"
    )
    room_id, link = made.splitlines()[-1].split()
    return {"id": room_id, "link": link}


def come_in(page: Page, room: dict[str, str]) -> None:
    page.goto(room["link"])
    page.goto(f"/rooms/{room['id']}/")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("[data-status=line]")).to_be_visible()


def test_the_chat_works_without_newer_apis(visitor: Visitor, room: dict[str, str]) -> None:
    page = visitor()
    page.add_init_script(MISSING)
    come_in(page, room)
    page.locator("#say").fill("see https://example.org/heat (soon)")
    page.locator("#say").press("Enter")
    expect(page.locator("[data-message] a[href='https://example.org/heat']")).to_be_visible()
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(page.locator(".error-boundary")).to_have_count(0)


def test_a_part_that_fails_shows_a_message_and_the_rest_works(
    visitor: Visitor, room: dict[str, str], watch: Watch
) -> None:
    """The header cannot show the duration; chat and controls work."""
    page = visitor()
    come_in(page, room)
    page.locator("#say").fill("still here")
    page.evaluate("void (Date.parse = undefined)")
    page.locator("#say").press("Enter")
    expect(page.locator("[data-message]", has_text="still here")).to_be_visible()
    expect(page.locator(".error-boundary")).to_be_visible()
    expect(page.locator("[data-control=leave]")).to_be_visible()


@pytest.mark.parametrize("minutes", [14, -14])
def test_the_room_shows_the_right_time_on_a_wrong_clock(
    visitor: Visitor, room: dict[str, str], minutes: int
) -> None:
    page = visitor()
    page.add_init_script(
        f"""{{
          const RealDate = Date, off = {minutes} * 60_000;
          window.Date = class extends RealDate {{
            constructor(...given) {{ given.length ? super(...given) : super(RealDate.now() + off); }}
            static now() {{ return RealDate.now() + off; }}
          }};
        }}"""
    )
    come_in(page, room)
    shown = int(page.locator(".room__status .only-wide").inner_text().split()[0])
    assert 20 <= shown <= 26


def test_the_key_that_ends_a_composition_does_not_send(visitor: Visitor, room: dict[str, str]) -> None:
    page = visitor()
    come_in(page, room)
    field = page.locator("#say")
    field.fill("にほん")
    for init in ("{keyCode: 229}", "{isComposing: true}"):  # Safari, and all others
        page.evaluate(
            f"document.querySelector('#say').dispatchEvent(new KeyboardEvent('keydown',"
            f" {{key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, ...{init}}}))"
        )
    expect(page.locator("[data-message]", has_text="にほん")).to_have_count(0)
    expect(field).to_have_value("にほん")
    field.press("Enter")
    expect(page.locator("[data-message]", has_text="にほん")).to_have_count(1)
    expect(field).to_have_value("")


def test_a_key_of_an_input_method_is_no_shortcut(visitor: Visitor, room: dict[str, str]) -> None:
    page = visitor()
    come_in(page, room)
    expect(page.locator("[data-control=microphone][aria-pressed=true]")).to_be_visible()
    page.evaluate(
        "window.dispatchEvent(new KeyboardEvent('keydown', {key: 'd', code: 'KeyD', ctrlKey: true, keyCode: 229}))"
    )
    page.wait_for_timeout(500)
    expect(page.locator("[data-control=microphone][aria-pressed=true]")).to_be_visible()
    page.keyboard.press("Control+d")
    expect(page.locator("[data-control=microphone][aria-pressed=false]")).to_be_visible()


def test_a_draft_survives_a_reload(visitor: Visitor, room: dict[str, str]) -> None:
    page = visitor()
    come_in(page, room)
    page.locator("#say").fill("half a thought")
    page.reload()
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#say")).to_have_value("half a thought")


def failing_devices(name: str, words: str = "") -> str:
    return f"void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException({words!r}, {name!r})))"


@pytest.mark.parametrize(
    ("script", "trouble", "words"),
    [
        (failing_devices("NotAllowedError", "Permission denied"), "denied", "to the left of the address"),
        (failing_devices("NotAllowedError", "Permission denied by system"), "system", "privacy settings"),
        (failing_devices("NotFoundError"), "missing", "Connect one"),
        (failing_devices("NotReadableError"), "busy", "Close the other app"),
    ],
)
def test_a_device_that_does_not_work_is_explained_in_the_room(
    visitor: Visitor, room: dict[str, str], script: str, trouble: str, words: str
) -> None:
    page = visitor(PHONE)
    come_in(page, room)
    page.locator("[data-control=microphone]").click()
    page.evaluate("void (window.allowed = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices))")
    page.locator("[data-control=camera]").click()
    expect(page.locator("[data-control=camera][aria-pressed=false]")).to_be_visible()
    page.evaluate(script)
    page.locator("[data-control=camera]").click()
    help_shown = page.locator(f"[data-help=camera][data-trouble={trouble}]")
    expect(help_shown).to_contain_text(words)
    page.evaluate("void (navigator.mediaDevices.getUserMedia = window.allowed)")
    help_shown.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-help]")).to_have_count(0)
    expect(page.locator("[data-control=camera][aria-pressed=true]")).to_be_visible()


def test_an_unplugged_microphone_is_explained(visitor: Visitor, room: dict[str, str]) -> None:
    page = visitor()
    page.add_init_script(
        """{
          const take = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          window.taken = [];
          navigator.mediaDevices.getUserMedia = async (wanted) => {
            const stream = await take(wanted);
            window.taken.push(...stream.getTracks());
            return stream;
          };
        }"""
    )
    come_in(page, room)
    expect(page.locator("[data-control=microphone][aria-pressed=true]")).to_be_visible()
    # There is no other: the next one would be taken.
    page.evaluate("void (navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]))")
    page.evaluate("taken.find(({kind}) => kind === 'audio').dispatchEvent(new Event('ended'))")
    expect(page.locator("[data-help=microphone][data-trouble=unplugged]")).to_be_visible()
    expect(page.locator("[data-status=line]")).to_contain_text("muted")
    page.locator("[data-help=microphone]").get_by_role("button", name="Close").click()
    expect(page.locator("[data-help]")).to_have_count(0)
