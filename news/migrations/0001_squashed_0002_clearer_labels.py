import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.languages


class Migration(migrations.Migration):
    replaces = [("news", "0001_initial"), ("news", "0002_clearer_labels")]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0012_quiet_hours"),
        ("meetings", "0001_squashed_0018_who_comes_instead"),
    ]

    operations = [
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        choices=[
                            ("privacy", "privacy"),
                            ("imprint", "legal notice"),
                            ("accessibility", "accessibility"),
                        ],
                        max_length=20,
                        unique=True,
                        verbose_name="which page",
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("body", companies.languages.LanguageTextField(default=dict, verbose_name="text")),
                ("updated_at", models.DateTimeField(verbose_name="last changed")),
            ],
            options={
                "verbose_name": "page of the service",
                "verbose_name_plural": "pages of the service",
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(max_length=140, unique=True, verbose_name="name in the web address"),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "summary",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, help_text="One or two sentences.", verbose_name="summary"
                    ),
                ),
                (
                    "body",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="text"),
                ),
                ("picture", models.ImageField(blank=True, upload_to="news/", verbose_name="picture")),
                (
                    "picture_text",
                    companies.languages.LanguageTextField(
                        blank=True,
                        default=dict,
                        help_text="Read out to people who cannot see the picture.",
                        verbose_name="picture description",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leave empty for a draft. With a later time, the article is published automatically at that time.",
                        null=True,
                        verbose_name="published at",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("updated_at", models.DateTimeField(verbose_name="last changed")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to="meetings.programme",
                        verbose_name="programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["-published_at", "-pk"],
            },
        ),
    ]
