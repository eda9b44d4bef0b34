"""Who can reach nobody but a TURN server sees and hears the others, and does again after it was out of reach."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import stack as product
from tests.browser.people_with_pictures import (
    come_in,
    id_of,
    live_meeting,
    pictures_arrive,
    shows,
    with_devices,
)
from tests.stack import Stack
from tools import services

Visitor = Callable[..., Page]
TILE = "[data-person='{}']"


@pytest.fixture(scope="module")
def turn() -> Iterator[services.Turn]:
    with services.turn() as running:
        yield running


@pytest.fixture(scope="module", params=["mesh", "sfu"])
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, turn: services.Turn
) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp(f"relay-{request.param}")
    if request.param == "mesh":
        with product.running(folder, **turn.environment) as running:
            yield running
        return
    port = services.free_port()
    site = f"http://127.0.0.1:{port}"
    with services.livekit(site) as livekit:
        given = {**livekit, **turn.environment, "MEDIA": "sfu", "PORT": str(port), "SITE_URL": site}
        with product.running(folder, **given) as running:
            yield running


def test_media_go_through_the_relay_alone_and_come_back_after_an_outage(
    stack: Stack, visitor: Visitor, turn: services.Turn
) -> None:
    room, links = live_meeting(stack, 2)
    anna, bo = visitor(), visitor()
    for page, link, color in ((anna, links[0], "red"), (bo, links[1], "lime")):
        with_devices(page, color=color, tone=440, policy="relay")
        come_in(page, room, link)
    a, b = id_of(bo, "Person A"), id_of(anna, "Person B")
    shows(anna, TILE.format(b), "lime")
    shows(bo, TILE.format(a), "red")
    for page in (anna, bo):
        paths = page.evaluate("paths()")
        assert paths
        assert set(paths) == {"relay"}

    # Out of reach for ten seconds: long enough that a connection is given up, and has to be made again.
    os.kill(turn.process.pid, signal.SIGSTOP)
    try:
        for page in (anna, bo):
            expect(page.locator("[data-missing], [data-media=away]")).to_be_visible()
            pictures_arrive(page, 0)
        anna.locator("#say").fill("Can you read me?")
        anna.locator("#say").press("Enter")
        expect(bo.locator("[data-message]", has_text="Can you read me?")).to_be_visible()
        anna.wait_for_timeout(2_000)
    finally:
        os.kill(turn.process.pid, signal.SIGCONT)
    for page in (anna, bo):
        expect(page.locator("[data-missing], [data-media=away]")).to_have_count(0)
        expect(page.locator(".stage [data-person]")).to_have_count(2)
        pictures_arrive(page, 1)
    shows(anna, TILE.format(b), "lime")
    shows(bo, TILE.format(a), "red")
