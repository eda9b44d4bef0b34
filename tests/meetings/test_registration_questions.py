"""What hosts ask at registration: which questions and answers fit, and what becomes of them when either changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from meetings import answering, answers, asking, changing, question_input, registering, scheduling
from meetings.models import Meeting, Registration, RegistrationQuestion
from meetings.question_input import ChoiceInput, QuestionInput
from meetings.registration_states import UnableToChangeRegistration
from tests import factories
from tests.meetings.inputs import details

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DAY = timedelta(days=1)
FOOD = (ChoiceInput({"en": "Fish"}, "fish"), ChoiceInput({"en": "Peas"}, "peas"))


def text(**fields: Any) -> QuestionInput:
    return QuestionInput(**{"kind": "text", "label": {"en": "Why do you come?"}, "key": "why"} | fields)


def choice(**fields: Any) -> QuestionInput:
    return text(**{"kind": "choice", "key": "food", "label": {"en": "Food"}, "choices": FOOD} | fields)


def applicant(email: str = "rasa@example.org", **fields: Any) -> registering.Applicant:
    return registering.Applicant(email=email, name="Rasa", **fields)


def keys(meeting: Meeting) -> list[str]:
    return [question.key for question in asking.questions_of(meeting)]


# ---- which questions are possible ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (text(label={}), "label"),
        (text(label={"en": " "}), "label"),
        (text(label={"en": "x" * 1001}), "label"),
        (text(label={"xx": "Hm"}), "label"),
        (text(kind="number"), "kind"),
        (text(key="with space"), "key"),
        (text(key="x" * 41), "key"),
        (text(choices=FOOD), "choices"),
        (choice(choices=FOOD[:1]), "choices"),
        (choice(choices=tuple(ChoiceInput({"en": f"{n}"}) for n in range(21))), "choices"),
        (choice(choices=(FOOD[0], FOOD[0])), "choices"),
        (choice(choices=(ChoiceInput({"en": "Fish"}), ChoiceInput({"en": " fish"}))), "choices"),
        (choice(choices=(FOOD[0], ChoiceInput({"en": ""}))), "choices"),
        (choice(choices=(FOOD[0], ChoiceInput({"en": "x" * 201}))), "choices"),
    ],
)
def test_impossible_questions_are_refused_by_field(question: QuestionInput, field: str) -> None:
    assert [name for name, _message in question_input.problems_of(question)] == [field]
    with pytest.raises(asking.ImpossibleQuestions) as refused:
        asking.add_question(meeting=factories.meeting(), question=question, now=NOW)
    assert set(refused.value.field_errors) == {f"questions.0.{field}"}


def test_a_meeting_asks_at_most_ten_questions_and_the_database_agrees() -> None:
    meeting = factories.meeting()
    for number in range(10):
        asking.add_question(meeting=meeting, question=text(key=f"q{number}"), now=NOW)
    with pytest.raises(asking.ImpossibleQuestions) as refused:
        asking.add_question(meeting=meeting, question=text(key="q10"), now=NOW)
    assert set(refused.value.field_errors) == {"questions"}
    for wrong in (
        {"position": 10},
        {"position": 0},
        {"position": None, "key": "q1"},
        {"position": None, "kind": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RegistrationQuestion.objects.create(
                **{"meeting": meeting, "key": "new", "kind": "text", "label": {"en": "?"}} | wrong
            )


def test_two_questions_need_two_keys() -> None:
    with pytest.raises(asking.ImpossibleQuestions):
        asking.set_questions(factories.meeting(), [text(), text()], now=NOW)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": "cancelled"}, "cancelled"),
        ({"state": "ended"}, "ended"),
        ({"starts_at": NOW - DAY}, "ended"),
    ],
)
def test_a_meeting_that_is_over_keeps_its_questions(fields: dict[str, Any], code: str) -> None:
    meeting = factories.meeting(**fields)
    with pytest.raises(asking.UnableToAsk) as refused:
        asking.add_question(meeting=meeting, question=text(), now=NOW)
    assert refused.value.code == code
    with pytest.raises(asking.UnableToAsk):
        asking.set_questions(meeting, [text()], now=NOW)
    assert keys(meeting) == []


# ---- order, removal, later meetings ----------------------------------------------------------------------


def test_questions_move_up_and_down_and_the_outer_ones_stay() -> None:
    meeting = factories.meeting()
    asking.set_questions(meeting, [text(key=key) for key in "abc"], now=NOW)
    for key, up, order in (("c", True, "acb"), ("a", False, "cab"), ("c", True, "cab"), ("b", False, "cab")):
        asking.move_question(meeting=meeting, key=key, up=up, now=NOW)
        assert "".join(keys(meeting)) == order
    with pytest.raises(asking.UnableToAsk) as refused:
        asking.move_question(meeting=meeting, key="gone", up=True, now=NOW)
    assert refused.value.code == "gone"


def test_a_removed_question_keeps_its_words_only_while_there_are_answers() -> None:
    meeting = factories.meeting()
    asking.set_questions(meeting, [text(key="answered"), text(key="not")], now=NOW)
    registration = factories.registration(meeting=meeting, answers={"answered": "For the heat"})
    for key in ("answered", "not"):
        asking.remove_question(meeting=meeting, key=key, now=NOW)
    assert keys(meeting) == []
    (kept,) = meeting.registration_questions.all()
    assert (kept.key, kept.position) == ("answered", None)
    registration.refresh_from_db()
    (shown,) = answers.listed([kept], registration.answers)
    assert (str(shown.question), *map(str, shown.answers)) == ("Why do you come?", "For the heat")
    asking.add_question(meeting=meeting, question=text(key="answered", label={"en": "Again?"}), now=NOW)
    assert meeting.registration_questions.get().pk == kept.pk


def test_a_removed_choice_keeps_its_words_and_who_chose_it_may_keep_it() -> None:
    meeting = factories.meeting()
    asking.add_question(meeting=meeting, question=choice(), now=NOW)
    registration = factories.registration(meeting=meeting, answers={"food": "fish"})
    bread = ChoiceInput({"en": "Bread"}, "bread")
    asking.change_question(meeting=meeting, question=choice(choices=(FOOD[1], bread)), now=NOW)
    row = meeting.registration_questions.get()
    assert answers.in_words(row, "fish") == "Fish"
    assert [one.id for one in asking.questions_of(meeting)[0].choices] == ["peas", "bread"]
    with pytest.raises(answers.UnableToAnswer):
        registering.register(meeting=meeting, applicant=applicant(answers={"food": "fish"}), now=NOW)
    kept = answering.change_answers(registration=registration, answers={"food": "fish"}, now=NOW)
    assert kept.answers == {"food": "fish"}
    answering.change_answers(registration=registration, answers={"food": "bread"}, now=NOW)
    asking.change_question(meeting=meeting, question=choice(choices=FOOD), now=NOW)
    row.refresh_from_db()
    assert {one["id"]: one.get("removed", False) for one in row.choices} == {
        "fish": False,
        "peas": False,
        "bread": True,
    }


def test_the_kind_of_an_answered_question_stays() -> None:
    meeting = factories.meeting()
    asking.add_question(meeting=meeting, question=text(), now=NOW)
    asking.set_questions(meeting, [choice(key="why")], now=NOW)
    factories.registration(meeting=meeting, answers={"why": "fish"})
    with pytest.raises(asking.UnableToAsk) as refused:
        asking.set_questions(meeting, [text()], now=NOW)
    assert (refused.value.code, refused.value.field) == ("answered", "questions.0.kind")


def test_later_meetings_of_a_series_ask_the_same_under_the_same_keys() -> None:
    series = factories.series()
    first, second, third = (
        factories.meeting(series=series, starts_at=factories.STARTS_AT + week * 7 * DAY) for week in range(3)
    )
    asking.set_questions(first, [text(), choice()], now=NOW)
    asking.set_questions(second, [text(key="own")], now=NOW)
    factories.registration(meeting=second, answers={"own": "Yes"})
    assert asking.asking_otherwise(first, [second, third], now=NOW) == [second, third]
    asking.ask_in(meeting=first, others=[second, third], now=NOW)
    assert asking.asking_otherwise(first, [second, third], now=NOW) == []
    assert keys(second) == keys(third) == ["why", "food"]
    assert set(second.registration_questions.values_list("key", flat=True)) == {"why", "food", "own"}
    Meeting.objects.filter(pk=third.pk).update(state="cancelled")
    third.refresh_from_db()
    asking.remove_question(meeting=first, key="why", now=NOW)
    assert asking.asking_otherwise(first, [second, third], now=NOW) == [second]


def test_a_series_is_scheduled_with_its_questions_and_a_change_without_them_keeps_them() -> None:
    from meetings.recurrence import Rule

    made = scheduling.schedule_series(
        host=factories.member(),
        details=details(questions=(text(), choice())),
        rule=Rule(frequency="weekly", count=3),
        now=NOW,
    )
    assert [keys(meeting) for meeting in made] == [["why", "food"]] * 3
    changing.change_meeting(meeting=made[0], details=details(title={"en": "New"}), now=NOW)
    assert keys(made[0]) == ["why", "food"]
    changing.change_meeting(meeting=made[0], details=details(questions=()), now=NOW)
    assert keys(made[0]) == []


# ---- which answers fit -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        ("text", "  For the heat\x00 ", "For the heat"),
        ("choice", "peas", "peas"),
        ("several", ["peas", "fish"], ["fish", "peas"]),
        ("consent", True, True),
        ("consent", False, False),
        *((kind, None, None) for kind in RegistrationQuestion.Kind.values),
        ("text", " ", None),
        ("choice", "", None),
        ("several", [], None),
    ],
)
def test_an_answer_is_stored_as_its_kind_says(kind: str, given: object, stored: object) -> None:
    question = text(kind=kind, key="q", choices=FOOD if kind in {"choice", "several"} else ())
    assert answers.checked([question], {"q": given}) == ({} if stored is None else {"q": stored})


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", 5),
        ("text", ["x"]),
        ("text", "x" * 2001),
        ("choice", "meat"),
        ("choice", True),
        ("choice", ["fish"]),
        ("several", "fish"),
        ("several", ["meat"]),
        ("several", [["fish"]]),
        ("consent", "on"),
        ("consent", 1),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_never_kept(kind: str, given: object) -> None:
    question = text(kind=kind, key="q", choices=FOOD if kind in {"choice", "several"} else ())
    with pytest.raises(answers.UnableToAnswer) as refused:
        answers.checked([question], {"q": given})
    assert set(refused.value.field_errors) == {"answers.q"}
    assert answers.fitting([question], {"q": given}) == {}


@pytest.mark.parametrize(
    ("kind", "given"),
    [("text", " "), ("choice", ""), ("several", []), ("consent", False), ("text", None), ("consent", None)],
)
def test_a_required_question_takes_no_empty_answer(kind: str, given: object) -> None:
    question = text(
        kind=kind, key="q", is_required=True, choices=FOOD if kind in {"choice", "several"} else ()
    )
    for sent in ({"q": given}, {}):
        with pytest.raises(answers.UnableToAnswer):
            answers.checked([question], sent)
    for saved in ({}, {"q": False}, {"q": ""}, {"q": []}):
        assert answers.open_questions([question], saved) == [question]


def test_free_answers_are_kept_only_where_nothing_is_asked() -> None:
    assert answers.checked([], {"diet": "none"}) == {"diet": "none"}
    with pytest.raises(answers.UnableToAnswer) as refused:
        answers.checked([text()], {"diet": "none"})
    assert set(refused.value.field_errors) == {"answers.diet"}


# ---- registering -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "state"),
    [({}, "confirmed"), ({"registration": "approval"}, "pending"), ({"capacity": 1}, "waitlisted")],
)
def test_a_registration_in_any_state_holds_its_answers(fields: dict[str, Any], state: str) -> None:
    meeting = factories.meeting(**fields)
    factories.registration(meeting=meeting)
    asking.set_questions(meeting, [text(is_required=True)], now=NOW)
    registration = registering.register(
        meeting=meeting, applicant=applicant(answers={"why": "Heat"}), now=NOW
    )
    assert (registration.state, registration.answers) == (state, {"why": "Heat"})


def test_nobody_registers_without_what_the_host_requires() -> None:
    meeting = factories.meeting()
    asking.set_questions(meeting, [text(is_required=True)], now=NOW)
    with pytest.raises(answers.UnableToAnswer):
        registering.register(meeting=meeting, applicant=applicant(), now=NOW)
    assert not Registration.objects.exists()


def test_who_could_not_be_asked_is_registered_and_answers_afterwards() -> None:
    meeting = factories.meeting()
    asking.set_questions(meeting, [text(is_required=True), choice()], now=NOW)
    registration = registering.register(meeting=meeting, applicant=applicant(answers=None), now=NOW)
    asked = asking.questions_of(meeting)
    assert [one.key for one in answers.open_questions(asked, registration.answers)] == ["why"]
    with pytest.raises(answers.UnableToAnswer):
        answering.change_answers(registration=registration, answers={"food": "fish"}, now=NOW)
    answering.change_answers(registration=registration, answers={"why": "Heat"}, now=NOW)
    registration.refresh_from_db()
    assert registration.answers == {"why": "Heat"}


def test_registering_again_asks_anew() -> None:
    meeting = factories.meeting()
    asking.set_questions(meeting, [text(is_required=True)], now=NOW)
    first = registering.register(meeting=meeting, applicant=applicant(answers={"why": "Heat"}), now=NOW)
    registering.withdraw(registration=first, now=NOW)
    with pytest.raises(answers.UnableToAnswer):
        registering.register(meeting=meeting, applicant=applicant(), now=NOW)
    registering.register(meeting=meeting, applicant=applicant(answers={"why": "Wind"}), now=NOW)
    assert sorted(one.answers["why"] for one in Registration.objects.all()) == ["Heat", "Wind"]


def test_each_meeting_of_a_series_gets_the_answers_to_its_own_questions() -> None:
    series = factories.series()
    first, second, third = (
        factories.meeting(series=series, starts_at=factories.STARTS_AT + week * 7 * DAY) for week in range(3)
    )
    asking.set_questions(first, [text(is_required=True), choice()], now=NOW)
    bread = ChoiceInput({"en": "Bread"}, "bread")
    asking.set_questions(second, [choice(choices=(FOOD[1], bread)), text(key="own")], now=NOW)
    asked = registering.questions_for_series(series=series, now=NOW)
    assert [one.key for one in asked] == ["why", "food", "own"]
    assert [one.id for one in asked[1].choices] == ["fish", "peas", "bread"]
    with pytest.raises(answers.UnableToAnswer):
        registering.register_for_series(series=series, applicant=applicant(answers={"own": "x"}), now=NOW)
    given = {"why": "Heat", "food": "fish", "own": "Mine"}
    registering.register_for_series(series=series, applicant=applicant(answers=given), now=NOW)
    by_meeting = {one.meeting_id: one.answers for one in Registration.objects.all()}
    assert by_meeting[first.pk] == {"why": "Heat", "food": "fish"}
    assert by_meeting[second.pk] == {"own": "Mine"}  # it offers no fish any more
    assert by_meeting[third.pk] == {}


def test_a_form_for_a_series_stays_answerable() -> None:
    series = factories.series()
    for week in range(4):
        meeting = factories.meeting(series=series, starts_at=factories.STARTS_AT + week * 7 * DAY)
        asking.set_questions(meeting, [text(key=f"q{week}{n}") for n in range(10)], now=NOW)
    assert len(registering.questions_for_series(series=series, now=NOW)) == 20


# ---- changing answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of_meeting", "of_registration", "code"),
    [
        ({"starts_at": NOW - timedelta(minutes=1)}, {}, "started"),
        ({"state": "live"}, {}, "started"),
        ({"state": "ended"}, {}, "started"),
        ({"state": "cancelled"}, {}, "cancelled"),
        ({}, {"state": "cancelled"}, "withdrawn"),
    ],
)
def test_answers_stay_from_the_start_on(
    of_meeting: dict[str, Any], of_registration: dict[str, Any], code: str
) -> None:
    meeting = factories.meeting(**of_meeting)
    factories.question(meeting, key="why")
    registration = factories.registration(meeting=meeting, answers={"why": "Heat"}, **of_registration)
    with pytest.raises(UnableToChangeRegistration) as refused:
        answering.change_answers(registration=registration, answers={"why": "Wind"}, now=NOW)
    assert refused.value.code == code
    registration.refresh_from_db()
    assert registration.answers == {"why": "Heat"}


def test_changing_answers_keeps_those_to_removed_questions() -> None:
    meeting = factories.meeting()
    factories.question(meeting, key="why")
    registration = factories.registration(meeting=meeting, answers={"why": "Heat", "old": "Kept"})
    answering.change_answers(registration=registration, answers={"why": ""}, now=NOW)
    registration.refresh_from_db()
    assert registration.answers == {"old": "Kept"}


# ---- counted ---------------------------------------------------------------------------------------------


def test_choices_are_counted_and_removed_ones_while_somebody_holds_them() -> None:
    meeting = factories.meeting()
    several = factories.question(meeting, "several", key="food")
    several.choices = [*several.choices, {"id": "meat", "text": {"en": "Meat"}, "removed": True}]
    consent = factories.question(meeting, "consent", key="photos")
    why = factories.question(meeting, key="why")
    given: list[answers.Answers] = [
        {"food": ["fish", "peas"], "photos": True},
        {"food": ["fish"], "photos": False, "why": "Heat"},
        {},
    ]
    counts = {
        one.question.key: (one.answered, [(str(choice.text), choice.number) for choice in one.choices])
        for one in answers.counted([several, consent, why], given)
    }
    assert counts == {
        "food": (2, [("Fish", 2), ("Peas", 1)]),
        "photos": (2, [("Yes", 1), ("No", 1)]),
        "why": (1, []),
    }
    held = answers.counted([several], [{"food": ["meat"]}])[0]
    assert [(str(one.text), one.number) for one in held.choices] == [("Fish", 0), ("Peas", 0), ("Meat", 1)]
