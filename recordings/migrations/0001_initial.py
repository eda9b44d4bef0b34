"""The first tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages
import recordings.models.recording


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("meetings", "0001_initial"),
        ("rooms", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recording",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=companies.ids.new_id,
                        editable=False,
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("expected", "expected"),
                            ("capturing", "being recorded"),
                            ("received", "received"),
                            ("processing", "being prepared"),
                            ("ready", "ready"),
                            ("published", "published"),
                            ("expired", "expired"),
                            ("failed", "failed"),
                        ],
                        default="expected",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("browser", "recorded in the host's browser"), ("upload", "uploaded")],
                        max_length=14,
                        verbose_name="how it came",
                    ),
                ),
                (
                    "title",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="title"),
                ),
                ("language", models.CharField(blank=True, max_length=5, verbose_name="language")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("hosts", "hosts and speakers only"),
                            ("registered", "those who registered"),
                            ("members", "companies of the cluster"),
                            ("public", "anyone"),
                        ],
                        default="registered",
                        max_length=12,
                        verbose_name="who may see it",
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                (
                    "duration_seconds",
                    models.FloatField(blank=True, null=True, verbose_name="length in seconds"),
                ),
                ("expected_by", models.DateTimeField(blank=True, null=True, verbose_name="expected by")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="kept until")),
                ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                (
                    "alarmed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="That the recording never came.",
                        null=True,
                        verbose_name="host was told at",
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="attempts to prepare it"
                    ),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="prepared again at"
                    ),
                ),
                (
                    "disk_full_since",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="waiting for disk space since"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("state_changed_at", models.DateTimeField(verbose_name="state changed at")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording",
                "verbose_name_plural": "recordings",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Chapter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at_seconds", models.FloatField()),
                ("title", companies.languages.LanguageTextField(default=dict)),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chapters",
                        to="recordings.recording",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at_seconds"],
            },
        ),
        migrations.CreateModel(
            name="RecordingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("main", "recording"),
                            ("poster", "still picture"),
                            ("captions", "captions"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=255, storage=recordings.models.recording.recordings_storage, upload_to=""
                    ),
                ),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(help_text="bytes")),
                ("codecs", models.CharField(blank=True, help_text="as in RFC 6381", max_length=100)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("language", models.CharField(blank=True, max_length=5)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="recordings.recording",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=companies.ids.new_id,
                        editable=False,
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("filename", models.CharField(blank=True, max_length=200)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("path", models.CharField(help_text="name in the storage of recordings", max_length=255)),
                ("offset", models.PositiveBigIntegerField(default=0, help_text="bytes safely kept")),
                (
                    "length",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="empty while a capture goes on", null=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="upload",
                        to="recordings.recording",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "capturing")),
                fields=("room",),
                name="one_capture_at_a_time_per_room",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "expected")),
                fields=("meeting",),
                name="one_expected_recording_per_meeting",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("disk_full_since__isnull", True), ("next_attempt_at__isnull", True)),
                    ("state", "processing"),
                    _connector="OR",
                ),
                name="only_a_recording_in_processing_is_tried_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    ("published_at__isnull", False),
                    _connector="OR",
                ),
                name="published_recording_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="chapter",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at_seconds__gte", 0)), name="chapter_starts_inside_the_recording"
            ),
        ),
        migrations.AddConstraint(
            model_name="chapter",
            constraint=models.UniqueConstraint(
                fields=("recording", "starts_at_seconds"), name="one_chapter_per_moment"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "main")),
                fields=("recording",),
                name="one_main_file_per_recording",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "poster")), fields=("recording",), name="one_poster_per_recording"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("length__isnull", True), ("offset__lte", models.F("length")), _connector="OR"
                ),
                name="upload_never_exceeds_its_length",
            ),
        ),
    ]
