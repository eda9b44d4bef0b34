"""The host's pages for questions at registration, and where the answers show: the host's page and the export."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import asking
from meetings.models import RegistrationQuestion
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


def address(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def kinds_of(meeting):
    return [(one.kind, one.label, one.is_required) for one in asking.questions_of(meeting)]


# ---- the list and the form -------------------------------------------------------------------------------


def test_a_host_adds_a_question_of_each_kind(page, host):
    meeting = factories.meeting(host=host)
    shown = page.get(address("registration_questions", meeting)).text
    assert "No questions yet." in shown
    for kind in RegistrationQuestion.Kind.values:
        adding = address("add_registration_question", meeting, kind)
        assert adding in shown
        choices = {"new_choice_0_en": "Fish", "new_choice_0_sv": "Fisk", "new_choice_7_en": "Peas"}
        typed = {"label_en": f"A {kind}?", "label_sv": "På svenska?", "is_required": "on", **choices}
        answer = page.post(adding, typed, follow=True)
        assert "Question added." in answer.text
        assert f"A {kind}?" in answer.text
    assert kinds_of(meeting) == [
        (kind, {"en": f"A {kind}?", "sv": "På svenska?"}, True) for kind in RegistrationQuestion.Kind.values
    ]
    chosen = [[choice.text for choice in one.choices] for one in asking.questions_of(meeting)]
    assert chosen == [
        [],
        [{"en": "Fish", "sv": "Fisk"}, {"en": "Peas"}],
        [{"en": "Fish", "sv": "Fisk"}, {"en": "Peas"}],
        [],
    ]


def test_what_was_typed_stays_with_the_error(page, host):
    meeting = factories.meeting(host=host)
    adding = address("add_registration_question", meeting, "choice")
    wrong = page.post(adding, {"label_en": "Which food?", "new_choice_0_en": "Fish", "new_choice_9_en": ""})
    assert wrong.status_code == 422
    assert "Which food?" in wrong.text
    assert 'value="Fish"' in wrong.text
    assert "Enter 2 to 20 choices." in wrong.text
    assert page.post(adding, {"label_en": "x" * 1001}).status_code == 422
    assert page.get(address("add_registration_question", meeting, "number")).status_code == 404
    assert not RegistrationQuestion.objects.exists()


def test_a_question_is_changed_under_its_key_and_choices_under_their_ids(page, host):
    meeting = factories.meeting(host=host)
    question = factories.question(meeting, "choice", key="food")
    factories.registration(meeting=meeting, answers={"food": "peas"})
    editing = address("edit_registration_question", meeting, "food")
    shown = page.get(editing)
    assert "1 person has answered this question." in shown.text
    version = shown.context["form"].read_version
    typed = {
        "label_en": "Which food?",
        "choice_fish_en": "",
        "choice_peas_en": "Green peas",
        "new_choice_0_en": "Bread",
    }
    assert page.post(editing, {**typed, "read_version": version}).status_code == 302
    question.refresh_from_db()
    assert question.label == {"en": "Which food?"}
    assert [
        (one["id"], one.get("removed", False)) for one in question.choices if one["text"] != {"en": "Bread"}
    ] == [
        ("peas", False),
        ("fish", True),
    ]
    late = page.post(editing, {**typed, "label_en": "Mine", "read_version": version})
    assert late.status_code == 422
    assert "This was changed elsewhere" in late.text
    assert page.get(address("edit_registration_question", meeting, "gone")).status_code == 404


def test_questions_are_moved_and_removed_by_buttons(page, host):
    meeting = factories.meeting(host=host)
    for key in ("first", "second"):
        factories.question(meeting, key=key, label={"en": f"The {key}?"})
    factories.registration(meeting=meeting, answers={"first": "Yes"})
    page.post(address("move_registration_question", meeting, "second"), {"do": "up"})
    assert [one.key for one in asking.questions_of(meeting)] == ["second", "first"]
    page.post(address("move_registration_question", meeting, "second"), {"do": "down"})
    assert [one.key for one in asking.questions_of(meeting)] == ["first", "second"]
    assert (
        "Nobody has answered it yet."
        in page.get(address("remove_registration_question", meeting, "second")).text
    )
    asked = page.get(address("remove_registration_question", meeting, "first")).text
    assert "1 person has answered it. The answer stays in the export," in asked
    assert len(asking.questions_of(meeting)) == 2
    page.post(address("remove_registration_question", meeting, "first"))
    assert [one.key for one in asking.questions_of(meeting)] == ["second"]


def test_the_eleventh_question_is_not_offered(page, host):
    meeting = factories.meeting(host=host)
    for _number in range(10):
        factories.question(meeting)
    assert "Remove a question to add another." in page.get(address("registration_questions", meeting)).text
    adding = address("add_registration_question", meeting, "text")
    answer = page.post(adding, {"label_en": "One more?"}, follow=True)
    assert "A meeting can ask at most 10 questions." in answer.text
    assert meeting.registration_questions.count() == 10


def test_a_cancelled_meeting_shows_its_questions_without_buttons(page, host):
    meeting = factories.meeting(host=host, state="cancelled")
    factories.question(meeting, key="why")
    shown = page.get(address("registration_questions", meeting)).text
    assert "What do you eat?" in shown
    assert address("edit_registration_question", meeting, "why") not in shown
    said = page.post(address("remove_registration_question", meeting, "why"), follow=True).text
    assert "This meeting is cancelled." in said
    assert meeting.registration_questions.asked().exists()


def test_the_later_meetings_of_a_series_get_the_questions(page, host):
    series = factories.series()
    first, second = (factories.meeting(host=host, series=series) for _number in range(2))
    factories.question(first, key="why")
    listed = page.get(address("registration_questions", first)).text
    assert "1 later meeting of this series asks different questions." in listed
    copying = address("copy_registration_questions", first)
    assert "Use these questions in 1 later meeting?" in page.get(copying).text
    assert not second.registration_questions.exists()
    page.post(copying)
    assert [one.key for one in asking.questions_of(second)] == ["why"]
    assert "asks different questions" not in page.get(address("registration_questions", first)).text


# ---- where the answers show ------------------------------------------------------------------------------


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_the_export_has_a_column_for_each_question_in_the_hosts_language(client_of, host):
    host.language = "sv"
    host.save()
    page = client_of(host)
    meeting = factories.meeting(host=host)
    factories.question(meeting, "several", key="food", label={"en": "Food?", "sv": "Mat?"})
    factories.question(meeting, "consent", key="photos", label={"en": "Photos?"})
    factories.question(meeting, key="old", position=None, label={"en": "Old?"})
    given = {"food": ["fish", "peas"], "photos": True, "old": "=1+1", "free": 5}
    factories.registration(meeting=meeting, answers=given)
    page.cookies["language"] = "sv"
    titles, row = rows_of(page.get(address("registrations_csv", meeting), headers={"Accept-Language": "sv"}))
    assert titles[7:] == ["Mat?", "Photos?", "Old?", "free"]
    assert row[7:] == ["Fisk; Ärter", "Ja", "'=1+1", "5"]


def test_the_hosts_page_shows_each_answer_and_how_often_each_choice_was_taken(page, host):
    meeting = factories.meeting(host=host)
    factories.question(meeting, "choice", key="food")
    factories.question(meeting, key="why", label={"en": "Why?"})
    for given in ({"food": "fish", "why": "<b>Heat</b>"}, {"food": "fish"}, {}):
        factories.registration(meeting=meeting, answers=given)
    factories.registration(meeting=meeting, state="cancelled", answers={"food": "peas"})
    answer = page.get(address("host_meeting", meeting))
    assert "&lt;b&gt;Heat&lt;/b&gt;" in answer.text
    counts = {one.question.key: one for one in answer.context["answer_counts"]}
    assert [(str(one.text), one.number) for one in counts["food"].choices] == [("Fish", 2), ("Peas", 0)]
    assert (counts["food"].answered, counts["why"].answered) == (2, 1)


@pytest.mark.parametrize("name", ["host_meeting", "registrations_csv", "registration_questions"])
def test_more_questions_and_answers_take_no_more_queries(page, host, name):
    meeting = factories.meeting(host=host)
    counts = []
    for number in (1, 4):
        for _ in range(number):
            key = factories.question(meeting, "choice").key
            factories.registration(meeting=meeting, answers={key: "fish"})
        with CaptureQueriesContext(connection) as counted:
            page.get(address(name, meeting))
        counts.append(len(counted))
    assert counts[0] == counts[1]
