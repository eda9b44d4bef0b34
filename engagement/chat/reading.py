"""Messages in the journal, as far as a viewer may see them: one, a page, or those with certain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from companies.folding import fold_text, words
from engagement.chat.messages import ChatMessage, Message, ReactionTally
from engagement.chat.models import ReactionTotal
from rooms import audience
from rooms.messages import message_name
from rooms.models import RoomEvent
from rooms.refusals import Refused

MESSAGE = message_name(ChatMessage)
FOUND_AT_ONCE = 20
LOOKED_THROUGH = 1000  # messages that one search reads


@dataclass(frozen=True)
class Reader:
    """Who reads: `person` is the public id. Nothing up to `hidden_up_to` is shown."""

    person: str
    is_host: bool
    hidden_up_to: int = 0


@dataclass(frozen=True)
class Found:
    """`next` is the `before` of the next search; None when there is nothing earlier."""

    messages: list[Message]
    next: int | None


def message_rows(room_id: str) -> QuerySet[RoomEvent]:
    return RoomEvent.objects.filter(room=room_id, ev=MESSAGE)


def visible_rows(room_id: str, reader: Reader) -> QuerySet[RoomEvent]:
    """Those that the reader may see; neither database needs to look into a JSON array for that."""
    rows = message_rows(room_id).filter(seq__gt=reader.hidden_up_to)
    mine = Q(audience_text__contains=f'"{reader.person}"')
    if reader.is_host:
        mine |= Q(audience__hosts=True)
    rows = rows.annotate(audience_text=Cast("audience", TextField()))
    return rows.filter(Q(audience__isnull=True) | mine)


def newest_messages(room_id: str, before: int, *, limit: int) -> list[Message]:
    """Whoever may see them, newest first."""
    return _messages(message_rows(room_id), before, limit)


def messages_before(room_id: str, before: int, *, limit: int, reader: Reader) -> list[Message]:
    """Those before the id `before`, newest first, without deleted ones except those that hosts have deleted."""
    return _messages(visible_rows(room_id, reader), before, limit)


def _messages(rows: QuerySet[RoomEvent], before: int, limit: int) -> list[Message]:
    kept = rows.filter(~Q(payload__has_key="deleted") | Q(payload__has_key="deleted_by_host"))
    kept = kept.filter(seq__lt=before).select_related("reaction_total")
    return [with_reactions(row) for row in kept.order_by("-seq")[:limit]]


def messages_with(room_id: str, query: str, before: int | None, *, reader: Reader) -> Found:
    """Raises Refused when the query has no word."""
    wanted = words(query)
    if not wanted:
        raise Refused("bad_field", "query: no word")
    rows = visible_rows(room_id, reader).exclude(payload__has_key="deleted")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found: list[Message] = []
    looked_through = 0
    last = 0
    for row in rows.select_related("reaction_total").order_by("-seq")[:LOOKED_THROUGH]:
        looked_through += 1
        last = row.seq
        folded = fold_text(f"{row.payload['text']} {row.payload['from']['name']}")
        if all(word in folded for word in wanted):
            found.append(with_reactions(row))
            if len(found) == FOUND_AT_ONCE:
                return Found(found, last)
    return Found(found, last if looked_through == LOOKED_THROUGH else None)


def messages_for_export(
    room_id: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Message]:
    """What everybody saw or was written to the hosts, oldest first: neither private, held nor deleted messages."""
    rows = message_rows(room_id).filter(Q(audience__isnull=True) | Q(audience__hosts=True))
    rows = rows.exclude(payload__has_key="deleted").exclude(payload__has_key="held").order_by("seq")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lte=until)
    return (with_reactions(row) for row in rows.select_related("reaction_total").iterator())


def message_for_update(room_id: str, number: int, reader: Reader) -> RoomEvent:
    """Locks a message that the reader sees. Raises Refused when there is none, or it is deleted."""
    row = message_rows(room_id).select_for_update().filter(seq=number, seq__gt=reader.hidden_up_to).first()
    if row is None or row.payload.get("deleted") or not may_see(row, reader):
        raise Refused("not_found")
    return row


def may_see(row: RoomEvent, reader: Reader) -> bool:
    restricted_to = audience.from_json(row.audience)
    return restricted_to is None or restricted_to.includes(reader)


def as_message(row: RoomEvent) -> Message:
    return Message.model_validate({**row.payload, "id": row.seq})


def with_reactions(row: RoomEvent) -> Message:
    """The row is selected together with its total."""
    total: ReactionTotal | None = getattr(row, "reaction_total", None)
    if total is None:
        return as_message(row)
    tally = ReactionTally(counts=total.counts, version=total.version)
    return as_message(row).model_copy(update={"reactions": tally})
