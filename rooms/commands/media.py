"""What people publish, and the way to the media server."""

from typing import Any

from django.utils import timezone

from rooms import media
from rooms.connections import Caller
from rooms.features import CommandType, Feature
from rooms.media.mesh import MOST_CAMERAS
from rooms.messages import MediaState, MediaToken
from rooms.refusals import Refused
from rooms.rights import Rule, while_open
from rooms.room_session import OpenRoom


async def tell_state(room: OpenRoom, caller: Caller, command: MediaState) -> None:
    scene = room.scene
    shows = command.camera or command.screen
    if shows and scene.facts.media == "mesh" and scene.cameras(without=caller.connection) >= MOST_CAMERAS:
        raise Refused("not_now", f"{MOST_CAMERAS} cameras are on already")
    room.presences.set_media(
        caller.connection, microphone=command.microphone, camera=command.camera, screen=command.screen
    )


async def give_token(room: OpenRoom, caller: Caller, _command: MediaToken) -> dict[str, Any]:
    if not media.has_server():
        raise Refused("unavailable", "this service has no media server: browsers reach each other")
    if not caller.is_present:  # just admitted; the media server carries only who is present
        await room.begin_presences([caller], timezone.now())
    caller.has_media = True
    on_stage = caller.standing(room.scene).on_stage
    return dict(
        media.token(
            room_id=room.id,
            person=caller.person,
            connection=caller.connection,
            name=caller.ticket.name,
            may_publish=on_stage,
        )
    )


FEATURE = Feature(
    name="media",
    documentation="What one publishes, and the way to the media server.",
    commands=(
        CommandType(MediaState, tell_state, Rule(when=while_open, only_on_stage=True)),
        CommandType(MediaToken, give_token, Rule(when=while_open)),
    ),
)
