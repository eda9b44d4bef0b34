"""The form that schedules and changes a meeting."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, time
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from companies.form_fields import LineField, ProseField, SortedChoiceField
from companies.form_versions import VersionedForm
from companies.forms import ZoneField
from companies.languages import NATIVE_NAMES, active_language, codes, in_language
from companies.models import Company, Person
from companies.models.person import default_timezone
from companies.refusals import FieldErrors
from meetings import recurrence
from meetings.meeting_form_fields import WEEKDAYS, SpeakersField, capitalized, language_choices
from meetings.meeting_input import LONGEST, SHORTEST, MeetingDetails, Speaker, with_tuples
from meetings.models import Meeting, MeetingRole, Programme, Series
from meetings.models.meeting import DEFAULT_REMINDERS
from rooms import policy
from rooms.models import Room

REMINDERS = (7 * 24 * 60, 2 * 24 * 60, 24 * 60, 4 * 60, 60, 30, 10)
ON_STAGE = {
    "speakers": MeetingRole.Role.SPEAKER,
    "co_hosts": MeetingRole.Role.CO_HOST,
    "interpreters": MeetingRole.Role.INTERPRETER,
    "captioners": MeetingRole.Role.CAPTIONER,
}


REPEATS = [choice for choice in Series.Frequency.choices if choice[0] != Series.Frequency.DATES]
# Fields without which nothing can be said about another.
DEPENDS_ON = {
    "local_day": {"timezone"},
    "local_time": {"local_day", "timezone", "duration_minutes"},
    "address": {"format"},
    "interpretation_how": {"interpreted_into"},
    "interpreted_into": {"languages", "interpretation_how"},
}


class MeetingForm(VersionedForm):
    """Once it is valid, `details` and `rule` hold what the flow takes.

    With `meeting` it changes that one, without a recurrence or another room.
    """

    # In the order of the page. The template itself places the fields that are in none of them.
    SECTIONS = {
        "what": ("kind", "programme", "host_company", "room"),
        "when": ("local_day", "local_time", "duration_minutes", "timezone"),
        "how": ("format", "address", "record", "lobby"),
        "who": ("visibility", "registration", "capacity", "replies_to_host", "follow_ups"),
    }

    kind = forms.ChoiceField(label=_("Type"), choices=capitalized(Meeting.Kind.choices))
    local_day = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    local_time = forms.TimeField(
        label=_("Start time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    duration_minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    timezone = ZoneField()

    languages = forms.MultipleChoiceField(
        label=_("Language"), choices=language_choices, widget=forms.CheckboxSelectMultiple
    )
    interpreted_into = forms.MultipleChoiceField(
        label=_("Interpretation"),
        choices=language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    interpretation_how = LineField(
        label=_("How to listen to the interpretation"),
        required=False,
        max_length=300,
        help_text=_(
            "Leave this empty to use the channels in the meeting room. If you’ve arranged something else, say what, "
            "for example headsets on site."
        ),
    )
    speakers = SpeakersField(
        label=_("Speakers"),
        help_text=_(
            "One per line, for example: Elin Sandberg <elin@havslund.example>. They get an "
            "invitation by email once the meeting is published."
        ),
    )
    co_hosts = SpeakersField(
        label=_("Co-hosts"), help_text=_("Co-hosts can do everything that you can do in this meeting.")
    )
    interpreters = SpeakersField(label=_("Interpreters"))
    captioners = SpeakersField(
        label=_("Captioners"),
        help_text=_("They join like attendees and write the captions that everyone sees on stage."),
    )

    format = forms.ChoiceField(
        label=_("Where"), choices=capitalized(Meeting.Format.choices), widget=forms.RadioSelect
    )
    address = ProseField(
        label=_("Address"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Required if people meet on site."),
    )
    room = SortedChoiceField(
        label=_("Room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=_("A new room for this meeting"),
        help_text=_("The companies of a project room can join every meeting in it."),
    )

    visibility = forms.ChoiceField(
        label=_("Who can see this"), choices=capitalized(Meeting.Visibility.choices)
    )
    registration = forms.ChoiceField(
        label=_("Registration"), choices=capitalized(Meeting.RegistrationMode.choices)
    )
    capacity = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Leave empty for no limit. When all seats are taken, people join the waitlist."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    programme = SortedChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.none(),
        required=False,
        text_of=attrgetter("title"),
    )
    host_company = SortedChoiceField(label=_("Host company"), queryset=Company.objects.none(), required=False)
    record = forms.BooleanField(label=_("This meeting will be recorded"), required=False)
    lobby = forms.BooleanField(
        label=_("Attendees stay in the waiting room until a host admits them"), required=False
    )
    replies_to_host = forms.BooleanField(
        label=_("Replies to emails go to the host"),
        required=False,
        help_text=_(
            "Everyone who gets an email about this meeting can then see the host’s email address. "
            "Otherwise replies go to the secretariat."
        ),
    )
    follow_ups = forms.BooleanField(
        label=_("Thank people who attended, and send the recording to those who didn’t"),
        required=False,
        initial=True,
        help_text=_("After an online meeting, by email, to people who registered."),
    )
    reminders = forms.TypedMultipleChoiceField(
        label=_("Reminders before the start"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    frequency = forms.ChoiceField(
        label=_("Repeat"),
        choices=capitalized([("", _("does not repeat")), *REPEATS]),
        required=False,
    )
    interval = forms.IntegerField(
        label=_("Interval in days, weeks or months"),
        required=False,
        initial=1,
        min_value=1,
        max_value=recurrence.MAX_INTERVAL,
    )
    monthly_by = forms.ChoiceField(
        label=_("Day of the month (monthly series)"),
        choices=capitalized(Series.MonthlyBy.choices),
        required=False,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week (weekly series)"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    count = forms.IntegerField(
        label=_("Number of meetings"), required=False, min_value=1, max_value=recurrence.MAX_OCCURRENCES
    )
    until = forms.DateField(
        label=_("Or end date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    following = forms.BooleanField(label=_("Change the later meetings of the series, too"), required=False)

    def __init__(
        self,
        *args: Any,
        companies: QuerySet[Company],
        programmes: QuerySet[Programme],
        rooms: QuerySet[Room],
        meeting: Meeting | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.meeting = meeting
        self.details: MeetingDetails | None = None
        self.rule: recurrence.Rule | None = None
        self.unreadable: set[str] = set()  # fields that are invalid by themselves
        self._add_text_fields()
        self._choose_from("host_company", companies)
        self._choose_from("programme", programmes)
        self._choose_from("room", rooms)
        titles = policy.titles(rooms)
        self.fields["room"].label_from_instance = lambda room: str(in_language(titles[room.pk]))  # type: ignore[attr-defined]
        kept = self.initial.get("reminders") or DEFAULT_REMINDERS
        minutes = sorted({*REMINDERS, *kept}, reverse=True)
        self.fields["reminders"].choices = [(one, in_words(one)) for one in minutes]  # type: ignore[attr-defined]
        left_out = (
            ("room", "frequency", "interval", "monthly_by", "weekdays", "count", "until")
            if meeting
            else ("following",)
        )
        for name in left_out:
            del self.fields[name]
        if meeting is not None and (meeting.series_id is None or not meeting.is_open):
            del self.fields["following"]

    def _choose_from(self, name: str, queryset: QuerySet[Any]) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def _add_text_fields(self) -> None:
        for code in codes():
            attrs = {"lang": code}
            name = NATIVE_NAMES.get(code, code)
            self.fields[f"title_{code}"] = LineField(
                label=_("Title (%(language)s)") % {"language": name},
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs=attrs),
            )
            self.fields[f"description_{code}"] = ProseField(
                label=_("Description (%(language)s)") % {"language": name},
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={**attrs, "rows": 5}),
            )

    # -- what the page shows --

    @property
    def sections(self) -> dict[str, list[BoundField]]:
        unseen = set() if self.offers_rooms else {"room"}
        return {
            section: [self[name] for name in names if name not in unseen]
            for section, names in self.SECTIONS.items()
        }

    @property
    def first_language(self) -> str:
        """The language to show first: the reader's, unless only others have text or an error."""
        own = active_language()
        with_text = [code for code in codes() if self._has_text(code)]
        return own if not with_text or own in with_text else with_text[0]

    def _has_text(self, code: str) -> bool:
        return any(
            self[f"{part}_{code}"].value() or self[f"{part}_{code}"].errors
            for part in ("title", "description")
        )

    @property
    def first_title(self) -> BoundField:
        return self[f"title_{self.first_language}"]

    @property
    def first_description(self) -> BoundField:
        return self[f"description_{self.first_language}"]

    @property
    def other_texts(self) -> Iterator[tuple[str, list[BoundField]]]:
        for code in codes():
            if code != self.first_language:
                yield code, [self[f"title_{code}"], self[f"description_{code}"]]

    @property
    def has_other_texts(self) -> bool:
        return any(self._has_text(code) for code in codes() if code != self.first_language)

    @property
    def repeats(self) -> bool:
        return "frequency" in self.fields and bool(self["frequency"].value())

    @property
    def offers_rooms(self) -> bool:
        return "room" in self.fields and bool(self.fields["room"].queryset or self["room"].errors)  # type: ignore[attr-defined]

    @property
    def has_others_on_stage(self) -> bool:
        return any(
            self[name].value() or self[name].errors for name in ("co_hosts", "interpreters", "captioners")
        )

    def fingerprint(self) -> str:
        """A hash of everything typed: the host confirms exactly what the preview showed."""
        typed = sorted((name, values) for name, values in self.data.lists() if name in self.fields)  # type: ignore[attr-defined]
        return hashlib.sha256(json.dumps(typed).encode()).hexdigest()[:24]

    # -- what was typed --

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.unreadable = {_shared_name(name) for name in self.errors}
        if not self.errors:
            self.details = self._details(cleaned)
        self.rule = self._rule(cleaned)
        return cleaned

    def add_problems(self, problems_of: Callable[[MeetingDetails], FieldErrors]) -> None:
        """Adds what is impossible about the whole, so that one round is enough to fix everything.

        Where a field is invalid by itself, a harmless value stands in for it, and what depends on it is left out.
        """
        details = self.details or self._details({**_stand_ins(), **self.cleaned_data})
        found = problems_of(details)
        self.add_errors(
            {
                name: words
                for name, words in found.items()
                if not self.unreadable & {name, *DEPENDS_ON.get(name, ())}
            }
        )

    def add_errors(self, errors: Mapping[str, Sequence[object]]) -> None:
        """Puts a flow's field errors at the fields where the person can fix them."""
        for name, messages in errors.items():
            field = f"{name}_{self.first_language}" if name in {"title", "description"} else name
            for message in messages:
                if str(message) not in self.errors.get(field, ()):
                    self.add_error(field if field in self.fields else None, str(message))

    def _details(self, cleaned: dict[str, Any]) -> MeetingDetails:
        """Fields of the same name are taken as they are."""
        same = {one.name: cleaned[one.name] for one in fields(MeetingDetails) if one.name in cleaned}
        others = {
            "title": self._text(cleaned, "title"),
            "description": self._text(cleaned, "description"),
            "speakers": tuple(
                Speaker(one.email, one.name, role)
                for name, role in ON_STAGE.items()
                for one in cleaned.get(name, ())
            ),
        }
        return MeetingDetails(**with_tuples(same | others))

    def _text(self, cleaned: dict[str, Any], part: str) -> dict[str, str]:
        """Keeps the text in languages that this installation does not show."""
        hidden = {code: words for code, words in (self._text_so_far(part)).items() if code not in codes()}
        typed = {code: words for code in codes() if (words := cleaned.get(f"{part}_{code}"))}
        return {**hidden, **typed}

    def _text_so_far(self, part: str) -> dict[str, str]:
        return dict(getattr(self.meeting, part)) if self.meeting is not None else {}

    def _rule(self, cleaned: dict[str, Any]) -> recurrence.Rule | None:
        """None, with errors in the form, when it is impossible; without an error when nothing repeats."""
        if not cleaned.get("frequency"):
            return None
        days: dict[str, Any] = {
            "interval": cleaned.get("interval") or 1,
            "weekdays": tuple(cleaned.get("weekdays", ())),
            "monthly_by": cleaned.get("monthly_by") or Series.MonthlyBy.DAY,
        }
        end: dict[str, Any] = {"count": cleaned.get("count"), "until": cleaned.get("until")}
        if {"count", "until"} & self.errors.keys():
            end = {"count": 1}
        try:  # apart, so that what is wrong with the one does not hide what is wrong with the other
            recurrence.Rule(frequency=cleaned["frequency"], count=1, **days)
        except recurrence.ImpossibleRule as error:
            self.add_errors(error.field_errors)
            days = {}
        try:
            rule = recurrence.Rule(frequency=cleaned["frequency"], **{**days, **end})
            self._refuse_impossible_dates(rule, cleaned)
        except recurrence.ImpossibleRule as error:
            self.add_errors(error.field_errors)
            return None
        return rule

    def _refuse_impossible_dates(self, rule: recurrence.Rule, cleaned: dict[str, Any]) -> None:
        if "local_day" not in cleaned:
            return
        self._refuse_other_weekday(rule, cleaned["local_day"])
        if {"local_time", "timezone"} <= cleaned.keys():
            recurrence.occurrences(rule, cleaned["local_day"], cleaned["local_time"], cleaned["timezone"])
        else:
            recurrence.days(rule, cleaned["local_day"])

    def _refuse_other_weekday(self, rule: recurrence.Rule, first: date) -> None:
        """Else the first meeting would silently be on another day than the one that was entered."""
        if rule.weekdays and first.weekday() not in rule.weekdays:
            message = _("This date doesn’t fall on any of the days you chose.")
            raise recurrence.ImpossibleRule("local_day", str(message))


