"""A recording: metadata first, then its files, by a resumable upload."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.languages import LanguageText, LanguageTextField, in_language
from companies.model_fields import LineField
from companies.models import Person
from meetings.models.meeting import Meeting
from rooms.models.room import Room


def recordings_storage() -> Storage:
    """Separate from pictures, which are public: files of recordings have no public URL."""
    return storages["recordings"]


class RecordingQuerySet(models.QuerySet["Recording"]):
    def waiting_for_disk_space(self) -> Self:
        return self.filter(disk_full_since__isnull=False)

    def overdue(self, now: datetime) -> Self:
        return self.filter(state=Recording.State.EXPECTED, expected_by__lte=now)

    def published(self) -> Self:
        return self.filter(state=Recording.State.PUBLISHED)

    def with_poster(self) -> Self:
        """With the annotation `has_poster`."""
        posters = RecordingFile.objects.filter(recording=OuterRef("pk"), role=RecordingFile.Role.POSTER)
        return self.annotate(has_poster=Exists(posters))


class Recording(models.Model):
    class State(models.TextChoices):
        EXPECTED = "expected", _("expected")
        CAPTURING = "capturing", _("being recorded")
        RECEIVED = "received", _("received")
        PROCESSING = "processing", _("being processed")
        READY = "ready", _("ready")
        PUBLISHED = "published", _("published")
        EXPIRED = "expired", _("expired")
        DELETED = "deleted", pgettext_lazy("of a recording", "deleted")
        FAILED = "failed", _("failed")

    # Moves forward only; whatever is not published may fail.
    ORDER = (
        State.EXPECTED,
        State.CAPTURING,
        State.RECEIVED,
        State.PROCESSING,
        State.READY,
        State.PUBLISHED,
        State.EXPIRED,
        State.DELETED,
    )

    class Source(models.TextChoices):
        BROWSER = "browser", _("recorded in the host’s browser")
        UPLOAD = "upload", _("uploaded")

    class Visibility(models.TextChoices):
        HOSTS = "hosts", _("hosts and speakers only")
        REGISTERED = "registered", _("registered participants")
        MEMBERS = "members", _("companies in the cluster")
        PUBLIC = "public", _("anyone")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="recordings"
    )
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="recordings"
    )
    state = models.CharField(_("status"), max_length=12, choices=State.choices, default=State.EXPECTED)
    source = models.CharField(_("source"), max_length=14, choices=Source.choices)
    title = LanguageTextField(_("title"), blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    visibility = models.CharField(
        _("visible to"), max_length=12, choices=Visibility.choices, default=Visibility.REGISTERED
    )
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    duration_seconds = models.FloatField(_("length in seconds"), null=True, blank=True)
    expected_by = models.DateTimeField(_("expected by"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    failure = models.CharField(
        _("error"), max_length=20, blank=True, help_text="code; see `media_files.failure_text`"
    )
    failure_values = models.JSONField(default=dict, editable=False, help_text="what its sentence names")
    alarmed_at = models.DateTimeField(
        _("host notified at"), null=True, blank=True, help_text=_("That the recording is missing.")
    )
    attempts = models.PositiveSmallIntegerField(_("processing attempts"), default=0, editable=False)
    next_attempt_at = models.DateTimeField(
        _("next processing attempt"), null=True, blank=True, editable=False
    )
    transcribe_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="when the speech engine is asked next; empty: never",
    )
    transcription_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    disk_full_since = models.DateTimeField(
        _("waiting for disk space since"), null=True, blank=True, editable=False
    )
    created_by = models.ForeignKey(
        Person,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"))
    state_changed_at = models.DateTimeField(_("state changed at"))

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(state="capturing"), name="one_capture_at_a_time_per_room"
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(state="expected"), name="one_expected_recording_per_meeting"
            ),
            models.CheckConstraint(
                condition=Q(next_attempt_at__isnull=True, disk_full_since__isnull=True)
                | Q(state="processing"),
                name="only_a_recording_in_processing_is_tried_again",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="published_recording_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return str(in_language(self.shown_title))

    def get_absolute_url(self) -> str:
        return reverse("recording", args=[self.pk])

    @property
    def shown_title(self) -> LanguageText:
        """Its own, else that of its meeting."""
        title: LanguageText = self.title or self.meeting.title
        return title

    @property
    def can_be_deleted(self) -> bool:
        """It has bytes, and nobody is writing any now."""
        kept = {self.State.RECEIVED, self.State.READY, self.State.PUBLISHED, self.State.FAILED}
        return self.state in kept or (
            self.state == self.State.PROCESSING and self.disk_full_since is not None
        )

    @property
    def last_day(self) -> datetime | None:
        """A time on the last day on which it can be watched: it expires when the next day begins."""
        return self.expires_at - timedelta(seconds=1) if self.expires_at else None


class RecordingFile(models.Model):
    class Role(models.TextChoices):
        MAIN = "main", _("recording")
        POSTER = "poster", _("still image")
        CAPTIONS = "captions", _("captions")

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role.choices)
    file = models.FileField(max_length=255, storage=recordings_storage)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="bytes")
    codecs = models.CharField(max_length=100, blank=True, help_text="as in RFC 6381")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    language = models.CharField(max_length=5, blank=True)
    is_machine_made = models.BooleanField(default=False, help_text="captions that nobody has checked yet")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recording"], condition=Q(role="main"), name="one_main_file_per_recording"
            ),
            models.UniqueConstraint(
                fields=["recording"], condition=Q(role="poster"), name="one_poster_per_recording"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.recording_id}"

    @property
    def name(self) -> str:
        """The name in the storage."""
        return str(self.file.name)

    def open(self) -> File[Any]:
        """A seekable file. Raises FileNotFoundError."""
        return recordings_storage().open(self.name)


class Chapter(models.Model):
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="chapters")
    starts_at_seconds = models.FloatField()
    title = LanguageTextField()

    class Meta:
        ordering = ["starts_at_seconds"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at_seconds__gte=0), name="chapter_starts_inside_the_recording"
            ),
            models.UniqueConstraint(fields=["recording", "starts_at_seconds"], name="one_chapter_per_moment"),
        ]

    def __str__(self) -> str:
        return str(in_language(self.title))


class Upload(models.Model):
    """An incoming file (tus 1.0): a whole file, or the parts of a running capture."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    recording = models.OneToOneField(Recording, on_delete=models.CASCADE, related_name="upload")
    filename = LineField(max_length=200, blank=True)
    content_type = LineField(max_length=100, blank=True)
    path = models.CharField(max_length=255, help_text="name in the storage of recordings")
    offset = models.PositiveBigIntegerField(default=0, help_text="bytes safely kept")
    length = models.PositiveBigIntegerField(null=True, blank=True, help_text="empty while a capture goes on")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(length__isnull=True) | Q(offset__lte=F("length")),
                name="upload_never_exceeds_its_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} {self.offset}/{self.length}"
