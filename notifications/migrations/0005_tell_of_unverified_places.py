from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0008_verify_addresses"),
        ("notifications", "0004_keep_outages_apart_from_mails"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirmation", "confirmation"),
                    ("requested", "waiting for approval"),
                    ("waitlisted", "on the waitlist"),
                    ("offer", "seat offered"),
                    ("refused", "not approved"),
                    ("withdrawn", "withdrawn"),
                    ("verify", "asked to confirm the address"),
                    ("lapsed", "not confirmed in time"),
                    ("reminder", "reminder"),
                    ("change", "change"),
                    ("cancellation", "cancellation"),
                    ("invitation", "invitation"),
                    ("recording", "recording is there"),
                    ("recording_missing", "recording did not come"),
                    ("recording_failed", "recording cannot be played"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
