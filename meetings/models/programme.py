"""A programme that the secretariat publishes and fills with meetings."""

from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.languages import LanguageTextField, in_language
from companies.model_fields import LineField
from companies.models.person import default_timezone
from companies.pictures import PictureField

COVER_SIDE = 1600  # pixels, of covers and of pictures of programmes
SMALL_COVER_SIDE = 480  # in lists
COVER_RATIO = 16 / 9


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def with_meetings_announced(self) -> Self:
        """Each with the number, as `published_count`."""
        meetings = apps.get_model("meetings", "Meeting").objects.published()
        published = meetings.filter(programme=OuterRef("pk")).order_by().values("programme")
        return self.annotate(
            published_count=Coalesce(Subquery(published.annotate(n=Count("pk")).values("n")), 0)
        )


class Programme(models.Model):
    class Kind(models.TextChoices):
        WEBINAR_SERIES = "webinar_series", _("webinar series")
        CONFERENCE = "conference", _("conference")
        PROJECT_DEVELOPMENT = "project_development", _("project workshop")
        STUDY_VISIT = "study_visit", _("study visit")

    slug = models.SlugField(_("name in the web address"), max_length=140, unique=True)
    kind = models.CharField(_("type"), max_length=24, choices=Kind.choices)
    title = LanguageTextField(_("title"))
    summary = LanguageTextField(_("summary"), prose=True, blank=True, help_text=_("One or two sentences."))
    description = LanguageTextField(_("description"), prose=True, blank=True)
    picture = PictureField(
        _("picture"),
        upload_to="programmes/",
        blank=True,
        side=COVER_SIDE,
        ratio=COVER_RATIO,
        small_side=SMALL_COVER_SIDE,
        help_text=_("Without one, a picture is drawn from the kind of programme."),
    )
    picture_text = LanguageTextField(
        _("picture description"), blank=True, help_text=_("Read out to people who cannot see the picture.")
    )
    timezone = models.CharField(_("time zone"), max_length=64, default=default_timezone)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    place = LineField(_("place"), max_length=120, blank=True)
    is_published = models.BooleanField(
        _("is published"), default=False, help_text=_("Until then, only the secretariat can see it.")
    )
    created_at = models.DateTimeField(_("created at"))

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "slug"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
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

    @property
    def picture_address(self) -> str:
        return reverse("programme_picture", args=[self._picture_name]) if self.picture.name else ""

    @property
    def small_picture_address(self) -> str:
        return reverse("small_programme_picture", args=[self._picture_name]) if self.picture.name else ""

    @property
    def _picture_name(self) -> str:
        return str(self.picture.name).removeprefix("programmes/")
