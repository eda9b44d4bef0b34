"""The first tables. PostgreSQL is given its twin of `companies.folding.plain`, for searches in the database; SQLite the Python one.

The capitals outside of ASCII are taken apart or written out before lower(), which knows them only in some locales.
"""

from typing import Any

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import companies.ids
import companies.languages
import companies.models.person

FOLDED = r"""
CREATE OR REPLACE FUNCTION folded(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(regexp_replace(regexp_replace(
    lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
      translate(
        regexp_replace(normalize(written, NFKD), '[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F]', '', 'g'),
        'ŁłØøĐđÐðı', 'LlOoDdDdi'),
      'ß', 'ss'), 'ẞ', 'ss'), 'Æ', 'ae'), 'æ', 'ae'), 'Œ', 'oe'), 'œ', 'oe'), 'Þ', 'th'), 'þ', 'th'),
      'Ǿ', 'o'), 'ǿ', 'o')),
    'a[ae]+', 'a', 'g'), 'oe+', 'o', 'g'), 'ue+', 'u', 'g')
$$
"""


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FOLDED, params=None)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION folded(text)", params=None)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunPython(create, drop),
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_key", models.CharField(db_index=True, editable=False, max_length=240)),
                ("slug", models.SlugField(max_length=140, unique=True, verbose_name="name in the address")),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("SE", "Sweden"),
                            ("DK", "Denmark"),
                            ("PL", "Poland"),
                            ("DE", "Germany"),
                            ("LT", "Lithuania"),
                            ("XX", "another country"),
                        ],
                        max_length=2,
                        verbose_name="country",
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="town")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                (
                    "size",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("1-9", "1–9 people"),
                            ("10-49", "10–49 people"),
                            ("50-249", "50–249 people"),
                            ("250+", "250 people and more"),
                        ],
                        max_length=8,
                        verbose_name="size",
                    ),
                ),
                (
                    "summary",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, help_text="One or two sentences.", verbose_name="summary"
                    ),
                ),
                (
                    "description",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="description"
                    ),
                ),
                ("logo", models.ImageField(blank=True, upload_to="logos/", verbose_name="logo")),
                (
                    "tint",
                    models.CharField(
                        choices=[
                            ("sea", "Sea"),
                            ("moss", "Moss"),
                            ("slate", "Slate"),
                            ("clay", "Clay"),
                            ("heather", "Heather"),
                        ],
                        default="sea",
                        help_text="Behind the initials, where there is no logo.",
                        max_length=8,
                        verbose_name="colour",
                    ),
                ),
                ("is_listed", models.BooleanField(default=True, verbose_name="shown in the directory")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("updated_at", models.DateTimeField(verbose_name="changed at")),
            ],
            options={
                "verbose_name": "company",
                "verbose_name_plural": "companies",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ContentVersion",
            fields=[
                ("slot", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                (
                    "number",
                    models.BigIntegerField(
                        help_text="random: a number that comes back would bring an old page back"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="name in the address")),
                ("name", companies.languages.LanguageTextField(default=dict, verbose_name="name")),
            ],
            options={
                "verbose_name": "field of work",
                "verbose_name_plural": "fields of work",
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "details",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="details"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="companies.topic", verbose_name="fields of work"
                    ),
                ),
            ],
            options={
                "verbose_name": "offer",
                "verbose_name_plural": "offers",
                "ordering": ["pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "details",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="details"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="needs",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="companies.topic", verbose_name="fields of work"
                    ),
                ),
            ],
            options={
                "verbose_name": "need",
                "verbose_name_plural": "needs",
                "ordering": ["pk"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="company",
            name="topics",
            field=models.ManyToManyField(
                blank=True, related_name="companies", to="companies.topic", verbose_name="fields of work"
            ),
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="what they do")),
                (
                    "language",
                    models.CharField(default="en", max_length=5, verbose_name="language of pages and mails"),
                ),
                (
                    "timezone",
                    models.CharField(
                        default=companies.models.person.default_timezone,
                        max_length=64,
                        verbose_name="time zone",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "is_company_admin",
                    models.BooleanField(
                        default=False,
                        help_text="May edit the company's page and name its people.",
                        verbose_name="company admin",
                    ),
                ),
                (
                    "is_secretariat",
                    models.BooleanField(
                        default=False,
                        help_text="May plan, moderate and use this administration.",
                        verbose_name="secretariat",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Take this away to close the account. Nothing is deleted.",
                        verbose_name="account is open",
                    ),
                ),
                (
                    "calendar_key",
                    models.CharField(default=companies.ids.new_secret, max_length=64, unique=True),
                ),
                ("wants_reminders", models.BooleanField(default=True, verbose_name="gets reminders")),
                (
                    "wants_digest",
                    models.BooleanField(default=True, verbose_name="gets a digest of what is new"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created at",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="people",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["name", "email"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="one_person_per_address"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_company_admin", False), ("company__isnull", False), _connector="OR"
                        ),
                        name="company_admin_has_a_company",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="company_has_a_name"
            ),
        ),
    ]
