"""Date polls of projects."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0018_who_comes_instead"),
        ("projects", "0013_agenda_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="historyentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "room created"),
                    ("company_added", "company added"),
                    ("company_removed", "company removed"),
                    ("person_added", "person added"),
                    ("person_removed", "person removed"),
                    ("left", "person left"),
                    ("ended", "time in the project ended"),
                    ("role_changed", "role changed"),
                    ("renamed", "project renamed"),
                    ("terms_changed", "terms of confidentiality changed"),
                    ("terms_accepted", "terms of confidentiality accepted"),
                    ("archived", "project archived"),
                    ("reopened", "project reopened"),
                    ("closed", "project closed for good"),
                    ("decision_made", "decision made"),
                    ("decision_ended", "decision no longer valid"),
                    ("action_added", "action added"),
                    ("action_changed", "action changed"),
                    ("action_done", "action done"),
                    ("poll_opened", "date poll begun"),
                    ("poll_closed", "time chosen, meeting scheduled"),
                    ("poll_ended", "date poll ended without a meeting"),
                    ("action_reopened", "action opened again"),
                ],
                max_length=16,
                verbose_name="type",
            ),
        ),
        migrations.CreateModel(
            name="DatePoll",
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
                ("timezone", models.CharField(max_length=64, verbose_name="time zone")),
                ("closes_at", models.DateTimeField(verbose_name="answers until")),
                ("made_at", models.DateTimeField(verbose_name="written at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("chosen", "time chosen"),
                            ("ended", "ended without a meeting"),
                        ],
                        default="open",
                        max_length=6,
                        verbose_name="status",
                    ),
                ),
                (
                    "next_step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("remind", "remind those who have not answered"),
                            ("close", "no more answers; whoever began it is told"),
                            ("end", "its last time has come"),
                        ],
                        max_length=6,
                    ),
                ),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agenda",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.agendatemplate",
                        verbose_name="agenda template",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="date_polls",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "date poll",
                "verbose_name_plural": "date polls",
            },
        ),
        migrations.CreateModel(
            name="DatePollTime",
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
                ("starts_at", models.DateTimeField(verbose_name="starts at")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="times",
                        to="projects.datepoll",
                    ),
                ),
            ],
            options={
                "verbose_name": "time of a date poll",
                "verbose_name_plural": "times of date polls",
            },
        ),
        migrations.CreateModel(
            name="DatePollAnswer",
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
                        choices=[("yes", "Yes"), ("maybe", "If need be"), ("no", "No")],
                        max_length=5,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(verbose_name="answered at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="date_poll_answers",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "time",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="projects.datepolltime",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a date poll",
                "verbose_name_plural": "answers to date polls",
            },
        ),
        migrations.AddIndex(
            model_name="datepoll",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["next_at"],
                name="date_polls_with_a_next_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="datepoll",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_at__isnull", False), ("next_step__gt", ""), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("next_at__isnull", True),
                        ("next_step", ""),
                    ),
                    _connector="OR",
                ),
                name="an_open_date_poll_has_a_next_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="datepoll",
            constraint=models.CheckConstraint(
                condition=models.Q(("meeting__isnull", True), ("state", "chosen"), _connector="OR"),
                name="a_chosen_time_has_the_meeting",
            ),
        ),
        migrations.AddConstraint(
            model_name="datepolltime",
            constraint=models.UniqueConstraint(
                fields=("poll", "starts_at", "minutes"), name="times_of_a_poll_differ"
            ),
        ),
        migrations.AddConstraint(
            model_name="datepolltime",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gte", 5), ("minutes__lte", 1440)),
                name="a_proposed_time_has_a_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="datepollanswer",
            constraint=models.UniqueConstraint(fields=("time", "person"), name="one_answer_to_a_time"),
        ),
    ]
