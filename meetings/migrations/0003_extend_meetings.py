"""A host may let a live meeting run on beyond its planned end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_name_things_in_words")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="extended_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="extended until"),
        ),
    ]
