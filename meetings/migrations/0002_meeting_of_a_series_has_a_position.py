from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("series__isnull", True), ("series_position__isnull", True)),
                    models.Q(("series__isnull", False), ("series_position__isnull", False)),
                    _connector="OR",
                ),
                name="meeting_of_a_series_has_a_position",
            ),
        ),
    ]
