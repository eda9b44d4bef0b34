"""The small forms of a host's pages: filters, the reason for cancelling, the cover."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import Filter, LineField, ProseField, words_field
from companies.forms import LanguageTextFormField
from companies.pictures import PictureFormField
from meetings.changing_series import next_days
from meetings.meeting_form_fields import capitalized
from meetings.models import Meeting, Registration
from meetings.models.programme import COVER_RATIO, COVER_SIDE


def search_field() -> LineField:
    return words_field(_("Search by name, company or email address"), _("Name, company or email"))


class CancelForm(forms.Form):
    reason = ProseField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown as you write it, in the email and on the meeting page."),
    )
    following = forms.BooleanField(label=_("Also cancel the later meetings in the series"), required=False)

    def __init__(self, *args: Any, is_in_series: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_in_series:
            del self.fields["following"]


class AddDatesForm(forms.Form):
    """Further dates of a meeting; where its series has a rule, the next ones are filled in."""

    NUMBER = 6

    def __init__(self, *args: Any, meeting: Meeting, **options: Any) -> None:
        self.suggested = next_days(meeting, self.NUMBER)
        super().__init__(*args, **options)
        for number in range(self.NUMBER):
            self.fields[f"day_{number}"] = forms.DateField(
                label=_("Date %(number)d") % {"number": number + 1},
                required=False,
                initial=self.suggested[number] if number < len(self.suggested) else None,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )

    @property
    def days(self) -> list[date]:
        return [day for day in self.cleaned_data.values() if day is not None]


class CoverForm(forms.Form):
    cover = PictureFormField(
        side=COVER_SIDE,
        ratio=COVER_RATIO,
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF, at most 4 MB. It is cropped to 16:9 around the middle."),
    )
    cover_text = LanguageTextFormField(
        label=_("Picture description"),
        required=False,
        help_text=_("Read out to people who cannot see the picture."),
    )
    also_later = forms.BooleanField(
        label=_("Use it for the later meetings of the series, too"), required=False
    )

    def __init__(self, *args: Any, meeting: Meeting, **options: Any) -> None:
        options["initial"] = {"cover_text": meeting.cover_text}
        super().__init__(*args, **options)
        if meeting.series_id is None:
            del self.fields["also_later"]


class RegistrationFilter(Filter):
    """Of the list of registrations."""

    q = search_field()
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=capitalized([("", _("All statuses")), *Registration.State.choices]),
    )
