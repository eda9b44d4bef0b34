"""What a host writes to people of a meeting."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import LineField
from companies.forms import LanguageTextFormField
from companies.ids import new_id
from meetings.meeting_form_fields import capitalized
from notifications.messaging import LONGEST_SUBJECT, LONGEST_TEXT, WrittenMessage
from notifications.models import HostMessage

ROWS = 8


class HostMessageForm(forms.Form):
    audience = forms.ChoiceField(label=_("Recipients"))
    subject = LanguageTextFormField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = LanguageTextFormField(
        label=_("Message"),
        rows=ROWS,
        max_length=LONGEST_TEXT,
        help_text=_(
            "Write it in each language your recipients use. Anyone else gets the English version or, if there isn’t "
            "one, the first language you filled in, with a note that it isn’t translated."
        ),
    )
    is_urgent = forms.BooleanField(
        label=_("Urgent: also send a browser notification to people who have turned them on"), required=False
    )
    previewed = LineField(required=False, widget=forms.HiddenInput)
    key = forms.SlugField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, audiences: Collection[HostMessage.Audience], **options: Any) -> None:
        super().__init__(*args, **options)
        self._audiences = audiences
        choices: Any = self.fields["audience"]
        choices.choices = capitalized([(one.value, one.label) for one in audiences])

    def written(self, *, is_test: bool = False) -> WrittenMessage:
        """Only when valid."""
        audience = HostMessage.Audience(self.cleaned_data["audience"])
        return WrittenMessage(
            audience=HostMessage.Audience.TEST if is_test else audience,
            subject=self.cleaned_data["subject"],
            text=self.cleaned_data["text"],
            is_urgent=self.cleaned_data["is_urgent"],
        )

    @property
    def fingerprint(self) -> str:
        """Of what a preview shows: the button below it sends exactly that."""
        shown = [self.cleaned_data[name] for name in ("audience", "subject", "text", "is_urgent")]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def is_previewed(self) -> bool:
        return bool(self.cleaned_data["key"]) and self.cleaned_data["previewed"] == self.fingerprint

    def as_previewed(self) -> "HostMessageForm":
        """The same entries, and the key of the message that the button below the preview sends."""
        given = {name: self.cleaned_data[name] for name in ("audience", "subject", "text", "is_urgent")}
        marks = {"previewed": self.fingerprint, "key": new_id()}
        return HostMessageForm(initial={**given, **marks}, audiences=self._audiences)
