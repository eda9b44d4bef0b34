"""Through a LiveKit server: tokens to enter, and its room service to put somebody out."""

from datetime import timedelta

import aiohttp
from django.conf import settings
from livekit import api

LASTS = timedelta(minutes=10)  # to enter with; who is in stays in


class Unreachable(Exception):
    """The server did not do what it was asked."""


def is_set_up() -> bool:
    return bool(settings.LIVEKIT_URL and settings.LIVEKIT_API_KEY and settings.LIVEKIT_API_SECRET)


def token(*, room_id: str, person: str, name: str, may_publish: bool) -> dict[str, str]:
    grants = api.VideoGrants(
        room_join=True, room=room_id, can_publish=may_publish, can_subscribe=True, can_publish_data=False
    )
    access = api.AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET)
    signed = access.with_identity(person).with_name(name).with_ttl(LASTS).with_grants(grants).to_jwt()
    return {"url": settings.LIVEKIT_URL, "token": signed}


async def remove(*, room_id: str, person: str) -> None:
    async with _server() as server:
        try:
            await server.room.remove_participant(api.RoomParticipantIdentity(room=room_id, identity=person))
        except api.TwirpError as problem:
            if problem.code != "not_found":
                raise Unreachable from problem
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise Unreachable from problem


async def set_publishing(*, room_id: str, person: str, may_publish: bool) -> None:
    permission = api.ParticipantPermission(
        can_subscribe=True, can_publish=may_publish, can_publish_data=False
    )
    async with _server() as server:
        try:
            await server.room.update_participant(
                api.UpdateParticipantRequest(room=room_id, identity=person, permission=permission)
            )
        except api.TwirpError as problem:
            if problem.code != "not_found":
                raise Unreachable from problem
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise Unreachable from problem


def _server() -> api.LiveKitAPI:
    return api.LiveKitAPI(
        settings.LIVEKIT_URL,
        settings.LIVEKIT_API_KEY,
        settings.LIVEKIT_API_SECRET,
        timeout=aiohttp.ClientTimeout(total=5),
    )
