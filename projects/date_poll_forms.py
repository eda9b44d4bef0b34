"""The forms of date polls."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.forms import LanguageTextFormField, ZoneField
from companies.languages import active_language
from companies.models import Person
from companies.models.company import country_name
from meetings.holidays import COUNTRIES, Holiday, holidays_on
from meetings.meeting_input import SHORTEST
from projects.date_polling import (
    MOST_TIMES,
    DatePollInput,
    PolledTime,
    ProposedTime,
    answers_of,
    results_of,
)
from projects.models import AgendaTemplate, DatePoll, DatePollAnswer, ProjectRoom
from projects.models.date_poll import LONGEST_PROPOSED

SHOWN_TIMES = 4  # before the others are unfolded


class TimeForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    local_time = forms.TimeField(
        label=gettext_lazy("Start time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), required=False, min_value=SHORTEST, max_value=LONGEST_PROPOSED
    )

    def clean(self) -> dict[str, Any]:
        """A row without a day and a time proposes nothing."""
        cleaned = self.cleaned_data
        if self.is_used:
            for name in ("day", "local_time", "minutes"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill in the whole row, or leave it empty."))
        return cleaned

    @property
    def is_used(self) -> bool:
        return bool(self["day"].value() or self["local_time"].value())


TimeFormSet = forms.formset_factory(TimeForm, extra=MOST_TIMES, max_num=MOST_TIMES, absolute_max=MOST_TIMES)


class DatePollForm(forms.Form):
    """Together with the times; once both are valid, `content_with` gives what the flow takes."""

    title = LanguageTextFormField(label=gettext_lazy("What is the meeting about?"), max_length=200)
    timezone = ZoneField()
    last_day = forms.DateField(
        label=gettext_lazy("Last day to answer"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Anyone who hasn’t answered gets a reminder the day before."),
    )
    agenda = forms.ModelChoiceField(
        AgendaTemplate.objects.none(),
        label=gettext_lazy("Agenda template"),
        required=False,
        empty_label=gettext_lazy("default for new meetings"),
    )

    def __init__(self, *args: Any, project: ProjectRoom, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = project.agenda_templates.order_by("name")
        self.fields["agenda"].queryset = templates  # type: ignore[attr-defined]
        if not templates:
            del self.fields["agenda"]

    def content_with(self, times: Any) -> DatePollInput:
        given = [one.cleaned_data for one in times if one.is_used]
        return DatePollInput(
            title=self.cleaned_data["title"],
            timezone=self.cleaned_data["timezone"],
            last_day=self.cleaned_data["last_day"],
            agenda=self.cleaned_data.get("agenda"),
            times=[ProposedTime(one["day"], one["local_time"], one["minutes"]) for one in given],
        )


@dataclass(frozen=True)
class AskedTime:
    """A proposed time with what others have answered, and the field for this person's answer."""

    time: PolledTime
    field: forms.BoundField

    @property
    def holidays(self) -> list[tuple[str, Holiday]]:
        """Each with its country's name, of the cluster's countries, on that day in the reader's time zone."""
        day = timezone.localtime(self.time.row.starts_at).date()
        found = holidays_on(day, COUNTRIES, active_language())
        return [(country_name(one.country), one) for one in found]


class AnswersForm(forms.Form):
    """One field for each time; `answers` is what the flow takes, once it is valid."""

    def __init__(self, *args: Any, poll: DatePoll, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times = results_of(poll)
        given = answers_of(poll, person)
        for one in self.times:
            self.fields[one.row.pk] = forms.ChoiceField(
                label="",
                choices=DatePollAnswer.Answer.choices,
                widget=forms.RadioSelect,
                initial=given.get(one.row.pk),
                error_messages={"required": _("Choose an answer for each time.")},
            )

    @property
    def answers(self) -> dict[str, str]:
        return dict(self.cleaned_data)

    @property
    def asked(self) -> Iterator[AskedTime]:
        for one in self.times:
            yield AskedTime(one, self[one.row.pk])
