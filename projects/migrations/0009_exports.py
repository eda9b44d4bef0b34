"""Everything of a project in one archive, made in the background and kept for some days."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0008_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    ("exported", "export of everything"),
                ],
                max_length=16,
                verbose_name="type",
            ),
        ),
        migrations.CreateModel(
            name="ProjectExport",
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
                            ("waiting", "waiting"),
                            ("running", "being made"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0, help_text="bytes", verbose_name="size")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("kept_until", models.DateTimeField(blank=True, null=True, verbose_name="kept until")),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("touched_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "export of a project",
                "verbose_name_plural": "exports of projects",
                "indexes": [
                    models.Index(fields=["project", "-asked_at"], name="exports_of_a_project"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["asked_at"],
                        name="exports_to_make",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("project",),
                        name="one_export_of_a_project_at_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("kept_until__isnull", False), ("size__gt", 0), ("state", "ready")),
                                models.Q(("state", "ready"), _negated=True),
                                _connector="OR",
                            ),
                            ("done__lte", models.F("total")),
                        ),
                        name="a_ready_export_has_content",
                    ),
                ],
            },
        ),
    ]
