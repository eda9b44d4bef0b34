from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("notification", "never_tell_the_same_twice"),
        migrations.RenameField("notification", "occasion", "dedupe_key"),
        migrations.AlterField(
            "notification",
            "dedupe_key",
            models.CharField(max_length=80, help_text="one mail of a kind for each of these"),
        ),
        migrations.AddConstraint(
            "notification",
            models.UniqueConstraint(
                fields=["person", "kind", "dedupe_key"], name="never_tell_the_same_twice"
            ),
        ),
    ]
