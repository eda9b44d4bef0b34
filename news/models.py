"""Articles: in several languages, dated, kept."""

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.languages import LanguageTextField, in_language
from companies.models import Company, Person
from companies.pictures import PictureField
from meetings.models import Meeting, Programme


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self, now: datetime) -> Self:
        return self.filter(published_at__lte=now)


class Article(models.Model):
    slug = models.SlugField(_("name in the web address"), max_length=140, unique=True)
    title = LanguageTextField(_("title"))
    summary = LanguageTextField(_("summary"), prose=True, blank=True, help_text=_("One or two sentences."))
    body = LanguageTextField(_("text"), prose=True, blank=True)
    picture = PictureField(_("picture"), upload_to="news/", blank=True, side=1600)
    picture_text = LanguageTextField(
        _("picture description"), blank=True, help_text=_("Read out to people who cannot see the picture.")
    )
    author = models.ForeignKey(
        Person,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="articles",
    )
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="articles",
    )
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="articles",
    )
    meeting = models.ForeignKey(
        Meeting,
        verbose_name=_("meeting"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="articles",
    )
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        help_text=_(
            "Leave empty for a draft. With a later time, the article is published automatically at that time."
        ),
    )
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("last changed"))

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")

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
    """The operator's own text for a page that the service always has: privacy, imprint, accessibility."""

    class Slug(models.TextChoices):
        PRIVACY = "privacy", _("privacy")
        IMPRINT = "imprint", _("legal notice")
        ACCESSIBILITY = "accessibility", _("accessibility")

    slug = models.CharField(_("which page"), max_length=20, unique=True, choices=Slug.choices)
    title = LanguageTextField(_("title"))
    body = LanguageTextField(_("text"), prose=True)
    updated_at = models.DateTimeField(_("last changed"))

    class Meta:
        ordering = ["slug"]
        verbose_name = _("page of the service")
        verbose_name_plural = _("pages of the service")

    def __str__(self) -> str:
        return str(in_language(self.title))
