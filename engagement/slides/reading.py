"""When which page was on stage, for the chapters of a recording."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from engagement.slides.messages import SlidesHidden, SlidesShown, SlidesTurned
from rooms.messages import message_name
from rooms.models import RoomEvent

_SHOWN, _TURNED, _HIDDEN = (message_name(each) for each in (SlidesShown, SlidesTurned, SlidesHidden))
SHORTEST = timedelta(seconds=5)  # pages that were passed over are none to look for
MOST_TURNS = 2000


class ShownFrom(NamedTuple):
    """A page and its number were on stage from `at`."""

    at: datetime
    number: int
    title: str


def pages_shown(room_id: str, since: datetime, until: datetime) -> list[ShownFrom]:
    """In the order of time, without those that were passed over; a page shown twice in a row is one."""
    pages: list[ShownFrom] = []
    for page in _long_enough(list(_turns(room_id, since, until)), until):
        if page is not None and (not pages or page[1:] != pages[-1][1:]):
            pages.append(page)
    return pages


def _turns(room_id: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, ShownFrom | None]]:
    """With what was on stage already at `since`."""
    events = RoomEvent.objects.filter(room=room_id, ev__in=(_SHOWN, _TURNED, _HIDDEN)).order_by("seq")
    before = events.filter(at__lt=since).last()
    if before is not None:
        yield _turn(before, since)
    for event in events.filter(at__gte=since, at__lt=until)[:MOST_TURNS]:
        yield _turn(event, event.at)


def _turn(event: RoomEvent, at: datetime) -> tuple[datetime, ShownFrom | None]:
    if event.ev == _HIDDEN:
        return at, None
    page = event.payload["slides"]["page"] if event.ev == _SHOWN else event.payload["page"]
    return at, ShownFrom(at, page["number"], page["title"])


def _long_enough(
    turns: list[tuple[datetime, ShownFrom | None]], until: datetime
) -> Iterator[ShownFrom | None]:
    for place, (at, page) in enumerate(turns):
        ends = turns[place + 1][0] if place + 1 < len(turns) else until
        if ends - at >= SHORTEST:
            yield page
