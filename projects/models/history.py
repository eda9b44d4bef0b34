"""What happened in a project room, for its members to read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.model_fields import CleanJSONField
from companies.models import Company, Person
from projects.models.member import Role
from projects.models.project_room import ProjectRoom


class HistoryEntry(models.Model):
    """`by` is null when the service did it, or an account was deleted; `details` hold what the sentence needs."""

    class Kind(models.TextChoices):
        CREATED = "created", _("room created")
        COMPANY_ADDED = "company_added", _("company added")
        COMPANY_REMOVED = "company_removed", _("company removed")
        PERSON_ADDED = "person_added", _("person added")
        PERSON_REMOVED = "person_removed", _("person removed")
        LEFT = "left", _("person left")
        ENDED = "ended", _("time in the project ended")
        ROLE_CHANGED = "role_changed", _("role changed")
        RENAMED = "renamed", _("project renamed")
        TERMS_CHANGED = "terms_changed", _("terms of confidentiality changed")
        TERMS_ACCEPTED = "terms_accepted", _("terms of confidentiality accepted")
        ARCHIVED = "archived", _("project archived")
        REOPENED = "reopened", _("project reopened")
        CLOSED = "closed", _("project closed for good")
        DECISION_MADE = "decision_made", _("decision made")
        DECISION_ENDED = "decision_ended", _("decision no longer valid")
        ACTION_ADDED = "action_added", _("action added")
        ACTION_CHANGED = "action_changed", _("action changed")
        ACTION_DONE = "action_done", _("action done")
        POLL_OPENED = "poll_opened", _("date poll started")
        POLL_CLOSED = "poll_closed", _("time chosen, meeting scheduled")
        POLL_ENDED = "poll_ended", _("date poll ended without a meeting")
        POLL_DELETED = "poll_deleted", _("date poll deleted")
        THREAD_DELETED = "thread_deleted", _("discussion deleted")
        SHEET_PUBLISHED = "sheet_published", _("project sheet published")
        SHEET_REMOVED = "sheet_removed", _("project sheet no longer public")
        ACTION_REOPENED = "action_reopened", _("action reopened")
        FILE_ADDED = "file_added", _("file added")
        FILE_CHANGED = "file_changed", _("new version of a file")
        FILE_DELETED = "file_deleted", _("file deleted")
        DELETION_DECIDED = "delete_decided", _("deletion scheduled")
        DELETION_REVOKED = "delete_stopped", _("deletion stopped")
        EXPORTED = "exported", _("project exported")

    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="history"
    )
    kind = models.CharField(_("type"), max_length=16, choices=Kind.choices)
    by = models.ForeignKey(
        Person, verbose_name=_("by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    company = models.ForeignKey(
        Company, verbose_name=_("company"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    details = CleanJSONField(
        default=dict, blank=True, help_text="role, new title, name of a file, version, reason or text"
    )
    at = models.DateTimeField(_("happened at"))

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history entries")
        indexes = [models.Index(fields=["project", "-at", "-id"], name="history_of_a_project")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["company_added", "company_removed"]) | Q(person__isnull=True),
                name="a_company_is_no_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind}"

    @property
    def role(self) -> str:
        """The role that was given, in the reader's language."""
        return str(Role(self.details["role"]).label) if self.details.get("role") in Role.values else ""
