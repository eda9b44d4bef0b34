"""The polls of the present meeting in the room's state: as hosts see them, with who has voted."""

from collections.abc import Collection
from dataclasses import dataclass, field

from engagement.polls import results
from engagement.polls.messages import (
    OwnBallot,
    OwnBallots,
    PollClosed,
    PollCounted,
    PollDeleted,
    PollInfo,
    PollOpened,
    PollPrepared,
    PollResult,
    PollShared,
    PollsSnapshot,
)
from engagement.polls.models import Poll, PollBallot, PollVoter, PollWord
from engagement.polls.voting import Ballot, Tally
from rooms.admission import public_id
from rooms.features import Viewer
from rooms.models import Participant
from rooms.room_state import RoomState, fitting

LARGEST_PART = 12 * 1024  # bytes of the snapshot
OWN_KEPT = 20  # polls in which a person has voted, the newest


@dataclass
class PollState:
    """`info` is as hosts see it; `ballots` by public id, empty ones in an anonymous poll."""

    info: PollInfo
    words: dict[str, tuple[str, int]] = field(default_factory=dict)
    ballots: dict[str, Ballot] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.info.state == "open"

    @property
    def voters(self) -> int:
        return self.info.voters or 0

    def change(self, **fields: object) -> None:
        self.info = self.info.model_copy(update=fields)

    def count(self, tally: Tally) -> None:
        """Counters only grow: what comes late, or twice, changes nothing."""
        for key, (text, votes) in tally.words.items():
            self.words[key] = (text, max(votes, self.words.get(key, ("", 0))[1]))
        known = {each.id: each.votes for each in self.info.results or ()}
        counted = [
            PollResult(id=option.id, votes=max(known.get(option.id, 0), tally.counts.get(option.id, 0)))
            for option in self.info.options
        ]
        is_cloud = self.info.kind == "words"
        self.change(
            voters=max(self.voters, tally.voters),
            results=results.word_results(self.words) if is_cloud else counted,
        )


@dataclass
class PollsState:
    """The newest poll is the last."""

    meeting: str = ""
    polls: dict[str, PollState] = field(default_factory=dict)

    def open_poll(self) -> PollState | None:
        return next((poll for poll in self.polls.values() if poll.is_open), None)

    def infos(self) -> list[PollInfo]:
        """The open one first, then the newest."""
        newest = [poll.info for poll in reversed(self.polls.values())]
        return sorted(newest, key=lambda info: info.state != "open")


def polls_in(state: RoomState) -> PollsState:
    return state.feature_state(PollsState)


# ---- from the database ---------------------------------------------------------------------------------------


def load(state: RoomState, room_id: str) -> None:
    fill(polls_in(state), room_id, state.info.meeting or "")


def fill(polls: PollsState, room_id: str, meeting: str) -> None:
    """With the polls of the meeting, in place of those that were there."""
    polls.meeting = meeting
    polls.polls = read_polls(room_id, meeting)


def read_polls(room_id: str, meeting: str) -> dict[str, PollState]:
    rows = results.with_results(Poll.objects.filter(room=room_id, meeting=meeting)).order_by(
        "created_at", "pk"
    )
    polls = {row.pk: PollState(results.info_of(row)) for row in rows}
    opened = [poll.info.id for poll in polls.values() if poll.info.state != "prepared"]
    for poll in polls.values():
        if poll.is_open and poll.info.kind == "words":
            poll.words = _words_of(poll.info.id)
    for poll_id, person, ballot in _read_ballots(room_id, opened[-OWN_KEPT:]):
        polls[poll_id].ballots[person] = ballot
    return polls


def _words_of(poll: str) -> dict[str, tuple[str, int]]:
    rows = PollWord.objects.filter(poll=poll).values_list("key", "text", "votes")
    return {key: (text, votes) for key, text, votes in rows}


