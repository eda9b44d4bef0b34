"""Polls as they are shown: read with their options and answers in a fixed number of queries."""

from collections.abc import Iterable, Mapping

from django.db.models import Prefetch, QuerySet

from engagement.polls.messages import PollInfo, PollOptionInfo, PollResult
from engagement.polls.models import Poll, PollWord
from rooms.room_state import fitting

MOST_WORDS = 60  # answers of a word cloud that are shown
LARGEST_RESULTS = 4 * 1024  # bytes

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


def infos(polls: Iterable[Poll]) -> list[PollInfo]:
    return [info_of(poll) for poll in polls]
