"""The first tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.languages


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("rooms", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProjectRoom",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="project",
                        serialize=False,
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "purpose",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="purpose"),
                ),
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
            ],
            options={
                "verbose_name": "project room",
                "verbose_name_plural": "project rooms",
            },
        ),
    ]
