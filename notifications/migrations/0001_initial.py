"""The first tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("meetings", "0001_initial"),
        ("recordings", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

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
                        condition=models.Q(
                            ("away_since__isnull", True), ("probe_at__isnull", False), _connector="OR"
                        ),
                        name="a_mail_server_away_is_tried_again",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
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
                            ("recording", "recording is there"),
                            ("recording_missing", "recording did not come"),
                            ("recording_failed", "recording cannot be played"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0, help_text="the meeting's revision that this tells of"
                    ),
                ),
                (
                    "minutes_before",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="minutes before the start"
                    ),
                ),
                (
                    "occasion",
                    models.CharField(help_text="what makes it the only one of its kind", max_length=80),
                ),
                (
                    "details",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="what the text needs beside the rows: the earlier hour",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("put_off_until", models.DateTimeField(blank=True, null=True, verbose_name="put off until")),
                (
                    "urgency",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(kind="reminder", then=models.Value(1)),
                            models.When(
                                kind__in=["recording", "recording_missing", "recording_failed"],
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("dropped", "not needed any more"),
                            ("failed", "failed"),
                            ("doubtful", "in doubt"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_by", models.CharField(blank=True, max_length=64)),
                (
                    "begun_at",
                    models.DateTimeField(
                        blank=True, help_text="empty while claimed only: nothing has left yet", null=True
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                (
                    "drop_reason",
                    models.CharField(
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
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="recordings.recording",
                        verbose_name="recording",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="meetings.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["urgency", "due_at", "id"],
                        name="notifications_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["claimed_at"],
                        name="notifications_under_way",
                    ),
                    models.Index(fields=["meeting", "kind", "state"], name="notifications_of_a_meeting"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "kind", "occasion"), name="never_tell_the_same_twice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="sent_notification_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "reminder"), ("minutes_before__isnull", False)),
                            models.Q(
                                models.Q(("kind", "reminder"), _negated=True),
                                ("minutes_before__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_reminder_knows_its_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("drop_reason__gt", ""), ("state", "dropped")),
                            models.Q(models.Q(("state", "dropped"), _negated=True), ("drop_reason", "")),
                            _connector="OR",
                        ),
                        name="what_was_dropped_says_why",
                    ),
                ],
            },
        ),
    ]
