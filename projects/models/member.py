"""People of a project room who were added one by one, have a role of their own in it, or have left it."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company, Person
from projects.models.project_room import ProjectRoom


class Role(models.TextChoices):
    LEAD = "lead", _("lead")
    MEMBER = "member", _("member")
    READER = "reader", _("reader")


class ProjectMemberQuerySet(models.QuerySet["ProjectMember"]):
    def current(self) -> Self:
        """Whoever has a role by their company has it as long as they belong to it."""
        still_there = Q(company__isnull=True) | Q(company=F("person__company"))
        not_over = Q(until__isnull=True) | Q(until__gt=Now())
        return self.filter(still_there, not_over, left_at__isnull=True)

    def gone(self) -> Self:
        """Who has left, or was removed: they stay out, whatever their company."""
        return self.filter(left_at__isnull=False, company__isnull=True)

    def over(self) -> Self:
        """Those of `gone`, of whoever left with their company, and of guests whose last day has passed."""
        return self.filter(Q(left_at__isnull=False) | Q(until__lte=Now()))

    def leads(self) -> Self:
        """With an open account."""
        return self.current().filter(role=Role.LEAD, person__is_active=True)


class ProjectMember(models.Model):
    """Without a row, the people of the room's companies are members.

    A row gives its person a role until `until`; `company` is that by which they came, None for whoever was added by
    email. Who has left stays out, whatever their company, until they are added again; who left with their company,
    which their row then names, until they belong to one that is in the project.
    """

    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="members"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="project_memberships"
    )
    company = models.ForeignKey(
        Company, verbose_name=_("company"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    role = models.CharField(_("role"), max_length=6, choices=Role.choices)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    added_at = models.DateTimeField(_("added at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = ProjectMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("project member")
        verbose_name_plural = _("project members")
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="one_membership_of_a_person"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | (~Q(role="lead") & Q(company__isnull=True)),
                name="only_who_was_added_by_email_has_an_end_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                condition=Q(until__isnull=False, left_at__isnull=True),
                name="memberships_that_end",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.project_id}"

    @property
    def last_day(self) -> date | None:
        """In the active time zone."""
        return timezone.localtime(self.until - timedelta(seconds=1)).date() if self.until else None
