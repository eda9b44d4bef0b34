"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from engagement.polls import preparing, running, state, tallies, voting
from engagement.polls.messages import (
    PollClose,
    PollCreate,
    PollDelete,
    PollEdit,
    PollList,
    PollOpen,
    PollShare,
    PollVote,
    PollVoted,
)
from engagement.polls.poll_input import PollInput, problems_of, wording
from engagement.polls.state import PollState, polls_in
from engagement.polls.voting import Tally, Vote
from rooms.connections import Connection
from rooms.database import Batch, in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, fitting

# Votes within a twentieth of a second are written together.
_writing: Batch[Vote, Tally] = Batch(voting.write_votes, min_interval=0.05)


async def create(room: RoomSession, connection: Connection, command: PollCreate) -> dict[str, Any]:
    poll = await in_database(
        preparing.create_poll,
        room_id=room.id,
        meeting=room.state.info.meeting or "",
        content=_content(command),
        by=connection.ticket.person,
        now=timezone.now(),
    )
    return {"poll": poll}


async def edit(room: RoomSession, connection: Connection, command: PollEdit) -> None:
    _poll(room, command.poll)
    await in_database(
        preparing.edit_poll,
        poll_id=command.poll,
        room_id=room.id,
        content=_content(command),
        by=connection.ticket.person,
        now=timezone.now(),
    )


def _content(command: PollCreate | PollEdit) -> PollInput:
    """Raises Refused for what is impossible."""
    content = PollInput(
        kind=command.kind,
        title=wording(command.title),
        options=tuple(wording(option) for option in command.options),
        is_anonymous=command.anonymous,
        results=command.results,
        most_choices=command.most,
        right=frozenset(command.right),
        is_on_page=command.on_page,
    )
    for name, message in problems_of(content):
        raise Refused("bad_field", f"{name}: {message}")
    return content


async def delete(room: RoomSession, connection: Connection, command: PollDelete) -> None:
    _poll(room, command.poll)
    await in_database(
        preparing.delete_poll,
        poll_id=command.poll,
        room_id=room.id,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def open_poll(room: RoomSession, connection: Connection, command: PollOpen) -> None:
    _poll(room, command.poll)
    await in_database(
        running.open_poll,
        poll_id=command.poll,
        room_id=room.id,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def close(room: RoomSession, connection: Connection, command: PollClose) -> None:
    _poll(room, command.poll)
    await in_database(
        running.close_poll,
        poll_id=command.poll,
        room_id=room.id,
        is_to_share=command.share,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def share(room: RoomSession, connection: Connection, command: PollShare) -> None:
    _poll(room, command.poll)
    await in_database(
        running.share_poll,
        poll_id=command.poll,
        room_id=room.id,
        on_stage=command.on_stage,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def vote(room: RoomSession, connection: Connection, command: PollVote) -> None:
    poll = _poll(room, command.poll)
    if poll.info.state == "prepared":
        raise Refused("not_found")
    if not poll.is_open or room.state.is_over:
        raise Refused("closed")
    if connection.person in poll.ballots:
        raise Refused("already_voted")
    ballot = voting.ballot_of(poll.info, command)
    given = Vote(
        poll=poll.info.id,
        person=connection.ticket.person,
        ballot=ballot,
        kind=poll.info.kind,
        options=len(poll.info.options),
        is_anonymous=poll.info.anonymous,
    )
    tallies.count(room, await _writing.add(given), connection.person, ballot)
    participant = room.state.people.get(connection.person)
    if participant is not None and len(participant.connections) > 1:
        room.send_to_person(connection.person, PollVoted(poll=poll.info.id))


async def list_polls(room: RoomSession, connection: Connection, command: PollList) -> dict[str, Any]:
    polls = state.visible(room.state, is_host=connection.is_host)
    start = next((place + 1 for place, poll in enumerate(polls) if poll.id == command.after), 0)
    page = fitting(polls[start:], LARGEST_PAGE)
    is_last = start + len(page) == len(polls)
    return {
        "polls": [each.model_dump(mode="json") for each in page],
        "next": None if is_last or not page else page[-1].id,
    }


def _poll(room: RoomSession, poll_id: str) -> PollState:
    """Of the present meeting. Raises Refused."""
    polls = polls_in(room.state)
    found = polls.polls.get(poll_id)
    if found is None or found.info.meeting != (room.state.info.meeting or ""):
        raise Refused("not_found")
    return found
