"""The personal data of rooms: participants, presences, and names and texts in the journal."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.languages import in_language
from companies.models import Person
from companies.personal_data import (
    Column,
    Export,
    RetentionRule,
    register,
    register_impersonal,
    register_retention,
)
from companies.retention import BATCH, delete_in_batches, months_before
from rooms import policy
from rooms.admission import public_id
from rooms.models import LinkReport, Participant, Presence, Room, RoomEvent, UsedTicket

EraseTexts = Callable[[Person, datetime], object]
_erasers_of_texts: list[EraseTexts] = []


def register_texts(erase: EraseTexts) -> None:
    """A live feature erases what a person wrote in it; names are erased by the engine."""
    if erase not in _erasers_of_texts:
        _erasers_of_texts.append(erase)


ROOM = (
    Column("room", _("room"), lambda row: row.room_id),
    Column("title", _("title"), lambda row: row.room_title),
)


def add_room_titles(rows: list[Any]) -> None:
    """What the rooms are about, in the reader's language: one query for each kind of room."""
    titles = policy.titles(Room.objects.filter(pk__in={row.room_id for row in rows}))
    for row in rows:
        row.room_title = in_language(titles.get(row.room_id)).text


def register_all() -> None:
    register(
        Participant,
        "rooms",
        export=Export(
            rows=lambda person: Participant.objects.filter(person=person),
            columns=[
                *ROOM,
                Column("name", pgettext_lazy("of a person", "name")),
                *("company_name", "admission", "on_stage", "hand_raised_at", "first_seen_at"),
            ],
            title=_("Rooms that you were in"),
            prepare=add_room_titles,
        ),
        erase=lambda person, _now: Participant.objects.filter(person=person).delete(),
        without={"person": "the person"},
    )
    register(
        Presence,
        "presences",
        export=Export(
            rows=lambda person: Presence.objects.filter(person=person),
            columns=[*ROOM, "joined_at", "seen_at", "left_at"],
            prepare=add_room_titles,
            title=_("When you were in a room"),
        ),
        why_not_erased="the minutes that a funder counts: they stay with a row that has no name and no address",
        without={
            "person": "the person",
            "connection": "a number of the server",
            "process": "a name of the server",
        },
    )
    register(
        RoomEvent,
        "room_events",
        export=Export(
            rows=lambda person: RoomEvent.objects.filter(person=person),
            columns=[*ROOM, "seq", "ev", "at", "payload"],
            prepare=add_room_titles,
            title=_("What you wrote and did in rooms"),
        ),
        erase=erase_from_journal,
        without={
            "person": "the person",
            "client_id": "a number made by the browser",
            "audience": "numbers of the people who got it",
        },
    )
    register(
        LinkReport,
        "link_reports",
        export=Export(
            rows=lambda person: LinkReport.objects.filter(presence__person=person).select_related("presence"),
            columns=[
                Column("room", _("room"), lambda row: row.presence.room_id),
                *("seconds", "weak_seconds", "poor_seconds", "far_seconds", "missing_seconds"),
                *("away_seconds", "received", "lost"),
                *("bytes_received", "worst_loss", "worst_jitter_ms", "worst_round_trip_ms", "is_relayed"),
                "updated_at",
            ],
            title=_("How well audio and video reached you"),
        ),
        erase=lambda person, _now: LinkReport.objects.filter(presence__person=person).delete(),
        without={"presence": "when you were in the room, which is above"},
    )
    register_retention(RetentionRule("link_reports", delete_old_link_reports))
    register_impersonal("a room, without people", Room)
    register_impersonal("numbers of tickets, deleted within minutes", UsedTicket)
    register_retention(RetentionRule("journal", delete_old_events))


def events_naming(participant: Participant) -> QuerySet[RoomEvent]:
    """Events of the room in which this participant occurs, as an author or as the one it happened to."""
    in_room = RoomEvent.objects.filter(room=participant.room_id).order_by("seq")
    return in_room.annotate(written=Cast("payload", TextField())).filter(
        written__contains=f'"{public_id(participant.pk)}"'
    )


def erase_from_journal(person: Person, now: datetime) -> None:
    """The journal keeps what happened, without what they wrote, without their name and company, and not as theirs."""
    for erase_texts in _erasers_of_texts:
        erase_texts(person, now)
    for participant in Participant.objects.filter(person=person):
        rows = events_naming(participant).iterator(chunk_size=BATCH)
        while batch := list(islice(rows, BATCH)):
            named = [row for row in batch if _remove_name(row, public_id(participant.pk))]
            RoomEvent.objects.bulk_update(named, ["payload"])
    RoomEvent.objects.filter(person=person).update(person=None, client_id="")


def _remove_name(row: RoomEvent, participant: str) -> bool:
    """False when it was not there."""
    before, row.payload = row.payload, without_name(row.payload, participant)
    return bool(row.payload != before)


def without_name(value: Any, participant: str) -> Any:
    """The same with each reference to the participant (PersonRef) emptied, however deep it lies."""
    if isinstance(value, list):
        return [without_name(each, participant) for each in value]
    if not isinstance(value, dict):
        return value
    emptied = {"name": "", "company": ""} if value.get("id") == participant else {}
    return {
        key: emptied[key] if key in emptied else without_name(each, participant)
        for key, each in value.items()
    }


def delete_old_events(now: datetime, limit: int) -> int:
    """The chat and what else was in the rooms' journals before RETENTION_CHAT_MONTHS.

    Keys rise with time, so the oldest are found by the primary key, however long the journal is.
    """
    cutoff, deleted = months_before(now, settings.RETENTION_CHAT_MONTHS), 0
    for batch in _oldest(limit):
        old = [key for key, at in batch if at < cutoff]
        RoomEvent.objects.filter(pk__in=old).delete()
        deleted += len(old)
        if len(old) < len(batch):
            break
    return deleted


def delete_old_link_reports(now: datetime, limit: int) -> int:
    """Those older than RETENTION_CHAT_MONTHS."""
    old = LinkReport.objects.filter(updated_at__lt=months_before(now, settings.RETENTION_CHAT_MONTHS))
    return delete_in_batches(old.order_by("updated_at"), limit)


def _oldest(limit: int) -> Iterator[list[tuple[int, datetime]]]:
    taken = 0
    while taken < limit:
        rows = RoomEvent.objects.order_by("pk").values_list("pk", "at")
        batch = list(rows[: min(BATCH, limit - taken)])
        if not batch:
            return
        taken += len(batch)
        yield batch
