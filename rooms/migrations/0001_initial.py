"""The first tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("companies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                        choices=[("meeting", "meeting room"), ("project", "project room")],
                        default="meeting",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "last_seq",
                    models.PositiveBigIntegerField(default=0, help_text="number of the newest durable event"),
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
            ],
            options={
                "verbose_name": "room",
                "verbose_name_plural": "rooms",
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
                ("joined_at", models.DateTimeField(verbose_name="came at")),
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
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "company_name",
                    models.CharField(blank=True, max_length=120, verbose_name="name of the company"),
                ),
                (
                    "admission",
                    models.CharField(
                        choices=[
                            ("waiting", "in the lobby"),
                            ("admitted", "admitted"),
                            ("denied", "turned away"),
                            ("removed", "removed"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("on_stage", models.BooleanField(default=False, verbose_name="is on the stage")),
                ("hand_raised_at", models.DateTimeField(blank=True, null=True, verbose_name="hand up since")),
                ("first_seen_at", models.DateTimeField(verbose_name="first came at")),
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
    ]
