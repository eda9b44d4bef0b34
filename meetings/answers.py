"""Answers to what the host asks at registration: what fits, what is still open, and how they read."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from companies.languages import LocalizedText, active_language, in_language
from companies.refusals import FieldErrors, Invalid
from companies.text import cleaned
from meetings.models import RegistrationQuestion
from meetings.question_input import QuestionInput

LONGEST_ANSWER = 2000
FIELD = "answers."  # of a field error, before the question's key
Answers = dict[str, object]


class UnableToAnswer(Invalid):
    """`field_errors` is by `answers.<key of the question>`."""


class _DoesNotFit(Exception):
    """With the sentence for the person."""


@dataclass(frozen=True)
class AnswerInWords:
    """`answers` are several where several choices were made."""

    question: LocalizedText
    answers: list[LocalizedText]


def checked(questions: Sequence[QuestionInput], given: Mapping[str, object]) -> Answers:
    """As stored: by key, without what was left empty. Raises UnableToAnswer.

    A meeting that asks nothing keeps whatever a program sends.
    """
    if not questions:
        return dict(given)
    answers, errors = _read(questions, given)
    for key in given.keys() - {question.key for question in questions}:
        errors[FIELD + key] = [_("This meeting has no such question.")]
    for question in questions:
        if question.is_required and not _is_answered(answers.get(question.key)):
            errors.setdefault(FIELD + question.key, [_missing(question)])
    if errors:
        raise UnableToAnswer(errors)
    return answers


def fitting(questions: Sequence[QuestionInput], given: Mapping[str, object]) -> Answers:
    """Those of these questions that fit; the others stay open. For a form that asks for several meetings."""
    return _read(questions, given)[0]


def open_questions(questions: Iterable[QuestionInput], answers: Mapping[str, object]) -> list[QuestionInput]:
    """Those that must be answered and are not."""
    return [one for one in questions if one.is_required and not _is_answered(answers.get(one.key))]


def _read(questions: Sequence[QuestionInput], given: Mapping[str, object]) -> tuple[Answers, FieldErrors]:
    answers: Answers = {}
    errors: FieldErrors = {}
    for question in questions:
        value = given.get(question.key)
        try:
            answer = None if value is None else _CHECKS[question.kind](question, value)
        except _DoesNotFit as error:
            errors[FIELD + question.key] = [str(error)]
        else:
            if answer is not None and answer not in ("", []):
                answers[question.key] = answer
    return answers, errors


def _is_answered(answer: object) -> bool:
    """A consent that was not given is none."""
    return answer not in (None, "", [], False)


def _missing(question: QuestionInput) -> str:
    if question.kind == RegistrationQuestion.Kind.CONSENT:
        return _("Your consent is required.")
    if question.kind == RegistrationQuestion.Kind.TEXT:
        return _("Answer this question.")
    return _("Choose an answer.")


# ---- each kind -------------------------------------------------------------------------------------------


def _text(_question: QuestionInput, value: object) -> str:
    if not isinstance(value, str):
        raise _DoesNotFit(_("Answer with text."))
    answer = cleaned(value).strip()
    if len(answer) > LONGEST_ANSWER:
        raise _DoesNotFit(_("An answer can have at most %(most)s characters.") % {"most": LONGEST_ANSWER})
    return answer


def _choice(question: QuestionInput, value: object) -> str:
    if not isinstance(value, str):
        raise _DoesNotFit(_("Answer with the id of a choice."))
    if value and value not in {choice.id for choice in question.choices}:
        raise _DoesNotFit(_("Choose an option from the list."))
    return value


def _several(question: QuestionInput, value: object) -> list[str]:
    """In the order of the question, each once."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _DoesNotFit(_("Answer with a list of ids of choices."))
    if set(value) - {choice.id for choice in question.choices}:
        raise _DoesNotFit(_("Choose from the list."))
    return [choice.id for choice in question.choices if choice.id in value]


def _consent(_question: QuestionInput, value: object) -> bool:
    if not isinstance(value, bool):
        raise _DoesNotFit(_("Answer with true or false."))
    return value


_CHECKS: dict[str, Callable[[QuestionInput, object], object]] = {
    RegistrationQuestion.Kind.TEXT: _text,
    RegistrationQuestion.Kind.CHOICE: _choice,
    RegistrationQuestion.Kind.SEVERAL: _several,
    RegistrationQuestion.Kind.CONSENT: _consent,
}


# ---- in words --------------------------------------------------------------------------------------------


def in_words(question: RegistrationQuestion | None, answer: object) -> str:
    """In the reader's language; empty for no answer. What a program stored without a question is shown as it is."""
    return "; ".join(str(each) for each in localized(question, answer))


def localized(question: RegistrationQuestion | None, answer: object) -> list[LocalizedText]:
    """The same, each choice with its language."""
    if answer is None:
        return []
    if isinstance(answer, bool):
        return [as_written(_("Yes") if answer else _("No"))]
    texts = {choice["id"]: in_language(choice["text"]) for choice in question.choices} if question else {}
    chosen = answer if isinstance(answer, list) else [answer]
    return [texts.get(str(one)) or as_written(str(one)) for one in chosen]


def as_written(text: str) -> LocalizedText:
    """A text of which nobody said in which language it is."""
    return LocalizedText(text, active_language(), is_fallback=False)


def listed(questions: Iterable[RegistrationQuestion], answers: Mapping[str, object]) -> list[AnswerInWords]:
    """What was answered, in the order of the form, then what belongs to no question."""
    known = {question.key: question for question in questions}
    keys = [*(key for key in known if key in answers), *(key for key in answers if key not in known)]
    return [
        AnswerInWords(
            in_language(known[key].label) if key in known else as_written(key),
            localized(known.get(key), answers[key]),
        )
        for key in keys
        if answers[key] not in (None, "", [])
    ]


# ---- counted ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChoiceCount:
    text: LocalizedText
    number: int


@dataclass(frozen=True)
class AnswerCount:
    """How often a question was answered, and each of its choices chosen."""

    question: RegistrationQuestion
    answered: int
    choices: list[ChoiceCount]


def counted(questions: Iterable[RegistrationQuestion], answers: Iterable[Answers]) -> list[AnswerCount]:
    """Of the questions that are asked; choices removed since count while somebody holds them."""
    asked = [question for question in questions if question.is_asked]
    answered: Counter[str] = Counter()
    chosen: Counter[tuple[str, str]] = Counter()
    for given in answers if asked else ():
        for question in asked:
            answer = given.get(question.key)
            answered[question.key] += answer not in (None, "", [])
            if question.kind != RegistrationQuestion.Kind.TEXT:
                chosen.update(
                    (question.key, str(one)) for one in (answer if isinstance(answer, list) else [answer])
                )
    return [AnswerCount(one, answered[one.key], _choice_counts(one, chosen)) for one in asked]


def _choice_counts(question: RegistrationQuestion, chosen: Counter[tuple[str, str]]) -> list[ChoiceCount]:
    if question.kind == RegistrationQuestion.Kind.CONSENT:
        return [
            ChoiceCount(text, chosen[question.key, str(given)])
            for given in (True, False)
            for text in localized(question, given)
        ]
    counts = [
        (choice, ChoiceCount(in_language(choice["text"]), chosen[question.key, choice["id"]]))
        for choice in question.choices
    ]
    return [count for choice, count in counts if count.number or not choice.get("removed")]
