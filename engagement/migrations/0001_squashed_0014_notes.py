import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages
import engagement.realtime_text.models


class Migration(migrations.Migration):
    replaces = [
        ("engagement", "0001_questions"),
        ("engagement", "0002_polls"),
        ("engagement", "0003_chat_settings"),
        ("engagement", "0004_clearer_words"),
        ("engagement", "0005_slides"),
        ("engagement", "0006_breakouts"),
        ("engagement", "0007_message_reactions"),
        ("engagement", "0008_agenda"),
        ("engagement", "0009_planned_breakouts"),
        ("engagement", "0010_resources"),
        ("engagement", "0011_interpretation"),
        ("engagement", "0012_numbers_of_breakout_rooms"),
        ("engagement", "0013_caption_links"),
        ("engagement", "0014_notes"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0012_quiet_hours"),
        ("rooms", "0001_squashed_0012_clearer_names_of_connection_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChatSettings",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="chat_settings",
                        serialize=False,
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="attendees can write in the chat")),
                (
                    "private",
                    models.CharField(
                        choices=[
                            ("everybody", "anyone can message anyone"),
                            ("hosts", "only to hosts, and hosts to anyone"),
                            ("nobody", "no private messages"),
                        ],
                        default="hosts",
                        max_length=10,
                        verbose_name="private messages",
                    ),
                ),
                (
                    "is_moderated",
                    models.BooleanField(
                        default=False, verbose_name="a host approves messages before others see them"
                    ),
                ),
                (
                    "slow_seconds",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="seconds between two messages of a person"
                    ),
                ),
                ("pinned", models.JSONField(default=list, editable=False)),
            ],
            options={
                "verbose_name": "chat settings",
                "verbose_name_plural": "chat settings",
            },
        ),
        migrations.CreateModel(
            name="QuestionSettings",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="question_settings",
                        serialize=False,
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="Q&A is on")),
                (
                    "is_moderated",
                    models.BooleanField(
                        default=False, verbose_name="a host approves questions before others see them"
                    ),
                ),
                (
                    "anonymity",
                    models.CharField(
                        choices=[
                            ("no", "not allowed"),
                            ("attendees", "names hidden from other attendees, not from hosts"),
                            ("everyone", "names hidden from everyone, including hosts"),
                        ],
                        default="everyone",
                        max_length=10,
                        verbose_name="anonymous questions",
                    ),
                ),
                (
                    "has_upvotes",
                    models.BooleanField(default=True, verbose_name="attendees can upvote questions"),
                ),
            ],
            options={
                "verbose_name": "Q&A settings",
                "verbose_name_plural": "Q&A settings",
            },
        ),
        migrations.CreateModel(
            name="ReactionTotal",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reaction_total",
                        serialize=False,
                        to="rooms.roomevent",
                        verbose_name="message",
                    ),
                ),
                ("counts", models.JSONField(default=dict, editable=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "total of reactions",
                "verbose_name_plural": "totals of reactions",
            },
        ),
        migrations.CreateModel(
            name="BreakoutRound",
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
                    "meeting",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="its id; empty in a project room between meetings",
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "prepared"), ("open", "open"), ("closed", "closed")],
                        default="prepared",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "assign",
                    models.CharField(
                        choices=[
                            ("random", "at random"),
                            ("companies", "companies mixed"),
                            ("countries", "countries mixed"),
                            ("list", "by the host"),
                            ("choice", "everyone chooses"),
                        ],
                        max_length=9,
                        verbose_name="assignment",
                    ),
                ),
                (
                    "seed",
                    models.PositiveBigIntegerField(
                        editable=False, help_text="of the random order in which people were assigned"
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="opened at"),
                ),
                (
                    "ends_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ends at"),
                ),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed at"),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="breakout_rounds",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "breakout rooms",
                "verbose_name_plural": "breakout rooms",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=("room",),
                        name="one_round_of_breakout_rooms_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "prepared"), ("opened_at__isnull", False), _connector="OR"
                        ),
                        name="breakout_rooms_were_opened_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BreakoutGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="breakout_group",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="engagement.breakoutround",
                        verbose_name="breakout rooms",
                    ),
                ),
            ],
            options={
                "verbose_name": "breakout room",
                "verbose_name_plural": "breakout rooms",
                "ordering": ["round", "room__number"],
            },
        ),
        migrations.CreateModel(
            name="BreakoutReservation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="engagement.breakoutgroup",
                        verbose_name="group",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="breakout_reservations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="engagement.breakoutround",
                        verbose_name="breakout rooms",
                    ),
                ),
            ],
            options={
                "verbose_name": "planned breakout group",
                "verbose_name_plural": "planned breakout groups",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "person"), name="one_planned_group_per_person_and_round"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BreakoutAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("assigned_at", models.DateTimeField(verbose_name="assigned at")),
                (
                    "help_asked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="asked for help at"),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="breakout_assignments",
                        to="rooms.participant",
                        verbose_name="participant",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="engagement.breakoutgroup",
                        verbose_name="group",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="engagement.breakoutround",
                        verbose_name="breakout rooms",
                    ),
                ),
            ],
            options={
                "verbose_name": "breakout room assignment",
                "verbose_name_plural": "breakout room assignments",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "participant"), name="one_group_per_participant_and_round"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaptionLink",
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
                ("meeting", models.CharField(editable=False, help_text="its id", max_length=16)),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                (
                    "link_key",
                    models.CharField(
                        default=engagement.realtime_text.models.new_link_key, editable=False, max_length=32
                    ),
                ),
                (
                    "last_seq",
                    models.PositiveBigIntegerField(default=0, help_text="number of the newest post"),
                ),
                (
                    "recent",
                    models.JSONField(
                        default=list,
                        editable=False,
                        help_text="numbers and digests of posts, to recognise a repeated one",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("posted_at", models.DateTimeField(help_text="when the newest post came", null=True)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="caption_links",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "caption link",
                "verbose_name_plural": "caption links",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "language"), name="one_caption_link_per_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InterpretationChannel",
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
                    "meeting",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="its id; empty in a project room between meetings",
                        max_length=16,
                    ),
                ),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("is_planned", models.BooleanField(default=False, verbose_name="planned before the meeting")),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interpretation_channels",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "interpretation channel",
                "verbose_name_plural": "interpretation channels",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("room", "meeting", "language"), name="one_channel_per_language_and_meeting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelInterpreter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_on_air", models.BooleanField(default=False, verbose_name="on air")),
                ("is_offered", models.BooleanField(default=False, verbose_name="asked to take over")),
                ("since", models.DateTimeField(verbose_name="interpreting since")),
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interpretation",
                        to="rooms.participant",
                        verbose_name="participant",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interpreters",
                        to="engagement.interpretationchannel",
                        verbose_name="interpretation channel",
                    ),
                ),
            ],
            options={
                "verbose_name": "channel interpreter",
                "verbose_name_plural": "channel interpreters",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_on_air", True)),
                        fields=("channel",),
                        name="one_interpreter_on_air_in_a_channel",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_offered", True)),
                        fields=("channel",),
                        name="one_interpreter_asked_to_take_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_offered", True), ("is_on_air", True), _negated=True),
                        name="who_is_on_air_need_not_take_over",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageReaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reaction", models.CharField(max_length=10, verbose_name="reaction")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="rooms.roomevent",
                        verbose_name="message",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="message_reactions",
                        to="rooms.participant",
                        verbose_name="participant",
                    ),
                ),
            ],
            options={
                "verbose_name": "reaction to a message",
                "verbose_name_plural": "reactions to messages",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "participant", "reaction"), name="a_person_reacts_once_in_each_way"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reaction__in", ("applause", "thumbs_up", "heart", "laugh", "surprise"))
                        ),
                        name="reactions_are_those_of_the_room",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteDocument",
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
                    "meeting",
                    models.CharField(
                        blank=True, help_text="id of the meeting that it belongs to", max_length=16
                    ),
                ),
                ("state", models.BinaryField(default=bytes)),
                (
                    "number",
                    models.PositiveBigIntegerField(default=0, help_text="number of the newest update"),
                ),
                ("size", models.PositiveIntegerField(default=0, help_text="bytes")),
                (
                    "is_shown",
                    models.BooleanField(
                        default=False,
                        help_text="those of a webinar may read it",
                        verbose_name="shown to attendees",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="changed at")),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="note_documents",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "notes",
                "verbose_name_plural": "notes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("room", "meeting"), name="one_document_of_notes_per_meeting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField()),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="updates",
                        to="engagement.notedocument",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "number"), name="updates_of_notes_are_numbered"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(help_text="of the newest update that it contains")),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField(verbose_name="written at")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="engagement.notedocument",
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(
                        related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="people"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of notes",
                "verbose_name_plural": "versions of notes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "number"), name="one_version_per_update_of_notes"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteWriter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client", models.PositiveBigIntegerField(help_text="client id of Yjs")),
                ("clock", models.PositiveBigIntegerField(default=0)),
                ("wrote_at", models.DateTimeField(verbose_name="last written at")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="writers",
                        to="engagement.notedocument",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("document", "client"), name="a_client_id_is_one_person_s")
                ],
            },
        ),
        migrations.CreateModel(
            name="Poll",
            fields=[
                ("translations", models.JSONField(blank=True, default=dict, verbose_name="translations")),
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
                    "meeting",
                    models.CharField(
                        blank=True, help_text="id of the meeting that it belongs to", max_length=16
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("single", "one choice"),
                            ("multiple", "several choices"),
                            ("rating", "rating"),
                            ("words", "word cloud"),
                            ("ranking", "ranking"),
                            ("quiz", "quiz"),
                        ],
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="question")),
                ("is_anonymous", models.BooleanField(default=True, verbose_name="anonymous")),
                ("opened_as_anonymous", models.BooleanField(editable=False, null=True)),
                (
                    "results",
                    models.CharField(
                        choices=[
                            ("live", "Everyone, while people vote"),
                            ("held", "Everyone, once you share them"),
                            ("hosts", "Only hosts"),
                        ],
                        default="live",
                        max_length=5,
                        verbose_name="who sees the results",
                    ),
                ),
                (
                    "most_choices",
                    models.PositiveSmallIntegerField(default=1, verbose_name="maximum number of choices"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "prepared"), ("open", "open"), ("closed", "closed")],
                        default="prepared",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("voters", models.PositiveIntegerField(default=0)),
                ("is_shared", models.BooleanField(default=False, help_text="everybody may see the results")),
                (
                    "is_on_stage",
                    models.BooleanField(default=False, help_text="its results are shown over the stage"),
                ),
                (
                    "is_on_page",
                    models.BooleanField(
                        default=False,
                        help_text="after the meeting",
                        verbose_name="results on the meeting page",
                    ),
                ),
                (
                    "final_results",
                    models.JSONField(
                        default=list, editable=False, help_text="once closed, as pages show them"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="polls",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "poll",
                "verbose_name_plural": "polls",
                "indexes": [
                    models.Index(fields=["meeting", "created_at"], name="polls_by_meeting"),
                    models.Index(fields=["created_at"], name="polls_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("room",),
                        name="one_open_poll_in_a_room",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened_as_anonymous__isnull", True),
                            ("opened_as_anonymous", models.F("is_anonymous")),
                            _connector="OR",
                        ),
                        name="an_opened_poll_stays_as_anonymous",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("opened_as_anonymous__isnull", True),
                                ("opened_at__isnull", True),
                                ("state", "prepared"),
                                ("voters", 0),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("opened_as_anonymous__isnull", False),
                                ("opened_at__isnull", False),
                                ("state", "open"),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("opened_as_anonymous__isnull", False),
                                ("opened_at__isnull", False),
                                ("state", "closed"),
                            ),
                            _connector="OR",
                        ),
                        name="a_poll_is_prepared_open_or_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("results", "hosts"), _negated=True),
                            models.Q(("is_on_page", False), ("is_on_stage", False), ("is_shared", False)),
                            _connector="OR",
                        ),
                        name="a_poll_for_hosts_is_not_shared",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PollBallot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("choices", models.JSONField(default=list, verbose_name="choices")),
                ("text", models.CharField(blank=True, max_length=40, verbose_name="answer")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ballots",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ballots",
                        to="engagement.poll",
                        verbose_name="poll",
                    ),
                ),
            ],
            options={
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
                "constraints": [
                    models.UniqueConstraint(fields=("poll", "person"), name="a_person_has_one_ballot")
                ],
            },
        ),
        migrations.CreateModel(
            name="PollOption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("translations", models.JSONField(blank=True, default=dict, verbose_name="translations")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("text", models.CharField(max_length=120, verbose_name="option")),
                ("is_right", models.BooleanField(default=False, verbose_name="correct answer")),
                ("votes", models.PositiveIntegerField(default=0, verbose_name="votes")),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="engagement.poll",
                        verbose_name="poll",
                    ),
                ),
            ],
            options={
                "verbose_name": "poll option",
                "verbose_name_plural": "poll options",
                "ordering": ["poll", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("poll", "number"), name="options_of_a_poll_are_numbered")
                ],
            },
        ),
        migrations.CreateModel(
            name="PollVoter",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="polls_voted_in",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="engagement.poll",
                        verbose_name="poll",
                    ),
                ),
            ],
            options={
                "verbose_name": "voter",
                "verbose_name_plural": "voters",
                "constraints": [
                    models.UniqueConstraint(fields=("poll", "person"), name="a_person_votes_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PollWord",
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
                ("key", models.CharField(max_length=160)),
                ("text", models.CharField(max_length=40, verbose_name="answer")),
                ("votes", models.PositiveIntegerField(default=0, verbose_name="votes")),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="words",
                        to="engagement.poll",
                        verbose_name="poll",
                    ),
                ),
            ],
            options={
                "verbose_name": "poll answer",
                "verbose_name_plural": "poll answers",
                "constraints": [
                    models.UniqueConstraint(fields=("poll", "key"), name="a_word_is_counted_in_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
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
                    "meeting",
                    models.CharField(blank=True, editable=False, max_length=16, verbose_name="meeting"),
                ),
                ("role", models.CharField(editable=False, max_length=12, verbose_name="role")),
                (
                    "hidden_from",
                    models.CharField(
                        choices=[
                            ("nobody", "nobody"),
                            ("attendees", "other attendees"),
                            ("everyone", "everyone"),
                        ],
                        default="nobody",
                        max_length=10,
                        verbose_name="who asks is hidden from",
                    ),
                ),
                ("text", models.TextField(max_length=1000, verbose_name="question")),
                ("language", models.CharField(blank=True, max_length=5, verbose_name="language")),
                ("translations", models.JSONField(blank=True, default=dict, verbose_name="translations")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "waiting for approval"),
                            ("visible", "not answered yet"),
                            ("answered", "answered"),
                            ("dismissed", "dismissed"),
                            ("merged", "merged"),
                        ],
                        default="visible",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("is_pinned", models.BooleanField(default=False, verbose_name="pinned")),
                ("votes", models.PositiveIntegerField(default=0, verbose_name="upvotes")),
                (
                    "votes_version",
                    models.PositiveBigIntegerField(
                        default=0, editable=False, help_text="grows with each change of the upvotes"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "shown_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it became visible to everyone in the meeting.",
                        null=True,
                        verbose_name="shown at",
                    ),
                ),
                ("seq", models.PositiveBigIntegerField(default=0, editable=False)),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited at")),
                (
                    "answering_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="being answered since"),
                ),
                ("heard_at", models.DateTimeField(blank=True, null=True, verbose_name="answered live at")),
                ("answer", models.TextField(blank=True, max_length=4000, verbose_name="answer")),
                ("answer_is_private", models.BooleanField(default=False, verbose_name="private answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("client_id", models.CharField(blank=True, default="", editable=False, max_length=36)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answered_questions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assigned_questions",
                        to="rooms.participant",
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged",
                        to="engagement.question",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="rooms.participant",
                        verbose_name="participant",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "indexes": [
                    models.Index(fields=["meeting", "-asked_at"], name="questions_of_a_meeting"),
                    models.Index(fields=["asked_at"], name="questions_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("client_id", ""), _negated=True),
                        fields=("participant", "client_id"),
                        name="a_client_asks_a_question_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answering_at__isnull", False)),
                        fields=("room",),
                        name="one_question_of_a_room_is_being_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answering_at__isnull", True), ("state", "visible"), _connector="OR"
                        ),
                        name="a_question_being_answered_is_visible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="an_answered_question_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="question_votes",
                        to="rooms.participant",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="upvotes",
                        to="engagement.question",
                    ),
                ),
            ],
            options={
                "verbose_name": "upvote",
                "verbose_name_plural": "upvotes",
                "constraints": [
                    models.UniqueConstraint(fields=("question", "participant"), name="one_upvote_per_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
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
                    "meeting",
                    models.CharField(
                        blank=True, help_text="id of the meeting that it belongs to", max_length=16
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("address", models.URLField(blank=True, max_length=800, verbose_name="web address")),
                (
                    "file_type",
                    models.CharField(blank=True, help_text="a key of file_types.TYPES", max_length=4),
                ),
                (
                    "size",
                    models.PositiveIntegerField(
                        default=0, help_text="bytes of the document", verbose_name="size"
                    ),
                ),
                (
                    "is_shown_before",
                    models.BooleanField(default=False, verbose_name="on the meeting page before the meeting"),
                ),
                ("shared_at", models.DateTimeField(verbose_name="shared at")),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resources",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "shared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="resources",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="shared by",
                    ),
                ),
            ],
            options={
                "verbose_name": "resource",
                "verbose_name_plural": "resources",
                "indexes": [
                    models.Index(fields=["room", "meeting", "shared_at"], name="resources_by_room"),
                    models.Index(fields=["meeting", "shared_at"], name="resources_by_meeting"),
                    models.Index(fields=["shared_at"], name="resources_by_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("address", ""), _negated=True), ("file_type", ""), ("size", 0)
                            ),
                            models.Q(
                                ("address", ""), ("size__gt", 0), models.Q(("file_type", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_resource_is_a_link_or_a_document",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SlideDeck",
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
                    "meeting",
                    models.CharField(
                        blank=True, help_text="id of the meeting that it belongs to", max_length=16
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "uploaded"),
                            ("processing", "being processed"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "failure",
                    models.CharField(blank=True, help_text="a key of rendering.MESSAGES", max_length=20),
                ),
                ("pages", models.PositiveSmallIntegerField(default=0, verbose_name="pages")),
                ("size", models.PositiveIntegerField(help_text="bytes of the PDF")),
                (
                    "is_downloadable",
                    models.BooleanField(default=False, verbose_name="attendees can download the PDF"),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                (
                    "first_shown_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="first shown at"),
                ),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slide_decks",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="slide_decks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "slides",
                "verbose_name_plural": "slides",
                "indexes": [
                    models.Index(fields=["room", "meeting", "uploaded_at"], name="slides_by_meeting"),
                    models.Index(fields=["uploaded_at"], name="slides_by_age"),
                    models.Index(
                        condition=models.Q(("state__in", ["uploaded", "processing"])),
                        fields=["uploaded_at"],
                        name="slides_to_prepare",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("pages", 0), ("state", "failed"), models.Q(("failure", ""), _negated=True)
                            ),
                            models.Q(("failure", ""), ("pages__gt", 0), ("state", "ready")),
                            models.Q(
                                ("failure", ""), ("pages", 0), ("state__in", ["uploaded", "processing"])
                            ),
                            _connector="OR",
                        ),
                        name="slides_are_ready_or_say_why_not",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Slide",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                (
                    "title",
                    models.CharField(
                        blank=True,
                        help_text="the first line of its text",
                        max_length=120,
                        verbose_name="title",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="text")),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="speaker notes")),
                (
                    "deck",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slides",
                        to="engagement.slidedeck",
                        verbose_name="slides",
                    ),
                ),
            ],
            options={
                "verbose_name": "slide",
                "verbose_name_plural": "single slides",
                "ordering": ["deck", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("deck", "number"), name="slides_are_numbered")
                ],
            },
        ),
        migrations.CreateModel(
            name="Presentation",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="presentation",
                        serialize=False,
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                ("page", models.PositiveSmallIntegerField(default=1)),
                (
                    "deck",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="engagement.slidedeck",
                    ),
                ),
            ],
            options={
                "verbose_name": "slides on stage",
                "verbose_name_plural": "slides on stage",
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
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
                    "meeting",
                    models.CharField(help_text="id of the meeting that it belongs to", max_length=16),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("speaker", models.CharField(blank=True, max_length=120, verbose_name="speaker")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda_items",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "indexes": [models.Index(fields=["meeting", "number"], name="agenda_by_meeting")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("started_at__isnull", False)),
                        fields=("room",),
                        name="one_current_item_in_a_room",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__lte", 480)),
                        name="an_item_takes_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True),
                            models.Q(
                                ("ended_at__gte", models.F("started_at")), ("started_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="an_item_ends_after_its_start",
                    ),
                ],
            },
        ),
    ]
