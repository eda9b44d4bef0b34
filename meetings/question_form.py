"""The form of one question that a host asks at registration. Its kind is chosen before, and stays."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.form_versions import VersionedForm
from companies.forms import LanguageTextFormField
from meetings.models import RegistrationQuestion
from meetings.question_input import (
    LONGEST_CHOICE,
    LONGEST_LABEL,
    MAX_CHOICES,
    ChoiceInput,
    QuestionInput,
    problems_of,
)

SHOWN = 5  # empty choices, before the folded ones
SAVED, NEW = "choice_", "new_choice_"  # of a field's name, before the choice's id or a number


class QuestionForm(VersionedForm):
    """Once it is valid, `question` holds what the flow takes. A choice whose words are deleted is removed."""

    label = LanguageTextFormField(label=gettext_lazy("Question"), rows=2, max_length=LONGEST_LABEL)
    is_required = forms.BooleanField(label=gettext_lazy("An answer is required"), required=False)

    def __init__(self, *args: Any, kind: str, saved: QuestionInput | None = None, **options: Any) -> None:
        super().__init__(*args, **{"initial": initial_of(saved) if saved else {}, **options})
        self.kind, self.saved = kind, saved
        self.question: QuestionInput | None = None
        if kind == RegistrationQuestion.Kind.CONSENT:
            self.fields["label"].label = _("What people agree to")
            self.fields["is_required"].label = _("Consent is required")
        if kind in RegistrationQuestion.WITH_CHOICES:
            self._add_choices()

    def _add_choices(self) -> None:
        saved = [SAVED + choice.id for choice in self.saved.choices] if self.saved else []
        for number, name in enumerate(
            [*saved, *(f"{NEW}{at}" for at in range(MAX_CHOICES - len(saved)))], start=1
        ):
            self.fields[name] = LanguageTextFormField(
                label=_("Choice %(number)s") % {"number": number}, required=False, max_length=LONGEST_CHOICE
            )

    # -- what the page shows --

    @property
    def shown_choices(self) -> list[BoundField]:
        return self._choices[: self._shown]

    @property
    def folded_choices(self) -> list[BoundField]:
        return self._choices[self._shown :]

    @property
    def _choices(self) -> list[BoundField]:
        return [field for field in self if field.name.startswith((SAVED, NEW))]

    @property
    def _shown(self) -> int:
        """Up to the last with words, and one more; at least SHOWN."""
        filled = [at for at, field in enumerate(self._choices, start=1) if field.errors or _has_words(field)]
        return max(SHOWN, max(filled, default=0) + 1)

    # -- what was typed --

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        invalid = set(self.errors)
        key = {"key": self.saved.key} if self.saved else {}
        question = QuestionInput(
            kind=self.kind,
            label=cleaned.get("label", {}),
            choices=self._typed_choices(cleaned),
            is_required=cleaned["is_required"],
            **key,
        )
        for name, message in problems_of(question):
            fields = [one.name for one in self._choices] if name == "choices" else [name]
            if not invalid & set(fields):
                self.add_error(fields[0], message)
        self.question = question
        return cleaned

    def _typed_choices(self, cleaned: dict[str, Any]) -> tuple[ChoiceInput, ...]:
        typed = ((name, text) for name, text in cleaned.items() if name.startswith((SAVED, NEW)) and text)
        return tuple(
            ChoiceInput(text, name.removeprefix(SAVED)) if name.startswith(SAVED) else ChoiceInput(text)
            for name, text in typed
        )


def initial_of(question: QuestionInput) -> dict[str, Any]:
    choices = {SAVED + choice.id: choice.text for choice in question.choices}
    return {"label": question.label, "is_required": question.is_required, **choices}


def _has_words(field: BoundField) -> bool:
    return any((field.value() or {}).values())
