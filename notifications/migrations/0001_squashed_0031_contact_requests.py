import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_notification_dedupe_key"),
        ("notifications", "0003_mails_without_a_meeting"),
        ("notifications", "0004_invitations_in_the_outbox"),
        ("notifications", "0005_last_address"),
        ("notifications", "0006_clearer_labels"),
        ("notifications", "0007_clearer_labels"),
        ("notifications", "0008_answered_contact_messages"),
        ("notifications", "0009_mails_about_questions"),
        ("notifications", "0010_clearer_words"),
        ("notifications", "0011_one_email_for_a_series"),
        ("notifications", "0012_inbound_mail"),
        ("notifications", "0013_host_messages"),
        ("notifications", "0014_follow_ups"),
        ("notifications", "0015_weekly_email"),
        ("notifications", "0016_dropped_by_the_secretariat"),
        ("notifications", "0017_texts_of_emails"),
        ("notifications", "0018_newsletter"),
        ("notifications", "0019_push"),
        ("notifications", "0020_push_ends_with_sessions"),
        ("notifications", "0021_clearer_names_of_email_texts"),
        ("notifications", "0022_index_only_what_rows_are_about"),
        ("notifications", "0023_reminders_of_actions"),
        ("notifications", "0024_fewer_indexes_of_emails"),
        ("notifications", "0025_exports_of_projects"),
        ("notifications", "0026_deletion_of_projects"),
        ("notifications", "0027_messages_in_discussions"),
        ("notifications", "0028_emails_about_date_polls"),
        ("notifications", "0029_emails_about_contact_requests"),
        ("notifications", "0030_kinds_of_emails_about_projects"),
        ("notifications", "0031_contact_requests"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0012_quiet_hours"),
        ("engagement", "0001_squashed_0014_notes"),
        ("matchmaking", "0001_initial"),
        ("meetings", "0001_squashed_0018_who_comes_instead"),
        ("projects", "0001_squashed_0016_all_kinds_of_history"),
        ("recordings", "0001_squashed_0007_premiere_films"),
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
        migrations.CreateModel(
            name="InboundMailbox",
            fields=[
                (
                    "key",
                    models.CharField(
                        help_text="stands for its server, user and folder",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("uid_validity", models.PositiveBigIntegerField()),
                ("last_uid", models.PositiveBigIntegerField()),
                ("read_at", models.DateTimeField(verbose_name="last email read at")),
            ],
            options={
                "verbose_name": "mailbox",
                "verbose_name_plural": "mailboxes",
            },
        ),
        migrations.CreateModel(
            name="LastAddress",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="last_address",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("language", models.CharField(max_length=5)),
                ("timezone", models.CharField(max_length=64)),
                (
                    "kept_until",
                    models.DateTimeField(help_text="then it is forgotten, whatever has not been sent"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NewsletterRequest",
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
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
            ],
            options={
                "verbose_name": "request for the newsletter",
                "verbose_name_plural": "requests for the newsletter",
                "ordering": ["requested_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SuppressedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                (
                    "reason",
                    models.CharField(
                        choices=[("bounce", "emails are returned"), ("complaint", "reported as spam")],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("detail", models.TextField(blank=True, verbose_name="what the mail server said")),
                ("since", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
                "ordering": ["-since", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ContactMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="email address")),
                ("company_name", models.CharField(blank=True, max_length=120, verbose_name="company name")),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("text", models.TextField(verbose_name="message")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["-created_at", "-pk"],
            },
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
                (
                    "is_urgent",
                    models.BooleanField(
                        default=False,
                        help_text="Also as a notification in the browser.",
                        verbose_name="urgent",
                    ),
                ),
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
                "indexes": [
                    models.Index(fields=["sender", "created_at"], name="host_message_by_sender"),
                    models.Index(fields=["created_at"], name="host_message_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMail",
            fields=[
                (
                    "key",
                    models.CharField(
                        help_text="stands for its recipient and its Message-ID, else its bytes",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("calendar_reply", "calendar reply"),
                            ("bounce", "undelivered email"),
                            ("complaint", "spam complaint"),
                            ("automatic", "automatic reply"),
                            ("message", "message from a person"),
                            ("post", "message in a discussion"),
                            ("unreadable", "could not be read"),
                        ],
                        max_length=16,
                        verbose_name="type",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("sender", models.EmailField(blank=True, max_length=254, verbose_name="sender")),
                ("sender_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "text",
                    models.TextField(
                        blank=True, help_text="What a person wrote, to be forwarded.", verbose_name="message"
                    ),
                ),
                ("attachments", models.PositiveSmallIntegerField(default=0, verbose_name="attachments")),
                ("is_forged", models.BooleanField(default=False, verbose_name="sender not verified")),
                ("problem", models.TextField(blank=True, verbose_name="error")),
                (
                    "content",
                    models.BinaryField(
                        blank=True,
                        help_text="the beginning of one that could not be read, for the operator",
                        null=True,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbound_mails",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "received email",
                "verbose_name_plural": "received emails",
                "ordering": ["-received_at", "pk"],
                "indexes": [models.Index(fields=["received_at"], name="inbound_mail_by_age")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "unreadable"), ("problem__gt", "")),
                            models.Q(
                                models.Q(("kind", "unreadable"), _negated=True), ("content__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="only_unreadable_mail_is_kept",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "message"), ("text", ""), _connector="OR"),
                        name="only_what_a_person_wrote_is_kept",
                    ),
                ],
            },
        ),
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
                        verbose_name="next attempt",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="error")),
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
            name="Newsletter",
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
                ("is_test", models.BooleanField(default=False, verbose_name="only to its sender")),
                ("subject", companies.languages.LanguageTextField(default=dict, verbose_name="subject")),
                (
                    "introduction",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="introduction"
                    ),
                ),
                (
                    "articles",
                    models.JSONField(
                        default=list, help_text="of each title, summary and path", verbose_name="articles"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "sender",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="newsletters",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sender",
                    ),
                ),
            ],
            options={
                "verbose_name": "newsletter",
                "verbose_name_plural": "newsletters",
                "ordering": ["-created_at", "pk"],
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
                            ("action_due", "reminder of an action"),
                            ("project_deletion", "project deletion scheduled or stopped"),
                            ("export_ready", "project export"),
                            ("post", "message in a discussion"),
                            ("posts", "daily discussion email"),
                            ("date_poll", "date poll to answer"),
                            ("date_poll_over", "date poll answers in, time to be chosen"),
                            ("partner_confirm", "request to confirm a message to a project"),
                            ("partner_request", "contact request to a project"),
                            ("partner_answer", "answer from a project"),
                            ("company_confirm", "request to confirm a message to a company"),
                            ("company_request", "contact request to a company"),
                            ("company_answer", "answer from a company"),
                            ("contact", "message of the contact page"),
                            ("proposal_declined", "proposed time declined"),
                            ("reply", "reply from a person"),
                            ("account_deleted", "account deleted"),
                            ("host_message", "message from the host"),
                            ("digest", "weekly email"),
                            ("newsletter", "newsletter"),
                            ("newsletter_request", "request to confirm the newsletter"),
                            ("thanks", "thanks for attending"),
                            ("missed", "recording for people who did not attend"),
                        ],
                        max_length=20,
                        verbose_name="type",
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
                    "dedupe_key",
                    models.CharField(help_text="one mail of a kind for each of these", max_length=80),
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
                (
                    "put_off_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="postponed until"),
                ),
                (
                    "urgency",
                    models.GeneratedField(
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
                                    "newsletter",
                                ],
                                then=models.Value(2),
                            ),
                            default=models.Value(0),
                        ),
                        output_field=models.PositiveSmallIntegerField(
                            choices=[(0, "immediate"), (1, "reminder"), (2, "follow-up")],
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
                            ("dropped", "no longer needed"),
                            ("failed", "failed"),
                            ("doubtful", "uncertain"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
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
                ("failure", models.TextField(blank=True, verbose_name="error")),
                (
                    "drop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person_inactive", "the account is not active"),
                            ("reminders_off", "the person has turned reminders off"),
                            ("follow_ups_off", "the person has turned emails after meetings off"),
                            ("digest_off", "the person has turned the weekly email off"),
                            ("newsletter_off", "the person has turned the newsletter off"),
                            ("by_operator", "the secretariat stopped it"),
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
                            ("action_done", "the action is done, or someone else’s"),
                            ("post_deleted", "the message was deleted"),
                            ("posts_off", "the person has changed when they get emails about messages"),
                            ("poll_over", "the date poll is over, or the person has answered"),
                            ("request_over", "the message was confirmed or is no longer needed"),
                            ("not_in_room", "the person may not enter the project room any more"),
                            ("undeliverable", "emails to this address are returned"),
                            ("complained", "the person has reported an email as spam"),
                        ],
                        max_length=24,
                        verbose_name="reason for not sending",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.action",
                        verbose_name="action",
                    ),
                ),
                (
                    "caused_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Who added the colleague or opened the project room.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="caused by",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="matchmaking.contactrequest",
                        verbose_name="contact request to a company",
                    ),
                ),
                (
                    "contact_message",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="notifications.contactmessage",
                        verbose_name="message",
                    ),
                ),
                (
                    "date_poll",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.datepoll",
                        verbose_name="date poll",
                    ),
                ),
                (
                    "goes_with",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="followers",
                        to="notifications.notification",
                        verbose_name="sent together with",
                    ),
                ),
                (
                    "host_message",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="notifications.hostmessage",
                        verbose_name="message from a host",
                    ),
                ),
                (
                    "inbound_mail",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The reply that is forwarded.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="notifications.inboundmail",
                        verbose_name="received email",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="meetings.invitation",
                        verbose_name="invitation",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "newsletter",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="notifications.newsletter",
                        verbose_name="newsletter",
                    ),
                ),
                (
                    "newsletter_request",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="notifications.newsletterrequest",
                        verbose_name="request for the newsletter",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.post",
                        verbose_name="message in a discussion",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The question that was answered.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="engagement.question",
                        verbose_name="question",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
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
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="meetings.registration",
                        verbose_name="registration",
                    ),
                ),
                (
                    "sheet_request",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.partnerrequest",
                        verbose_name="contact request",
                    ),
                ),
            ],
            options={
                "verbose_name": "email",
                "verbose_name_plural": "emails",
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("registration__isnull", False)),
                        fields=["registration"],
                        name="notifications_by_registration",
                    ),
                    models.Index(
                        condition=models.Q(("invitation__isnull", False)),
                        fields=["invitation"],
                        name="notifications_by_invitation",
                    ),
                    models.Index(
                        condition=models.Q(("recording__isnull", False)),
                        fields=["recording"],
                        name="notifications_by_recording",
                    ),
                    models.Index(
                        condition=models.Q(("question__isnull", False)),
                        fields=["question"],
                        name="notifications_by_question",
                    ),
                    models.Index(
                        condition=models.Q(("company__isnull", False)),
                        fields=["company"],
                        name="notifications_by_company",
                    ),
                    models.Index(
                        condition=models.Q(("project__isnull", False)),
                        fields=["project"],
                        name="notifications_by_project",
                    ),
                    models.Index(
                        condition=models.Q(("action__isnull", False)),
                        fields=["action"],
                        name="notifications_by_action",
                    ),
                    models.Index(
                        condition=models.Q(("post__isnull", False)),
                        fields=["post"],
                        name="notifications_by_post",
                    ),
                    models.Index(
                        condition=models.Q(("date_poll__isnull", False)),
                        fields=["date_poll"],
                        name="notifications_by_date_poll",
                    ),
                    models.Index(
                        condition=models.Q(("sheet_request__isnull", False)),
                        fields=["sheet_request"],
                        name="notifications_by_sheet_request",
                    ),
                    models.Index(
                        condition=models.Q(("contact__isnull", False)),
                        fields=["contact"],
                        name="notifications_by_contact",
                    ),
                    models.Index(
                        condition=models.Q(("caused_by__isnull", False)),
                        fields=["caused_by"],
                        name="notifications_by_caused_by",
                    ),
                    models.Index(
                        condition=models.Q(("host_message__isnull", False)),
                        fields=["host_message"],
                        name="notifications_by_host_message",
                    ),
                    models.Index(
                        condition=models.Q(("newsletter__isnull", False)),
                        fields=["newsletter"],
                        name="notifications_by_newsletter",
                    ),
                    models.Index(
                        condition=models.Q(("goes_with__isnull", False)),
                        fields=["goes_with"],
                        name="notifications_by_goes_with",
                    ),
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
                    models.Index(
                        condition=models.Q(("kind", "reminder")),
                        fields=["due_at"],
                        name="notifications_reminders",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["sent", "dropped", "failed", "doubtful"])),
                        fields=["due_at"],
                        name="notifications_finished",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "kind", "dedupe_key"), name="never_tell_the_same_twice"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("contact_message__isnull", False)),
                        fields=("contact_message",),
                        name="one_email_for_each_contact_message",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("inbound_mail__isnull", False)),
                        fields=("inbound_mail",),
                        name="one_email_for_each_inbound_mail",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("newsletter_request__isnull", False)),
                        fields=("newsletter_request",),
                        name="one_email_for_each_newsletter_request",
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
                            models.Q(
                                ("contact_message__isnull", False),
                                ("kind", "contact"),
                                ("person__isnull", True),
                            ),
                            models.Q(("contact_message__isnull", True), ("kind", "reply")),
                            models.Q(
                                ("contact_message__isnull", True),
                                ("kind", "newsletter_request"),
                                ("person__isnull", True),
                            ),
                            models.Q(
                                models.Q(
                                    ("kind__in", ["contact", "reply", "newsletter_request"]), _negated=True
                                ),
                                ("contact_message__isnull", True),
                                ("person__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="only_messages_of_people_are_to_nobody_here",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("inbound_mail__isnull", False), ("kind", "reply")),
                            models.Q(
                                models.Q(("kind", "reply"), _negated=True), ("inbound_mail__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="a_forwarded_reply_came_in",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("host_message__isnull", False), ("kind", "host_message")),
                            models.Q(
                                models.Q(("kind", "host_message"), _negated=True),
                                ("host_message__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_host_message_has_a_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "newsletter"), ("newsletter__isnull", False)),
                            models.Q(
                                models.Q(("kind", "newsletter"), _negated=True), ("newsletter__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="a_newsletter_has_a_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "newsletter_request"), ("newsletter_request__isnull", False)),
                            models.Q(
                                models.Q(("kind", "newsletter_request"), _negated=True),
                                ("newsletter_request__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_newsletter_request_has_an_address",
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
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session", models.BigIntegerField(blank=True, db_index=True, editable=False, null=True)),
                (
                    "endpoint",
                    models.CharField(help_text="the browser's push service", max_length=1000, unique=True),
                ),
                (
                    "p256dh",
                    models.CharField(help_text="the browser's public key, in base64url", max_length=100),
                ),
                ("auth", models.CharField(help_text="what it shares with us, in base64url", max_length=40)),
                ("browser", models.CharField(blank=True, max_length=200, verbose_name="browser")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_subscriptions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "browser to notify",
                "verbose_name_plural": "browsers to notify",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PushMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "dedupe_key",
                    models.CharField(
                        help_text="one notification of a browser for each of these", max_length=80
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("next_at", models.DateTimeField(verbose_name="next attempt")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("dropped", "no longer needed"),
                            ("failed", "failed"),
                            ("doubtful", "uncertain"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("failure", models.TextField(blank=True, verbose_name="error")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_messages",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "notification",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="notifications.notification",
                        verbose_name="email",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="meetings.registration",
                        verbose_name="registration",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="notifications.pushsubscription",
                        verbose_name="browser",
                    ),
                ),
            ],
            options={
                "verbose_name": "browser notification",
                "verbose_name_plural": "browser notifications",
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_at"], name="pushes_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["claimed_at"],
                        name="pushes_under_way",
                    ),
                    models.Index(fields=["due_at"], name="pushes_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "dedupe_key"), name="never_notify_a_browser_of_the_same_twice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="sent_push_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmailText",
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
                            ("action_due", "reminder of an action"),
                            ("project_deletion", "project deletion scheduled or stopped"),
                            ("export_ready", "project export"),
                            ("post", "message in a discussion"),
                            ("posts", "daily discussion email"),
                            ("date_poll", "date poll to answer"),
                            ("date_poll_over", "date poll answers in, time to be chosen"),
                            ("partner_confirm", "request to confirm a message to a project"),
                            ("partner_request", "contact request to a project"),
                            ("partner_answer", "answer from a project"),
                            ("company_confirm", "request to confirm a message to a company"),
                            ("company_request", "contact request to a company"),
                            ("company_answer", "answer from a company"),
                            ("contact", "message of the contact page"),
                            ("proposal_declined", "proposed time declined"),
                            ("reply", "reply from a person"),
                            ("account_deleted", "account deleted"),
                            ("host_message", "message from the host"),
                            ("digest", "weekly email"),
                            ("newsletter", "newsletter"),
                            ("newsletter_request", "request to confirm the newsletter"),
                            ("thanks", "thanks for attending"),
                            ("missed", "recording for people who did not attend"),
                        ],
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="subject")),
                ("introduction", models.TextField(blank=True, verbose_name="introduction")),
                ("closing", models.TextField(blank=True, verbose_name="closing")),
                ("written_at", models.DateTimeField(verbose_name="written at")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="used since")),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="email_texts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "email text",
                "verbose_name_plural": "email texts",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["kind", "language"], name="email_text_by_kind")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("used_at__isnull", True)),
                        fields=("kind", "language"),
                        name="one_draft_of_an_email_text",
                    )
                ],
            },
        ),
    ]
