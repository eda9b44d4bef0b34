"""What is open goes into the agenda of the project's next meeting by itself: actions, and items that were not reached.

Each goes into a meeting's agenda once: if a host removes it there, it stays out of this meeting. An action that is done
falls away. As many go along as the agenda has room for.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from companies.models import Person
from companies.refusals import Refusal
from engagement.agenda import planning
from engagement.agenda.agenda_input import MOST_ITEMS, ItemInput, input_of, problem_of_all
from engagement.agenda.describing import items_of
from engagement.agenda.models import LONGEST_NAME, LONGEST_TITLE
from engagement.models import AgendaItem
from meetings.models import Meeting
from projects.models import Action, CarriedItem, ProjectRoom
from rooms.models import Room

MINUTES = 5  # of an action


@transaction.atomic
def carry_open_work(*, room_id: str, now: datetime) -> None:
    """Into the agenda of the next meeting that is scheduled and has not begun; without one, nothing happens."""
    meeting = _next_meeting(room_id, now)
    if meeting is None:
        return
    Room.objects.select_for_update().get(pk=room_id)
    carried = set(CarriedItem.objects.filter(meeting=meeting).values_list("source", flat=True))
    found = [(source, item) for source, item in _open_work(room_id, meeting) if source not in carried]
    _add(meeting, found, now)


@transaction.atomic
def follow_action(*, action: Action, before: Action | None = None, now: datetime) -> None:
    """What stands for it in agendas ahead: gone once it is done, renamed with it unless a host has edited the item."""
    rows = CarriedItem.objects.filter(source=action.pk, meeting__state=Meeting.State.SCHEDULED)
    for row in rows.select_related("meeting"):
        room_id = row.meeting.room_id
        with suppress(Refusal):  # a host has removed the item, or edited it
            if action.done_at is not None:
                planning.remove_item(
                    room_id=room_id, meeting=row.meeting_id, item_id=row.item, by=None, now=now
                )
            elif before is not None:
                planning.change_item(
                    room_id=room_id,
                    meeting=row.meeting_id,
                    item_id=row.item,
                    content=_item_for(action, row.meeting),
                    before=_item_for(before, row.meeting),
                    by=None,
                    now=now,
                )
        if action.done_at is not None:
            row.delete()  # opened again, it comes back


def _next_meeting(room_id: str, now: datetime) -> Meeting | None:
    ahead = Meeting.objects.filter(room=room_id, state=Meeting.State.SCHEDULED, starts_at__gt=now)
    is_open = ProjectRoom.objects.filter(pk=room_id, state=ProjectRoom.State.OPEN)
    return ahead.filter(room__in=is_open.values("pk")).order_by("starts_at", "pk").first()


def _open_work(room_id: str, meeting: Meeting) -> list[tuple[str, ItemInput]]:
    """With the key of each: items of the last meeting first, then actions, the most urgent first."""
    actions = Action.objects.filter(project=room_id).open().by_due_day().select_related("person", "company")
    return [
        *((item.pk, replace(input_of(item), id="")) for item in _unreached_items(room_id, meeting)),
        *((action.pk, _item_for(action, meeting)) for action in actions[:MOST_ITEMS]),
    ]


def _unreached_items(room_id: str, meeting: Meeting) -> list[AgendaItem]:
    """Of the last meeting that has ended, if its agenda was gone through; those of actions come by themselves."""
    ended = Meeting.objects.filter(room=room_id, state=Meeting.State.ENDED, starts_at__lt=meeting.starts_at)
    last = ended.order_by("-starts_at", "-pk").first()
    if last is None:
        return []
    items = list(items_of(last.pk))
    if last.started_at is not None and not any(item.started_at for item in items):
        return []
    actions = Action.objects.filter(project=room_id).values("pk")
    of_actions = CarriedItem.objects.filter(meeting=last, source__in=actions).values_list("item", flat=True)
    known = set(of_actions)
    return [item for item in items if item.started_at is None and item.pk not in known]


def _item_for(action: Action, meeting: Meeting) -> ItemInput:
    language = (meeting.languages or [meeting.host.language])[0]
    return ItemInput(
        title={language: _shortened(action.text, LONGEST_TITLE)},
        minutes=MINUTES,
        speaker=_shortened(_owner_of(action), LONGEST_NAME),
    )


def _owner_of(action: Action) -> str:
    if isinstance(action.person, Person):
        return action.person.name
    return action.company.name if action.company is not None else ""


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _add(meeting: Meeting, found: Sequence[tuple[str, ItemInput]], now: datetime) -> None:
    """As many as fit, in one change of the agenda, of which the room is told once."""
    agenda = [input_of(each) for each in items_of(meeting.pk)]
    present, added = len(agenda), []
    for source, item in found:
        if not problem_of_all([*agenda, item]):
            agenda.append(item)
            added.append(source)
    if not added:
        return
    rows = planning.replace_agenda(
        room_id=meeting.room_id, meeting=meeting.pk, items=agenda, by=None, now=now
    )
    CarriedItem.objects.bulk_create(
        CarriedItem(meeting=meeting, source=source, item=row.pk)
        for source, row in zip(added, rows[present:], strict=True)
    )
