"""LiveKit: access tokens, and its RoomService to list and remove participants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from rooms.media.loading import Lazily

if TYPE_CHECKING:
    import aiohttp
    from livekit import api
else:
    aiohttp, api = Lazily("aiohttp"), Lazily("livekit.api")

# Only for joining. LiveKit accepts a token for a minute longer, and gives connected clients new ones of ten minutes:
# so rights are checked again when a participant joins (`media_rights`).
LASTS = timedelta(minutes=1)


class ServerUnreachable(Exception):
    """The request to the server failed."""


FLOOR = ("camera", "microphone", "screen_share", "screen_share_audio")
# Of an interpreter in a channel. LiveKit has no source for their voice, and `unknown` is nobody else's.
CHANNEL = ("camera", "screen_share", "screen_share_audio", "unknown")


@dataclass(frozen=True)
class PublishingRight:
    """`in_channel`: with a track for a channel in the place of the microphone."""

    may_publish: bool
    in_channel: bool = False


@dataclass(frozen=True)
class MediaParticipant:
    """A participant of the media server, by the identity of their token."""

    room_id: str
    identity: str
    right: PublishingRight


def is_set_up() -> bool:
    return bool(settings.LIVEKIT_URL and settings.LIVEKIT_API_KEY and settings.LIVEKIT_API_SECRET)


def token(
    *, room_id: str, identity: str, name: str, may_publish: bool, in_channel: bool = False
) -> dict[str, str]:
    grants = api.VideoGrants(
        room_join=True,
        room=room_id,
        can_publish=may_publish,
        can_publish_sources=list(CHANNEL if in_channel else FLOOR),
        can_subscribe=True,
        can_publish_data=False,
    )
    access = api.AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET)
    signed = access.with_identity(identity).with_name(name).with_ttl(LASTS).with_grants(grants).to_jwt()
    return {"url": settings.LIVEKIT_URL, "token": signed}


async def remove(*, room_id: str, identity: str) -> None:
    async with _server() as server:
        await server.room.remove_participant(api.RoomParticipantIdentity(room=room_id, identity=identity))


async def set_publishing(*, room_id: str, identity: str, may_publish: bool, in_channel: bool = False) -> None:
    """The server ends the tracks that the participant may not publish any more."""
    sources = [name.upper() for name in (CHANNEL if in_channel else FLOOR)]
    permission = api.ParticipantPermission(
        can_subscribe=True, can_publish=may_publish, can_publish_sources=sources, can_publish_data=False
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
            MediaParticipant(room_id, each.identity, right_of(each.permission))
            for each in answer.participants
        ]
    return found  # noqa: RET504 - empty when the room does not exist


def right_of(permission: "api.ParticipantPermission") -> PublishingRight:
    in_channel = api.TrackSource.Value("UNKNOWN") in permission.can_publish_sources
    return PublishingRight(permission.can_publish, permission.can_publish and in_channel)


@asynccontextmanager
async def _server() -> "AsyncIterator[api.LiveKitAPI]":
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
