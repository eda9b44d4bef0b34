from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import companies.languages


def move_out(apps: StateApps, _schema: BaseDatabaseSchemaEditor) -> None:
    room, project = apps.get_model("meetings", "Room"), apps.get_model("meetings", "ProjectRoom")
    project.objects.bulk_create(
        project(room=each, title=each.title, purpose=each.purpose, created_by_id=each.created_by_id)
        for each in room.objects.filter(kind="project")
    )


def move_back(apps: StateApps, _schema: BaseDatabaseSchemaEditor) -> None:
    for each in apps.get_model("meetings", "ProjectRoom").objects.select_related("room"):
        each.room.title, each.room.purpose = each.title, each.purpose
        each.room.created_by_id = each.created_by_id
        each.room.save(update_fields=["title", "purpose", "created_by"])


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("meetings", "0009_drop_what_nothing_fills"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProjectRoom",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="project",
                        serialize=False,
                        to="meetings.room",
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
                        on_delete=models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={"verbose_name": "project room", "verbose_name_plural": "project rooms"},
        ),
        migrations.RunPython(move_out, move_back),
        migrations.RemoveField(model_name="room", name="title"),
        migrations.RemoveField(model_name="room", name="purpose"),
        migrations.RemoveField(model_name="room", name="created_by"),
        migrations.RemoveField(model_name="participant", name="registration"),
        migrations.RemoveField(model_name="presence", name="registration"),
    ]
