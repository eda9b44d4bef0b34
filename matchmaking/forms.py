"""The company's answer to a contact request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import ProseField
from matchmaking.models.contact_request import LONGEST_REQUEST


class AnswerForm(forms.Form):
    text = ProseField(
        label=_("Your answer"),
        max_length=LONGEST_REQUEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
