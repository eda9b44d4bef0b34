import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0006_invitation"),
        ("notifications", "0003_mails_without_a_meeting"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notifications",
                to="meetings.invitation",
                verbose_name="invitation",
            ),
        ),
        migrations.AlterField(
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
                    ("invitation_changed", "the invitation was answered or withdrawn"),
                    ("sent_again", "the invitation is sent again"),
                    ("not_on_stage", "the person has no role in the meeting any more"),
                    ("on_stage_again", "the person is on stage again"),
                    ("recording_changed", "the recording has changed"),
                    ("too_late", "too late to be of use"),
                ],
                max_length=24,
                verbose_name="why it is not needed",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirmation", "confirmation"),
                    ("requested", "waiting for approval"),
                    ("waitlisted", "on the waitlist"),
                    ("offer", "seat offered"),
                    ("refused", "not approved"),
                    ("withdrawn", "withdrawn"),
                    ("verify", "asked to confirm the address"),
                    ("lapsed", "not confirmed in time"),
                    ("reminder", "reminder"),
                    ("change", "change"),
                    ("cancellation", "cancellation"),
                    ("invitation", "invitation"),
                    ("invited", "invitation to attend"),
                    ("recording", "recording is there"),
                    ("recording_missing", "recording did not come"),
                    ("recording_failed", "recording cannot be played"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        # The expression of a generated column cannot be altered: the column is made anew, with the index that begins by it.
        migrations.RemoveIndex("notification", "notifications_waiting"),
        migrations.RemoveField("notification", "urgency"),
        migrations.AddField(
            "notification",
            "urgency",
            models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(kind="reminder", then=models.Value(1)),
                    models.When(
                        kind__in=["invited", "recording", "recording_missing", "recording_failed"],
                        then=models.Value(2),
                    ),
                    default=models.Value(0),
                ),
                output_field=models.PositiveSmallIntegerField(
                    choices=[(0, "at once"), (1, "reminder"), (2, "follow-up")],
                    verbose_name="urgency",
                ),
            ),
        ),
        migrations.AddIndex(
            "notification",
            models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["urgency", "due_at", "id"],
                name="notifications_waiting",
            ),
        ),
        migrations.AlterField(
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
                    ("invitation_changed", "the invitation was answered or withdrawn"),
                    ("sent_again", "the invitation is sent again"),
                    ("not_on_stage", "the person has no role in the meeting any more"),
                    ("on_stage_again", "the person is on stage again"),
                    ("recording_changed", "the recording has changed"),
                    ("too_late", "too late to be of use"),
                    ("not_in_company", "the person does not belong to the company any more"),
                    ("not_in_room", "the person may not enter the project room any more"),
                ],
                max_length=24,
                verbose_name="why it is not needed",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirmation", "confirmation"),
                    ("requested", "waiting for approval"),
                    ("waitlisted", "on the waitlist"),
                    ("offer", "seat offered"),
                    ("refused", "not approved"),
                    ("withdrawn", "withdrawn"),
                    ("verify", "asked to confirm the address"),
                    ("lapsed", "not confirmed in time"),
                    ("reminder", "reminder"),
                    ("change", "change"),
                    ("cancellation", "cancellation"),
                    ("invitation", "invitation"),
                    ("invited", "invitation to attend"),
                    ("recording", "recording is there"),
                    ("recording_missing", "recording did not come"),
                    ("recording_failed", "recording cannot be played"),
                    ("colleague_added", "added to a company"),
                    ("project_room", "access to a project room"),
                    ("contact", "message of the contact page"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
