"""Articles: multilingual, dated, kept for good."""

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.languages import LanguageTextField, in_language
from companies.models import Company, Person
from meetings.models import Meeting, Programme


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self, now: datetime) -> Self:
        return self.filter(published_at__lte=now)


class Article(models.Model):
    slug = models.SlugField(max_length=140, unique=True)
    title = LanguageTextField()
    summary = LanguageTextField(blank=True)
    body = LanguageTextField(blank=True)
    picture = models.ImageField(upload_to="news/", blank=True)
    picture_text = LanguageTextField(blank=True)
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return str(in_language(self.title))

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.slug])

    @property
    def picture_address(self) -> str:
        return (
            reverse("news_picture", args=[self.picture.name.removeprefix("news/")])
            if self.picture.name
            else ""
        )


class Page(models.Model):
    """The operator's own text for a page that the service has anyway: privacy, imprint, accessibility."""

    class Slug(models.TextChoices):
        PRIVACY = "privacy", _("privacy")
        IMPRINT = "imprint", _("imprint")
        ACCESSIBILITY = "accessibility", _("accessibility")

    slug = models.CharField(max_length=20, unique=True, choices=Slug.choices)
    title = LanguageTextField()
    body = LanguageTextField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(in_language(self.title))
