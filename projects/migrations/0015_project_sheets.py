"""Project sheets, and contact requests that come by them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0014_date_polls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProjectSheet",
            fields=[
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("aim", companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="aim")),
                (
                    "sought",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="what is sought"
                    ),
                ),
                ("partners", models.TextField(blank=True, verbose_name="partners so far")),
                ("countries", models.JSONField(blank=True, default=list, verbose_name="countries")),
                (
                    "budget",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="budget"),
                ),
                (
                    "call",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="call for proposals"
                    ),
                ),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="deadline")),
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
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "project sheet",
                "verbose_name_plural": "project sheets",
                "abstract": False,
            },
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
                    ("decision_made", "decision made"),
                    ("decision_ended", "decision no longer valid"),
                    ("action_added", "action added"),
                    ("action_changed", "action changed"),
                    ("action_done", "action done"),
                    ("poll_opened", "date poll begun"),
                    ("poll_closed", "time chosen, meeting scheduled"),
                    ("poll_ended", "date poll ended without a meeting"),
                    ("sheet_published", "project sheet published"),
                    ("sheet_removed", "project sheet no longer public"),
                    ("action_reopened", "action opened again"),
                ],
                max_length=16,
                verbose_name="type",
            ),
        ),
        migrations.CreateModel(
            name="PublishedSheet",
            fields=[
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("aim", companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="aim")),
                (
                    "sought",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="what is sought"
                    ),
                ),
                ("partners", models.TextField(blank=True, verbose_name="partners so far")),
                ("countries", models.JSONField(blank=True, default=list, verbose_name="countries")),
                (
                    "budget",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="budget"),
                ),
                (
                    "call",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="call for proposals"
                    ),
                ),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="deadline")),
                (
                    "sheet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="published",
                        serialize=False,
                        to="projects.projectsheet",
                        verbose_name="project sheet",
                    ),
                ),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
            ],
            options={
                "verbose_name": "published project sheet",
                "verbose_name_plural": "published project sheets",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PartnerRequest",
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
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("company_name", models.CharField(blank=True, max_length=120, verbose_name="company name")),
                ("text", models.TextField(max_length=3000, verbose_name="message")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="address confirmed at"),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partner_requests",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="projects.projectsheet",
                        verbose_name="project sheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact request",
                "verbose_name_plural": "contact requests",
                "indexes": [models.Index(fields=["sheet", "-created_at"], name="requests_of_a_sheet")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(
                                ("answer__gt", ""),
                                ("answered_at__isnull", False),
                                ("confirmed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="only_a_confirmed_request_is_answered",
                    )
                ],
            },
        ),
    ]
