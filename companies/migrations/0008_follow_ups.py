from django.db import migrations, models
from django.db.models import F


def as_reminders(apps, _schema_editor):
    """Until now one choice stood for both."""
    apps.get_model("companies", "Person").objects.update(wants_follow_ups=F("wants_reminders"))


class Migration(migrations.Migration):
    dependencies = [("companies", "0007_the_secretariat_keeps_guests")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="wants_follow_ups",
            field=models.BooleanField(default=True, verbose_name="gets emails after meetings"),
        ),
        migrations.RunPython(as_reminders, migrations.RunPython.noop),
    ]
