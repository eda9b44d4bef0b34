import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages
import recordings.models.recording


class Migration(migrations.Migration):
    replaces = [
        ("recordings", "0001_initial"),
        ("recordings", "0002_deleted_recordings"),
        ("recordings", "0003_clearer_labels"),
        ("recordings", "0004_clearer_words"),
        ("recordings", "0005_failures_by_code"),
        ("recordings", "0006_captions_by_machine"),
        ("recordings", "0007_premiere_films"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0012_quiet_hours"),
        ("meetings", "0001_squashed_0018_who_comes_instead"),
        ("rooms", "0001_squashed_0012_clearer_names_of_connection_reports"),
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
                            ("processing", "being processed"),
                            ("ready", "ready"),
                            ("published", "published"),
                            ("expired", "expired"),
                            ("deleted", "deleted"),
                            ("failed", "failed"),
                        ],
                        default="expected",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("browser", "recorded in the host’s browser"), ("upload", "uploaded")],
                        max_length=14,
                        verbose_name="source",
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
                            ("registered", "registered participants"),
                            ("members", "companies in the cluster"),
                            ("public", "anyone"),
                        ],
                        default="registered",
                        max_length=12,
                        verbose_name="visible to",
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
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        help_text="code; see `media_files.failure_text`",
                        max_length=20,
                        verbose_name="error",
                    ),
                ),
                (
                    "failure_values",
                    models.JSONField(default=dict, editable=False, help_text="what its sentence names"),
                ),
                (
                    "alarmed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="That the recording is missing.",
                        null=True,
                        verbose_name="host notified at",
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="processing attempts"
                    ),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="next processing attempt"
                    ),
                ),
                (
                    "transcribe_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="when the speech engine is asked next; empty: never",
                        null=True,
                    ),
                ),
                ("transcription_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "capturing")),
                        fields=("room",),
                        name="one_capture_at_a_time_per_room",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "expected")),
                        fields=("meeting",),
                        name="one_expected_recording_per_meeting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disk_full_since__isnull", True), ("next_attempt_at__isnull", True)),
                            ("state", "processing"),
                            _connector="OR",
                        ),
                        name="only_a_recording_in_processing_is_tried_again",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="published_recording_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PremiereFilm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="premiere_films",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="premieres",
                        to="recordings.recording",
                        verbose_name="recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "film of a meeting",
                "verbose_name_plural": "films of a meeting",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "recording"), name="a_film_is_chosen_once_for_a_meeting"
                    )
                ],
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at_seconds__gte", 0)),
                        name="chapter_starts_inside_the_recording",
                    ),
                    models.UniqueConstraint(
                        fields=("recording", "starts_at_seconds"), name="one_chapter_per_moment"
                    ),
                ],
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
                        choices=[("main", "recording"), ("poster", "still image"), ("captions", "captions")],
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
                (
                    "is_machine_made",
                    models.BooleanField(default=False, help_text="captions that nobody has checked yet"),
                ),
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("role", "main")),
                        fields=("recording",),
                        name="one_main_file_per_recording",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "poster")),
                        fields=("recording",),
                        name="one_poster_per_recording",
                    ),
                ],
            },
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("length__isnull", True), ("offset__lte", models.F("length")), _connector="OR"
                        ),
                        name="upload_never_exceeds_its_length",
                    )
                ],
            },
        ),
    ]
