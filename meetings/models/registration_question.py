"""What a host asks people who register for a meeting."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.languages import LanguageTextField, in_language
from companies.model_fields import CleanJSONField
from meetings.models.meeting import Meeting

MAX_QUESTIONS = 10  # of one meeting


class RegistrationQuestionQuerySet(models.QuerySet["RegistrationQuestion"]):
    def asked(self) -> Self:
        """In the order of the form."""
        return self.filter(position__isnull=False).order_by("meeting", "position")


class RegistrationQuestion(models.Model):
    """A removed question without a `position` keeps its words for the answers that people gave."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        CHOICE = "choice", _("one choice")
        SEVERAL = "several", _("several choices")
        CONSENT = "consent", _("consent")

    WITH_CHOICES = (Kind.CHOICE, Kind.SEVERAL)

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="registration_questions"
    )
    key = models.CharField(
        max_length=40, default=new_id, help_text="of the answer; the same in all meetings of a series"
    )
    position = models.PositiveSmallIntegerField(
        _("position"), null=True, blank=True, help_text=_("Starts at 0. Empty: no longer asked.")
    )
    kind = models.CharField(_("type"), max_length=8, choices=Kind.choices)
    label = LanguageTextField(_("question"))
    choices = CleanJSONField(
        _("choices"),
        default=list,
        blank=True,
        help_text="[{id, text, removed}]; removed ones keep their words for the answers that people gave",
    )
    is_required = models.BooleanField(_("must be answered"), default=False)

    objects = RegistrationQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("question at registration")
        verbose_name_plural = _("questions at registration")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "key"], name="one_registration_question_per_key_and_meeting"
            ),
            models.UniqueConstraint(
                fields=["meeting", "position"], name="one_registration_question_per_position"
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True) | Q(position__lt=MAX_QUESTIONS),
                name="registration_questions_are_few",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "choice", "several", "consent"]),
                name="registration_question_is_of_a_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return str(in_language(self.label))

    @property
    def is_asked(self) -> bool:
        return self.position is not None
