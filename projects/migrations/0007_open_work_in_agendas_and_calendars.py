"""What went into which agenda by itself, and how often an action has changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0018_who_comes_instead"),
        ("projects", "0006_decisions_and_actions_in_the_history"),
    ]

    operations = [
        migrations.AddField(
            model_name="action",
            name="changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="action",
            name="revision",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="how often it has changed: SEQUENCE of its event in calendars",
            ),
        ),
        migrations.CreateModel(
            name="CarriedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=16)),
                ("item", models.CharField(max_length=16)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="meetings.meeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "carried item",
                "verbose_name_plural": "carried items",
                "indexes": [models.Index(fields=["source"], name="carried_by_source")],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "source"), name="carried_once_into_a_meeting")
                ],
            },
        ),
    ]
