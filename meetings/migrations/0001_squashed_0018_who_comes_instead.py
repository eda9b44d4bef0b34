import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages
import companies.models.person
import meetings.models.meeting


class Migration(migrations.Migration):
    replaces = [
        ("meetings", "0001_initial"),
        ("meetings", "0002_meeting_of_a_series_has_a_position"),
        ("meetings", "0003_no_one_to_one_kind"),
        ("meetings", "0004_confirmations_sent_again"),
        ("meetings", "0005_replies_to_host"),
        ("meetings", "0006_invitation"),
        ("meetings", "0007_registration_questions"),
        ("meetings", "0008_meeting_anonymised_at"),
        ("meetings", "0009_covers"),
        ("meetings", "0010_meeting_interpretation_how"),
        ("meetings", "0011_clearer_labels"),
        ("meetings", "0012_clearer_words"),
        ("meetings", "0013_calendar_replies"),
        ("meetings", "0014_captioner"),
        ("meetings", "0015_days_of_a_monthly_series"),
        ("meetings", "0016_follow_ups"),
        ("meetings", "0017_clearer_outcomes_of_calendar_replies"),
        ("meetings", "0018_who_comes_instead"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0012_quiet_hours"),
        ("rooms", "0001_squashed_0012_clearer_names_of_connection_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(max_length=140, unique=True, verbose_name="name in the web address"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("webinar_series", "webinar series"),
                            ("conference", "conference"),
                            ("project_development", "project workshop"),
                            ("study_visit", "study visit"),
                        ],
                        max_length=24,
                        verbose_name="type",
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "summary",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, help_text="One or two sentences.", verbose_name="summary"
                    ),
                ),
                (
                    "description",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="description"
                    ),
                ),
                (
                    "picture",
                    models.ImageField(
                        blank=True,
                        help_text="Without one, a picture is drawn from the kind of programme.",
                        upload_to="programmes/",
                        verbose_name="picture",
                    ),
                ),
                (
                    "picture_text",
                    companies.languages.LanguageTextField(
                        blank=True,
                        default=dict,
                        help_text="Read out to people who cannot see the picture.",
                        verbose_name="picture description",
                    ),
                ),
                (
                    "timezone",
                    models.CharField(
                        default=companies.models.person.default_timezone,
                        max_length=64,
                        verbose_name="time zone",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="first day")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                (
                    "is_published",
                    models.BooleanField(
                        default=False,
                        help_text="Until then, only the secretariat can see it.",
                        verbose_name="is published",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "programme",
                "verbose_name_plural": "programmes",
                "ordering": ["-starts_on", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="programme_ends_on_or_after_its_first_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
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
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "every day"),
                            ("weekly", "every week"),
                            ("monthly", "every month"),
                            ("dates", "on chosen dates"),
                        ],
                        max_length=8,
                        verbose_name="repeats",
                    ),
                ),
                (
                    "interval",
                    models.PositiveSmallIntegerField(
                        default=1, verbose_name="interval in days, weeks or months"
                    ),
                ),
                (
                    "monthly_by",
                    models.CharField(
                        choices=[
                            ("day", "the same day of the month, such as the 14th"),
                            ("weekday", "the same weekday, such as the second Tuesday"),
                            ("last_weekday", "the last such weekday, such as the last Tuesday"),
                            ("last_day", "the last day of the month"),
                        ],
                        default="day",
                        max_length=12,
                        verbose_name="day of the month",
                    ),
                ),
                (
                    "weekdays",
                    models.JSONField(blank=True, default=list, help_text="0 is Monday, as in Python"),
                ),
                (
                    "count",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="number of meetings"
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="end date")),
                (
                    "timezone",
                    models.CharField(
                        default=companies.models.person.default_timezone,
                        max_length=64,
                        verbose_name="time zone",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("interval__gte", 1)), name="series_interval_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count__isnull", True), ("until__isnull", True), _connector="XOR"
                        ),
                        name="series_ends_by_count_or_by_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
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
                    "uid",
                    models.CharField(
                        editable=False,
                        help_text="iCalendar UID (RFC 5545 3.8.4.7): for life",
                        max_length=120,
                        unique=True,
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(default=0, help_text="iCalendar SEQUENCE (RFC 5545 3.8.7.4)"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("webinar", "webinar"),
                            ("lecture", "lecture"),
                            ("project_meeting", "project meeting"),
                            ("conference_session", "conference session"),
                            ("site_visit", "study visit"),
                        ],
                        max_length=24,
                        verbose_name="type",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("scheduled", "scheduled"),
                            ("live", "live"),
                            ("ended", "ended"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "description",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="description"
                    ),
                ),
                ("cover", models.ImageField(blank=True, upload_to="covers/", verbose_name="cover")),
                (
                    "cover_text",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="the cover in words"
                    ),
                ),
                (
                    "series_position",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="number in the series"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts at")),
                ("ends_at", models.DateTimeField(verbose_name="ends at")),
                (
                    "timezone",
                    models.CharField(
                        default=companies.models.person.default_timezone,
                        max_length=64,
                        verbose_name="time zone",
                    ),
                ),
                ("local_day", models.DateField()),
                ("local_time", models.TimeField()),
                ("languages", models.JSONField(default=list, verbose_name="languages")),
                (
                    "interpreted_into",
                    models.JSONField(blank=True, default=list, verbose_name="interpretation languages"),
                ),
                (
                    "interpretation_how",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="how to listen to the interpretation"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("online", "online"),
                            ("on_site", "on site"),
                            ("both", "online and on site"),
                        ],
                        default="online",
                        max_length=8,
                        verbose_name="meeting format",
                    ),
                ),
                ("address", models.TextField(blank=True, verbose_name="place")),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="seats",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "anyone"),
                            ("members", "companies in the cluster"),
                            ("invited", "invited people only"),
                        ],
                        default="public",
                        max_length=8,
                        verbose_name="visibility",
                    ),
                ),
                (
                    "registration",
                    models.CharField(
                        choices=[("open", "open"), ("approval", "the host approves"), ("closed", "closed")],
                        default="open",
                        max_length=8,
                        verbose_name="registration",
                    ),
                ),
                (
                    "reminders",
                    models.JSONField(
                        blank=True,
                        default=meetings.models.meeting.default_reminders,
                        help_text="Minutes before the start.",
                        verbose_name="reminders",
                    ),
                ),
                ("record", models.BooleanField(default=False, verbose_name="will be recorded")),
                ("lobby", models.BooleanField(default=False, verbose_name="has a waiting room")),
                (
                    "replies_to_host",
                    models.BooleanField(
                        default=False,
                        help_text="Recipients then see the host’s email address.",
                        verbose_name="replies go to the host",
                    ),
                ),
                (
                    "follow_ups",
                    models.BooleanField(
                        default=True,
                        help_text="Thanks to those who attended, and the recording to those who did not.",
                        verbose_name="people are written to afterwards",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last changed"),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "extended_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="extended until"),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                ("cancel_reason", models.TextField(blank=True, verbose_name="reason for cancelling")),
                (
                    "anonymised_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="since then its attendance names nobody",
                        null=True,
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hosted_meetings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="host",
                    ),
                ),
                (
                    "host_company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="hosted_meetings",
                        to="companies.company",
                        verbose_name="host company",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="meetings",
                        to="meetings.programme",
                        verbose_name="programme",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="meetings.series",
                        verbose_name="series",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "ordering": ["starts_at"],
                "indexes": [
                    models.Index(fields=["state", "starts_at"], name="meeting_by_state_and_start"),
                    models.Index(fields=["room", "starts_at"], name="meeting_by_room_and_start"),
                    models.Index(
                        condition=models.Q(("anonymised_at__isnull", True)),
                        fields=["ends_at"],
                        name="meeting_to_anonymise",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="meeting_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__isnull", True), ("capacity__gte", 1), _connector="OR"),
                        name="meeting_has_room_for_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "live"), _negated=True),
                            ("started_at__isnull", False),
                            _connector="OR",
                        ),
                        name="live_meeting_has_started",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True),
                            ("ended_at__gte", models.F("started_at")),
                            _connector="OR",
                        ),
                        name="meeting_ended_after_it_started",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("series__isnull", True), ("series_position__isnull", True)),
                            models.Q(("series__isnull", False), ("series_position__isnull", False)),
                            _connector="OR",
                        ),
                        name="meeting_of_a_series_has_a_position",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "live")),
                        fields=("room",),
                        name="one_live_meeting_per_room",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "no answer yet"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn by the host"),
                        ],
                        default="invited",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("company_name", models.CharField(blank=True, max_length=120, verbose_name="company name")),
                (
                    "language",
                    models.CharField(
                        default="en", max_length=5, verbose_name="language for pages and emails"
                    ),
                ),
                (
                    "timezone",
                    models.CharField(
                        default=companies.models.person.default_timezone,
                        max_length=64,
                        verbose_name="time zone",
                    ),
                ),
                (
                    "by_company",
                    models.BooleanField(
                        default=False,
                        help_text="The host chose the company and may not know the address.",
                        verbose_name="invited with the company",
                    ),
                ),
                (
                    "link_key",
                    models.CharField(
                        default=companies.ids.new_id,
                        help_text="part of the personal link; a new one makes old links void",
                        max_length=16,
                    ),
                ),
                ("invited_at", models.DateTimeField(verbose_name="invited at")),
                ("sent_at", models.DateTimeField(verbose_name="last sent at")),
                ("times_sent", models.PositiveSmallIntegerField(default=1)),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="invitation withdrawn at"),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invitations",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invitations_sent",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="invited by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["invited_at", "pk"],
                "indexes": [
                    models.Index(fields=["meeting", "state"], name="invitation_by_state"),
                    models.Index(fields=["invited_by", "sent_at"], name="invitation_by_sender"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("meeting", "person"),
                        name="one_standing_invitation_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "declined"]), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="an_answered_invitation_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            ("withdrawn_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_withdrawn_invitation_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConfirmationRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="email address")),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for a confirmation",
                "verbose_name_plural": "requests for a confirmation",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "email"), name="one_confirmation_request_per_address_and_meeting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("accepted", "accepts"),
                            ("tentative", "maybe"),
                            ("declined", "declines"),
                            ("counter", "proposes another time"),
                            ("delegated", "sends someone else"),
                        ],
                        max_length=12,
                        verbose_name="answer",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("changed", "registration changed"),
                            ("noted", "nothing to change"),
                            ("outdated", "outdated: there is newer information"),
                            ("repeated", "already received"),
                            ("forged", "sender not verified"),
                            ("other_person", "from someone who wasn’t invited"),
                            ("other_event", "about another event"),
                            ("too_late", "the meeting is over or cancelled"),
                            ("not_registered", "no longer registered"),
                            ("incomplete", "nothing changed: Outlook’s own format (winmail.dat)"),
                        ],
                        max_length=16,
                        verbose_name="result",
                    ),
                ),
                (
                    "attendee",
                    models.EmailField(
                        help_text="As named in the reply.", max_length=254, verbose_name="email address"
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("stamped_at", models.DateTimeField(help_text="DTSTAMP: when the calendar program made it")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("comment", models.TextField(blank=True, max_length=500, verbose_name="comment")),
                (
                    "proposed_starts_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="proposed start"),
                ),
                (
                    "proposed_ends_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="proposed end"),
                ),
                (
                    "delegated_to",
                    models.EmailField(
                        blank=True,
                        help_text="As named in the reply.",
                        max_length=254,
                        verbose_name="comes instead",
                    ),
                ),
                (
                    "declined_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="a host did not want the proposed time",
                        null=True,
                        verbose_name="proposal declined at",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_replies",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_replies",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar reply",
                "verbose_name_plural": "calendar replies",
                "ordering": ["-received_at", "-pk"],
                "indexes": [
                    models.Index(fields=["meeting", "-received_at"], name="calendar_reply_of_meeting"),
                    models.Index(fields=["received_at"], name="calendar_reply_by_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer", "counter"), ("proposed_starts_at__isnull", True), _connector="OR"
                        ),
                        name="only_a_counter_proposes_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("host", "host"),
                            ("co_host", "co-host"),
                            ("speaker", "speaker"),
                            ("interpreter", "interpreter"),
                            ("captioner", "captioner"),
                            ("attendee", "attendee"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meeting_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "person"), name="one_stage_role_per_person_and_meeting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting for approval"),
                            ("confirmed", "registered"),
                            ("waitlisted", "on the waitlist"),
                            ("offered", "seat offered"),
                            ("cancelled", "registration cancelled"),
                        ],
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("company_name", models.CharField(blank=True, max_length=120, verbose_name="company name")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "language",
                    models.CharField(
                        default="en", max_length=5, verbose_name="language for pages and emails"
                    ),
                ),
                (
                    "timezone",
                    models.CharField(
                        default=companies.models.person.default_timezone,
                        max_length=64,
                        verbose_name="time zone",
                    ),
                ),
                ("answers", models.JSONField(blank=True, default=dict, verbose_name="answers")),
                (
                    "link_key",
                    models.CharField(
                        default=companies.ids.new_id,
                        help_text="part of the personal link; a new one makes old links void",
                        max_length=16,
                    ),
                ),
                ("registered_at", models.DateTimeField(verbose_name="registered at")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("offered_until", models.DateTimeField(blank=True, null=True, verbose_name="offered until")),
                (
                    "verified_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="empty: anybody may have typed this address",
                        null=True,
                        verbose_name="email address confirmed at",
                    ),
                ),
                (
                    "verify_by",
                    models.DateTimeField(
                        blank=True,
                        help_text="after that the place lapses",
                        null=True,
                        verbose_name="email address to be confirmed by",
                    ),
                ),
                (
                    "resent_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="confirmation sent again at"
                    ),
                ),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="registration cancelled at"),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="registrations",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "ordering": ["registered_at", "pk"],
                "indexes": [
                    models.Index(fields=["meeting", "state"], name="registration_by_state"),
                    models.Index(
                        condition=models.Q(("verify_by__isnull", False)),
                        fields=["verify_by"],
                        name="registration_to_verify",
                    ),
                    models.Index(
                        condition=models.Q(("state", "offered")),
                        fields=["offered_until"],
                        name="registration_offered",
                    ),
                    models.Index(
                        condition=models.Q(("state", "waitlisted")),
                        fields=["meeting"],
                        name="registration_waitlisted",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("meeting", "person"),
                        name="one_active_registration_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            ("offered_until__isnull", False),
                            _connector="OR",
                        ),
                        name="an_offered_seat_has_a_time_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verify_by__isnull", True),
                            models.Q(("state__in", ["pending", "confirmed"]), ("verified_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="only_a_held_unverified_place_lapses",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistrationQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        default=companies.ids.new_id,
                        help_text="of the answer; the same in all meetings of a series",
                        max_length=40,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Starts at 0. Empty: no longer asked.",
                        null=True,
                        verbose_name="position",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("choice", "one choice"),
                            ("several", "several choices"),
                            ("consent", "consent"),
                        ],
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                ("label", companies.languages.LanguageTextField(default=dict, verbose_name="question")),
                (
                    "choices",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="[{id, text, removed}]; removed ones keep their words for the answers that people gave",
                        verbose_name="choices",
                    ),
                ),
                ("is_required", models.BooleanField(default=False, verbose_name="must be answered")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registration_questions",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "question at registration",
                "verbose_name_plural": "questions at registration",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "key"), name="one_registration_question_per_key_and_meeting"
                    ),
                    models.UniqueConstraint(
                        fields=("meeting", "position"), name="one_registration_question_per_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__isnull", True), ("position__lt", 10), _connector="OR"),
                        name="registration_questions_are_few",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["text", "choice", "several", "consent"])),
                        name="registration_question_is_of_a_known_kind",
                    ),
                ],
            },
        ),
    ]
