"""Whom a host invites: typed or pasted lines, a company of the directory, a CSV file."""

import hashlib
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.access import listed_companies
from companies.form_fields import Filter, LineField, PeopleField, SortedChoiceField
from companies.languages import NATIVE_NAMES, codes
from meetings.hosting_forms import search_field
from meetings.invitation_lists import Invitee, NotAList, read_file, read_lines
from meetings.inviting import MOST_AT_ONCE, people_of_company
from meetings.meeting_form_fields import capitalized
from meetings.models import Invitation

LONGEST_LIST = 150_000  # characters
MOST_FILE_BYTES = 1024 * 1024


class InvitationForm(forms.Form):
    """A file's lines are added to those typed, so that what is wrong in them can be mended on the page."""

    people = PeopleField(
        label=gettext_lazy("People"),
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "One person per line, for example: Anna Berg <anna@example.org>. Or paste the recipients of an email."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=gettext_lazy(
            "With the columns name, email, language and company. Only the email is required."
        ),
    )
    company = SortedChoiceField(label=gettext_lazy("Everyone from a company"), required=False, queryset=None)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the email"),
        help_text=gettext_lazy("For people whose language is not known yet."),
    )
    to_series = forms.BooleanField(
        label=gettext_lazy("Also invite to the later meetings in the series"),
        required=False,
        help_text=gettext_lazy("Each person gets one email with all dates."),
    )
    previewed = LineField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_later: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_later = has_later
        if not has_later:
            del self.fields["to_series"]
        self.file_rows: dict[int, int] = {}  # by line, of those that came from a file
        self.fields["company"].queryset = listed_companies()  # type: ignore[attr-defined]
        languages: Any = self.fields["language"]
        languages.choices = [(code, NATIVE_NAMES.get(code, code)) for code in codes()]

    def clean_file(self) -> list[Invitee]:
        sent = self.cleaned_data["file"]
        if not isinstance(sent, UploadedFile):
            return []
        if (sent.size or 0) > MOST_FILE_BYTES:
            raise ValidationError(_("A list can be at most 1 MB."))
        try:
            found = read_file(sent.read())
        except NotAList as error:
            raise ValidationError(error.message) from error
        if len(found) > MOST_AT_ONCE:
            words = _(
                "This file has %(count)d people. At most %(most)d can be invited at once. Split it into smaller files."
            )
            raise ValidationError(words % {"count": len(found), "most": MOST_AT_ONCE})
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed, found = cleaned.get("people", "").rstrip(), cleaned.get("file") or []
        first = len(typed.splitlines()) + 1
        self.file_rows = {line: invitee.row for line, invitee in enumerate(found, start=first)}
        cleaned["people"] = "\n".join(filter(None, [typed, *map(_line_of, found)]))
        return cleaned

    def invitees(self) -> list[Invitee]:
        """Only when valid."""
        company = self.cleaned_data["company"]
        return [*self.typed(), *(people_of_company(company) if company else [])]

    def typed(self) -> list[Invitee]:
        """Of the lines, with the rows of a file that was sent with them."""
        lines = read_lines(self.cleaned_data.get("people", ""))
        return [replace(one, row=self.file_rows.get(one.line, 0)) for one in lines]

    @property
    def fingerprint(self) -> str:
        """Of what a preview shows: the button below it invites exactly those."""
        company = self.cleaned_data["company"]
        shown = "\n".join(
            [self.cleaned_data["people"], str(company.pk if company else ""), str(self.is_to_series)]
        )
        return hashlib.sha256(shown.encode()).hexdigest()[:32]

    @property
    def is_to_series(self) -> bool:
        return bool(self.cleaned_data.get("to_series"))

    @property
    def is_previewed(self) -> bool:
        return bool(self.cleaned_data["previewed"] == self.fingerprint)

    def again(self, *, people: str | None = None, previewed: str = "") -> "InvitationForm":
        """A form with the same entries, and the file's lines among those typed."""
        cleaned = self.cleaned_data
        company = cleaned.get("company")
        return InvitationForm(
            has_later=self._has_later,
            initial={
                "to_series": self.is_to_series,
                "people": cleaned.get("people", "") if people is None else people,
                "company": company.pk if company and people is None else None,
                "language": cleaned.get("language"),
                "previewed": previewed,
            },
        )


def _line_of(invitee: Invitee) -> str:
    return invitee.as_line if "@" in invitee.email else invitee.written


class InvitationFilter(Filter):
    """Of the list of invitations."""

    q = search_field()
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=capitalized([("", gettext_lazy("All statuses")), *Invitation.State.choices]),
    )
