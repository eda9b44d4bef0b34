"""Audio and video: peer to peer (mesh) or through LiveKit; only this module knows which.

Each connection is a media participant of its own, so that its media begins and ends with the connection.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings

from rooms.media import livekit, mesh
from rooms.media.livekit import MediaParticipant, PublishingRight

__all__ = [
    "MediaParticipant",
    "MediaServerUnavailable",
    "PublishingRight",
    "close",
    "connection_of",
    "correct",
    "has_server",
    "ice_servers",
    "kind",
    "participants_in",
    "remove",
    "rooms",
    "set_publishing",
    "token",
]
T = TypeVar("T")


class MediaServerUnavailable(Exception):
    """The media server is not configured, or did not answer."""


def kind() -> str:
    return "sfu" if settings.MEDIA == "sfu" else "mesh"


def ice_servers(room_id: str, now: datetime) -> list[dict[str, Any]]:
    """STUN and TURN servers, as RTCConfiguration.iceServers."""
    return mesh.ice_servers(room_id, now)


def has_server() -> bool:
    return kind() == "sfu" and livekit.is_set_up()


def token(
    *, room_id: str, person: str, connection: str, name: str, may_publish: bool, in_channel: bool = False
) -> dict[str, str]:
    """The media server's `url` and a `token` for its room. Raises MediaServerUnavailable.

    Who speaks in a channel (`in_channel`) may publish an audio track of its own for it, and no microphone.
    """
    if not has_server():
        raise MediaServerUnavailable
    identity = identity_of(person, connection)
    return livekit.token(
        room_id=room_id, identity=identity, name=name, may_publish=may_publish, in_channel=in_channel
    )


def identity_of(person: str, connection: str) -> str:
    return f"{person}:{connection}"


def connection_of(identity: str) -> str:
    return identity.partition(":")[2]


# ---- calls to the media server: each raises MediaServerUnavailable, and does nothing in a mesh --------------------


async def remove(*, room_id: str, person: str, connection: str) -> None:
    if has_server():
        await _call_server(livekit.remove(room_id=room_id, identity=identity_of(person, connection)))


async def set_publishing(
    *, room_id: str, person: str, connections: Iterable[str], may_publish: bool, in_channel: bool = False
) -> None:
    if has_server():
        each = [
            livekit.set_publishing(
                room_id=room_id,
                identity=identity_of(person, connection),
                may_publish=may_publish,
                in_channel=in_channel,
            )
            for connection in connections
        ]
        await _call_server(asyncio.gather(*each))


async def close(*, room_id: str) -> None:
    """Removes everybody from a room and closes it."""
    if has_server():
        await _call_server(livekit.close(room_id=room_id))


async def rooms() -> list[str]:
    return await _call_server(livekit.rooms()) if has_server() else []


async def participants_in(room_id: str) -> list[MediaParticipant]:
    return await _call_server(livekit.participants_in(room_id)) if has_server() else []


async def correct(present: MediaParticipant, right: PublishingRight | None) -> None:
    """Gives or takes the right to publish; None removes the participant."""
    if right is None:
        await _call_server(livekit.remove(room_id=present.room_id, identity=present.identity))
    elif right != present.right:
        await _call_server(
            livekit.set_publishing(
                room_id=present.room_id,
                identity=present.identity,
                may_publish=right.may_publish,
                in_channel=right.in_channel,
            )
        )


async def _call_server(call: "Coroutine[Any, Any, T] | asyncio.Future[T]") -> T:
    try:
        return await call
    except livekit.ServerUnreachable as problem:
        raise MediaServerUnavailable from problem
