"""LiveKit: access tokens, and its RoomService to list and remove participants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from django.conf import settings
from livekit import api

# Only for joining. LiveKit accepts a token for a minute longer, and gives connected clients new ones of ten minutes:
# so rights are checked again when a participant joins (`media_rights`).
LASTS = timedelta(minutes=1)


class ServerUnreachable(Exception):
    """The request to the server failed."""


@dataclass(frozen=True)
class MediaParticipant:
    """A participant of the media server, by the identity of their token."""

    room_id: str
    identity: str
    may_publish: bool


def is_set_up() -> bool:
    return bool(settings.LIVEKIT_URL and settings.LIVEKIT_API_KEY and settings.LIVEKIT_API_SECRET)


def token(*, room_id: str, identity: str, name: str, may_publish: bool) -> dict[str, str]:
    grants = api.VideoGrants(
        room_join=True, room=room_id, can_publish=may_publish, can_subscribe=True, can_publish_data=False
    )
    access = api.AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET)
    signed = access.with_identity(identity).with_name(name).with_ttl(LASTS).with_grants(grants).to_jwt()
    return {"url": settings.LIVEKIT_URL, "token": signed}


async def remove(*, room_id: str, identity: str) -> None:
    async with _server() as server:
        await server.room.remove_participant(api.RoomParticipantIdentity(room=room_id, identity=identity))


async def set_publishing(*, room_id: str, identity: str, may_publish: bool) -> None:
    permission = api.ParticipantPermission(
        can_subscribe=True, can_publish=may_publish, can_publish_data=False
    )
    async with _server() as server:
        await server.room.update_participant(
            api.UpdateParticipantRequest(room=room_id, identity=identity, permission=permission)
        )


async def close(*, room_id: str) -> None:
    async with _server() as server:
        await server.room.delete_room(api.DeleteRoomRequest(room=room_id))


async def rooms() -> list[str]:
    found: list[str] = []
    async with _server() as server:
        found = [room.name for room in (await server.room.list_rooms(api.ListRoomsRequest())).rooms]
    return found  # noqa: RET504 - empty when the room does not exist


async def participants_in(room_id: str) -> list[MediaParticipant]:
    found: list[MediaParticipant] = []
    async with _server() as server:
        answer = await server.room.list_participants(api.ListParticipantsRequest(room=room_id))
        found = [
            MediaParticipant(room_id, each.identity, each.permission.can_publish)
            for each in answer.participants
        ]
    return found  # noqa: RET504 - empty when the room does not exist


@asynccontextmanager
async def _server() -> AsyncIterator[api.LiveKitAPI]:
    """Raises ServerUnreachable. A room or participant that does not exist is no error, and ends the block."""
    timeout = aiohttp.ClientTimeout(total=5)
    keys = (settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET)
    try:
        async with api.LiveKitAPI(
            settings.LIVEKIT_API_URL or settings.LIVEKIT_URL, *keys, timeout=timeout
        ) as server:
            yield server
    except api.TwirpError as problem:
        if problem.code != "not_found":
            raise ServerUnreachable from problem
    except (aiohttp.ClientError, TimeoutError) as problem:
        raise ServerUnreachable from problem
