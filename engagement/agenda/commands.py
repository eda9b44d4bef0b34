"""Handlers of the commands."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils import timezone

from companies.text import cleaned
from engagement.agenda import planning, running
from engagement.agenda.agenda_input import ItemInput
from engagement.agenda.messages import (
    AgendaAdd,
    AgendaChange,
    AgendaEnd,
    AgendaGoto,
    AgendaItemContent,
    AgendaNext,
    AgendaRemove,
    AgendaReorder,
)
from engagement.agenda.planning import UnableToPlan
from rooms.connections import Connection
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession

Result = TypeVar("Result")

# ---- going through it ----------------------------------------------------------------------------------------


async def goto(room: RoomSession, connection: Connection, command: AgendaGoto) -> None:
    await in_database(
        running.go_to,
        room_id=room.id,
        meeting=room.state.info.meeting or "",
        item_id=command.item,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def go_on(room: RoomSession, connection: Connection, command: AgendaNext) -> None:
    await in_database(
        running.go_on,
        room_id=room.id,
        meeting=room.state.info.meeting or "",
        after=command.after,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def end(room: RoomSession, connection: Connection, _command: AgendaEnd) -> None:
    await in_database(
        running.end,
        room_id=room.id,
        meeting=room.state.info.meeting or "",
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


# ---- editing it ----------------------------------------------------------------------------------------------


async def add(room: RoomSession, connection: Connection, command: AgendaAdd) -> dict[str, Any]:
    content = input_of(command.content)
    return {"item": await _plan(room, connection, planning.add_item, content=content)}


async def change(room: RoomSession, connection: Connection, command: AgendaChange) -> None:
    before = input_of(command.before) if command.before is not None else None
    content = input_of(command.content)
    await _plan(room, connection, planning.change_item, item_id=command.item, content=content, before=before)


async def reorder(room: RoomSession, connection: Connection, command: AgendaReorder) -> None:
    await _plan(room, connection, planning.move_item, item_id=command.item, up=command.up)


async def remove(room: RoomSession, connection: Connection, command: AgendaRemove) -> None:
    await _plan(room, connection, planning.remove_item, item_id=command.item)


def input_of(content: AgendaItemContent) -> ItemInput:
    """As forms clean it; languages without a text are left out."""
    texts = {language: cleaned(text, one_line=True) for language, text in content.title.items()}
    return ItemInput(
        title={language: text for language, text in texts.items() if text},
        minutes=content.minutes,
        speaker=cleaned(content.speaker, one_line=True),
    )


async def _plan(
    room: RoomSession, connection: Connection, flow: Callable[..., Result], **more: Any
) -> Result:
    """A wrong field is refused as such, another refusal as not possible now."""
    try:
        return await in_database(
            flow,
            room_id=room.id,
            meeting=room.state.info.meeting or "",
            by=connection.ticket.person,
            now=timezone.now(),
            **more,
        )
    except UnableToPlan as problem:
        if problem.field:
            raise Refused("bad_field", f"{problem.field}: not possible") from problem
        raise
