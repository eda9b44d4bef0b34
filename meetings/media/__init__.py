"""How sound and picture travel: browser to browser (mesh) or through LiveKit; the room asks here and nowhere else."""

from datetime import datetime
from typing import Any

from django.conf import settings

from meetings.media import livekit, mesh


class UnableToCarryMedia(Exception):
    """The media server is not set up, or did not answer."""


def kind() -> str:
    return "sfu" if settings.MEDIA == "sfu" else "mesh"


def ice_servers(room_id: str, now: datetime) -> list[dict[str, Any]]:
    """What browsers need to reach each other or the media server from behind a strict firewall."""
    return mesh.ice_servers(room_id, now)


def token(*, room_id: str, person: str, name: str, may_publish: bool) -> dict[str, str]:
    """The media server's address and a token to enter the room there. Raises UnableToCarryMedia."""
    if kind() != "sfu" or not livekit.is_set_up():
        raise UnableToCarryMedia
    return livekit.token(room_id=room_id, person=person, name=name, may_publish=may_publish)


async def remove(*, room_id: str, person: str) -> None:
    """Ends what the media server carries for somebody. Raises UnableToCarryMedia; a mesh ends with the socket."""
    if kind() == "sfu" and livekit.is_set_up():
        try:
            await livekit.remove(room_id=room_id, person=person)
        except livekit.Unreachable as problem:
            raise UnableToCarryMedia from problem


async def set_publishing(*, room_id: str, person: str, may_publish: bool) -> None:
    """Tells the media server that somebody came onto the stage or left it. Raises UnableToCarryMedia."""
    if kind() == "sfu" and livekit.is_set_up():
        try:
            await livekit.set_publishing(room_id=room_id, person=person, may_publish=may_publish)
        except livekit.Unreachable as problem:
            raise UnableToCarryMedia from problem
