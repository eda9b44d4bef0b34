"""Through LiveKit, as larger rooms meet: the same room, the pictures by way of the media server."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import stack as product
from tests.browser.test_main_job import enter_together, sees_moving_pictures
from tests.stack import Stack

Visitor = Callable[..., Page]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    assert os.environ.get("LIVEKIT_URL"), "make test starts the media server"
    with product.running(tmp_path_factory.mktemp("sfu"), MEDIA="sfu") as running:
        yield running


def test_two_people_see_each_other_by_way_of_the_media_server(stack: Stack, visitor: Visitor) -> None:
    one, two, _room = enter_together(stack, visitor, "By way of the media server")
    for page in (one, two):
        expect(page.locator("[data-tiles='2']")).to_be_visible()
        sees_moving_pictures(page, people=2)
