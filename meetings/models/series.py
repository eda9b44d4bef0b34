"""The rule that made the meetings of a series."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.languages import LanguageTextField, in_language
from companies.models.person import default_timezone


class Series(models.Model):
    """A recurrence rule of our own kind (see `recurrence.py`); each occurrence is a Meeting row."""

    class Frequency(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")
        DATES = "dates", _("on chosen dates")

    class MonthlyBy(models.TextChoices):
        """The day of a monthly series, as the first one is."""

        DAY = "day", _("the same day of the month, such as the 14th")
        WEEKDAY = "weekday", _("the same weekday, such as the second Tuesday")
        LAST_WEEKDAY = "last_weekday", _("the last such weekday, such as the last Tuesday")
        LAST_DAY = "last_day", _("the last day of the month")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    title = LanguageTextField(_("title"))
    frequency = models.CharField(_("repeats"), max_length=8, choices=Frequency.choices)
    interval = models.PositiveSmallIntegerField(_("interval in days, weeks or months"), default=1)
    monthly_by = models.CharField(
        _("day of the month"), max_length=12, choices=MonthlyBy.choices, default=MonthlyBy.DAY
    )
    weekdays = models.JSONField(default=list, blank=True, help_text="0 is Monday, as in Python")
    count = models.PositiveSmallIntegerField(_("number of meetings"), null=True, blank=True)
    until = models.DateField(_("end date"), null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default=default_timezone)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = pgettext_lazy("several", "series")
        constraints = [
            models.CheckConstraint(condition=Q(interval__gte=1), name="series_interval_is_positive"),
            models.CheckConstraint(
                condition=Q(count__isnull=True) ^ Q(until__isnull=True), name="series_ends_by_count_or_by_day"
            ),
        ]

    def __str__(self) -> str:
        return str(in_language(self.title))

    def get_absolute_url(self) -> str:
        return reverse("series", args=[self.pk])
