"""The fixtures of tests/rooms."""

from tests.rooms.conftest import (  # noqa: F401 - fixtures
    join,
    live_meeting,
    live_webinar,
    scheduled_webinar,
    server,
)
