"""Through LiveKit, as larger rooms meet: the same room, the pictures by way of the media server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveKit, Watch
from tests.browser.people_with_pictures import (
    come_in,
    id_of,
    live_meeting,
    pictures_arrive,
    shows,
    with_devices,
)
from tests.browser.test_layouts import ANNA, BO, TILE, save_data, see_layouts
from tests.browser.test_main_job import enter_together, sees_moving_pictures
from tests.stack import ROOT, Stack

Visitor = Callable[..., Page]
# Bytes of the page, its scripts and styles as they were sent, from the cache or not.
WEIGHT = """performance.getEntriesByType("resource").filter(({ name }) => /\\.(js|css)$/.test(name))
    .concat(performance.getEntriesByType("navigation"))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""


@pytest.fixture(scope="module")
def stack(stack_with_livekit: Stack) -> Stack:
    return stack_with_livekit


def test_two_people_see_each_other_by_way_of_the_media_server(stack: Stack, visitor: Visitor) -> None:
    one, two, _room = enter_together(stack, visitor, "By way of the media server")
    for page in (one, two):
        expect(page.locator("[data-tiles='2']")).to_be_visible()
        sees_moving_pictures(page, people=2)
    assert 150_000 < two.evaluate(WEIGHT) <= 250_000


def test_who_withdraws_is_out_of_sound_and_picture_and_an_old_token_lets_nobody_stay(
    stack: Stack, visitor: Visitor, watch: Watch
) -> None:
    # The ticket that is asked for once more, and what the media client says of being put out while it connects.
    watch.expected = ("403 (Forbidden)", "DataChannel error", "unexpectedly")
    one, two, room = enter_together(stack, visitor, "A right that ends")
    sees_moving_pictures(two, people=2)
    stack.python(
        "from django.utils import timezone\nfrom meetings import registering\n"
        f"from meetings.models import Registration\nseat = Registration.objects.get(meeting__room={room!r})\n"
        "registering.withdraw(registration=seat, now=timezone.now())"
    )
    expect(two.get_by_role("heading", name="You cannot enter this room")).to_be_visible()
    stack.wait_until(lambda: len(carried(stack, room)) == 1, what="the media server to carry the host alone")
    expect(one.locator("[data-tiles='1']")).to_be_visible()
    # As LiveKit renews it for whoever is connected: for the connection that is gone, and good for longer.
    old = stack.python(
        "from rooms.media import livekit\nfrom rooms.models import Presence, Participant\n"
        f"last = Presence.objects.filter(room={room!r}).exclude(left_at=None).latest('joined_at')\n"
        f"who = Participant.objects.get(room={room!r}, person=last.person_id)\n"
        f"identity = f'p{{who.pk}}:{{last.connection}}'\n"
        f"print(livekit.token(room_id={room!r}, identity=identity, name='', may_publish=True)['token'])"
    )
    come_by_token(two, stack, old)
    stack.wait_until(lambda: len(carried(stack, room)) == 1, what="the old token's holder to be put out")
    one.locator("[data-control=host]").click()
    one.locator("[data-item=end]").click()
    one.get_by_role("button", name="End the meeting").click()
    stack.wait_until(lambda: carried(stack, room) == [], what="the media room to be closed")


def test_each_layout_shows_the_right_picture_and_sound(stack: Stack, visitor: Visitor) -> None:
    _anna, _bo, viewer = see_layouts(stack, visitor)
    save_data(viewer, id_of(viewer, "Person A"), id_of(viewer, "Person B"))


def test_while_the_media_server_is_gone_people_write_and_see_each_other_when_it_is_back(
    stack: Stack, visitor: Visitor, watch: Watch, livekit: LiveKit
) -> None:
    watch.expected = (
        "ERR_CONNECTION_REFUSED",
        "WebSocket",
        "signal",
        "connection",
        "DataChannel",
        "Failed to fetch",
        "websocket",
    )
    room, links = live_meeting(stack, 2)
    anna, bo = visitor(), visitor()
    for page, link, devices in ((anna, links[0], ANNA), (bo, links[1], BO)):
        with_devices(page, **devices)
        come_in(page, room, link)
    a, b = id_of(bo, "Person A"), id_of(anna, "Person B")
    shows(anna, TILE.format(b), "lime")
    shows(bo, TILE.format(a), "red")
    livekit.stop()
    try:
        for page in (anna, bo):
            expect(page.locator("[data-media=away]")).to_be_visible()
        anna.locator("#say").fill("Only written for now")
        anna.locator("#say").press("Enter")
        expect(bo.locator("[data-message]", has_text="Only written for now")).to_be_visible()
    finally:
        livekit.start()
    for page, person, color in ((anna, b, "lime"), (bo, a, "red")):
        expect(page.locator("[data-media=away]")).to_have_count(0)
        pictures_arrive(page, 1)
        shows(page, TILE.format(person), color)
        expect(page.locator(".stage [data-person]")).to_have_count(2)


def carried(stack: Stack, room: str) -> list[str]:
    code = (
        "from asgiref.sync import async_to_sync\nfrom rooms import media\n"
        f"print(' '.join(each.identity for each in async_to_sync(media.participants_in)({room!r})))"
    )
    return stack.python(code).split()


def come_by_token(page: Page, stack: Stack, token: str) -> None:
    """As a program of somebody's own would; resolves when the media server has put them out."""
    chunk = next((ROOT / "frontend/dist/assets").glob("sfu-*.js")).name
    page.evaluate(
        """async ([chunk, url, token]) => {
            const { MediaServer } = await import(`/static/assets/${chunk}`);
            const server = new MediaServer();
            const lost = new Promise((resolve) => server.addEventListener("lost", resolve));
            // The server may put them out while they are still connecting.
            await server.join(url, token, []).then(() => lost, () => undefined);
        }""",
        [chunk, stack.environment["LIVEKIT_URL"], token],
    )
