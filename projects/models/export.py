"""Everything of a project in one archive, made in the background and kept for some days."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.models import Person
from projects.models.project_room import ProjectRoom


class ProjectExport(models.Model):
    """`done` of `total` steps. `claimed_at` names the worker's attempt, and `touched_at` says that it is alive."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    UNFINISHED = (State.WAITING, State.RUNNING)

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="exports"
    )
    state = models.CharField(_("status"), max_length=7, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(
        Person,
        verbose_name=_("requested by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked at"))
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text="bytes")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    touched_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("project export")
        verbose_name_plural = _("project exports")
        indexes = [
            models.Index(fields=["project", "-asked_at"], name="exports_of_a_project"),
            models.Index(
                fields=["asked_at"], condition=Q(state__in=["waiting", "running"]), name="exports_to_make"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_export_of_a_project_at_once",
            ),
            models.CheckConstraint(
                condition=(Q(state="ready", size__gt=0, kept_until__isnull=False) | ~Q(state="ready"))
                & Q(done__lte=F("total")),
                name="a_ready_export_has_content",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.state}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def has_failed(self) -> bool:
        return self.state == self.State.FAILED
