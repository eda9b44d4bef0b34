"""Planning the agenda: add, change, move and remove items, replace all of it, copy it. Each tells the room.

A change is made to the whole list, under the room's lock, and written in a fixed number of statements.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.refusals import Outdated, Refusal
from engagement.agenda.agenda_input import ItemInput, input_of, problem_of_all, problems_of
from engagement.agenda.describing import info_of, items_of
from engagement.agenda.messages import AgendaChanged
from engagement.agenda.models import AgendaItem
from rooms import journal
from rooms.models import Room
from rooms.refusals import Refused

Items = list[ItemInput]


class UnableToPlan(Refusal):
    """`code`: too_much, bad_item, unknown_item, not_empty."""


def add_item(*, room_id: str, meeting: str, content: ItemInput, by: int | None, now: datetime) -> str:
    """At the end; returns its id. Raises UnableToPlan."""
    new = replace(content, id="")
    rows = _change(room_id, meeting, lambda items: [*items, new], by=by, now=now)
    return rows[-1].pk


def change_item(
    *,
    room_id: str,
    meeting: str,
    item_id: str,
    content: ItemInput,
    by: int | None,
    now: datetime,
    before: ItemInput | None = None,
) -> None:
    """Raises Refused when there is none, Outdated when it is not what was read `before`, UnableToPlan."""
    new = replace(content, id=item_id)

    def changed(items: Items) -> Items:
        place = _place_of(items, item_id)
        if before is not None and items[place] != replace(before, id=item_id):
            raise Outdated("outdated", _("The agenda has been changed since you loaded it."))
        return [*items[:place], new, *items[place + 1 :]]

    _change(room_id, meeting, changed, by=by, now=now)


def move_item(*, room_id: str, meeting: str, item_id: str, up: bool, by: int | None, now: datetime) -> None:
    """One place up or down; the first and the last stay where they are. Raises Refused."""

    def moved(items: Items) -> Items:
        place = _place_of(items, item_id)
        item = items.pop(place)
        items.insert(max(0, place - 1) if up else place + 1, item)
        return items

    _change(room_id, meeting, moved, by=by, now=now)


def remove_item(*, room_id: str, meeting: str, item_id: str, by: int | None, now: datetime) -> None:
    """Also the current one: then none is. Raises Refused."""

    def without(items: Items) -> Items:
        items.pop(_place_of(items, item_id))
        return items

    _change(room_id, meeting, without, by=by, now=now)


def replace_agenda(
    *,
    room_id: str,
    meeting: str,
    items: Sequence[ItemInput],
    by: int | None,
    now: datetime,
    is_current: Callable[[Sequence[AgendaItem]], bool] = lambda _items: True,
) -> list[AgendaItem]:
    """Items that keep their id stay what they are in the room. Raises UnableToPlan, Outdated."""
    return _change(room_id, meeting, lambda _before: list(items), by=by, now=now, is_current=is_current)


def copy_agenda(*, meeting: str, others: Collection[tuple[str, str]], by: int | None, now: datetime) -> None:
    """To other meetings, as pairs of room and meeting. Raises UnableToPlan for one that has an agenda."""
    items = [replace(input_of(item), id="") for item in items_of(meeting)]

    def into_empty(before: Items) -> Items:
        if before:
            raise UnableToPlan("not_empty", _("One of the later meetings already has an agenda."))
        return items

    with transaction.atomic():
        for room_id, other in sorted(others):
            _change(room_id, other, into_empty, by=by, now=now)


# ---- what they share -----------------------------------------------------------------------------------------


@transaction.atomic
def _change(
    room_id: str,
    meeting: str,
    change: Callable[[Items], Items],
    *,
    by: int | None,
    now: datetime,
    is_current: Callable[[Sequence[AgendaItem]], bool] = lambda _items: True,
) -> list[AgendaItem]:
    Room.objects.select_for_update().get(pk=room_id)  # so that two changes at once are one after the other
    before = list(items_of(meeting))
    if not is_current(before):
        raise Outdated("outdated", _("The agenda has been changed since you loaded it."))
    wanted = change([input_of(item) for item in before])
    _refuse_impossible(wanted, before)
    if wanted != [input_of(item) for item in before]:
        _write(room_id, meeting, before, wanted)
        _tell(room_id, meeting, by, now)
    return list(items_of(meeting))


def _refuse_impossible(wanted: Items, before: Sequence[AgendaItem]) -> None:
    for item in wanted:
        for field, message in problems_of(item):
            raise UnableToPlan("bad_item", message, field=field)
    if problem := problem_of_all(wanted):
        raise UnableToPlan("too_much", problem)
    kept = [item.id for item in wanted if item.id]
    if len(set(kept)) < len(kept) or not set(kept) <= {item.pk for item in before}:
        raise UnableToPlan("unknown_item", _("This agenda has no such item, or you sent it twice."))


def _write(room_id: str, meeting: str, before: Sequence[AgendaItem], wanted: Items) -> None:
    known = {item.pk: item for item in before}
    rows = []
    for number, content in enumerate(wanted, start=1):
        row = known.get(content.id) or AgendaItem(pk=new_id(), room_id=room_id, meeting=meeting)
        row.number, row.title = number, dict(content.title)
        row.minutes, row.speaker = content.minutes, content.speaker
        rows.append(row)
    kept = {row.pk for row in rows}
    AgendaItem.objects.filter(pk__in=known.keys() - kept).delete()
    AgendaItem.objects.bulk_update(
        [row for row in rows if row.pk in known], ["number", "title", "minutes", "speaker"]
    )
    AgendaItem.objects.bulk_create([row for row in rows if row.pk not in known])


def _tell(room_id: str, meeting: str, by: int | None, now: datetime) -> None:
    infos = [info_of(item) for item in items_of(meeting)]
    event = AgendaChanged(meeting=meeting, items=infos, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


def _place_of(items: Items, item_id: str) -> int:
    for place, item in enumerate(items):
        if item.id == item_id:
            return place
    raise Refused("not_found")
