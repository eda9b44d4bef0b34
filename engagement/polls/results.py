"""Polls as they are shown: read with their options and answers in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from engagement.polls.messages import PollInfo, PollOptionInfo, PollResult
from engagement.polls.models import Poll, PollBallot, PollWord
from rooms.room_state import fitting

MOST_WORDS = 60  # answers of a word cloud that are shown
LARGEST_RESULTS = 4 * 1024  # bytes
MOST_SHOWN = 50  # polls on a page

CountedWords = Mapping[str, tuple[str, int]]  # by key: text and votes


def with_results(polls: QuerySet[Poll]) -> QuerySet[Poll]:
    """With `top_words`, the most frequent answers."""
    words = PollWord.objects.order_by("-votes", "key")[:MOST_WORDS]
    return polls.prefetch_related("options", Prefetch("words", queryset=words, to_attr="top_words"))


def results_of(poll: Poll) -> list[PollResult]:
    """Of one of `with_results`."""
    if poll.kind == Poll.Kind.WORDS:
        return word_results({word.key: (word.text, word.votes) for word in poll.top_words})  # type: ignore[attr-defined]
    return [PollResult(id=option.number, votes=option.votes) for option in poll.options.all()]


def word_results(words: CountedWords) -> list[PollResult]:
    """The most frequent first; the id is the rank."""
    ranked = sorted(words.items(), key=lambda word: (-word[1][1], word[0]))[:MOST_WORDS]
    found = [
        PollResult(id=rank, votes=votes, text=text) for rank, (_key, (text, votes)) in enumerate(ranked, 1)
    ]
    return fitting(found, LARGEST_RESULTS)


def right_of(poll: Poll) -> list[int]:
    return [option.number for option in poll.options.all() if option.is_right]


def option_infos(poll: Poll) -> list[PollOptionInfo]:
    return [
        PollOptionInfo(id=option.number, text=option.text, translations=option.translations)
        for option in poll.options.all()
    ]


def info_of(poll: Poll) -> PollInfo:
    """As hosts see it; the poll is one of `with_results`."""
    return PollInfo(
        id=poll.pk,
        meeting=poll.meeting,
        kind=poll.kind,
        title=poll.title,
        translations=poll.translations,
        options=option_infos(poll),
        anonymous=poll.is_anonymous,
        most=poll.most_choices,
        show=poll.results,
        state=poll.state,
        shared=poll.is_shared,
        on_stage=poll.is_on_stage,
        on_page=poll.is_on_page,
        voters=poll.voters,
        results=results_of(poll),
        right=right_of(poll),
    )


def for_attendee(info: PollInfo) -> PollInfo:
    """Without what only hosts see."""
    may_count = info.shared or (info.show == "live" and info.state == "open")
    return info.model_copy(
        update={
            "not_voted": None,
            "voters": info.voters if may_count else None,
            "results": info.results if may_count else None,
            "right": info.right if info.shared and info.state == "closed" else None,
        }
    )


def polls_of_meeting(meeting: str) -> QuerySet[Poll]:
    """Newest first."""
    return Poll.objects.filter(meeting=meeting).order_by("-created_at", "pk")


def poll_of_meeting(meeting: str, poll_id: str) -> Poll:
    """With its results. Raises Http404."""
    poll = with_results(polls_of_meeting(meeting).filter(pk=poll_id)).first()
    if poll is None:
        raise Http404
    return poll


def polls_opened_in(meeting: str) -> QuerySet[Poll]:
    """What everybody in the room has seen."""
    return Poll.objects.filter(meeting=meeting).exclude(state=Poll.State.PREPARED)


def polls_on_page_of(meeting: str) -> QuerySet[Poll]:
    """Closed ones whose results anybody who sees the meeting may see."""
    return Poll.objects.filter(meeting=meeting, is_on_page=True, is_shared=True, state=Poll.State.CLOSED)


@dataclass(frozen=True)
class ShownResult:
    """A line of a closed poll's results, in the reader's language."""

    text: str
    votes: int
    percent: int
    is_right: bool


@dataclass(frozen=True)
class ShownPoll:
    title: str
    is_ranking: bool
    voters: int
    lines: list[ShownResult]


def shown_polls(polls: QuerySet[Poll]) -> list[ShownPoll]:
    """Closed polls, the first first, from what was counted when they were closed."""
    found = polls.prefetch_related("options").order_by("closed_at", "pk")[:MOST_SHOWN]
    return [
        ShownPoll(
            str(poll.title_in_words),
            poll.kind == Poll.Kind.RANKING,
            poll.voters,
            shown_results(poll, [PollResult.model_validate(each) for each in poll.final_results]),
        )
        for poll in found
    ]


def shown_results(poll: Poll, counted: Sequence[PollResult]) -> list[ShownResult]:
    """In the order of the options; a ranking by its points."""
    options = {option.number: option for option in poll.options.all()}
    points = sum(result.votes for result in counted)
    whole = points if poll.kind == Poll.Kind.RANKING else poll.voters
    lines = [
        ShownResult(
            text=result.text or (str(options[result.id].text_in_words) if result.id in options else ""),
            votes=result.votes,
            percent=round(100 * result.votes / whole) if whole else 0,
            is_right=result.id in options and options[result.id].is_right,
        )
        for result in counted
    ]
    return sorted(lines, key=lambda line: -line.votes) if poll.kind == Poll.Kind.RANKING else lines


def ballots_of(poll: Poll) -> QuerySet[PollBallot]:
    """With their people; none of an anonymous poll."""
    return poll.ballots.select_related("person__company").order_by("pk")
