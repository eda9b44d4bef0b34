import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_weekly_email"),
        ("notifications", "0014_follow_ups"),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestSchedule",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="digest_schedule",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("due_at", models.DateTimeField(db_index=True)),
                (
                    "told_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="what was published until then; empty before the first",
                        null=True,
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="notification",
            name="drop_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("person_inactive", "the account is not active"),
                    ("reminders_off", "the person has turned reminders off"),
                    ("follow_ups_off", "the person has turned emails after meetings off"),
                    ("digest_off", "the person has turned the weekly email off"),
                    ("nothing_new", "nothing of it is still to come"),
                    ("host_turned_off", "a host has turned emails after the meeting off"),
                    ("meeting_cancelled", "the meeting is cancelled"),
                    ("meeting_changed", "the meeting has changed"),
                    ("told_later", "included in a later notice of change"),
                    ("registration_changed", "the registration has changed"),
                    ("registered_again", "the person has registered again"),
                    ("invitation_changed", "the invitation was answered or withdrawn"),
                    ("sent_again", "the invitation is sent again"),
                    ("not_on_stage", "the person no longer has a role in the meeting"),
                    ("on_stage_again", "the person has a role in the meeting again"),
                    ("recording_changed", "the recording has changed"),
                    ("questions_answered", "no open questions left"),
                    ("question_reopened", "the question was reopened"),
                    ("too_late", "too late to be useful"),
                    ("not_in_company", "the person does not belong to the company any more"),
                    ("not_in_room", "the person may not enter the project room any more"),
                    ("undeliverable", "emails to this address are returned"),
                    ("complained", "the person has reported an email as spam"),
                ],
                max_length=24,
                verbose_name="reason for not sending",
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
                    ("withdrawn", "registration, invitation or role ended"),
                    ("verify", "request to confirm the address"),
                    ("lapsed", "not confirmed in time"),
                    ("reminder", "reminder"),
                    ("change", "change"),
                    ("cancellation", "cancellation"),
                    ("invitation", "invitation"),
                    ("invited", "invitation to attend"),
                    ("recording", "recording available"),
                    ("recording_missing", "recording missing"),
                    ("recording_failed", "recording cannot be played"),
                    ("open_questions", "open questions"),
                    ("question_answered", "question answered"),
                    ("colleague_added", "added to a company"),
                    ("project_room", "access to a project room"),
                    ("contact", "message of the contact page"),
                    ("proposal_declined", "proposed time declined"),
                    ("reply", "reply from a person"),
                    ("account_deleted", "account deleted"),
                    ("host_message", "message from the host"),
                    ("digest", "weekly email"),
                    ("thanks", "thanks for attending"),
                    ("missed", "recording for people who did not attend"),
                ],
                max_length=20,
                verbose_name="type",
            ),
        ),
        # The expression of a generated column cannot be altered: the column is made anew, with the index that begins by it.
        migrations.RemoveIndex("notification", "notifications_waiting"),
        migrations.RemoveField("notification", "urgency"),
        migrations.AddField(
            model_name="notification",
            name="urgency",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(kind="reminder", then=models.Value(1)),
                    models.When(
                        kind__in=[
                            "invited",
                            "recording",
                            "recording_missing",
                            "recording_failed",
                            "host_message",
                            "thanks",
                            "missed",
                            "digest",
                        ],
                        then=models.Value(2),
                    ),
                    default=models.Value(0),
                ),
                output_field=models.PositiveSmallIntegerField(
                    choices=[(0, "immediate"), (1, "reminder"), (2, "follow-up")], verbose_name="urgency"
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
    ]
