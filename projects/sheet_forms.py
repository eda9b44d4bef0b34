"""The forms of the project sheet, and of the leads' answer to whoever has read it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import ProseField
from companies.form_versions import VersionedForm
from companies.forms import LanguageTextFormField
from companies.models.company import countries_by_name
from projects.models import ProjectSheet
from projects.models.sheet import (
    LONGEST_LINE,
    LONGEST_PARTNERS,
    LONGEST_REQUEST,
    LONGEST_SHEET_TEXT,
    SHEET_FIELDS,
)
from projects.seeking_partners import SheetInput


class SheetForm(VersionedForm):
    """Once it is valid, `content` holds what the flow takes."""

    title = LanguageTextFormField(label=_("Title"), max_length=LONGEST_LINE)
    aim = LanguageTextFormField(label=_("Aim"), rows=5, max_length=LONGEST_SHEET_TEXT, required=False)
    sought = LanguageTextFormField(
        label=_("What are you looking for?"), rows=5, max_length=LONGEST_SHEET_TEXT, required=False
    )
    partners = ProseField(
        label=_("Partners so far"),
        required=False,
        max_length=LONGEST_PARTNERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only those who have agreed to be named here."),
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"), choices=countries_by_name, required=False, widget=forms.CheckboxSelectMultiple
    )
    budget = LanguageTextFormField(label=_("Budget"), max_length=LONGEST_LINE, required=False)
    call = LanguageTextFormField(label=_("Call for proposals"), max_length=LONGEST_LINE, required=False)
    deadline = forms.DateField(
        label=_("Deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, saved: ProjectSheet | None = None, **options: Any) -> None:
        if saved is not None:
            options["initial"] = {name: getattr(saved, name) for name in SHEET_FIELDS}
        super().__init__(*args, **options)

    @property
    def content(self) -> SheetInput:
        """Only when valid."""
        given = {name: self.cleaned_data[name] for name in SHEET_FIELDS}
        return SheetInput(**{**given, "countries": tuple(given["countries"])})


class AnswerForm(forms.Form):
    text = ProseField(
        label=_("Your answer"), max_length=LONGEST_REQUEST, widget=forms.Textarea(attrs={"rows": 6})
    )
