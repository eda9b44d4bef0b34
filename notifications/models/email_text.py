"""Words of emails that the secretariat has changed."""

from typing import Self

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from companies.model_fields import LineField, ProseField
from companies.models import Person
from notifications.models.notification import Notification


class EmailTextQuerySet(models.QuerySet["EmailText"]):
    def in_use(self) -> Self:
        """The newest of each kind and language that was put to use."""
        used = EmailText.objects.filter(used_at__isnull=False).order_by()
        newest = used.values("kind", "language").annotate(newest=Max("pk"))
        return self.filter(pk__in=newest.values("newest"))


class EmailText(models.Model):
    """What the secretariat wrote in place of the product's own words in one kind of email and language.

    A row for each version, so that they are the history, too. An empty part is the product's own; a draft, of which
    there is one at most, is sent to nobody.
    """

    kind = models.CharField(_("type"), max_length=20, choices=Notification.Kind.choices)
    language = models.CharField(_("language"), max_length=5)
    subject = LineField(_("subject"), max_length=120, blank=True)
    introduction = ProseField(_("introduction"), blank=True)
    closing = ProseField(_("closing"), blank=True)
    written_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="email_texts",
    )
    written_at = models.DateTimeField(_("written at"))
    used_at = models.DateTimeField(_("used since"), null=True, blank=True)

    objects = EmailTextQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("email text")
        verbose_name_plural = _("email texts")
        indexes = [models.Index(fields=["kind", "language"], name="email_text_by_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language"],
                condition=Q(used_at__isnull=True),
                name="one_draft_of_an_email_text",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.language}"

    @property
    def is_own(self) -> bool:
        """Whether it says only what the product would say without it."""
        return not (self.subject or self.introduction or self.closing)
