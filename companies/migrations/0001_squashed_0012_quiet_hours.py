from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import companies.ids
import companies.languages
import companies.models.person

_first = import_module("companies.migrations.0001_initial")


class Migration(migrations.Migration):
    replaces = [
        ("companies", "0001_initial"),
        ("companies", "0002_company_color_theme"),
        ("companies", "0003_no_digest"),
        ("companies", "0004_person_erased_at"),
        ("companies", "0005_person_picture"),
        ("companies", "0006_clearer_labels"),
        ("companies", "0007_the_secretariat_keeps_guests"),
        ("companies", "0008_follow_ups"),
        ("companies", "0009_weekly_email"),
        ("companies", "0010_newsletter"),
        ("companies", "0011_newsletter_off_at"),
        ("companies", "0012_quiet_hours"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.RunPython(_first.create, _first.drop),
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
                ("slug", models.SlugField(unique=True, verbose_name="name in the web address")),
                ("name", companies.languages.LanguageTextField(default=dict, verbose_name="name")),
            ],
            options={
                "verbose_name": "field of work",
                "verbose_name_plural": "fields of work",
                "ordering": ["slug"],
            },
        ),
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
                (
                    "slug",
                    models.SlugField(max_length=140, unique=True, verbose_name="name in the web address"),
                ),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("SE", "Sweden"),
                            ("DK", "Denmark"),
                            ("PL", "Poland"),
                            ("DE", "Germany"),
                            ("LT", "Lithuania"),
                            ("XX", "Other country"),
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
                            ("1-9", "1–9 employees"),
                            ("10-49", "10–49 employees"),
                            ("50-249", "50–249 employees"),
                            ("250+", "250 or more employees"),
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
                    "color_theme",
                    models.CharField(
                        choices=[
                            ("sea", "Sea"),
                            ("moss", "Moss"),
                            ("slate", "Slate"),
                            ("clay", "Clay"),
                            ("heather", "Heather"),
                        ],
                        default="sea",
                        help_text="Background of the initials when there is no logo.",
                        max_length=8,
                        verbose_name="colour",
                    ),
                ),
                ("is_listed", models.BooleanField(default=True, verbose_name="shown in the directory")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("updated_at", models.DateTimeField(verbose_name="last changed")),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True,
                        related_name="companies",
                        to="companies.topic",
                        verbose_name="fields of work",
                    ),
                ),
            ],
            options={
                "verbose_name": "company",
                "verbose_name_plural": "companies",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="company_has_a_name"
                    )
                ],
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
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                ("picture", models.ImageField(blank=True, upload_to="people/", verbose_name="picture")),
                (
                    "language",
                    models.CharField(
                        default="en", max_length=5, verbose_name="language for pages and emails"
                    ),
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
                        help_text="Can edit the company’s page and add or remove its people.",
                        verbose_name="company admin",
                    ),
                ),
                (
                    "is_secretariat",
                    models.BooleanField(
                        default=False,
                        help_text="Can plan and moderate meetings and use this administration.",
                        verbose_name="secretariat",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick this box to close the account. Nothing is deleted.",
                        verbose_name="account is active",
                    ),
                ),
                (
                    "calendar_key",
                    models.CharField(default=companies.ids.new_secret, max_length=64, unique=True),
                ),
                ("wants_reminders", models.BooleanField(default=True, verbose_name="gets reminders")),
                (
                    "wants_follow_ups",
                    models.BooleanField(default=True, verbose_name="gets emails after meetings"),
                ),
                ("wants_digest", models.BooleanField(default=False, verbose_name="gets the weekly email")),
                ("wants_newsletter", models.BooleanField(default=False, verbose_name="gets the newsletter")),
                (
                    "has_quiet_hours",
                    models.BooleanField(default=False, verbose_name="gets only urgent emails at night"),
                ),
                (
                    "newsletter_off_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="of a guest: the period after which their data is deleted begins again",
                        null=True,
                        verbose_name="newsletter turned off at",
                    ),
                ),
                (
                    "kept_as_guest_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="since then the secretariat does not ask itself to which company the person belongs",
                        null=True,
                    ),
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
                    "erased_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="the row is kept for others' history alone: it has no name and no address",
                        null=True,
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
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("company__isnull", True),
                            ("erased_at__isnull", True),
                            ("last_login__isnull", True),
                        ),
                        fields=["created_at"],
                        name="person_guest_by_age",
                    )
                ],
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True),
                            models.Q(("is_active", False), ("name", ""), ("title", "")),
                            _connector="OR",
                        ),
                        name="an_erased_person_has_no_name",
                    ),
                ],
            },
        ),
    ]
