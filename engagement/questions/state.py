"""The questions of the present meeting in the room's state, and their upvotes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from engagement.questions import describing
from engagement.questions.messages import (
    OwnQuestions,
    QuestionDeleted,
    QuestionDetailed,
    QuestionDetails,
    QuestionDismissed,
    QuestionEvent,
    QuestionInfo,
    QuestionMerged,
    QuestionOwn,
    QuestionsConfigured,
    QuestionSettingsInfo,
    QuestionsSnapshot,
    QuestionVoted,
)
from engagement.questions.models import Question, QuestionSettings, QuestionVote, settings_of
from engagement.questions.voting import Tally, tallies_in
from rooms.admission import public_id
from rooms.database import in_database
from rooms.features import Viewer
from rooms.room_session import RoomSession
from rooms.room_state import RoomState, size_of
from rooms.throttle import Throttle

BUS_KIND = "question_votes"  # of messages between processes
TELL_EVERY = 0.2  # seconds between two totals of a question
MOST_OWN = 100  # ids in what one gets when joining
SHOWN_STATES = {state.value for state in Question.SHOWN_STATES}


@dataclass
class KnownQuestion:
    """A question in memory; `seq` is the number of the event that showed it last."""

    info: QuestionInfo
    seq: int
    meeting: str
    asker: str = ""
    details: QuestionDetails | None = None
    votes_version: int = 0
    voters: set[str] = field(default_factory=set)

    @property
    def is_shown(self) -> bool:
        return self.info.state in SHOWN_STATES


class QuestionsState:
    """`changed` are questions whose new totals have not been broadcast yet; `counted` those of them that were counted
    in this process: they and `new_votes` go to the other processes.
    """

    def __init__(self) -> None:
        self.settings: QuestionSettingsInfo = describing.settings_info(QuestionSettings())
        self.known: dict[str, KnownQuestion] = {}
        self.changed: set[str] = set()
        self.counted: set[str] = set()
        self.new_votes: list[tuple[str, str, bool]] = []
        self.throttle: Throttle | None = None


def questions_of(state: RoomState) -> QuestionsState:
    return state.feature_state(QuestionsState)


# ---- from the database -----------------------------------------------------------------------------------


def load(state: RoomState, room_id: str) -> None:
    """The questions of the present meeting."""
    kept, meeting = questions_of(state), meeting_in(state)
    kept.settings = describing.settings_info(settings_of(room_id))
    rows = Question.objects.with_people().filter(room=room_id, meeting=meeting)
    for row in rows.order_by("seq"):
        kept.known[row.pk] = _known(row)
    votes = QuestionVote.objects.filter(question__in=rows.unanswered().values("pk"))
    for question, participant in votes.values_list("question", "participant"):
        kept.known[question].voters.add(public_id(participant))


def _known(row: Question) -> KnownQuestion:
    return KnownQuestion(
        info=describing.info_of(row),
        seq=row.seq,
        meeting=row.meeting,
        asker=public_id(row.participant_id),
        details=describing.details_of(row) if describing.has_details(row) else None,
        votes_version=row.votes_version,
    )


def meeting_in(state: RoomState) -> str:
    """Blank in a project room between its meetings."""
    return state.info.meeting or ""


# ---- durable events --------------------------------------------------------------------------------------


def put(state: RoomState, event: QuestionEvent) -> None:
    """Adds or replaces the question; upvotes have a way of their own."""
    kept = questions_of(state)
    info = QuestionInfo.model_validate(event.model_dump(by_alias=True, exclude={"ev"}))
    known = kept.known.get(info.id)
    if known is None:
        kept.known[info.id] = KnownQuestion(info, state.seq, meeting_in(state))
    else:
        known.info = info.model_copy(update={"votes": known.info.votes})


def put_as_new(state: RoomState, event: QuestionEvent) -> None:
    put(state, event)
    questions_of(state).known[event.id].seq = state.seq


def put_details(state: RoomState, event: QuestionDetailed) -> None:
    known = questions_of(state).known.get(event.id)
    if known is not None:
        details = event.model_dump(by_alias=True, exclude={"ev", "at"})
        known.details = QuestionDetails.model_validate(details)


def put_owner(state: RoomState, event: QuestionOwn) -> None:
    known = questions_of(state).known.get(event.id)
    if known is not None:
        known.asker = event.person


def dismiss(state: RoomState, event: QuestionDismissed) -> None:
    _set_state(state, event.id, "dismissed")


def merge(state: RoomState, event: QuestionMerged) -> None:
    _set_state(state, event.id, "merged")


def _set_state(state: RoomState, question: str, value: str) -> None:
    known = questions_of(state).known.get(question)
    if known is not None:
        known.info = known.info.model_copy(update={"state": value, "answering": False})


def remove(state: RoomState, event: QuestionDeleted) -> None:
    questions_of(state).known.pop(event.id, None)
    state.clear_frames()  # the erased text is in them


def configure(state: RoomState, event: QuestionsConfigured) -> None:
    questions_of(state).settings = event.settings


# ---- upvotes ---------------------------------------------------------------------------------------------


def count_vote(room: RoomSession, vote: tuple[str, str, bool], tally: Tally | None) -> None:
    """An upvote of somebody in this process: the question, the person, and whether it is for it."""
    kept = questions_of(room.state)
    _set_voter(kept, *vote)
    kept.new_votes.append(vote)
    if tally is not None:
        count(room, vote[0], tally)


def count(room: RoomSession, question: str, tally: Tally) -> None:
    """A new total, counted in this process."""
    questions_of(room.state).counted.add(question)
    set_tally(room, question, tally)


def set_tally(room: RoomSession, question: str, tally: Tally) -> None:
    """An older total changes nothing."""
    kept = questions_of(room.state)
    known = kept.known.get(question)
    if known is None or tally.version <= known.votes_version:
        return
    known.votes_version = tally.version
    known.info = known.info.model_copy(update={"votes": tally.votes})
    room.state.version += 1
    kept.changed.add(question)
    if kept.throttle is None:
        kept.throttle = Throttle(partial(broadcast_tallies, room), every=TELL_EVERY)
    kept.throttle.wake()


def _set_voter(kept: QuestionsState, question: str, person: str, is_up: bool) -> None:  # noqa: FBT001 - as it is sent
    known = kept.known.get(question)
    if known is not None:
        (known.voters.add if is_up else known.voters.discard)(person)


def broadcast_tallies(room: RoomSession) -> None:
    kept = questions_of(room.state)
    changed = [kept.known[each] for each in sorted(kept.changed) if each in kept.known]
    counted = {
        each.info.id: [each.info.votes, each.votes_version]
        for each in changed
        if each.info.id in kept.counted
    }
    if counted or kept.new_votes:
        header = {"k": BUS_KIND, "tallies": counted, "votes": kept.new_votes}
        room.bus.send_to_other_processes(room.id, header)
    kept.changed, kept.counted, kept.new_votes = set(), set(), []
    for each in changed:
        if each.is_shown:
            room.broadcast(QuestionVoted(id=each.info.id, votes=each.info.votes))


def receive_votes(room: RoomSession, header: Mapping[str, Any], _payload: bytes) -> None:
    """From another process."""
    kept = questions_of(room.state)
    for question, person, is_up in header["votes"]:
        _set_voter(kept, question, person, is_up)
    for question, tally in header["tallies"].items():
        set_tally(room, question, Tally(*tally))


def watch(room: RoomSession, _now: datetime) -> None:
    """The bus may lose a total: those of open questions are read again every few seconds."""
    if any(each.info.state == "visible" for each in questions_of(room.state).known.values()):
        room.spawn(_read_tallies(room))


async def _read_tallies(room: RoomSession) -> None:
    for question, tally in (await in_database(tallies_in, room.id, meeting_in(room.state))).items():
        set_tally(room, question, tally)


# ---- what is shown ---------------------------------------------------------------------------------------


def visible_to(
    state: RoomState, *, is_host: bool, hidden_up_to: int, person: str = ""
) -> Iterator[KnownQuestion]:
    """Hosts see all of the present meeting, others what is shown, and their own."""
    meeting = meeting_in(state)
    for known in questions_of(state).known.values():
        if known.meeting != meeting:
            continue
        if is_host or known.asker == person or (known.is_shown and known.seq > hidden_up_to):
            yield known


def snapshot(state: RoomState, viewer: Viewer, bytes_left: int) -> QuestionsSnapshot:
    """Those first that are of use now; a client asks for the others."""
    hidden = state.hidden_up_to(is_attendee=viewer.is_attendee)
    visible = sorted(visible_to(state, is_host=viewer.is_host, hidden_up_to=hidden), key=_by_use)
    chosen = questions_of(state).settings
    shown, bytes_left = [], bytes_left - size_of(chosen) - 100
    for known in visible:
        details = known.details if viewer.is_host else None
        bytes_left -= size_of(known.info) + (size_of(details) if details else 0)
        if bytes_left < 0:
            break
        shown.append(known)
    return QuestionsSnapshot(
        questions=[each.info for each in shown],
        more_questions=len(shown) < len(visible),
        question_details=[each.details for each in shown if each.details and viewer.is_host],
        question_settings=chosen,
    )


def _by_use(known: KnownQuestion) -> tuple[Any, ...]:
    info = known.info
    is_over = info.state not in {"held", "visible"}
    return (not info.answering, is_over, not info.pinned, info.state != "held", -info.votes, -known.seq)


def own(state: RoomState, person: str) -> OwnQuestions:
    kept = questions_of(state)
    meeting = meeting_in(state)
    of_meeting = [each for each in reversed(kept.known.values()) if each.meeting == meeting]
    return OwnQuestions(
        own_questions=[each.info.id for each in of_meeting if each.asker == person][:MOST_OWN],
        upvoted_questions=[each.info.id for each in of_meeting if person in each.voters][:MOST_OWN],
    )
