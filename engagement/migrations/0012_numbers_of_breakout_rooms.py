from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def to_rooms(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A name that is only the number was made by the product."""
    for group in apps.get_model("engagement", "BreakoutGroup").objects.select_related("room").iterator():
        group.room.number = group.number
        group.room.label = "" if group.room.label == str(group.number) else group.room.label
        group.room.save(update_fields=["number", "label"])


def to_groups(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    for group in apps.get_model("engagement", "BreakoutGroup").objects.select_related("room").iterator():
        group.number = group.room.number
        group.save(update_fields=["number"])


class Migration(migrations.Migration):
    dependencies = [
        ("engagement", "0011_interpretation"),
        ("rooms", "0009_numbers_of_breakout_rooms"),
    ]

    operations = [
        migrations.AlterField("breakoutgroup", "number", models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(to_rooms, to_groups),
        migrations.RemoveConstraint("breakoutgroup", "breakout_groups_are_numbered"),
        migrations.AlterModelOptions(
            "breakoutgroup",
            options={
                "ordering": ["round", "room__number"],
                "verbose_name": "breakout room",
                "verbose_name_plural": "breakout rooms",
            },
        ),
        migrations.RemoveField("breakoutgroup", "number"),
    ]
