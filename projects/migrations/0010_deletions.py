"""The decision to delete a project, and the receipt that remains of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0009_exports"),
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
                    ("delete_decided", "deletion decided"),
                    ("delete_stopped", "deletion stopped"),
                    ("exported", "export of everything"),
                ],
                max_length=16,
                verbose_name="type",
            ),
        ),
        migrations.CreateModel(
            name="ProjectDeletion",
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
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted at")),
                ("counts", models.JSONField(blank=True, default=dict)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "leads",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="leads"
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deletion",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "deletion of a project",
                "verbose_name_plural": "deletions of projects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", True)),
                        fields=["due_at"],
                        name="projects_to_delete",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_at__isnull", True),
                            models.Q(("deleted_at__gte", models.F("due_at")), ("project__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_deleted_project_had_its_term",
                    )
                ],
            },
        ),
    ]
