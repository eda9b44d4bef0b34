"""Going through the agenda: which item is current, and which are done."""

from datetime import datetime

from django.db import transaction

from engagement.agenda.describing import items_of
from engagement.agenda.messages import AgendaMoved
from engagement.agenda.models import AgendaItem
from rooms import journal
from rooms.messages import PersonRef
from rooms.models import Room
from rooms.refusals import Refused


@transaction.atomic
def go_to(*, room_id: str, meeting: str, item_id: str, by_ref: PersonRef, by: int, now: datetime) -> None:
    """The one that is current already is announced to nobody. Raises Refused: not_found."""
    items = _locked(room_id, meeting)
    item = next((each for each in items if each.pk == item_id), None)
    if item is None:
        raise Refused("not_found")
    if not item.is_current:
        _move(items, item, by_ref=by_ref, by=by, now=now)


@transaction.atomic
def go_on(
    *, room_id: str, meeting: str, after: str | None, by_ref: PersonRef, by: int, now: datetime
) -> None:
    """To the next item; to none if another one than `after` is current. Raises Refused: not_now after the last."""
    items = _locked(room_id, meeting)
    current = _current(items)
    if after is not None and (current is None or current.pk != after):
        return
    following = items[items.index(current) + 1 :] if current else [one for one in items if not one.started_at]
    if not following:
        raise Refused("not_now", "there is no next item")
    _move(items, following[0], by_ref=by_ref, by=by, now=now)


@transaction.atomic
def end(*, room_id: str, meeting: str, by_ref: PersonRef | None, by: int | None, now: datetime) -> None:
    """Raises Refused: not_now when no item is current."""
    items = _locked(room_id, meeting)
    if _current(items) is None:
        raise Refused("not_now", "no item is current")
    _move(items, None, by_ref=by_ref, by=by, now=now)


@transaction.atomic
def end_with_meeting(*, room_id: str, meeting: str, now: datetime) -> None:
    """The time of its current item does not run on."""
    if _current(_locked(room_id, meeting)) is not None:
        end(room_id=room_id, meeting=meeting, by_ref=None, by=None, now=now)


def _locked(room_id: str, meeting: str) -> list[AgendaItem]:
    Room.objects.select_for_update().get(pk=room_id)  # one after the other, as the journal writes
    return list(items_of(meeting).filter(room=room_id))


def _current(items: list[AgendaItem]) -> AgendaItem | None:
    return next((item for item in items if item.is_current), None)


def _move(
    items: list[AgendaItem],
    item: AgendaItem | None,
    *,
    by_ref: PersonRef | None,
    by: int | None,
    now: datetime,
) -> None:
    before = _current(items)
    room_id, meeting = items[0].room_id, items[0].meeting
    if before is not None and before.started_at is not None:
        before.ended_at = max(now, before.started_at)  # the clocks of two processes differ a little
        before.save(update_fields=["ended_at"])
    if item is not None:
        item.started_at, item.ended_at = now, None
        item.save(update_fields=["started_at", "ended_at"])
    at = journal.protocol_time(now)
    event = AgendaMoved(meeting=meeting, item=item.pk if item else None, by=by_ref, at=at)
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
