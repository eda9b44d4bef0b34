"""Votes: many are written together, each counted once.

One statement records who has voted, one grows the poll's number of voters, one the counters of its options; with names
a fourth keeps the ballots. None of them is made per vote, and nothing says which vote was whose in an anonymous poll.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, connection, transaction

from companies.folding import base_letters
from companies.text import cleaned
from engagement.polls.messages import PollInfo, PollVote
from engagement.polls.models import LONGEST_WORD, Poll, PollBallot, PollOption, PollVoter, PollWord
from rooms.refusals import Refused


@dataclass(frozen=True)
class Ballot:
    """What somebody chose: numbers of options, in a ranking the best first, or an answer."""

    choices: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Vote:
    """`options` is how many the poll has."""

    poll: str
    person: int
    ballot: Ballot
    kind: str
    options: int
    is_anonymous: bool


@dataclass(frozen=True)
class Tally:
    """Counters after a write; the one with more voters is the newer. `words` are those that have changed."""

    poll: str
    voters: int
    counts: dict[int, int] = field(default_factory=dict)
    words: dict[str, tuple[str, int]] = field(default_factory=dict)


def ballot_of(poll: PollInfo, command: PollVote) -> Ballot:
    """Raises Refused for what this kind of poll does not take."""
    text = cleaned(command.text, one_line=True)
    if poll.kind == "words":
        return Ballot(text=_checked_text(text, command))
    choices = command.choices
    if command.text:
        raise Refused("bad_field", "text: only a word cloud takes one")
    if not 1 <= len(choices) <= poll.most:
        raise Refused("bad_field", f"choices: from 1 to {poll.most}")
    if len(set(choices)) < len(choices) or not set(choices) <= {option.id for option in poll.options}:
        raise Refused("bad_field", "choices: each once, of this poll")
    return Ballot(tuple(choices))


def _checked_text(text: str, command: PollVote) -> str:
    if command.choices:
        raise Refused("bad_field", "choices: a word cloud has none")
    if not 1 <= len(text) <= LONGEST_WORD or not _key_of(text):
        raise Refused("bad_field", f"text: from 1 to {LONGEST_WORD} characters")
    return text


def _key_of(text: str) -> str:
    """One for all spellings of a word: without case, diacritics, and signs around it."""
    words = " ".join(base_letters(text).split())
    return words.strip(" .,;:!?-–—'\"“”„»«()")[: 4 * LONGEST_WORD] or words[: 4 * LONGEST_WORD]


def write_votes(votes: Sequence[Vote]) -> list[Tally | Exception]:
    """The tally after each vote, or why it is not counted. Each poll has its own transaction, which may fail alone."""
    outcome: dict[int, Tally | Exception] = {}
    for poll in sorted({vote.poll for vote in votes}):
        places = [place for place, vote in enumerate(votes) if vote.poll == poll]
        try:
            results = _write(poll, [votes[place] for place in places])
        except (DatabaseError, Refused) as problem:
            outcome.update(dict.fromkeys(places, problem))
        else:
            outcome.update(zip(places, results, strict=True))
    return [outcome[place] for place in range(len(votes))]


@transaction.atomic
def _write(poll: str, votes: Sequence[Vote]) -> list[Tally | Exception]:
    """Raises Refused when the poll is not open: then nothing is written."""
    first = {vote.person: vote for vote in reversed(votes)}
    new = PollVoter.insert_new(poll, list(first))
    counted = [first[person] for person in sorted(new)]
    if not counted:
        return [Refused("already_voted") for _vote in votes]
    voters = _add_voters(poll, len(counted))
    tally = _count(poll, counted, voters)
    if not counted[0].is_anonymous:
        PollBallot.objects.bulk_create(
            PollBallot(
                poll_id=poll,
                person_id=vote.person,
                choices=list(vote.ballot.choices),
                text=vote.ballot.text,
            )
            for vote in counted
        )
    return [
        tally if vote.person in new and first[vote.person] is vote else Refused("already_voted")
        for vote in votes
    ]


def _add_voters(poll: str, number: int) -> int:
    """The new number of voters. Locks the poll's row, which closing it changes. Raises Refused."""
    table = connection.ops.quote_name(Poll._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET voters = voters + %s WHERE id = %s AND state = %s RETURNING voters",  # noqa: S608 - a name of ours
            [number, poll, Poll.State.OPEN.value],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refused("closed")
    return int(row[0])


def _count(poll: str, counted: Sequence[Vote], voters: int) -> Tally:
    if counted[0].kind == Poll.Kind.WORDS:
        return Tally(poll, voters, words=PollWord.add_votes(poll, _words_of(counted)))
    votes: Counter[int] = Counter()
    for vote in counted:
        for place, number in enumerate(vote.ballot.choices):
            votes[number] += vote.options - place if vote.kind == Poll.Kind.RANKING else 1
    return Tally(poll, voters, counts=PollOption.add_votes(poll, votes))


def _words_of(counted: Sequence[Vote]) -> dict[str, tuple[str, int]]:
    """Alphabetically, so that the first spelling is not the first voter's."""
    words: dict[str, tuple[str, int]] = {}
    for text in sorted(vote.ballot.text for vote in counted):
        key = _key_of(text)
        known, votes = words.get(key, (text, 0))
        words[key] = (known, votes + 1)
    return words
