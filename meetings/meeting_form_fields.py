"""Fields and choices of the host's forms: zones, languages, weekdays, and the people on stage."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from companies import email_addresses
from companies.collation import sorted_by_name
from companies.form_fields import PeopleField
from meetings.meeting_input import Speaker

LONGEST_NAME = 120
WEEKDAYS = (
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
)
_NAME_AND_ADDRESS = re.compile(r"^(?P<name>[^<>]*)<(?P<address>[^<>\s]+)>\s*$")


def capitalized(choices: Iterable[tuple[str, Any]]) -> Callable[[], list[tuple[str, str]]]:
    """The same choices with a capital first letter, in the language of each request."""
    return lambda: [(value, capfirst(str(words))) for value, words in choices]


def language_choices() -> list[tuple[str, str]]:
    return sorted_by_name(
        [(code, str(name)) for code, name in settings.ALL_LANGUAGES.items()], lambda one: one[1]
    )


class SpeakersField(PeopleField):
    """People on stage, one per line: `Name <address>`, or only the address."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(required=False, max_length=10_000, widget=widget, **options)

    def clean(self, value: Any) -> list[Speaker]:
        lines = enumerate(super().clean(value).splitlines(), start=1)
        return [self._read(number, line.strip()) for number, line in lines if line.strip()]

    def _read(self, number: int, line: str) -> Speaker:
        match = _NAME_AND_ADDRESS.match(line)
        name, address = (match["name"].strip(" \"'"), match["address"]) if match else ("", line)
        address = email_addresses.normalized(address)
        if email_addresses.needs_smtputf8(address):
            message = _("Line %(number)s: %(problem)s")
            params = {"number": number, "problem": email_addresses.NEEDS_SMTPUTF8}
            raise ValidationError(message, params=params)
        try:
            email_addresses.check(address)
        except ValidationError as error:
            message = _(
                "Line %(number)s: “%(line)s” is not a complete email address. Use this format: Elin "
                "Sandberg <elin@havslund.example>"
            )
            raise ValidationError(message, params={"number": number, "line": line[:80]}) from error
        if len(name) > LONGEST_NAME:
            message = _("Line %(number)s: the name can have at most %(most)s characters.")
            raise ValidationError(message, params={"number": number, "most": LONGEST_NAME})
        return Speaker(email=address, name=name)

    @staticmethod
    def as_lines(speakers: Iterable[Speaker]) -> str:
        return "\n".join(f"{one.name} <{one.email}>" if one.name else one.email for one in speakers)
