"""The permanent room of a group of companies."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.languages import LanguageTextField, in_language
from companies.model_fields import LineField
from companies.models import Person
from rooms.models.room import Room

LONGEST_REASON = 300


class ProjectRoomQuerySet(models.QuerySet["ProjectRoom"]):
    def opened_by(self, person: models.OuterRef | int) -> Self:
        """Those whose present terms the person has accepted, or that have none."""
        accepted = TermsAcceptance.objects.filter(
            project=models.OuterRef("pk"), version=models.OuterRef("terms_version"), person=person
        )
        return self.filter(Q(terms_version=0) | models.Exists(accepted))


class ProjectRoom(models.Model):
    """Archived and closed rooms can be read by their members, and nothing in them changes; closed ones stay closed.

    `terms_version` is the number of the present terms of confidentiality, 0 for none.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ARCHIVED = "archived", _("archived")
        CLOSED = "closed", _("closed for good")

    room = models.OneToOneField(
        Room, verbose_name=_("room"), primary_key=True, on_delete=models.CASCADE, related_name="project"
    )
    title = LanguageTextField(_("title"))
    purpose = LanguageTextField(_("purpose"), prose=True, blank=True)
    created_by = models.ForeignKey(
        Person,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.OPEN)
    state_changed_at = models.DateTimeField(_("status changed at"), null=True, blank=True)
    state_changed_by = models.ForeignKey(
        Person,
        verbose_name=_("status changed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    state_reason = LineField(_("reason"), max_length=LONGEST_REASON, blank=True)
    terms_version = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ProjectRoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("project room")
        verbose_name_plural = _("project rooms")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | Q(state_changed_at__isnull=False),
                name="an_ended_project_says_since_when",
            )
        ]

    def __str__(self) -> str:
        return str(in_language(self.title))

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ProjectTerms(models.Model):
    """A version of a project's terms of confidentiality, in one language or more. Never changed: a new one is added."""

    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="terms"
    )
    version = models.PositiveSmallIntegerField(_("version"))
    text = LanguageTextField(_("text"), prose=True)
    written_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("terms of confidentiality")
        verbose_name_plural = _("terms of confidentiality")
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="terms_of_a_project_are_numbered"),
            models.CheckConstraint(condition=Q(version__gte=1), name="terms_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.version}"


class TermsAcceptance(models.Model):
    """A person has accepted a version of a project's terms."""

    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="acceptances"
    )
    version = models.PositiveSmallIntegerField(_("version"))
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="accepted_terms"
    )
    accepted_at = models.DateTimeField(_("accepted at"))

    class Meta:
        verbose_name = _("accepted terms")
        verbose_name_plural = _("accepted terms")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "person", "version"], name="terms_are_accepted_once_by_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.version} {self.person_id}"
