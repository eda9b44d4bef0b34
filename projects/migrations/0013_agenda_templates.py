"""Agendas that a project uses again."""

import django.db.models.deletion
from django.db import migrations, models

import companies.ids
import companies.languages


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0012_discussions"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaTemplate",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("is_default", models.BooleanField(default=False, verbose_name="for new meetings")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda_templates",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda template",
                "verbose_name_plural": "agenda templates",
            },
        ),
        migrations.CreateModel(
            name="AgendaTemplateItem",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("speaker", models.CharField(blank=True, max_length=120, verbose_name="speaker")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="projects.agendatemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of an agenda template",
                "verbose_name_plural": "items of agenda templates",
            },
        ),
        migrations.AddConstraint(
            model_name="agendatemplate",
            constraint=models.UniqueConstraint(
                fields=("project", "name"), name="agenda_templates_have_names"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendatemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("project",),
                name="one_agenda_for_new_meetings",
            ),
        ),
        migrations.AddIndex(
            model_name="agendatemplateitem",
            index=models.Index(fields=["template", "number"], name="items_of_a_template"),
        ),
        migrations.AddConstraint(
            model_name="agendatemplateitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gte", 1), ("minutes__lte", 480)),
                name="a_template_item_takes_minutes",
            ),
        ),
    ]
