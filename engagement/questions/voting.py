"""Upvotes: many in one write, each person's once; the new totals come back with a version."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, transaction

from engagement.questions.models import Question, QuestionVote


class PendingVote(NamedTuple):
    question: str
    participant: int
    up: bool


class Tally(NamedTuple):
    """Of two totals of a question the one with the higher version is newer."""

    votes: int
    version: int


@transaction.atomic
def write_votes(pending: Sequence[PendingVote]) -> list[Tally | None]:
    """The new total of each vote's question; None where nothing has changed.

    The questions are locked first, in the order of their keys: so no two processes wait for each other, and none is
    deleted or merged meanwhile.
    """
    open_questions = _lock({vote.question for vote in pending})
    last = {(vote.question, vote.participant): vote.up for vote in pending if vote.question in open_questions}
    changes = Counter(_insert([key for key, is_up in last.items() if is_up]))
    changes.subtract(_delete([key for key, is_up in last.items() if not is_up]))
    tallies = _add({question: change for question, change in changes.items() if change})
    return [tallies.get(vote.question) for vote in pending]


def _lock(questions: set[str]) -> set[str]:
    """Those of them that are open, and seen by everybody."""
    rows = Question.objects.filter(pk__in=questions, state=Question.State.VISIBLE)
    return set(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


_VOTES = QuestionVote._meta.db_table
_QUESTIONS = Question._meta.db_table


def _insert(votes: list[tuple[str, int]]) -> list[str]:
    """The questions of those that are new: `bulk_create(ignore_conflicts=True)` does not say which."""
    if not votes:
        return []
    rows = ", ".join(["(%s, %s)"] * len(votes))
    sql = (
        f"INSERT INTO {_VOTES} (question_id, participant_id) VALUES {rows}"  # noqa: S608 - a name of ours
        " ON CONFLICT (question_id, participant_id) DO NOTHING RETURNING question_id"
    )
    return _first_column(sql, votes)


def _delete(votes: list[tuple[str, int]]) -> list[str]:
    """The questions of those that there were."""
    if not votes:
        return []
    rows = ", ".join(["(%s, %s)"] * len(votes))
    sql = (
        f"DELETE FROM {_VOTES} WHERE (question_id, participant_id) IN (VALUES {rows})"  # noqa: S608 - a name of ours
        " RETURNING question_id"
    )
    return _first_column(sql, votes)


def _first_column(sql: str, votes: list[tuple[str, int]]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for vote in votes for value in vote])
        return [row[0] for row in cursor.fetchall()]


def _add(changes: dict[str, int]) -> dict[str, Tally]:
    if not changes:
        return {}
    cases = " ".join(["WHEN %s THEN %s"] * len(changes))
    holes = ", ".join(["%s"] * len(changes))
    sql = (
        f"UPDATE {_QUESTIONS} SET votes = votes + CASE id {cases} END,"  # noqa: S608 - a name of ours
        f" votes_version = votes_version + 1 WHERE id IN ({holes}) RETURNING id, votes, votes_version"
    )
    parameters = [value for change in changes.items() for value in change]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, *changes])
        return {key: Tally(votes, version) for key, votes, version in cursor.fetchall()}


def tallies_in(room_id: str, meeting: str) -> dict[str, Tally]:
    """The totals of a meeting's open questions."""
    rows = Question.objects.filter(room=room_id, meeting=meeting, state=Question.State.VISIBLE)
    return {key: Tally(*tally) for key, *tally in rows.values_list("pk", "votes", "votes_version")}
