"""The decision to delete a project, and what remains of it afterwards: a receipt."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.languages import LanguageTextField
from companies.models import Person
from projects.models.project_room import ProjectRoom


class ProjectDeletion(models.Model):
    """Until `deleted_at` it can be revoked; then the project is gone, and `leads` may read what `counts` say."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.OneToOneField(
        ProjectRoom,
        verbose_name=_("project room"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deletion",
    )
    title = LanguageTextField(_("title"))
    decided_by = models.ForeignKey(
        Person,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"))
    due_at = models.DateTimeField(_("due at"))
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    leads = models.ManyToManyField(Person, verbose_name=_("leads"), related_name="+", blank=True)

    class Meta:
        verbose_name = _("project deletion")
        verbose_name_plural = _("project deletions")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(deleted_at__isnull=True), name="projects_to_delete")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True)
                | Q(project__isnull=True, deleted_at__gte=models.F("due_at")),
                name="a_deleted_project_had_its_term",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.due_at}"
