from datetime import timedelta

from django.db import migrations, models
from django.db.models import Q

# What stood in `failure` of a row that was dropped.
REASONS = {
    "person_inactive": ["the person is not active"],
    "reminders_off": ["the person does not want reminders"],
    "meeting_cancelled": ["the meeting is cancelled"],
    "meeting_changed": ["the meeting has changed"],
    "told_later": ["told with a later change"],
    "registered_again": ["the person has registered again", "the person has registered meanwhile"],
    "not_on_stage": [
        "the person has no role in the meeting any more",
        "the person is not on the stage any more",
    ],
    "on_stage_again": ["on the stage again"],
    "recording_changed": ["the recording is not as it was", "the recording is not for this person"],
    "too_late": [
        "too late: the meeting has begun",
        "too late: a reminder at half the time would only confuse",
    ],
}


def _settle(schema_editor):
    """PostgreSQL alters no table with checks of foreign keys that wait for the commit."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def type_what_was_text(apps, schema_editor):
    notifications = apps.get_model("notifications", "Notification").objects
    dropped = notifications.filter(state="dropped")
    for reason, sentences in REASONS.items():
        dropped.filter(failure__in=sentences).update(drop_reason=reason, failure="")
    dropped.filter(drop_reason="").update(drop_reason="registration_changed", failure="")
    _type_minutes(notifications.filter(kind="reminder"))
    _settle(schema_editor)


def _type_minutes(reminders):
    """`reminder:<minutes>:rev<n>:<meeting>`; what was keyed otherwise is measured."""
    for occasion in reminders.order_by().values_list("occasion", flat=True).distinct().iterator():
        parts = occasion.split(":")
        if len(parts) > 1 and parts[1].isdigit():
            reminders.filter(occasion=occasion).update(minutes_before=int(parts[1]))
    for row in reminders.filter(minutes_before=None).select_related("meeting").iterator():
        lead = row.meeting.starts_at - row.due_at if row.meeting else timedelta(0)
        row.minutes_before = max(0, round(lead.total_seconds() / 60))
        row.save(update_fields=["minutes_before"])


def write_text_again(apps, schema_editor):
    dropped = apps.get_model("notifications", "Notification").objects.filter(state="dropped")
    for reason, sentences in REASONS.items():
        dropped.filter(drop_reason=reason).update(failure=sentences[0], drop_reason="")
    dropped.filter(drop_reason="registration_changed").update(
        failure="the seat was given back", drop_reason=""
    )
    _settle(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_name_things_in_words")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="minutes_before",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="minutes before the start"),
        ),
        migrations.AddField(
            model_name="notification",
            name="drop_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("person_inactive", "the account is not active"),
                    ("reminders_off", "the person has turned reminders off"),
                    ("meeting_cancelled", "the meeting is cancelled"),
                    ("meeting_changed", "the meeting has changed"),
                    ("told_later", "told with a later change"),
                    ("registration_changed", "the registration has changed"),
                    ("registered_again", "the person has registered again"),
                    ("not_on_stage", "the person has no role in the meeting any more"),
                    ("on_stage_again", "the person is on stage again"),
                    ("recording_changed", "the recording has changed"),
                    ("too_late", "too late to be of use"),
                ],
                max_length=24,
                verbose_name="why it is not needed",
            ),
        ),
        migrations.RunPython(type_what_was_text, write_text_again),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=Q(kind="reminder", minutes_before__isnull=False)
                | (~Q(kind="reminder") & Q(minutes_before__isnull=True)),
                name="a_reminder_knows_its_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=Q(state="dropped", drop_reason__gt="") | (~Q(state="dropped") & Q(drop_reason="")),
                name="what_was_dropped_says_why",
            ),
        ),
    ]
