"""What a host asks at registration, from a form or a program; and what is impossible about it, field by field."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.languages import LanguageText
from companies.refusals import FieldErrors
from meetings.models import RegistrationQuestion
from meetings.models.registration_question import MAX_QUESTIONS

MAX_CHOICES = 20
LONGEST_LABEL = 1000  # a consent stands in full
LONGEST_CHOICE = 200
KEY = r"[A-Za-z0-9_-]{1,40}"


@dataclass(frozen=True)
class ChoiceInput:
    text: LanguageText
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, kw_only=True)
class QuestionInput:
    """`key` names the answer; a question that keeps it keeps the answers."""

    kind: str
    label: LanguageText
    choices: tuple[ChoiceInput, ...] = ()
    is_required: bool = False
    key: str = field(default_factory=new_id)

    @property
    def has_choices(self) -> bool:
        return self.kind in RegistrationQuestion.WITH_CHOICES


def input_of(question: RegistrationQuestion, *, chosen: object = None) -> QuestionInput:
    """The saved question as its host would enter it: without removed choices, but for those that an answer holds."""
    held = chosen if isinstance(chosen, list) else [chosen]
    offered = [choice for choice in question.choices if not choice.get("removed") or choice["id"] in held]
    return QuestionInput(
        kind=question.kind,
        label=question.label,
        choices=tuple(ChoiceInput(choice["text"], choice["id"]) for choice in offered),
        is_required=question.is_required,
        key=question.key,
    )


def problems(questions: Sequence[QuestionInput]) -> FieldErrors:
    """Everything that is impossible, by field: `questions.0.label`; empty when nothing is."""
    errors: FieldErrors = {}
    if len(questions) > MAX_QUESTIONS:
        errors["questions"] = [too_many_questions()]
    keys = [question.key for question in questions]
    if len(set(keys)) < len(keys):
        errors.setdefault("questions", []).append(_("Each question needs its own key."))
    for number, question in enumerate(questions):
        for name, message in problems_of(question):
            errors.setdefault(f"questions.{number}.{name}", []).append(message)
    return errors


def too_many_questions() -> str:
    return _("A meeting can ask at most %(most)s questions.") % {"most": MAX_QUESTIONS}


def problems_of(question: QuestionInput) -> list[tuple[str, str]]:
    """Of one question, as (field, message)."""
    found = []
    if question.kind not in RegistrationQuestion.Kind.values:
        found.append(("kind", _("Choose an option from the list.")))
    if not re.fullmatch(KEY, question.key):
        found.append(("key", _not_a_key()))
    found += [("label", message) for message in _about_text(question.label, LONGEST_LABEL)]
    return found + [("choices", message) for message in _about_choices(question)]


def _about_choices(question: QuestionInput) -> list[str]:
    if not question.has_choices:
        return [_("This type of question has no choices.")] if question.choices else []
    if not 2 <= len(question.choices) <= MAX_CHOICES:
        return [_("Enter 2 to %(most)s choices.") % {"most": MAX_CHOICES}]
    ids = [choice.id for choice in question.choices]
    found = [_("Each choice needs its own id.")] if len(set(ids)) < len(ids) else []
    found += [_not_a_key()] if not all(re.fullmatch(KEY, one) for one in ids) else []
    texts = [message for choice in question.choices for message in _about_text(choice.text, LONGEST_CHOICE)]
    if not found and any(len(set(words)) < len(words) for words in _words_by_language(question).values()):
        found.append(_("Two choices have the same text."))
    return [*found, *dict.fromkeys(texts)]


def _words_by_language(question: QuestionInput) -> dict[str, list[str]]:
    """Of its choices, as they are compared."""
    texts = [choice.text for choice in question.choices]
    return {
        code: [text[code].strip().casefold() for text in texts if text.get(code, "").strip()]
        for code in settings.ALL_LANGUAGES
    }


def _about_text(text: LanguageText, longest: int) -> list[str]:
    if not any(words.strip() for words in text.values()):
        return [_("Enter the text in at least one language.")]
    found = []
    if any(len(words) > longest for words in text.values()):
        found.append(_("At most %(most)s characters.") % {"most": longest})
    if set(text) - set(settings.ALL_LANGUAGES):
        found.append(_("This language is not supported."))
    return found


def _not_a_key() -> str:
    return _("Use 1 to 40 letters, digits, hyphens or underscores.")


def asked_in_any(meetings: Iterable[Sequence[QuestionInput]]) -> list[QuestionInput]:
    """The questions of several meetings as one form asks them: each key once, with the choices of all its copies.

    At most so many that a person can answer them; what is left out stays open at each registration.
    """
    found: dict[str, QuestionInput] = {}
    for question in (question for questions in meetings for question in questions):
        known = found.get(question.key)
        found[question.key] = _together(known, question) if known else question
    return list(found.values())[: 2 * MAX_QUESTIONS]


def _together(first: QuestionInput, second: QuestionInput) -> QuestionInput:
    """The first, with the second's further choices."""
    known = {choice.id for choice in first.choices}
    further = [choice for choice in second.choices if choice.id not in known] if first.has_choices else []
    return replace(
        first,
        choices=(*first.choices, *further)[: 2 * MAX_CHOICES],
        is_required=first.is_required or second.is_required,
    )
