"""Votes are written together in a fixed number of statements; the database refuses what would break a promise."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies import erasing
from companies.models import Person
from engagement.models import Poll, PollBallot, PollOption, PollVoter, PollWord
from engagement.polls import personal_data, preparing, running, voting
from engagement.polls.poll_input import PollInput, Wording, wording
from engagement.polls.results import word_results
from engagement.polls.voting import Ballot, Tally, Vote
from meetings.models import Meeting
from rooms.refusals import Refused
from tests import factories

pytestmark = pytest.mark.django_db


def opened(**fields: Any) -> Poll:
    poll = prepared(**fields)
    running.open_poll(poll_id=poll.pk, room_id=poll.room_id, by=None, now=timezone.now())
    return Poll.objects.get(pk=poll.pk)


def prepared(meeting: Meeting | None = None, **fields: Any) -> Poll:
    meeting = meeting or factories.meeting()
    options = (Wording("One"), Wording("Two"), Wording("Three"))
    content = PollInput(**{"kind": "single", "title": Wording("Which?"), "options": options, **fields})
    pk = preparing.create_poll(
        room_id=meeting.room_id, meeting=meeting.pk, content=content, by=None, now=timezone.now()
    )
    return Poll.objects.get(pk=pk)


def people(count: int) -> list[Person]:
    return [factories.person() for _ in range(count)]


def vote(poll: Poll, person: Person, *choices: int, text: str = "") -> Vote:
    return Vote(poll.pk, person.pk, Ballot(choices, text), poll.kind, 3, poll.is_anonymous)


def close(poll: Poll) -> None:
    running.close_poll(poll_id=poll.pk, room_id=poll.room_id, by=None, now=timezone.now())


def refusals(outcome: list[Tally | Exception]) -> list[str]:
    return [each.code if isinstance(each, Refused) else "" for each in outcome]


@pytest.mark.parametrize(("anonymous", "statements"), [(True, 3), (False, 4)])
@pytest.mark.parametrize("kind", ["single", "words"])
@pytest.mark.parametrize("count", [1, 60])
def test_a_write_costs_the_same_however_many_voted(
    anonymous: bool, statements: int, kind: str, count: int
) -> None:
    options = {"options": ()} if kind == "words" else {}
    poll = opened(kind=kind, is_anonymous=anonymous, **options)
    votes = [
        vote(poll, person, text=f"word {place}") if kind == "words" else vote(poll, person, 1)
        for place, person in enumerate(people(count))
    ]
    with CaptureQueriesContext(connection) as queries:
        tallies = voting.write_votes(votes)
    asked = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(asked) == statements, asked
    assert {each.voters for each in tallies if isinstance(each, Tally)} == {count}
    assert PollBallot.objects.count() == (0 if anonymous else count)


def test_a_person_twice_in_one_write_and_in_the_next_counts_once() -> None:
    poll, (one, two) = opened(), people(2)
    assert refusals(voting.write_votes([vote(poll, one, 1), vote(poll, one, 2), vote(poll, two, 2)])) == [
        "",
        "already_voted",
        "",
    ]
    assert refusals(voting.write_votes([vote(poll, one, 2)])) == ["already_voted"]
    assert dict(PollOption.objects.values_list("number", "votes")) == {1: 1, 2: 1, 3: 0}
    assert Poll.objects.get().voters == 2


def test_a_closed_poll_counts_nothing_and_does_not_stop_others() -> None:
    over, running_poll, (one, two) = opened(), opened(), people(2)
    close(over)
    outcome = voting.write_votes([vote(over, one, 1), vote(running_poll, one, 1), vote(over, two, 1)])
    assert refusals(outcome) == ["closed", "", "closed"]
    assert list(PollVoter.objects.values_list("poll", "person")) == [(running_poll.pk, one.pk)]


def test_spellings_of_a_word_are_one() -> None:
    poll = opened(kind="words", options=())
    texts = ["Värmepump", "varmepump", "VARMEPUMP!", " värmepump ", "Vind", "§"]
    voting.write_votes([vote(poll, person, text=text) for person, text in zip(people(6), texts, strict=True)])
    voting.write_votes([vote(poll, *people(1), text="Varmepump")])
    assert sorted(PollWord.objects.values_list("votes", flat=True)) == [1, 1, 5]


def test_only_the_most_frequent_words_are_shown_and_they_fit_a_frame() -> None:
    words = {f"{number:03} {'ж' * 36}": (f"{number:03} {'ж' * 36}", number) for number in range(1, 300)}
    shown = word_results(words)
    assert 30 < len(shown) <= 60
    assert [each.votes for each in shown] == sorted(range(300 - len(shown), 300), reverse=True)
    assert sum(len(each.model_dump_json().encode()) for each in shown) <= 4096


# ---- what the database refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"is_anonymous": False},
        {"state": "prepared"},
        {"state": "closed"},
        {"closed_at": timezone.now()},
        {"opened_at": None},
        {"results": "hosts", "is_shared": True},
    ],
)
def test_the_database_refuses_an_impossible_poll(change: dict[str, Any]) -> None:
    poll = opened(is_anonymous=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(**change)


def test_a_room_has_one_open_poll() -> None:
    meeting = factories.meeting()
    first, second = prepared(meeting), prepared(meeting)
    running.open_poll(poll_id=first.pk, room_id=meeting.room_id, by=None, now=timezone.now())
    with pytest.raises(running.UnableToRun):
        running.open_poll(poll_id=second.pk, room_id=meeting.room_id, by=None, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        now = timezone.now()
        Poll.objects.filter(pk=second.pk).update(state="open", opened_at=now, opened_as_anonymous=True)


def test_a_person_votes_once_in_the_database() -> None:
    poll, (person,) = opened(), people(1)
    PollVoter.objects.create(poll=poll, person=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        PollVoter.objects.create(poll=poll, person=person)


def test_a_meeting_has_a_bounded_number_of_polls() -> None:
    meeting = factories.meeting()
    for _ in range(preparing.MOST_POLLS):
        prepared(meeting, kind="words", options=())
    with pytest.raises(preparing.UnableToPrepare):
        prepared(meeting)


# ---- nobody is named -----------------------------------------------------------------------------------------


def test_the_order_of_rows_tells_nothing_once_an_anonymous_poll_is_closed() -> None:
    poll = opened(kind="words", options=())
    texts = ["zebra", "mast", "apple"]
    for person, text in zip(people(3), texts, strict=True):
        voting.write_votes([vote(poll, person, text=text)])
    close(poll)
    table = PollWord._meta.db_table
    order = "ctid" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {table} ORDER BY {order}")  # a name of ours
        assert [row[0] for row in cursor.fetchall()] == sorted(texts)
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
            assert cursor.fetchone() == (1,)


def test_erasing_a_person_keeps_the_counters() -> None:
    named, secret = opened(is_anonymous=False), opened()
    person = factories.person()
    for poll in (named, secret):
        voting.write_votes([vote(poll, person, 1)])
    erasing.erase_person(person=person, now=timezone.now())
    assert not PollVoter.objects.exists()
    assert not PollBallot.objects.exists()
    assert set(PollOption.objects.filter(number=1).values_list("votes", flat=True)) == {1}
    assert set(Poll.objects.values_list("voters", flat=True)) == {1}


def test_old_polls_are_deleted_with_the_chat_of_their_time(settings: Any) -> None:
    settings.RETENTION_CHAT_MONTHS = 6
    now = timezone.now()
    old, open_one, new = prepared(), opened(), prepared()
    Poll.objects.filter(pk__in=[old.pk, open_one.pk]).update(created_at=now - timedelta(days=300))
    assert personal_data.delete_old_polls(now, 10) == 1
    assert set(Poll.objects.values_list("pk", flat=True)) == {open_one.pk, new.pk}


def test_a_text_by_language_has_one_for_readers_of_others() -> None:
    assert wording("Heat\u200b ") == Wording("Heat")
    assert wording({"sv": "Värme", "en": "Heat", "pl": "\u200b"}) == Wording(
        "Heat", {"sv": "Värme", "en": "Heat"}
    )
    assert wording({"sv": "Värme"}).text == "Värme"
