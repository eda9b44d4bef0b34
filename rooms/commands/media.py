"""What people publish, and tokens for the media server."""

from typing import Any

from django.utils import timezone

from rooms import link_reports, media
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, Feature, registry
from rooms.limits import RateLimit
from rooms.media.mesh import MOST_CAMERAS
from rooms.messages import MediaReport, MediaState, MediaToken, MediaTokenReply
from rooms.refusals import Refused
from rooms.rights import readers_too, while_open
from rooms.room_session import RoomSession

REPORT_LIMIT = RateLimit(burst=2, rate=1 / 50)  # a page sends one a minute


async def set_media_state(room: RoomSession, connection: Connection, command: MediaState) -> None:
    state = room.state
    shows = command.camera or command.screen
    if shows and state.info.media == "mesh" and state.cameras(without=connection.id) >= MOST_CAMERAS:
        raise Refused("not_now", f"{MOST_CAMERAS} cameras are on already")
    room.presences.set_media(
        connection.id, microphone=command.microphone, camera=command.camera, screen=command.screen
    )


async def report(_room: RoomSession, connection: Connection, command: MediaReport) -> None:
    await in_database(link_reports.add_report, connection=connection.id, report=command, now=timezone.now())


async def issue_token(room: RoomSession, connection: Connection, _command: MediaToken) -> dict[str, Any]:
    if not media.has_server():
        raise Refused("unavailable", "no media server: use signal.send")
    if not connection.is_present:  # just admitted; `media_rights` removes who is not present
        await room.begin_presences([connection], timezone.now())
    connection.has_media = True
    on_stage = connection.context(room.state).on_stage
    return dict(
        media.token(
            room_id=room.id,
            person=connection.person,
            connection=connection.id,
            name=connection.ticket.name,
            may_publish=on_stage,
            in_channel=registry.speaks_in_channel(room.state, connection.person),
        )
    )


FEATURE = Feature(
    name="media",
    documentation="What people publish, and tokens for the media server.",
    commands=(
        CommandType(MediaState, set_media_state, readers_too(when=while_open, only_on_stage=True)),
        CommandType(MediaReport, report, readers_too(when=while_open), REPORT_LIMIT),
        CommandType(MediaToken, issue_token, readers_too(when=while_open), reply=MediaTokenReply),
    ),
)
