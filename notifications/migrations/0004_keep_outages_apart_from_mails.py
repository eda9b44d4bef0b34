from django.db import migrations, models
from django.db.models import Case, Q, Value, When


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_type_reminders_and_drop_reasons")]

    operations = [
        migrations.CreateModel(
            name="MailServer",
            fields=[
                (
                    "key",
                    models.CharField(
                        help_text="stands for its address and account",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("away_since", models.DateTimeField(blank=True, null=True, verbose_name="unreachable since")),
                (
                    "probe_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="whoever moves this on is the one who tries",
                        null=True,
                        verbose_name="next tried at",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="what went wrong")),
            ],
            options={
                "verbose_name": "mail server",
                "verbose_name_plural": "mail servers",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(away_since__isnull=True) | Q(probe_at__isnull=False),
                        name="a_mail_server_away_is_tried_again",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="put_off_until",
            field=models.DateTimeField(
                blank=True,
                null=True,
                verbose_name="put off until",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="urgency",
            field=models.GeneratedField(
                db_persist=True,
                expression=Case(
                    When(kind="reminder", then=Value(1)),
                    When(kind__in=["recording", "recording_missing", "recording_failed"], then=Value(2)),
                    default=Value(0),
                ),
                output_field=models.PositiveSmallIntegerField(
                    choices=[(0, "at once"), (1, "reminder"), (2, "follow-up")], verbose_name="urgency"
                ),
            ),
        ),
        migrations.RemoveIndex(model_name="notification", name="notifications_waiting_by_due"),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=Q(state="waiting"),
                fields=["urgency", "due_at", "id"],
                name="notifications_waiting",
            ),
        ),
    ]
