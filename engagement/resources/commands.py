"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from engagement.resources import sharing
from engagement.resources.messages import ResourceRemove, ResourceShare
from engagement.resources.sharing import UnableToShare
from rooms.connections import Connection
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession

FIELDS = {"bad_title": "title", "bad_address": "url"}


async def share(room: RoomSession, connection: Connection, command: ResourceShare) -> dict[str, Any]:
    try:
        resource = await in_database(
            sharing.share_link,
            room_id=room.id,
            meeting=room.state.info.meeting or "",
            title=command.title,
            address=command.url,
            is_shown_before=False,
            by_ref=connection.person_ref,
            by=connection.ticket.person,
            now=timezone.now(),
        )
    except UnableToShare as problem:
        if problem.code in FIELDS:
            raise Refused("bad_field", f"{FIELDS[problem.code]}: not possible") from problem
        raise
    return {"resource": resource.pk}


async def remove(room: RoomSession, connection: Connection, command: ResourceRemove) -> None:
    await in_database(
        sharing.remove,
        resource_id=command.resource,
        room_id=room.id,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
