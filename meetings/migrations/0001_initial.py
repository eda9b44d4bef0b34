"""The first tables."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages
import companies.models.person
import meetings.models.meeting


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("companies", "0001_initial"),
        ("rooms", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                ("slug", models.SlugField(max_length=140, unique=True, verbose_name="name in the address")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("webinar_series", "webinar series"),
                            ("conference", "conference"),
                            ("project_development", "project-development event"),
                            ("study_visit", "study visit"),
                        ],
                        max_length=24,
                        verbose_name="kind",
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
                        help_text="Before that, only the secretariat sees it.",
                        verbose_name="is announced",
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
                        ],
                        max_length=8,
                        verbose_name="repeats",
                    ),
                ),
                (
                    "interval",
                    models.PositiveSmallIntegerField(default=1, verbose_name="every … days, weeks or months"),
                ),
                (
                    "weekdays",
                    models.JSONField(blank=True, default=list, help_text="0 is Monday, as in Python"),
                ),
                (
                    "count",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="how many times"),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="until this day")),
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
                            ("site_visit", "site visit"),
                            ("one_to_one", "one-to-one meeting"),
                        ],
                        max_length=24,
                        verbose_name="kind",
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
                        verbose_name="state",
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "description",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="description"
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
                ("languages", models.JSONField(default=list, verbose_name="spoken languages")),
                (
                    "interpreted_into",
                    models.JSONField(blank=True, default=list, verbose_name="interpreted into"),
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
                        verbose_name="how people meet",
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
                            ("members", "companies of the cluster"),
                            ("invited", "only those invited"),
                        ],
                        default="public",
                        max_length=8,
                        verbose_name="who may come",
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
                ("record", models.BooleanField(default=False, verbose_name="is to be recorded")),
                ("lobby", models.BooleanField(default=False, verbose_name="has a lobby")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="announced at")),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="changed at"),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "extended_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="extended until"),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                ("cancel_reason", models.TextField(blank=True, verbose_name="why it was cancelled")),
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
                            ("pending", "waiting for the host"),
                            ("confirmed", "registered"),
                            ("waitlisted", "on the waitlist"),
                            ("offered", "seat offered"),
                            ("cancelled", "withdrawn"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "company_name",
                    models.CharField(blank=True, max_length=120, verbose_name="name of the company"),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "language",
                    models.CharField(default="en", max_length=5, verbose_name="language of pages and mails"),
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
                        verbose_name="address confirmed at",
                    ),
                ),
                (
                    "verify_by",
                    models.DateTimeField(
                        blank=True,
                        help_text="after that the place lapses",
                        null=True,
                        verbose_name="address to be confirmed by",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
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
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["state", "starts_at"], name="meeting_by_state_and_start"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["room", "starts_at"], name="meeting_by_room_and_start"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="meeting_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity__isnull", True), ("capacity__gte", 1), _connector="OR"),
                name="meeting_has_room_for_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "live"), _negated=True), ("started_at__isnull", False), _connector="OR"
                ),
                name="live_meeting_has_started",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="meeting_ended_after_it_started",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "live")), fields=("room",), name="one_live_meeting_per_room"
            ),
        ),
    ]
