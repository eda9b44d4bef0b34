"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from engagement.questions import asking, configuring, moderating, replying, state, voting
from engagement.questions.asking import NewQuestion
from engagement.questions.messages import (
    QuestionAnswer,
    QuestionAnswering,
    QuestionApprove,
    QuestionAsk,
    QuestionAssign,
    QuestionConfigure,
    QuestionDelete,
    QuestionDismiss,
    QuestionEdit,
    QuestionList,
    QuestionMerge,
    QuestionPin,
    QuestionTranslate,
    QuestionVote,
    as_json,
)
from engagement.questions.state import KnownQuestion
from engagement.questions.voting import PendingVote, Tally
from rooms.admission import participant_pk
from rooms.connections import Connection
from rooms.database import Batch, in_database
from rooms.policy import Level
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, size_of

PAGE = 50

# Upvotes within a tick are written together.
_votes: Batch[PendingVote, Tally | None] = Batch(voting.write_votes, min_interval=state.TELL_EVERY)


# ---- askers ----------------------------------------------------------------------------------------------


async def ask(room: RoomSession, connection: Connection, command: QuestionAsk) -> dict[str, Any]:
    new = NewQuestion(
        room_id=room.id,
        meeting=state.meeting_in(room.state),
        participant=_participant(connection.person),
        role=connection.role,
        text=command.text,
        is_anonymous=command.anonymous,
        at_least_hidden_from=command.hidden_from,
        language=command.language or "",
        client_id=command.client_id or "",
    )
    return {"question": await in_database(asking.ask, new=new, now=timezone.now())}


async def edit(room: RoomSession, connection: Connection, command: QuestionEdit) -> None:
    _visible(room, connection, command.question)
    await in_database(
        asking.edit,
        room_id=room.id,
        question_id=command.question,
        participant=_participant(connection.person),
        text=command.text,
        now=timezone.now(),
    )


async def delete(room: RoomSession, connection: Connection, command: QuestionDelete) -> None:
    _visible(room, connection, command.question)
    await in_database(
        asking.delete,
        room_id=room.id,
        question_id=command.question,
        participant=_participant(connection.person),
        now=timezone.now(),
    )


async def vote(room: RoomSession, connection: Connection, command: QuestionVote) -> None:
    known = _visible(room, connection, command.question)
    if known.info.state != "visible" or not state.questions_of(room.state).settings.has_upvotes:
        raise Refused("not_now", "no upvotes")
    pending = PendingVote(command.question, _participant(connection.person), command.up)
    tally = await _votes.add(pending)
    state.count_vote(room, (command.question, connection.person, command.up), tally)


async def list_page(room: RoomSession, connection: Connection, command: QuestionList) -> dict[str, Any]:
    visible = sorted(_visible_to(room, connection), key=lambda each: -each.seq)
    found = [each for each in visible if command.before is None or each.seq < command.before]
    page: list[KnownQuestion] = []
    left = LARGEST_PAGE
    for known in found[:PAGE]:
        left -= size_of(known.info) + (size_of(known.details) if known.details else 0)
        if left < 0 and page:
            break
        page.append(known)
    seen = [each for each in page if connection.is_host or each.asker == connection.person]
    return {
        "questions": [as_json(each.info) for each in page],
        "details": [as_json(each.details) for each in seen if each.details is not None],
        "next": page[-1].seq if page and len(page) < len(found) else None,
    }


# ---- hosts, and speakers ---------------------------------------------------------------------------------


async def approve(room: RoomSession, connection: Connection, command: QuestionApprove) -> None:
    _visible(room, connection, command.question)
    await in_database(moderating.approve, room_id=room.id, question_id=command.question, now=timezone.now())


async def dismiss(room: RoomSession, connection: Connection, command: QuestionDismiss) -> None:
    _visible(room, connection, command.question)
    await in_database(
        moderating.dismiss,
        room_id=room.id,
        question_id=command.question,
        reason=command.reason,
        now=timezone.now(),
    )


async def merge(room: RoomSession, connection: Connection, command: QuestionMerge) -> None:
    for question in (command.question, command.into):
        _visible(room, connection, question)
    tally = await in_database(
        moderating.merge,
        room_id=room.id,
        question_id=command.question,
        into_id=command.into,
        now=timezone.now(),
    )
    state.count(room, command.into, Tally(*tally))


async def pin(room: RoomSession, connection: Connection, command: QuestionPin) -> None:
    _visible(room, connection, command.question)
    await in_database(
        moderating.pin, room_id=room.id, question_id=command.question, on=command.on, now=timezone.now()
    )


async def assign(room: RoomSession, connection: Connection, command: QuestionAssign) -> None:
    _visible(room, connection, command.question)
    if command.person is not None:
        participant = room.state.people.get(command.person)
        if participant is None or not participant.is_admitted:
            raise Refused("not_found")
        if participant.person_ref.role == "attendee" and not participant.on_stage:
            raise Refused("not_now", "no speaker")
    await in_database(
        moderating.assign,
        room_id=room.id,
        question_id=command.question,
        participant=participant_pk(command.person) if command.person is not None else None,
        now=timezone.now(),
    )


async def translate(room: RoomSession, connection: Connection, command: QuestionTranslate) -> None:
    _visible(room, connection, command.question)
    await in_database(
        moderating.translate,
        room_id=room.id,
        question_id=command.question,
        language=command.language,
        text=command.text,
        now=timezone.now(),
    )


async def set_answering(room: RoomSession, connection: Connection, command: QuestionAnswering) -> None:
    _refuse_unless_answering(connection, _visible(room, connection, command.question))
    flow = replying.begin_answering if command.on else replying.stop_answering
    await in_database(flow, room_id=room.id, question_id=command.question, now=timezone.now())


async def answer(room: RoomSession, connection: Connection, command: QuestionAnswer) -> None:
    _refuse_unless_answering(connection, _visible(room, connection, command.question))
    await in_database(
        replying.answer,
        room_id=room.id,
        question_id=command.question,
        text=command.text,
        is_private=command.private,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def configure(room: RoomSession, _connection: Connection, command: QuestionConfigure) -> None:
    given = command.model_dump(exclude={"id", "do"}, exclude_none=True)
    await in_database(configuring.configure, room_id=room.id, changes=given, now=timezone.now())


# ---- what a connection sees ------------------------------------------------------------------------------


def _visible_to(room: RoomSession, connection: Connection) -> list[KnownQuestion]:
    hidden = room.state.hidden_up_to(is_attendee=connection.is_attendee)
    found = state.visible_to(
        room.state, is_host=connection.is_host, hidden_up_to=hidden, person=connection.person
    )
    return list(found)


def _visible(room: RoomSession, connection: Connection, question: str) -> KnownQuestion:
    """Raises Refused."""
    known = state.questions_of(room.state).known.get(question)
    if known is None or known not in _visible_to(room, connection):
        raise Refused("not_found")
    return known


def _refuse_unless_answering(connection: Connection, known: KnownQuestion) -> None:
    """Hosts answer, and the speaker to whom the question is assigned."""
    assigned = known.info.assigned
    is_assigned = assigned is not None and assigned.id == connection.person
    if not connection.is_host and not (is_assigned and connection.level >= Level.SPEAK):
        raise Refused("not_allowed")


def _participant(person: str) -> int:
    return participant_pk(person) or 0
