"""Reactions to messages: many in one write, each person's once in each way; new totals come back with a version."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from engagement.chat.messages import ReactionTally
from engagement.chat.models import MessageReaction, ReactionTotal
from engagement.chat.reading import Reader, may_see, message_rows
from rooms.admission import public_id
from rooms.models import RoomEvent
from rooms.refusals import Refused

OwnReactions = dict[str, list[int]]  # numbers of messages by reaction


class PendingReaction(NamedTuple):
    room_id: str
    message: int
    participant: int
    reaction: str
    is_on: bool
    reader: Reader


Outcome = ReactionTally | None | Refused


@transaction.atomic
def write_reactions(pending: Sequence[PendingReaction]) -> list[Outcome]:
    """The new tally of each one's message; None where nothing has changed, Refused where one may not react.

    The messages are locked first, in the order of their keys: so no two processes wait for each other, and none is
    deleted meanwhile.
    """
    rows = _lock({(each.room_id, each.message) for each in pending})
    refused = {position: _refusal(each, rows) for position, each in enumerate(pending)}
    last = {
        (rows[each.room_id, each.message].pk, each.participant, each.reaction): each.is_on
        for position, each in enumerate(pending)
        if refused[position] is None
    }
    _insert([key for key, is_on in last.items() if is_on])
    _delete([key for key, is_on in last.items() if not is_on])
    tallies = _recount({key for key, _participant, _reaction in last})
    outcome: list[Outcome] = []
    for position, each in enumerate(pending):
        refusal = refused[position]
        row = rows.get((each.room_id, each.message))
        outcome.append(refusal if refusal is not None or row is None else tallies.get(row.pk))
    return outcome


def _lock(messages: set[tuple[str, int]]) -> dict[tuple[str, int], RoomEvent]:
    by_room: dict[str, list[int]] = defaultdict(list)
    for room_id, number in messages:
        by_room[room_id].append(number)
    found: dict[tuple[str, int], RoomEvent] = {}
    wanted = Q()
    for room_id, numbers in by_room.items():
        wanted |= Q(pk__in=message_rows(room_id).filter(seq__in=numbers).values("pk"))
    for row in RoomEvent.objects.filter(wanted).order_by("pk").select_for_update(no_key=True):
        found[row.room_id, row.seq] = row
    return found


def _refusal(reaction: PendingReaction, rows: dict[tuple[str, int], RoomEvent]) -> Refused | None:
    row = rows.get((reaction.room_id, reaction.message))
    reader = reaction.reader
    if (
        row is None
        or row.seq <= reader.hidden_up_to
        or row.payload.get("deleted")
        or not may_see(row, reader)
    ):
        return Refused("not_found")
    return None if row.audience is None else Refused("not_now", "not everybody sees it")


def _insert(reactions: list[tuple[int, int, str]]) -> None:
    new = [
        MessageReaction(message_id=message, participant_id=participant, reaction=reaction)
        for message, participant, reaction in reactions
    ]
    MessageReaction.objects.bulk_create(new, ignore_conflicts=True)


def _delete(reactions: list[tuple[int, int, str]]) -> None:
    wanted = Q()
    for message, participant, reaction in reactions:
        wanted |= Q(message=message, participant=participant, reaction=reaction)
    if reactions:
        MessageReaction.objects.filter(wanted).delete()


def _recount(messages: Collection[int]) -> dict[int, ReactionTally]:
    """The new totals of these messages, which are locked; those that are as they were are not among them."""
    if not messages:
        return {}
    counts: dict[int, dict[str, int]] = {message: {} for message in messages}
    rows = MessageReaction.objects.filter(message__in=messages).values_list("message", "reaction")
    for message, reaction, count in rows.annotate(Count("pk")).order_by("message", "reaction"):
        counts[message][reaction] = count
    before = ReactionTotal.objects.in_bulk(messages)
    changed = [
        ReactionTotal(
            message_id=message, counts=now, version=before[message].version + 1 if message in before else 1
        )
        for message, now in counts.items()
        if now != (before[message].counts if message in before else {})
    ]
    ReactionTotal.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["message"], update_fields=["counts", "version"]
    )
    return {row.message_id: tally_of(row) for row in changed}


def tally_of(row: ReactionTotal) -> ReactionTally:
    return ReactionTally(counts=row.counts, version=row.version)


# ---- reading ---------------------------------------------------------------------------------------------


def tallies_of(room_id: str, since: int) -> dict[int, ReactionTally]:
    """By the numbers of the messages from `since` on."""
    rows = ReactionTotal.objects.filter(message__room=room_id, message__seq__gte=since)
    return {row.message.seq: tally_of(row) for row in rows.select_related("message")}


def people_of(room_id: str, numbers: Collection[int]) -> list[tuple[int, str, str]]:
    """Message, reaction and the public id of each who has reacted."""
    rows = _of(room_id, numbers).values_list("message__seq", "reaction", "participant")
    return [(number, reaction, public_id(participant)) for number, reaction, participant in rows]


def own_reactions(room_id: str, numbers: Collection[int], participant: int) -> OwnReactions:
    found: OwnReactions = {}
    rows = _of(room_id, numbers).filter(participant=participant)
    for number, reaction in rows.order_by("message__seq").values_list("message__seq", "reaction"):
        found.setdefault(reaction, []).append(number)
    return found


def _of(room_id: str, numbers: Collection[int]) -> QuerySet[MessageReaction]:
    return MessageReaction.objects.filter(message__room=room_id, message__seq__in=numbers)


# ---- erasure ---------------------------------------------------------------------------------------------


def erase_reactions_to(messages: QuerySet[RoomEvent]) -> None:
    """Of messages that are deleted."""
    MessageReaction.objects.filter(message__in=messages).delete()
    ReactionTotal.objects.filter(message__in=messages).delete()


@transaction.atomic
def erase_reactions_of(reactions: QuerySet[MessageReaction]) -> None:
    """They no longer count."""
    keys = sorted(set(reactions.values_list("message", flat=True)))
    list(RoomEvent.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
    reactions.delete()
    _recount(keys)
