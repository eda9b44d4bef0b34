"""Form fields for the host's questions at registration. Whether an answer fits, `meetings.answers` says."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from companies.form_fields import ProseField
from companies.languages import in_language
from companies.templatetags.page import marked
from meetings.answers import FIELD, LONGEST_ANSWER, UnableToAnswer, checked
from meetings.models import RegistrationQuestion
from meetings.question_input import QuestionInput

PREFIX = "answer_"  # of a field's name, before the question's key


class _Unchecked(forms.Field):
    """Takes what was sent: `meetings.answers` checks it for page and API alike."""

    def validate(self, value: Any) -> None: ...


class TextAnswer(_Unchecked, ProseField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_ANSWER}), **options)


class ChoiceAnswer(_Unchecked, forms.ChoiceField):
    widget = forms.RadioSelect


class SeveralAnswer(_Unchecked, forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class ConsentAnswer(_Unchecked, forms.BooleanField): ...


_FIELDS: dict[str, type[forms.Field]] = {
    RegistrationQuestion.Kind.TEXT: TextAnswer,
    RegistrationQuestion.Kind.CHOICE: ChoiceAnswer,
    RegistrationQuestion.Kind.SEVERAL: SeveralAnswer,
    RegistrationQuestion.Kind.CONSENT: ConsentAnswer,
}


class AskingForm(forms.Form):
    """A form with the host's questions after its own fields; `answers` is what was entered, once it is valid."""

    def __init__(self, *args: Any, questions: Sequence[QuestionInput] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.answers: dict[str, object] = {}
        for question in questions:
            self.fields[PREFIX + question.key] = _field_for(question)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = {one.key: cleaned.get(PREFIX + one.key) for one in self.questions}
        try:
            self.answers = checked(self.questions, given)
        except UnableToAnswer as refusal:
            self.add_answer_errors(refusal)
        return cleaned

    def add_answer_errors(self, refusal: UnableToAnswer) -> None:
        """At the questions; above the form for one that is not on it."""
        for name, messages in refusal.field_errors.items():
            field = PREFIX + name.removeprefix(FIELD)
            for message in messages:
                self.add_error(field if field in self.fields else None, message)


def initial_answers(answers: Mapping[str, object]) -> dict[str, object]:
    """Saved answers as a form shows them."""
    return {PREFIX + key: answer for key, answer in answers.items()}


def _field_for(question: QuestionInput) -> forms.Field:
    kind = _FIELDS[question.kind]
    options: dict[str, Any] = {"label": marked(in_language(question.label)), "required": question.is_required}
    if question.has_choices:
        options["choices"] = [(choice.id, marked(in_language(choice.text))) for choice in question.choices]
    return kind(**options)
