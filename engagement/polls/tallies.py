"""Tallies: gathered for a moment, broadcast to those who may see them, and sent to the other processes.

A process learns from the others' counters at once, and who has voted there by reading it a few seconds later: so no
message between processes says who voted beside what was counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from engagement.polls import state
from engagement.polls.messages import Polls, PollTally, PollTurnout
from engagement.polls.models import Poll
from engagement.polls.state import PollState, polls_in
from engagement.polls.voting import Ballot, Tally
from rooms.database import in_database
from rooms.following_meeting import follow_meeting
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, fitting
from rooms.throttle import Throttle

BUS_KIND = "poll_tally"
EVERY = 0.15  # seconds between two tallies
SOON = 0.02


@dataclass
class Tallies:
    """`changed` are polls with votes since the last broadcast, `local` those of them counted in this process."""

    changed: set[str] = field(default_factory=set)
    local: dict[str, dict[str, tuple[str, int]]] = field(
        default_factory=dict
    )  # with the answers that changed
    turnout: PollTurnout | None = None  # the last one sent
    throttle: Throttle | None = None

    def wake(self, room: RoomSession) -> None:
        if self.throttle is None:
            self.throttle = Throttle(partial(broadcast, room), every=EVERY, soon=SOON)
        self.throttle.wake()


def count(room: RoomSession, tally: Tally, person: str, ballot: Ballot) -> None:
    """A vote that this process has written."""
    poll = polls_in(room.state).polls.get(tally.poll)
    if poll is None:
        return
    poll.ballots[person] = Ballot() if poll.info.anonymous else ballot
    tallies = room.state.feature_state(Tallies)
    tallies.local.setdefault(tally.poll, {}).update(tally.words)
    _apply(room, poll, tally)


def count_remote(room: RoomSession, header: Mapping[str, Any], _payload: bytes) -> None:
    poll = polls_in(room.state).polls.get(header["poll"])
    if poll is None:
        return
    counts = {int(number): votes for number, votes in header["counts"].items()}
    words = {key: (text, votes) for key, (text, votes) in header["words"].items()}
    _apply(room, poll, Tally(header["poll"], header["voters"], counts, words))


def _apply(room: RoomSession, poll: PollState, tally: Tally) -> None:
    if not poll.is_open:  # the event that closed it has the last word
        return
    poll.count(tally)
    room.state.version += 1
    tallies = room.state.feature_state(Tallies)
    tallies.changed.add(tally.poll)
    tallies.wake(room)


def broadcast(room: RoomSession) -> None:
    tallies = room.state.feature_state(Tallies)
    changed, tallies.changed = tallies.changed, set()
    local, tallies.local = tallies.local, {}
    for poll_id in changed:
        poll = polls_in(room.state).polls.get(poll_id)
        if poll is None or not poll.is_open:
            continue
        if poll_id in local:
            _send_to_other_processes(room, poll, local[poll_id])
        tally = PollTally(poll=poll_id, voters=poll.voters, results=poll.info.results or [])
        if poll.info.show == "live":
            room.broadcast(tally)
        else:
            room.send_to_hosts(tally)
    _send_turnout(room, tallies)


def _send_to_other_processes(room: RoomSession, poll: PollState, words: dict[str, tuple[str, int]]) -> None:
    is_cloud = poll.info.kind == "words"
    counts = {} if is_cloud else {str(each.id): each.votes for each in poll.info.results or ()}
    header = {"k": BUS_KIND, "poll": poll.info.id, "voters": poll.voters, "counts": counts, "words": words}
    room.bus.send_to_other_processes(room.id, header)


def _send_turnout(room: RoomSession, tallies: Tallies) -> None:
    poll = polls_in(room.state).open_poll()
    if poll is None:
        return
    turnout = PollTurnout(poll=poll.info.id, voters=poll.voters, not_voted=state.not_voted(room.state, poll))
    if turnout != tallies.turnout:
        tallies.turnout = turnout
        room.send_to_hosts(turnout)


# ---- every few seconds ---------------------------------------------------------------------------------------


def watch(room: RoomSession, _now: datetime) -> None:
    """People come and go; a message of another process may have been lost; a project room gets its next meeting."""
    polls = polls_in(room.state)
    follow_meeting(
        room, known=polls.meeting, read=partial(state.read_polls, room.id), use=partial(_use, room)
    )
    if polls.meeting == (room.state.info.meeting or "") and (poll := polls.open_poll()) is not None:
        room.state.feature_state(Tallies).wake(room)
        room.spawn(_check(room, poll))


def _use(room: RoomSession, meeting: str, found: dict[str, PollState]) -> None:
    polls = polls_in(room.state)
    polls.meeting, polls.polls = meeting, found
    for is_host in (True, False):
        shown = state.visible(room.state, is_host=is_host)
        fit = fitting(shown, LARGEST_PAGE)
        event = Polls(polls=fit, more_polls=len(fit) < len(shown))
        receivers = [each for each in room.connections() if each.is_host is is_host and each.is_admitted]
        room.send(event, receivers)


async def _check(room: RoomSession, poll: PollState) -> None:
    """Reads who voted in other processes, and what they counted if that has not been received."""
    if len(poll.ballots) >= poll.voters and await in_database(_voters_of, poll.info.id) <= poll.voters:
        return
    found = await in_database(state.read_polls, room.id, poll.info.meeting)
    read, known = found.get(poll.info.id), polls_in(room.state).polls.get(poll.info.id)
    if read is None or known is None or not (read.is_open and known.is_open):
        return
    known.ballots = read.ballots | known.ballots
    counts = {} if read.words else {each.id: each.votes for each in read.info.results or ()}
    _apply(room, known, Tally(poll.info.id, read.voters, counts, read.words))


def _voters_of(poll: str) -> int:
    return Poll.objects.filter(pk=poll).values_list("voters", flat=True).first() or 0