def _shared_name(name: str) -> str:
    """Of a field of MeetingForm in MeetingDetails."""
    return next((part for part in ("title", "description") if name.startswith(f"{part}_")), name)


def _stand_ins() -> dict[str, Any]:
    """For what a meeting cannot do without. A day has passed when its last minute has."""
    return {
        "kind": Meeting.Kind.WEBINAR,
        "local_day": date(2000, 1, 2),
        "local_time": time(23, 59),
        "timezone": default_timezone(),
        "duration_minutes": SHORTEST,
    }


def in_words(minutes: int) -> str:
    """A reminder's time before the start."""
    if minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return str(ngettext_lazy("%(number)s day", "%(number)s days", days) % {"number": days})
    if minutes % 60 == 0:
        hours = minutes // 60
        return str(ngettext_lazy("%(number)s hour", "%(number)s hours", hours) % {"number": hours})
    return str(ngettext_lazy("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes})


def initial_from(details: MeetingDetails) -> dict[str, Any]:
    """Details as the form shows them."""
    same = {
        one.name: getattr(details, one.name)
        for one in fields(MeetingDetails)
        if one.name in MeetingForm.base_fields and one.name != "room"
    }
    stage = {
        name: SpeakersField.as_lines(one for one in details.speakers if one.role == role)
        for name, role in ON_STAGE.items()
    }
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in same.items()},
        **{f"title_{code}": words for code, words in details.title.items()},
        **{f"description_{code}": words for code, words in details.description.items()},
        **stage,
    }


def initial_for_new(person: Person) -> dict[str, Any]:
    """What a new form offers to a host."""
    return {
        "kind": Meeting.Kind.WEBINAR,
        "timezone": person.timezone,
        "duration_minutes": 60,
        "languages": [person.language],
        "format": Meeting.Format.ONLINE,
        "visibility": Meeting.Visibility.PUBLIC,
        "registration": Meeting.RegistrationMode.OPEN,
        "host_company": person.company,
        "reminders": list(DEFAULT_REMINDERS),
        "interval": 1,
    }
