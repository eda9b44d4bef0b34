"""The form of the chat's settings, which hosts can also change in the room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from engagement.chat.messages import ChatSwitches
from engagement.models import ChatSettings

Private = ChatSettings.Private


class ChatSettingsForm(forms.Form):
    """Its fields are those of ChatSwitches."""

    on = forms.BooleanField(label=_("Attendees can write"), required=False)
    moderated = forms.BooleanField(
        label=_("Hosts approve messages before everyone sees them"), required=False
    )
    private = forms.ChoiceField(
        label=_("Private messages"),
        choices=[
            (Private.EVERYBODY.value, _("Between everyone")),
            (Private.HOSTS.value, _("Only with hosts")),
            (Private.NOBODY.value, _("Off")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Hosts don’t see private messages between other people."),
    )
    slow_seconds = forms.TypedChoiceField(
        label=_("Slow mode"),
        coerce=int,
        help_text=_("How long attendees wait before they can write again."),
    )

    def __init__(self, *args: Any, chosen: ChatSwitches, **options: Any) -> None:
        options["initial"] = chosen.model_dump()
        super().__init__(*args, **options)
        self.fields["slow_seconds"].choices = [  # type: ignore[attr-defined]
            (seconds, _in_words(seconds)) for seconds in ChatSettings.SLOW_SECONDS
        ]


def _in_words(seconds: int) -> str:
    if seconds == 0:
        return pgettext("slow mode", "Off")
    return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
