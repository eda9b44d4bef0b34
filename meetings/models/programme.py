"""What the secretariat announces and fills with meetings."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.languages import LanguageTextField, in_language
from companies.models.person import default_timezone


class Programme(models.Model):
    class Kind(models.TextChoices):
        WEBINAR_SERIES = "webinar_series", _("webinar series")
        CONFERENCE = "conference", _("conference")
        PROJECT_DEVELOPMENT = "project_development", _("project-development event")
        STUDY_VISIT = "study_visit", _("study visit")

    slug = models.SlugField(max_length=140, unique=True)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    title = LanguageTextField()
    summary = LanguageTextField(blank=True)
    description = LanguageTextField(blank=True)
    timezone = models.CharField(max_length=64, default=default_timezone)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    is_published = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_on", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="programme_ends_on_or_after_its_first_day",
            ),
        ]

    def __str__(self) -> str:
        return str(in_language(self.title))

    def get_absolute_url(self) -> str:
        return reverse("programme", args=[self.slug])
