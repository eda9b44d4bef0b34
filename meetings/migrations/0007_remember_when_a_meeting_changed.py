"""A calendar entry says when it was last changed (RFC 5545 3.8.7.3)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0006_chat_client_id")]

    operations = [
        migrations.AddField(
            "meeting",
            "changed_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="changed at"),
        ),
    ]
