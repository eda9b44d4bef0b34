"""Decisions and actions are in a project's history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0005_reminders_of_actions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historyentry",
            name="details",
            field=models.JSONField(
                blank=True, default=dict, help_text="role, new title, version, reason or text"
            ),
        ),
        migrations.AlterField(
            model_name="historyentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "room created"),
                    ("company_added", "company added"),
                    ("company_removed", "company removed"),
                    ("person_added", "person added"),
                    ("person_removed", "person removed"),
                    ("left", "person left"),
                    ("ended", "time in the project ended"),
                    ("role_changed", "role changed"),
                    ("renamed", "project renamed"),
                    ("terms_changed", "terms of confidentiality changed"),
                    ("terms_accepted", "terms of confidentiality accepted"),
                    ("archived", "project archived"),
                    ("reopened", "project reopened"),
                    ("closed", "project closed for good"),
                    ("decision_made", "decision made"),
                    ("decision_ended", "decision no longer valid"),
                    ("action_added", "action added"),
                    ("action_changed", "action changed"),
                    ("action_done", "action done"),
                    ("action_reopened", "action opened again"),
                ],
                max_length=16,
                verbose_name="type",
            ),
        ),
    ]
