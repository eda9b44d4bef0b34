"""Files of a project, the versions of each, and uploads that have not ended yet."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.model_fields import LineField
from companies.models import Person
from projects.models.project_room import ProjectRoom

LONGEST_NAME = 150


def files_storage() -> Storage:
    """Separate from pictures, which are public: files of projects have no public URL."""
    return storages["projects"]


class ProjectFile(models.Model):
    """Its name ends with its type. `versions_made` is the number of the newest version; older ones are kept."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="files"
    )
    name = LineField(_("name"), max_length=LONGEST_NAME)
    file_type = models.CharField(max_length=4, help_text="a key of file_kinds.KINDS")
    versions_made = models.PositiveSmallIntegerField(default=1)
    added_by = models.ForeignKey(
        Person,
        verbose_name=_("added by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    added_at = models.DateTimeField(_("added at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["project", "-changed_at", "id"], name="files_of_a_project")]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="files_of_a_project_differ_by_name"),
            models.CheckConstraint(
                condition=Q(versions_made__gte=1, changed_at__gte=F("added_at")),
                name="a_file_has_a_version",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileVersion(models.Model):
    """`pages` counts its preview pictures: none before a worker has prepared it, or for what has no preview."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being checked for viruses")
        READY = "ready", _("ready")
        REFUSED = "refused", _("not available")

    class Failure(models.TextChoices):
        VIRUS = "virus", _("A virus was found in this version. It cannot be opened.")
        TOO_LARGE = (
            "too_large",
            _("This version is too large to be checked for viruses. It cannot be opened."),
        )

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    file = models.ForeignKey(
        ProjectFile, verbose_name=_("file"), on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(_("version"))
    size = models.PositiveBigIntegerField(_("size"), help_text="bytes")
    sha256 = models.CharField(_("checksum"), max_length=64)
    state = models.CharField(_("status"), max_length=8, choices=State.choices)
    failure = models.CharField(max_length=9, blank=True, choices=Failure.choices)
    pages = models.PositiveSmallIntegerField(default=0)
    uploaded_by = models.ForeignKey(
        Person,
        verbose_name=_("uploaded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    prepared_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("file version")
        verbose_name_plural = _("file versions")
        indexes = [
            models.Index(
                fields=["uploaded_at"], condition=Q(prepared_at__isnull=True), name="files_to_prepare"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="versions_of_a_file_are_numbered"),
            models.CheckConstraint(
                condition=(Q(state="refused") & ~Q(failure="")) | (~Q(state="refused") & Q(failure="")),
                name="a_refused_version_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="ready") | Q(pages=0), name="only_a_ready_version_has_a_preview"
            ),
            models.CheckConstraint(condition=Q(number__gte=1, size__gte=1), name="a_version_has_content"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_delayed(self) -> bool:
        """The virus scanner could not be asked yet."""
        return self.is_waiting and self.attempts > 1


class FileUpload(models.Model):
    """An incoming file (tus 1.0), the next version of `file` or, without one, of whichever has its name."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="uploads"
    )
    file = models.ForeignKey(
        ProjectFile,
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="uploads",
    )
    name = LineField(_("name"), max_length=LONGEST_NAME)
    offset = models.PositiveBigIntegerField(default=0, help_text="bytes safely kept")
    length = models.PositiveBigIntegerField()
    created_by = models.ForeignKey(
        Person, verbose_name=_("uploaded by"), on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes = [models.Index(fields=["touched_at"], name="file_uploads_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(length__gte=1, offset__lte=F("length")),
                name="file_upload_never_exceeds_its_length",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.offset}/{self.length}"
