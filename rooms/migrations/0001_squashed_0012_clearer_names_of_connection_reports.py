import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids


class Migration(migrations.Migration):
    replaces = [
        ("rooms", "0001_initial"),
        ("rooms", "0002_clearer_labels"),
        ("rooms", "0003_audience_of_events"),
        ("rooms", "0004_locked_room"),
        ("rooms", "0005_spotlight"),
        ("rooms", "0006_clearer_words"),
        ("rooms", "0007_breakout_rooms"),
        ("rooms", "0008_stage_order"),
        ("rooms", "0009_numbers_of_breakout_rooms"),
        ("rooms", "0010_link_reports"),
        ("rooms", "0011_link_report_seconds"),
        ("rooms", "0012_clearer_names_of_connection_reports"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0012_quiet_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsedTicket",
            fields=[
                ("id", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("used_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Room",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "meeting room"),
                            ("project", "project room"),
                            ("breakout", "breakout room"),
                        ],
                        default="meeting",
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "last_seq",
                    models.PositiveBigIntegerField(default=0, help_text="number of the newest durable event"),
                ),
                (
                    "stage_order",
                    models.JSONField(
                        default=list,
                        editable=False,
                        help_text="keys of participants, as hosts have put them on the stage",
                    ),
                ),
                (
                    "locked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="locked since"),
                ),
                ("label", models.CharField(blank=True, max_length=40, verbose_name="group")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True, editable=False, null=True, verbose_name="number"
                    ),
                ),
                (
                    "companies",
                    models.ManyToManyField(
                        blank=True,
                        related_name="project_rooms",
                        to="companies.company",
                        verbose_name="companies",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="breakouts",
                        to="rooms.room",
                        verbose_name="main room",
                    ),
                ),
            ],
            options={
                "verbose_name": "room",
                "verbose_name_plural": "rooms",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "breakout"), ("parent__isnull", False)),
                            models.Q(models.Q(("kind", "breakout"), _negated=True), ("parent", None)),
                            _connector="OR",
                        ),
                        name="breakout_rooms_have_a_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "breakout"), _negated=True),
                            models.Q(("label", ""), _negated=True),
                            ("number__isnull", False),
                            _connector="OR",
                        ),
                        name="breakout_rooms_have_a_name_or_a_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("company_name", models.CharField(blank=True, max_length=120, verbose_name="company name")),
                (
                    "admission",
                    models.CharField(
                        choices=[
                            ("waiting", "in the waiting room"),
                            ("admitted", "admitted"),
                            ("denied", "denied"),
                            ("removed", "removed"),
                        ],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("on_stage", models.BooleanField(default=False, verbose_name="on stage")),
                (
                    "hand_raised_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="hand raised since"),
                ),
                ("first_seen_at", models.DateTimeField(verbose_name="first joined at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "participant",
                "verbose_name_plural": "participants",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("room", "person"), name="one_participant_per_person_and_room"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection", models.CharField(max_length=32, unique=True)),
                ("process", models.CharField(help_text="which process holds the connection", max_length=64)),
                ("joined_at", models.DateTimeField(verbose_name="joined at")),
                ("seen_at", models.DateTimeField(verbose_name="last seen at")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "presence",
                "verbose_name_plural": "presences",
                "indexes": [
                    models.Index(fields=["room", "person"], name="presence_by_room_and_person"),
                    models.Index(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=["seen_at"],
                        name="open_presences_by_sign_of_life",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at__isnull", True),
                            ("left_at__gte", models.F("joined_at")),
                            _connector="OR",
                        ),
                        name="presence_leaves_after_it_joins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoomEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.PositiveBigIntegerField(verbose_name="number")),
                ("ev", models.CharField(max_length=40, verbose_name="event")),
                ("payload", models.JSONField(default=dict, verbose_name="content")),
                ("at", models.DateTimeField(verbose_name="happened at")),
                (
                    "audience",
                    models.JSONField(
                        editable=False,
                        help_text="who gets it: people and whether hosts do; null for everybody",
                        null=True,
                    ),
                ),
                (
                    "client_id",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="made by the client that said it",
                        max_length=36,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "room event",
                "verbose_name_plural": "room events",
                "ordering": ["room", "seq"],
                "constraints": [
                    models.UniqueConstraint(fields=("room", "seq"), name="events_of_a_room_are_numbered"),
                    models.UniqueConstraint(
                        condition=models.Q(("client_id", ""), _negated=True),
                        fields=("room", "client_id", "person"),
                        name="a_client_says_a_message_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkReport",
            fields=[
                (
                    "presence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="link_report",
                        serialize=False,
                        to="rooms.presence",
                        verbose_name="presence",
                    ),
                ),
                ("seconds", models.PositiveIntegerField(default=0, verbose_name="seconds measured")),
                (
                    "weak_seconds",
                    models.PositiveIntegerField(default=0, verbose_name="seconds with a weak connection"),
                ),
                (
                    "poor_seconds",
                    models.PositiveIntegerField(default=0, verbose_name="seconds with a poor connection"),
                ),
                (
                    "far_seconds",
                    models.PositiveIntegerField(default=0, verbose_name="seconds with high latency"),
                ),
                (
                    "missing_seconds",
                    models.PositiveIntegerField(
                        default=0, verbose_name="seconds without audio or video from others"
                    ),
                ),
                (
                    "away_seconds",
                    models.PositiveIntegerField(default=0, verbose_name="seconds without the media server"),
                ),
                ("received", models.PositiveBigIntegerField(default=0, verbose_name="packets received")),
                ("lost", models.PositiveBigIntegerField(default=0, verbose_name="packets lost")),
                ("bytes_received", models.PositiveBigIntegerField(default=0, verbose_name="bytes received")),
                (
                    "worst_loss",
                    models.FloatField(default=0, verbose_name="largest share of lost packets in a minute"),
                ),
                (
                    "worst_jitter_ms",
                    models.PositiveIntegerField(default=0, verbose_name="highest jitter in milliseconds"),
                ),
                (
                    "worst_round_trip_ms",
                    models.PositiveIntegerField(default=0, verbose_name="highest latency in milliseconds"),
                ),
                ("is_relayed", models.BooleanField(null=True, verbose_name="through a relay")),
                ("updated_at", models.DateTimeField(verbose_name="last reported at")),
            ],
            options={
                "verbose_name": "connection report",
                "verbose_name_plural": "connection reports",
                "indexes": [models.Index(fields=["updated_at"], name="link_reports_by_age")],
            },
        ),
        migrations.AddField(
            model_name="room",
            name="spotlight",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="rooms.participant",
                verbose_name="person in the spotlight",
            ),
        ),
    ]
