from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0008_stage_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="number",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, null=True, verbose_name="number"
            ),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "breakout"), _negated=True),
                    models.Q(("label", ""), _negated=True),
                    ("number__isnull", False),
                    _connector="OR",
                ),
                name="breakout_rooms_have_a_name_or_a_number",
            ),
        ),
    ]