def _read_ballots(room_id: str, polls: Collection[str]) -> list[tuple[str, str, Ballot]]:
    """Of each voter: the poll, their public id, and what they chose if that is known."""
    if not polls:
        return []
    voters = list(PollVoter.objects.filter(poll__in=polls).values_list("poll", "person"))
    participants = dict(
        Participant.objects.filter(room=room_id, person__in={person for _poll, person in voters}).values_list(
            "person", "pk"
        )
    )
    named = PollBallot.objects.filter(poll__in=polls).values_list("poll", "person", "choices", "text")
    known = {(poll, person): Ballot(tuple(choices), text) for poll, person, choices, text in named}
    return [
        (poll, public_id(participants[person]), known.get((poll, person), Ballot()))
        for poll, person in voters
        if person in participants
    ]


# ---- reducers ------------------------------------------------------------------------------------------------


def prepared(state: RoomState, event: PollPrepared) -> None:
    polls = polls_in(state)
    if event.poll.meeting == polls.meeting:
        polls.polls[event.poll.id] = PollState(event.poll)


def deleted(state: RoomState, event: PollDeleted) -> None:
    polls_in(state).polls.pop(event.poll, None)


def opened(state: RoomState, event: PollOpened) -> None:
    polls = polls_in(state)
    if event.meeting != polls.meeting:
        return
    for other in polls.polls.values():
        other.change(on_stage=False)
    known = polls.polls.get(event.id)
    if known is None:
        known = polls.polls[event.id] = PollState(_info_of(event))
    known.change(state="open", show=event.show, anonymous=event.anonymous)


def _info_of(event: PollOpened) -> PollInfo:
    fields = event.model_dump(exclude={"ev", "at"})
    empty = [PollResult(id=option.id, votes=0) for option in event.options]
    return PollInfo(**fields, state="open", shared=False, on_stage=False, voters=0, results=empty, right=[])


def closed(state: RoomState, event: PollClosed) -> None:
    poll = polls_in(state).polls.get(event.id)
    if poll is None:
        return
    poll.change(state="closed", shared=event.shared)
    if event.results is not None:
        poll.change(results=event.results, voters=event.voters, right=event.right)
    poll.words.clear()


def counted(state: RoomState, event: PollCounted) -> None:
    poll = polls_in(state).polls.get(event.id)
    if poll is not None:
        poll.change(results=event.results, voters=event.voters, right=event.right)


def shared(state: RoomState, event: PollShared) -> None:
    polls = polls_in(state)
    poll = polls.polls.get(event.id)
    if poll is None:
        return
    if event.on_stage:
        for other in polls.polls.values():
            other.change(on_stage=False)
    poll.change(on_stage=event.on_stage, shared=poll.info.shared or not poll.is_open)
    if not poll.is_open:
        poll.change(results=event.results, voters=event.voters, right=event.right)


# ---- what is shown -------------------------------------------------------------------------------------------


def not_voted(state: RoomState, poll: PollState) -> int:
    """People in the room who have not voted; hosts are not counted."""
    return sum(
        each.is_admitted
        and each.person_ref.role not in {"host", "co_host"}
        and each.person_ref.id not in poll.ballots
        for each in state.people.values()
    )


def visible(state: RoomState, *, is_host: bool) -> list[PollInfo]:
    """The polls as the viewer may see them."""
    polls = polls_in(state)
    if polls.meeting != (state.info.meeting or ""):  # another meeting's: the next check reads its own
        return []
    if not is_host:
        return [results.for_attendee(info) for info in polls.infos() if info.state != "prepared"]
    running = polls.open_poll()
    return [
        info.model_copy(update={"not_voted": not_voted(state, running)})
        if running is not None and info.id == running.info.id
        else info
        for info in polls.infos()
    ]


def snapshot(state: RoomState, viewer: Viewer, bytes_left: int) -> PollsSnapshot:
    found = visible(state, is_host=viewer.is_host)
    shown = fitting(found, bytes_left)
    return PollsSnapshot(polls=shown, more_polls=len(shown) < len(found))


def own(state: RoomState, person: str) -> OwnBallots:
    newest = list(polls_in(state).polls.values())[-OWN_KEPT:]
    return OwnBallots(
        ballots=[
            OwnBallot(poll=poll.info.id, choices=list(ballot.choices), text=ballot.text)
            for poll in newest
            if (ballot := poll.ballots.get(person)) is not None
        ]
    )
