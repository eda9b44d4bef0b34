"""The form that creates a project room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.access import listed_companies
from companies.form_fields import SortedMultipleChoiceField
from companies.forms import LanguageTextFormField
from companies.models import Company


class ProjectRoomForm(forms.Form):
    title = LanguageTextFormField(label=_("What is the project called?"), max_length=200)
    purpose = LanguageTextFormField(
        label=_("What is the room for?"),
        rows=3,
        required=False,
        help_text=_("One or two sentences for people who join later."),
    )
    partners = SortedMultipleChoiceField(
        Company.objects.none(),
        label=_("With which companies?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Your own company is already included. Everyone from these companies can enter the room."
        ),
        error_messages={
            "required": _("A project room needs at least two companies. Choose at least one other.")
        },
    )

    def __init__(self, *args: Any, own: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        self.fields["partners"].queryset = listed_companies().exclude(pk=own.pk)  # type: ignore[attr-defined]

    @property
    def companies(self) -> list[Company]:
        return [self.own, *self.cleaned_data["partners"]]
