"""The form of a poll that a host prepares."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.form_fields import LineField, ProseField
from companies.languages import NATIVE_NAMES
from engagement.models import Poll
from engagement.polls.models import LONGEST_TITLE
from engagement.polls.poll_input import MOST_OPTIONS, PollInput, Wording, problems_of

KINDS = (
    (Poll.Kind.SINGLE, gettext_lazy("One choice")),
    (Poll.Kind.MULTIPLE, gettext_lazy("Several choices")),
    (Poll.Kind.RATING, gettext_lazy("Rating from 1 to 5")),
    (Poll.Kind.WORDS, gettext_lazy("Word cloud")),
    (Poll.Kind.RANKING, gettext_lazy("Ranking")),
    (Poll.Kind.QUIZ, gettext_lazy("Quiz with a correct answer")),
)
# Fields without which nothing can be said about another.
DEPENDS_ON = {
    "options": {"kind"},
    "most_choices": {"kind", "options"},
    "right": {"kind", "options"},
    "is_on_page": {"results"},
}
LONGEST_OPTIONS = 2000  # characters, with the line breaks


class PollForm(forms.Form):
    """Once it is valid, `content` holds what the flow takes. Options stand one in a line."""

    kind = forms.ChoiceField(label=gettext_lazy("Type of poll"), choices=KINDS)
    title = LineField(label=gettext_lazy("Question"), max_length=LONGEST_TITLE)
    options = ProseField(
        label=gettext_lazy("Options"),
        required=False,
        max_length=LONGEST_OPTIONS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Enter one option per line. A word cloud has no options. A rating goes from 1 to 5 unless "
            "you name the steps."
        ),
    )
    right = forms.IntegerField(
        label=gettext_lazy("Correct answer"),
        required=False,
        min_value=1,
        max_value=MOST_OPTIONS,
        help_text=gettext_lazy("For a quiz: the number of the line with the correct answer."),
    )
    most_choices = forms.IntegerField(
        label=gettext_lazy("Maximum number of choices"),
        required=False,
        min_value=1,
        max_value=MOST_OPTIONS,
        help_text=gettext_lazy("For several choices. Leave it empty to allow any number."),
    )
    results = forms.ChoiceField(
        label=gettext_lazy("Who sees the results"), choices=Poll.Results.choices, initial=Poll.Results.LIVE
    )
    is_anonymous = forms.BooleanField(
        label=gettext_lazy("Anonymous: nobody can see who chose what"), required=False, initial=True
    )
    is_on_page = forms.BooleanField(
        label=gettext_lazy("Show the results on the meeting page afterwards"), required=False
    )

    def __init__(self, *args: Any, language: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.content: PollInput | None = None
        self.others = [code for code, _name in settings.LANGUAGES if code != language]
        for code in self.others:
            name = NATIVE_NAMES.get(code, code)
            self.fields[f"title_{code}"] = LineField(
                label=_("Question: %(language)s") % {"language": name},
                required=False,
                max_length=LONGEST_TITLE,
            )
            self.fields[f"options_{code}"] = ProseField(
                label=_("Options: %(language)s") % {"language": name},
                required=False,
                max_length=LONGEST_OPTIONS,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    # -- what the page shows --

    @property
    def main_fields(self) -> list[BoundField]:
        return [field for field in self if not self._is_translation(field)]

    @property
    def translation_fields(self) -> list[BoundField]:
        return [field for field in self if self._is_translation(field)]

    @property
    def has_translations(self) -> bool:
        """They must not be folded away when there is one, or an error."""
        return any(field.errors or field.value() for field in self.translation_fields)

    def _is_translation(self, field: BoundField) -> bool:
        return field.name.removeprefix("title_").removeprefix("options_") in self.others

    # -- what was typed --

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        invalid = set(self.errors)
        kind, right = cleaned.get("kind", Poll.Kind.SINGLE), cleaned.get("right")
        content = PollInput(
            kind=kind,
            title=self._title(cleaned),
            options=self._options(cleaned) if kind != Poll.Kind.WORDS else (),
            is_anonymous=cleaned["is_anonymous"],
            results=cleaned.get("results", Poll.Results.LIVE),
            most_choices=cleaned.get("most_choices") if kind == Poll.Kind.MULTIPLE else None,
            right=frozenset([right - 1]) if right and kind == Poll.Kind.QUIZ else frozenset(),
            is_on_page=cleaned["is_on_page"],
        )
        for name, message in problems_of(content):
            if not invalid & {name, *DEPENDS_ON.get(name, ())}:
                self.add_error(name, message)
        if kind == Poll.Kind.QUIZ and not right and "right" not in invalid:
            self.add_error("right", _("Mark the correct answer."))
        self.content = content
        return cleaned

    def _title(self, cleaned: dict[str, Any]) -> Wording:
        texts = {code: cleaned.get(f"title_{code}", "") for code in self.others}
        return Wording(cleaned.get("title", ""), {code: text for code, text in texts.items() if text})

    def _options(self, cleaned: dict[str, Any]) -> tuple[Wording, ...]:
        own = lines_of(cleaned.get("options", ""))
        by_language = {code: lines_of(cleaned.get(f"options_{code}", "")) for code in self.others}
        for code, lines in by_language.items():
            if lines and len(lines) != len(own) and "options" in cleaned:
                self.add_error(f"options_{code}", _("Enter one line for each option."))
        return tuple(
            Wording(text, {code: lines[place] for code, lines in by_language.items() if place < len(lines)})
            for place, text in enumerate(own)
        )


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def initial_of(poll: Poll) -> dict[str, Any]:
    """What was entered for the poll."""
    options = list(poll.options.all())
    right = next((option.number for option in options if option.is_right), None)
    initial: dict[str, Any] = {
        "kind": poll.kind,
        "title": poll.title,
        "options": "\n".join(option.text for option in options),
        "right": right,
        "most_choices": poll.most_choices
        if poll.kind == Poll.Kind.MULTIPLE and poll.most_choices < len(options)
        else None,
        "results": poll.results,
        "is_anonymous": poll.is_anonymous,
        "is_on_page": poll.is_on_page,
    }
    for code in settings.ALL_LANGUAGES:
        initial[f"title_{code}"] = poll.translations.get(code, "")
        texts = [option.translations.get(code, "") for option in options]
        initial[f"options_{code}"] = "\n".join(texts) if all(texts) else ""
    return initial
