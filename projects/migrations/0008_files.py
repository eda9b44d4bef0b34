"""Files of a project, the versions of each, and uploads that have not ended yet."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0007_open_work_in_agendas_and_calendars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="historyentry",
            name="details",
            field=models.JSONField(
                blank=True, default=dict, help_text="role, new title, name of a file, version or reason"
            ),
        ),
        migrations.AlterField(
            model_name="historyentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "room created"),
                    ("company_added", "company added"),
                    ("company_removed", "company removed"),
                    ("person_added", "person added"),
                    ("person_removed", "person removed"),
                    ("left", "person left"),
                    ("ended", "time in the project ended"),
                    ("role_changed", "role changed"),
                    ("renamed", "project renamed"),
                    ("terms_changed", "terms of confidentiality changed"),
                    ("terms_accepted", "terms of confidentiality accepted"),
                    ("archived", "project archived"),
                    ("reopened", "project reopened"),
                    ("closed", "project closed for good"),
                    ("file_added", "file added"),
                    ("file_changed", "new version of a file"),
                    ("file_deleted", "file deleted"),
                ],
                max_length=16,
                verbose_name="type",
            ),
        ),
        migrations.CreateModel(
            name="ProjectFile",
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
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("file_type", models.CharField(help_text="a key of file_kinds.KINDS", max_length=4)),
                ("versions_made", models.PositiveSmallIntegerField(default=1)),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
            },
        ),
        migrations.CreateModel(
            name="FileVersion",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("size", models.PositiveBigIntegerField(help_text="bytes", verbose_name="size")),
                ("sha256", models.CharField(max_length=64, verbose_name="checksum")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "being checked for viruses"),
                            ("ready", "ready"),
                            ("refused", "not available"),
                        ],
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("virus", "A virus was found in this version. It cannot be opened."),
                            (
                                "too_large",
                                "This version is too large to be checked for viruses. It cannot be opened.",
                            ),
                        ],
                        max_length=9,
                    ),
                ),
                ("pages", models.PositiveSmallIntegerField(default=0)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("prepared_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="projects.projectfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a file",
                "verbose_name_plural": "versions of files",
            },
        ),
        migrations.CreateModel(
            name="FileUpload",
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
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("offset", models.PositiveBigIntegerField(default=0, help_text="bytes safely kept")),
                ("length", models.PositiveBigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="projects.projectfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
            },
        ),
        migrations.AddIndex(
            model_name="projectfile",
            index=models.Index(fields=["project", "-changed_at", "id"], name="files_of_a_project"),
        ),
        migrations.AddConstraint(
            model_name="projectfile",
            constraint=models.UniqueConstraint(
                fields=("project", "name"), name="files_of_a_project_differ_by_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="projectfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("changed_at__gte", models.F("added_at")), ("versions_made__gte", 1)),
                name="a_file_has_a_version",
            ),
        ),
        migrations.AddIndex(
            model_name="fileversion",
            index=models.Index(
                condition=models.Q(("prepared_at__isnull", True)),
                fields=["uploaded_at"],
                name="files_to_prepare",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileversion",
            constraint=models.UniqueConstraint(
                fields=("file", "number"), name="versions_of_a_file_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="fileversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), models.Q(("failure", ""), _negated=True)),
                    models.Q(models.Q(("state", "refused"), _negated=True), ("failure", "")),
                    _connector="OR",
                ),
                name="a_refused_version_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "ready"), ("pages", 0), _connector="OR"),
                name="only_a_ready_version_has_a_preview",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("size__gte", 1)), name="a_version_has_content"
            ),
        ),
        migrations.AddIndex(
            model_name="fileupload",
            index=models.Index(fields=["touched_at"], name="file_uploads_by_age"),
        ),
        migrations.AddConstraint(
            model_name="fileupload",
            constraint=models.CheckConstraint(
                condition=models.Q(("length__gte", 1), ("offset__lte", models.F("length"))),
                name="file_upload_never_exceeds_its_length",
            ),
        ),
    ]
