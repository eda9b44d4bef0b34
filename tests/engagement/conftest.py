"""The live server and the people of tests/rooms, for the features that are tried in a room."""

from tests.rooms.conftest import (  # noqa: F401 - fixtures
    join,
    live_meeting,
    live_webinar,
    scheduled_webinar,
    server,
    two_servers,
)
