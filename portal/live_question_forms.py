"""Forms of questions that were asked live: an answer, a dismissal, the list's filters, the settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.form_fields import LineField, ProseField
from engagement.models import QuestionSettings
from engagement.questions.models import LONGEST_ANSWER, LONGEST_REASON


class AnswerForm(forms.Form):
    text = ProseField(
        label=_("Your answer"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 6})
    )
    private = forms.BooleanField(label=_("Send privately to the person who asked"), required=False)


class DismissForm(forms.Form):
    reason = LineField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("The person who asked can see this."),
    )


class QuestionFilter(forms.Form):
    """What is typed into the address by hand filters nothing."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", pgettext_lazy("questions", "All")),
            ("open", pgettext_lazy("questions", "Open")),
            ("answered", pgettext_lazy("questions", "Answered")),
            ("mine", pgettext_lazy("questions", "Mine")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("", pgettext_lazy("sort questions by", "Upvotes")),
            ("time", pgettext_lazy("sort questions by", "Newest")),
        ],
    )

    def chosen(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class QuestionSettingsForm(forms.Form):
    is_open = forms.BooleanField(label=_("Attendees can ask questions"), required=False)
    is_moderated = forms.BooleanField(
        label=_("A host approves each question before others see it"), required=False
    )
    has_upvotes = forms.BooleanField(label=_("Attendees can upvote questions"), required=False)
    anonymity = forms.ChoiceField(
        label=_("Anonymous questions"),
        choices=[
            (QuestionSettings.Anonymity.NO.value, _("Not allowed")),
            (
                QuestionSettings.Anonymity.ATTENDEES.value,
                _("Names are hidden from other attendees, but hosts can see them"),
            ),
            (QuestionSettings.Anonymity.EVERYONE.value, _("Names are hidden from everyone, including hosts")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Questions already asked are not affected."),
    )

    def __init__(self, *args: Any, chosen: QuestionSettings, **options: Any) -> None:
        options["initial"] = {name: getattr(chosen, name) for name in self.base_fields}
        super().__init__(*args, **options)
