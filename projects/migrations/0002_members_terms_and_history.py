"""Members with roles, terms of confidentiality, and the history of a project."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.languages


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0011_newsletter_off_at"),
        ("projects", "0001_initial"),
        ("rooms", "0011_link_report_seconds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
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
                        ],
                        max_length=16,
                        verbose_name="type",
                    ),
                ),
                (
                    "details",
                    models.JSONField(
                        blank=True, default=dict, help_text="role, new title, version or reason"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="happened at")),
            ],
            options={
                "verbose_name": "history entry",
                "verbose_name_plural": "history entries",
            },
        ),
        migrations.CreateModel(
            name="ProjectMember",
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
                        choices=[("lead", "lead"), ("member", "member"), ("reader", "reader")],
                        max_length=6,
                        verbose_name="role",
                    ),
                ),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left at")),
            ],
            options={
                "verbose_name": "project member",
                "verbose_name_plural": "project members",
            },
        ),
        migrations.CreateModel(
            name="ProjectTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("text", companies.languages.LanguageTextField(default=dict, verbose_name="text")),
                ("written_at", models.DateTimeField(verbose_name="written at")),
            ],
            options={
                "verbose_name": "terms of confidentiality",
                "verbose_name_plural": "terms of confidentiality",
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("accepted_at", models.DateTimeField(verbose_name="accepted at")),
            ],
            options={
                "verbose_name": "accepted terms",
                "verbose_name_plural": "accepted terms",
            },
        ),
        migrations.AddField(
            model_name="projectroom",
            name="state",
            field=models.CharField(
                choices=[("open", "open"), ("archived", "archived"), ("closed", "closed for good")],
                default="open",
                max_length=8,
                verbose_name="status",
            ),
        ),
        migrations.AddField(
            model_name="projectroom",
            name="state_changed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="status changed at"),
        ),
        migrations.AddField(
            model_name="projectroom",
            name="state_changed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="status changed by",
            ),
        ),
        migrations.AddField(
            model_name="projectroom",
            name="state_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="projectroom",
            name="terms_version",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="projectroom",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), ("state_changed_at__isnull", False), _connector="OR"),
                name="an_ended_project_says_since_when",
            ),
        ),
        migrations.AddField(
            model_name="historyentry",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="historyentry",
            name="company",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="companies.company",
                verbose_name="company",
            ),
        ),
        migrations.AddField(
            model_name="historyentry",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="historyentry",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="history",
                to="projects.projectroom",
                verbose_name="project room",
            ),
        ),
        migrations.AddField(
            model_name="projectmember",
            name="company",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="companies.company",
                verbose_name="company",
            ),
        ),
        migrations.AddField(
            model_name="projectmember",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="project_memberships",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="projectmember",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="projects.projectroom",
                verbose_name="project room",
            ),
        ),
        migrations.AddField(
            model_name="projectterms",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="terms",
                to="projects.projectroom",
                verbose_name="project room",
            ),
        ),
        migrations.AddField(
            model_name="projectterms",
            name="written_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="written by",
            ),
        ),
        migrations.AddField(
            model_name="termsacceptance",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="accepted_terms",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="termsacceptance",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="acceptances",
                to="projects.projectroom",
                verbose_name="project room",
            ),
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(fields=["project", "-at", "-id"], name="history_of_a_project"),
        ),
        migrations.AddConstraint(
            model_name="historyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["company_added", "company_removed"]), _negated=True),
                    ("person__isnull", True),
                    _connector="OR",
                ),
                name="a_company_is_no_person",
            ),
        ),
        migrations.AddIndex(
            model_name="projectmember",
            index=models.Index(
                condition=models.Q(("left_at__isnull", True), ("until__isnull", False)),
                fields=["until"],
                name="memberships_that_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=models.UniqueConstraint(
                fields=("project", "person"), name="one_membership_of_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True),
                    models.Q(models.Q(("role", "lead"), _negated=True), ("company__isnull", True)),
                    _connector="OR",
                ),
                name="only_who_was_added_by_email_has_an_end_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectterms",
            constraint=models.UniqueConstraint(
                fields=("project", "version"), name="terms_of_a_project_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="projectterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="terms_are_numbered_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="termsacceptance",
            constraint=models.UniqueConstraint(
                fields=("project", "person", "version"), name="terms_are_accepted_once_by_a_person"
            ),
        ),
    ]
