"""The form in which a host plans breakout groups before the meeting."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.form_fields import ProseField
from companies.models import Person
from engagement.breakouts.messages import LONGEST_ROUND, MOST_GROUPS
from rooms.models.room import LONGEST_LABEL, numbered_group

Groups = list[tuple[str, list[int]]]  # names, empty for those called by their number, and people by key


class BreakoutPlanForm(forms.Form):
    """Once it is valid, `groups` holds the list if it is by list."""

    assign = forms.ChoiceField(
        label=_("How to assign people"),
        choices=[
            ("random", _("Evenly at random")),
            ("companies", _("Mix companies")),
            ("countries", _("Mix countries")),
            ("list", _("Using the list below")),
        ],
        widget=forms.RadioSelect,
    )
    count = forms.IntegerField(
        label=_("Number of groups"), required=False, min_value=1, max_value=MOST_GROUPS
    )
    listed = ProseField(
        label=_("List of groups"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_(
            "One group per line: its name, a colon, then email addresses separated by commas. For example: "
            "Heat: anna@example.org, bo@example.org"
        ),
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=LONGEST_ROUND)

    def __init__(self, *args: Any, registered: Mapping[str, int], **options: Any) -> None:
        """`registered` are the keys of people by email address."""
        super().__init__(*args, **options)
        self.registered = registered
        self.groups: Groups = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("assign") == "list" and "listed" in data:
            self._read_list(data["listed"])
        elif data.get("assign") and not data.get("count") and "count" not in self.errors:
            self.add_error("count", gettext("Enter the number of groups."))
        return data

    def _read_list(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if not lines:
            self.add_error("listed", gettext("Enter at least one group."))
        if len(lines) > MOST_GROUPS:
            self.add_error("listed", gettext("There can be at most {n} groups.").format(n=MOST_GROUPS))
        seen: set[int] = set()
        for number, line in enumerate(lines, start=1):
            try:
                self.groups.append(self._read_line(number, line, seen))
            except ValidationError as problem:
                self.add_error("listed", problem)

    def _read_line(self, number: int, line: str, seen: set[int]) -> tuple[str, list[int]]:
        name, colon, addresses = line.partition(":")
        name = name.strip()
        if not colon or not name or len(name) > LONGEST_LABEL:
            message = gettext(
                "Line {number}: enter the name of the group (at most {most} characters), then a colon."
            )
            raise ValidationError(message.format(number=number, most=LONGEST_LABEL))
        people = []
        for address in filter(None, (each.strip().lower() for each in addresses.split(","))):
            person = self.registered.get(address)
            if person is None:
                message = gettext("Line {number}: no confirmed registration has this address: {address}")
                raise ValidationError(message.format(number=number, address=address[:80]))
            if person in seen:
                message = gettext("Line {number}: this address is in the list twice: {address}")
                raise ValidationError(message.format(number=number, address=address[:80]))
            seen.add(person)
            people.append(person)
        return "" if name == numbered_group(number) else name, people


def as_lines(groups: Sequence[tuple[str, Sequence[Person]]]) -> str:
    """What the form's list reads."""
    return "\n".join(f"{name}: {', '.join(one.email for one in people)}".rstrip() for name, people in groups)
