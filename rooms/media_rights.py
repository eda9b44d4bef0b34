"""Who may be connected to the media server: connections that are present in an open room; on stage with the right to
publish; in a channel or for everybody.

The media server is called when a presence ends. What that call missed, and who joins with an old token, is found here.
"""

import asyncio
import logging
from collections.abc import Collection

from asgiref.sync import async_to_sync
from django.db.models import OuterRef, Subquery

from rooms import media, policy
from rooms.features import registry
from rooms.media import MediaParticipant, PublishingRight
from rooms.models.room import Participant, Presence, Room

logger = logging.getLogger(__name__)
AT_ONCE = 8  # concurrent requests to the media server


def reconcile() -> int:
    """Removes participants without access and closes rooms that are over. Returns the number of corrections.

    The media server is read before the database, so that nobody who is just joining is taken for one without access.
    """
    if not media.has_server():
        return 0
    try:
        names = async_to_sync(media.rooms)()
        ours = set(Room.objects.filter(pk__in=names).values_list("pk", flat=True))
        return _reconcile(ours) if ours else 0
    except media.MediaServerUnavailable as problem:
        logger.warning("the media server does not answer; the next run tries again: %r", problem.__cause__)
        return 0


def _reconcile(room_ids: Collection[str]) -> int:
    participants = async_to_sync(_everybody_in)(room_ids)
    open_ids = policy.open_rooms(room_ids)
    rights = rights_in(open_ids)
    wrong = [each for each in participants if each.room_id in open_ids and _right(each, rights) != each.right]
    over = set(room_ids) - open_ids
    if wrong or over:
        async_to_sync(_correct)(wrong, rights, over)
        logger.info("media corrected: %d participants, %d rooms closed", len(wrong), len(over))
    return len(wrong) + len(over)


def check_newcomer(*, room_id: str, identity: str, right: PublishingRight) -> None:
    """Corrects a participant who just joined, perhaps with an old token. Raises MediaServerUnavailable."""
    if not Room.objects.filter(pk=room_id).exists():
        return
    if not policy.open_rooms([room_id]):
        async_to_sync(media.close)(room_id=room_id)
        return
    newcomer = MediaParticipant(room_id, identity, right)
    due = _right(newcomer, rights_in([room_id], media.connection_of(identity)))
    async_to_sync(media.correct)(newcomer, due)


# ---- rights ----------------------------------------------------------------------------------------------

Rights = dict[tuple[str, str], PublishingRight]  # by room and connection


def rights_in(room_ids: Collection[str], connection: str | None = None) -> Rights:
    admitted = Participant.objects.filter(
        room=OuterRef("room"), person=OuterRef("person"), admission=Participant.AdmissionStatus.ADMITTED
    )
    present = Presence.objects.present().filter(room__in=room_ids)
    if connection is not None:
        present = present.filter(connection=connection)
    rows = present.annotate(may_publish=Subquery(admitted.values("on_stage")[:1]))
    found = rows.values_list("room_id", "connection", "person_id", "may_publish")
    in_channels = registry.speakers_in_channels(room_ids)
    return {
        (room, name): PublishingRight(may, may and (room, person) in in_channels)
        for room, name, person, may in found
        if may is not None
    }


def _right(present: MediaParticipant, rights: Rights) -> PublishingRight | None:
    return rights.get((present.room_id, media.connection_of(present.identity)))


# ---- the media server ------------------------------------------------------------------------------------


async def _everybody_in(room_ids: Collection[str]) -> list[MediaParticipant]:
    found = await asyncio.gather(*(media.participants_in(room_id) for room_id in room_ids))
    return [present for each in found for present in each]


async def _correct(wrong: Collection[MediaParticipant], rights: Rights, over: Collection[str]) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def correct(present: MediaParticipant) -> None:
        async with turns:
            await media.correct(present, _right(present, rights))

    await asyncio.gather(*(correct(each) for each in wrong), *(media.close(room_id=each) for each in over))
