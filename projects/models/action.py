"""What a project has decided, and what somebody in it has promised to do."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.model_fields import LineField
from companies.models import Company, Person
from projects.models.project_room import ProjectRoom

LONGEST_TEXT = 300


class Decision(models.Model):
    """Kept when it no longer holds, with the time since when."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="decisions"
    )
    text = LineField(_("text"), max_length=LONGEST_TEXT)
    decided_at = models.DateTimeField(_("decided at"))
    written_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("no longer valid since"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["project", "-decided_at"], name="decisions_of_a_project")]

    def __str__(self) -> str:
        return self.text


class ActionQuerySet(models.QuerySet["Action"]):
    def open(self) -> Self:
        return self.filter(done_at__isnull=True)

    def with_a_day_since(self, day: date) -> Self:
        return self.filter(due_on__gte=day).order_by("due_on", "pk")

    def by_due_day(self) -> Self:
        """Open ones first, the most urgent first; those without a day after them, then the newest of those done."""
        return self.order_by(
            models.F("done_at").desc(nulls_first=True),
            models.F("due_on").asc(nulls_last=True),
            "made_at",
            "pk",
        )


class Action(models.Model):
    """To be done by a person, or by a company; open until somebody says that it is done.

    Its owner is told by email at `remind_at`, which is empty for one that is done, or has no owner or no day.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="actions"
    )
    text = LineField(_("text"), max_length=LONGEST_TEXT)
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="project_actions",
    )
    company = models.ForeignKey(
        Company, verbose_name=_("company"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    remind_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when its owner is next told by email"
    )
    made_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written at"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    revision = models.PositiveIntegerField(
        default=0, editable=False, help_text="how often it has changed: SEQUENCE of its event in calendars"
    )
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        Person, verbose_name=_("done by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes = [
            models.Index(fields=["project", "due_on"], name="actions_of_a_project"),
            models.Index(
                fields=["due_on"], condition=Q(done_at__isnull=True), name="open_actions_by_due_day"
            ),
            models.Index(
                fields=["remind_at"], condition=Q(remind_at__isnull=False), name="actions_to_remind_of"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(company__isnull=True),
                name="an_action_is_of_a_person_or_a_company",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(done_by__isnull=True),
                name="nobody_has_done_an_open_action",
            ),
        ]

    def __str__(self) -> str:
        return self.text
