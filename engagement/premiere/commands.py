"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from engagement.premiere import playing
from engagement.premiere.library import library
from engagement.premiere.messages import (
    PremiereFile,
    PremiereFilms,
    PremierePause,
    PremierePlay,
    PremiereStart,
    PremiereStop,
)
from engagement.premiere.state import premiere_of
from engagement.premiere.tickets import ticket_for
from rooms.connections import Connection
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession


async def films(room: RoomSession, _connection: Connection, _command: PremiereFilms) -> dict[str, Any]:
    found = await in_database(library().films, room.state.info.meeting or "")
    return {"films": [film.model_dump(mode="json") for film in found]}


async def start(room: RoomSession, connection: Connection, command: PremiereStart) -> None:
    await in_database(
        playing.start,
        room_id=room.id,
        meeting=room.state.info.meeting or "",
        film_id=command.film,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def play(room: RoomSession, connection: Connection, command: PremierePlay) -> None:
    await _move(room, connection, is_playing=True, position=command.position)


async def pause(room: RoomSession, connection: Connection, command: PremierePause) -> None:
    await _move(room, connection, is_playing=False, position=command.position)


async def _move(
    room: RoomSession, connection: Connection, *, is_playing: bool, position: float | None
) -> None:
    await in_database(
        playing.move,
        room_id=room.id,
        is_playing=is_playing,
        position=position,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def stop(room: RoomSession, connection: Connection, _command: PremiereStop) -> None:
    await in_database(
        playing.stop,
        room_id=room.id,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def file(room: RoomSession, connection: Connection, _command: PremiereFile) -> dict[str, Any]:
    """Without the database: when a film starts, everybody asks at once."""
    premiere = premiere_of(room.state)
    if premiere is None:
        raise Refused("not_now", "there is no film")
    film = premiere.film
    ticket = ticket_for(connection.id, film.id)
    captions = [each.model_dump() for each in library().captions(film, ticket)]
    return {"file": library().address(film, ticket), "captions": captions}
