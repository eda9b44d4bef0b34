"""Many upvotes at once: none is lost, and a write takes the same few statements however many they are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement.models import Question, QuestionVote
from engagement.questions import personal_data, voting
from engagement.questions.voting import PendingVote, Tally
from rooms.models import Participant
from tests import factories

pytestmark = pytest.mark.django_db


def people_in(question: Question, count: int) -> list[Participant]:
    return [factories.participant(room=question.room) for _ in range(count)]


@pytest.mark.parametrize("count", [1, 3, 200])
def test_a_write_takes_three_statements(count: int) -> None:
    questions = [factories.live_question()]
    questions += [factories.live_question(participant=questions[0].participant) for _ in range(4)]
    everybody = people_in(questions[0], count)
    pending = [
        PendingVote(questions[number % 5].pk, each.pk, up=True) for number, each in enumerate(everybody)
    ]
    with CaptureQueriesContext(connection) as queries:
        voting.write_votes(pending)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 3
    assert QuestionVote.objects.count() == count
    assert sum(Question.objects.values_list("votes", flat=True)) == count


def test_votes_are_counted_once_and_in_their_order() -> None:
    question = factories.live_question()
    one, two = people_in(question, 2)
    tallies = voting.write_votes(
        [
            PendingVote(question.pk, one.pk, up=True),
            PendingVote(question.pk, one.pk, up=True),
            PendingVote(question.pk, two.pk, up=True),
            PendingVote(question.pk, two.pk, up=False),
            PendingVote("unknown", two.pk, up=True),
        ]
    )
    assert tallies == [Tally(1, 1)] * 4 + [None]
    assert voting.write_votes([PendingVote(question.pk, one.pk, up=True)]) == [None]
    assert voting.write_votes([PendingVote(question.pk, one.pk, up=False)]) == [Tally(0, 2)]


@pytest.mark.parametrize("state", ["held", "answered", "dismissed", "merged"])
def test_only_open_questions_are_upvoted(state: str) -> None:
    question = factories.live_question(state=state, answered_at=timezone.now())
    (one,) = people_in(question, 1)
    assert voting.write_votes([PendingVote(question.pk, one.pk, up=True)]) == [None]
    assert not QuestionVote.objects.exists()


def test_an_erased_person_leaves_no_question_behind() -> None:
    asker = factories.person()
    factories.live_question(person=asker, text="my number is 555-1234", hidden_from="everyone")
    other = factories.live_question(
        answered_by=asker, answer="Yes.", state="answered", answered_at=timezone.now()
    )
    personal_data.erase_questions(asker, timezone.now())
    assert list(Question.objects.all()) == [other]
    other.refresh_from_db()
    assert (other.answered_by, other.answer) == (None, "Yes.")


def test_old_questions_are_deleted() -> None:
    factories.live_question(asked_at=factories.NOW.replace(year=2020))
    kept = factories.live_question()
    assert personal_data.delete_old_questions(factories.NOW, 10) == 1
    assert list(Question.objects.all()) == [kept]
