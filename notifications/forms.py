"""Filters of lists: the recipients of a message, the messages of the contact page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import Filter, words_field
from meetings.hosting_forms import search_field
from meetings.meeting_form_fields import capitalized
from notifications.models import Notification

State = Notification.State


class RecipientFilter(Filter):
    """Which message, and of its recipients those with these words and this state."""

    q = search_field()
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=capitalized(
            [
                ("", _("All statuses")),
                *(
                    (state.value, state.label)
                    for state in (State.SENT, State.WAITING, State.FAILED, State.DOUBTFUL, State.DROPPED)
                ),
            ]
        ),
    )
    kind = forms.ChoiceField(required=False, choices=Notification.Kind.choices, widget=forms.HiddenInput)
    minutes_before = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    recording = forms.SlugField(required=False, max_length=16, widget=forms.HiddenInput)
    host_message = forms.SlugField(required=False, max_length=16, widget=forms.HiddenInput)

    def of_message(self) -> dict[str, Any]:
        """As `Message.query`: empty for all messages."""
        names = ("kind", "minutes_before", "revision", "recording", "host_message")
        self.is_valid()
        given = {name: self.cleaned_data.get(name) for name in names}
        return {name: value for name, value in given.items() if value not in {None, ""}}


class OutboxFilter(Filter):
    """Of the secretariat's page of the outbox. Nothing chosen shows what did not arrive."""

    q = words_field(_("Search emails"), _("Name, email or meeting"))
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=capitalized(
            [
                ("", _("not delivered, or uncertain")),
                ("due", _("due now")),
                ("planned", _("planned")),
                *(
                    (state.value, state.label)
                    for state in (State.SENDING, State.SENT, State.FAILED, State.DOUBTFUL, State.DROPPED)
                ),
            ]
        ),
    )
    kind = forms.ChoiceField(
        label=_("Type"),
        required=False,
        choices=capitalized([("", _("All types")), *Notification.Kind.choices]),
    )


class MessageFilter(Filter):
    """Of the contact page. Nothing chosen shows those that wait for an answer."""

    q = words_field(_("Search messages"), _("Name, email or words"))
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Waiting for an answer")), ("answered", _("Answered")), ("all", _("All messages"))],
    )
