"""The owner of an action is told by email at a time of its own."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0011_newsletter_off_at"),
        ("projects", "0004_decisions_and_actions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="action",
            name="remind_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="when its owner is next told by email", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)),
                fields=["remind_at"],
                name="actions_to_remind_of",
            ),
        ),
    ]
