"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from engagement.slides import pointer, presenting, uploading
from engagement.slides.describing import MOST_DECKS, decks_of, info_of, page_info
from engagement.slides.messages import (
    SlidesHide,
    SlidesList,
    SlidesNote,
    SlidesPage,
    SlidesPoint,
    SlidesShow,
    SlidesTurn,
)
from engagement.slides.models import Slide
from engagement.slides.state import shown_slides
from rooms.connections import Connection
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession


async def list_decks(room: RoomSession, _connection: Connection, _command: SlidesList) -> dict[str, Any]:
    return {"decks": await in_database(_decks, room.id, room.state.info.meeting or "")}


def _decks(room_id: str, meeting: str) -> list[dict[str, Any]]:
    found = decks_of(room_id, meeting)[: 2 * MOST_DECKS]
    return [info_of(deck).model_dump(mode="json") for deck in found]


async def show(room: RoomSession, connection: Connection, command: SlidesShow) -> None:
    await in_database(
        presenting.show,
        room_id=room.id,
        meeting=room.state.info.meeting or "",
        deck_id=command.deck,
        page=command.page,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def turn(room: RoomSession, connection: Connection, command: SlidesTurn) -> None:
    if shown_slides(room.state) is None:
        raise Refused("not_now", "there are no slides")
    await in_database(
        presenting.turn,
        room_id=room.id,
        page=command.page,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def hide(room: RoomSession, connection: Connection, _command: SlidesHide) -> None:
    await in_database(
        presenting.hide,
        room_id=room.id,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def point(room: RoomSession, _connection: Connection, command: SlidesPoint) -> None:
    if shown_slides(room.state) is None:
        raise Refused("not_now", "there are no slides")
    if (command.x is None) is not (command.y is None):
        raise Refused("bad_field", "x, y: both or neither")
    is_pointing = command.x is not None and command.y is not None
    pointer.move(room, (round(command.x or 0, 4), round(command.y or 0, 4)) if is_pointing else None)


async def page(room: RoomSession, _connection: Connection, command: SlidesPage) -> dict[str, Any]:
    return {"page": await in_database(_page, room.id, command.deck, command.page)}


def _page(room_id: str, deck_id: str, number: int) -> dict[str, Any]:
    slide = Slide.objects.filter(deck=deck_id, deck__room=room_id, number=number).first()
    if slide is None:
        raise Refused("not_found")
    return page_info(slide).model_dump(mode="json")


async def note(room: RoomSession, _connection: Connection, command: SlidesNote) -> None:
    await in_database(
        uploading.write_notes, deck_id=command.deck, room_id=room.id, notes={command.page: command.notes}
    )
