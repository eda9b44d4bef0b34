"""Who speaks to an item is a name that a host typed: exported, and forgotten with the account."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import Column, Export, register
from engagement.agenda.messages import AgendaChanged
from engagement.agenda.models import AgendaItem
from rooms.messages import message_name
from rooms.models import Participant, RoomEvent
from rooms.personal_data import ROOM, add_room_titles, register_texts

CHANGED = message_name(AgendaChanged)


def register_all() -> None:
    register(
        AgendaItem,
        "agenda_items",
        export=Export(
            rows=items_naming,
            columns=[
                *ROOM,
                Column("item", _("agenda item"), lambda row: str(row.title_in_words)),
                "speaker",
                "minutes",
                "started_at",
                "ended_at",
            ],
            prepare=add_room_titles,
            title=_("Agenda items with your name"),
        ),
        erase=lambda person, _now: items_naming(person).update(speaker=""),
        without={
            "id": "a number of the service",
            "meeting": "the room's title names it",
            "number": "its place in the agenda",
        },
    )
    register_texts(erase_names)


def items_naming(person: Person) -> QuerySet[AgendaItem]:
    """In rooms that they were in: elsewhere the same name may be somebody else's."""
    if not person.name:
        return AgendaItem.objects.none()
    return AgendaItem.objects.filter(room__in=_rooms_of(person), speaker__iexact=person.name)


def erase_names(person: Person, _now: datetime) -> None:
    """In the journal of these rooms."""
    if not person.name:
        return
    events = RoomEvent.objects.filter(room__in=_rooms_of(person), ev=CHANGED)
    for row in events.iterator():
        items = [_without(item, person.name) for item in row.payload["items"]]
        if items != row.payload["items"]:
            row.payload = {**row.payload, "items": items}
            row.save(update_fields=["payload"])


def _rooms_of(person: Person) -> QuerySet[Participant, Any]:
    return Participant.objects.filter(person=person).values("room")


def _without(item: dict[str, Any], name: str) -> dict[str, Any]:
    is_named = item["speaker"].casefold() == name.casefold()
    return {**item, "speaker": ""} if is_named else item
