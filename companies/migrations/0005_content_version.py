from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0004_search_by_folded_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContentVersion",
            fields=[
                ("slot", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                (
                    "number",
                    models.BigIntegerField(
                        help_text="random: a number that comes back would bring an old page back"
                    ),
                ),
            ],
        ),
    ]
