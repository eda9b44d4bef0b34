from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def to_codes(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The reasons were sentences in the language of each host; only the one that says least is true of all."""
    failed = apps.get_model("recordings", "Recording").objects.exclude(failure="")
    failed.update(failure="too_many_attempts")


class Migration(migrations.Migration):
    dependencies = [("recordings", "0004_clearer_words")]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="recording",
            name="failure",
            field=models.CharField(
                blank=True,
                help_text="code; see `media_files.failure_text`",
                max_length=20,
                verbose_name="error",
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="failure_values",
            field=models.JSONField(default=dict, editable=False, help_text="what its sentence names"),
        ),
    ]
