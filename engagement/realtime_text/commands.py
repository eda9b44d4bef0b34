"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from companies import languages
from companies.text import cleaned
from engagement.realtime_text import correcting, drafts, moderating, reading, saying
from engagement.realtime_text.messages import RttCommit, RttCorrect, RttDelete, RttList, RttType
from rooms.connections import Connection
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, fitting

PAGE = 50


async def type_text(room: RoomSession, connection: Connection, command: RttType) -> None:
    _check_language(connection, command.language)
    drafts.type_text(room, connection, command, now=timezone.now())


async def commit(room: RoomSession, connection: Connection, command: RttCommit) -> dict[str, Any]:
    _check_language(connection, command.language)
    text = _cleaned(command.text)
    line = await in_database(
        saying.commit_line,
        room_id=room.id,
        text_id=command.text_id,
        text=text,
        person_ref=connection.person_ref,
        person=connection.ticket.person,
        language=command.language,
        began=drafts.began(room.state, (connection.person, command.text_id)),
        now=timezone.now(),
    )
    return {"line": line}


async def correct(room: RoomSession, connection: Connection, command: RttCorrect) -> None:
    await in_database(
        correcting.correct_line,
        room_id=room.id,
        number=command.line,
        text=_cleaned(command.text),
        by=connection.person_ref,
        person=connection.ticket.person,
        after=room.state.hidden_up_to(is_attendee=True),
        now=timezone.now(),
    )


def _cleaned(text: str) -> str:
    """Raises Refused."""
    text = cleaned(text, one_line=True)
    if not text:
        raise Refused("bad_field", "text: empty once cleaned")
    return text


def _check_language(connection: Connection, language: str | None) -> None:
    """Raises Refused."""
    if language is None:
        return
    if connection.role not in drafts.OFF_STAGE:
        raise Refused("not_allowed", "language: captioners only")
    if language not in languages.codes():
        raise Refused("bad_field", f"language: one of {', '.join(languages.codes())}")


async def delete(room: RoomSession, connection: Connection, command: RttDelete) -> None:
    await in_database(
        moderating.delete_line,
        room_id=room.id,
        number=command.line,
        by=connection.person_ref,
        person=connection.ticket.person,
        is_host=connection.is_host,
        after=room.state.hidden_up_to(is_attendee=connection.is_attendee),
        now=timezone.now(),
    )


async def list_earlier(room: RoomSession, connection: Connection, command: RttList) -> dict[str, Any]:
    after = room.state.hidden_up_to(is_attendee=connection.is_attendee)
    found = await in_database(reading.lines_before, room.id, command.before, limit=PAGE + 1, after=after)
    page = fitting(found[:PAGE], LARGEST_PAGE)
    return {
        "lines": [each.model_dump(mode="json") for each in page[::-1]],
        "next": page[-1].id if len(page) < len(found) else None,
    }
