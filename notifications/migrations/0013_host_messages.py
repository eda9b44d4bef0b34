import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0007_the_secretariat_keeps_guests"),
        ("engagement", "0011_interpretation"),
        ("meetings", "0015_days_of_a_monthly_series"),
        ("notifications", "0012_inbound_mail"),
        ("projects", "0001_initial"),
        ("recordings", "0004_clearer_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.CreateModel(
            name="HostMessage",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=companies.ids.new_id,
                        editable=False,
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everyone", "everyone"),
                            ("registered", "registered people"),
                            ("waitlisted", "people on the waitlist"),
                            ("pending", "people waiting for approval"),
                            ("invited", "people invited who haven’t answered"),
                            ("attended", "people who attended"),
                            ("missed", "registered people who did not attend"),
                            ("test", "only me, as a test"),
                        ],
                        max_length=12,
                        verbose_name="recipients",
                    ),
                ),
                ("subject", companies.languages.LanguageTextField(default=dict, verbose_name="subject")),
                ("text", companies.languages.LanguageTextField(default=dict, verbose_name="message")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="host_messages",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="host_messages",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sender",
                    ),
                ),
            ],
            options={
                "verbose_name": "message from a host",
                "verbose_name_plural": "messages from hosts",
                "ordering": ["-created_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="host_message",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notifications",
                to="notifications.hostmessage",
                verbose_name="message from a host",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("host_message__isnull", False), ("kind", "host_message")),
                    models.Q(
                        models.Q(("kind", "host_message"), _negated=True), ("host_message__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="a_host_message_has_a_text",
            ),
        ),
        migrations.AddIndex(
            model_name="hostmessage",
            index=models.Index(fields=["sender", "created_at"], name="host_message_by_sender"),
        ),
        migrations.AddIndex(
            model_name="hostmessage",
            index=models.Index(fields=["created_at"], name="host_message_by_age"),
        ),
    ]
