"""The form of caption links: which one is created, renewed or revoked."""

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from companies.languages import NATIVE_NAMES, codes


class CaptionLinkForm(forms.Form):
    """`taken` are the languages that have a link: no other is offered."""

    what = forms.ChoiceField(
        choices=[(each, each) for each in ("create", "renew", "revoke")], widget=forms.HiddenInput
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the captions"))

    def __init__(self, data: Any = None, *, taken: Collection[str]) -> None:
        super().__init__(data)
        self.fields["what"].initial = "create"
        language = cast("forms.ChoiceField", self.fields["language"])
        language.choices = [(code, NATIVE_NAMES.get(code, code)) for code in codes()]
        language.initial = next((code for code in codes() if code not in taken), "")
