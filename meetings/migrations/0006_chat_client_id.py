from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0005_recording_attempts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="roomevent",
            name="client_id",
            field=models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="made by the client that said it",
                max_length=36,
            ),
        ),
        migrations.AddConstraint(
            model_name="roomevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("client_id", ""), _negated=True),
                fields=("room", "client_id", "person"),
                name="a_client_says_a_message_once",
            ),
        ),
    ]
