"""The live server and the people of tests/rooms, for the features that are tried in a room."""

from tests.rooms.conftest import (  # noqa: F401 - fixtures
    come,
    coming_webinar,
    live_meeting,
    live_webinar,
    server,
    two_servers,
)
