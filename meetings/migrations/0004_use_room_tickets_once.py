"""A room ticket opens one connection: those used lately are remembered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_extend_meetings")]

    operations = [
        migrations.CreateModel(
            name="UsedTicket",
            fields=[
                ("id", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("used_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
