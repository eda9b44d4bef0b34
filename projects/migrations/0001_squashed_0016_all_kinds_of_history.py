import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.languages


class Migration(migrations.Migration):
    replaces = [
        ("projects", "0001_initial"),
        ("projects", "0002_members_terms_and_history"),
        ("projects", "0003_creators_lead"),
        ("projects", "0004_decisions_and_actions"),
        ("projects", "0005_reminders_of_actions"),
        ("projects", "0006_decisions_and_actions_in_the_history"),
        ("projects", "0007_open_work_in_agendas_and_calendars"),
        ("projects", "0008_files"),
        ("projects", "0009_exports"),
        ("projects", "0010_deletions"),
        ("projects", "0011_who_left_alone_stays_out"),
        ("projects", "0012_discussions"),
        ("projects", "0013_agenda_templates"),
        ("projects", "0014_date_polls"),
        ("projects", "0015_project_sheets"),
        ("projects", "0016_all_kinds_of_history"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0012_quiet_hours"),
        ("meetings", "0001_squashed_0018_who_comes_instead"),
        ("rooms", "0001_squashed_0012_clearer_names_of_connection_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProjectRoom",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="project",
                        serialize=False,
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                (
                    "purpose",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="purpose"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("archived", "archived"), ("closed", "closed for good")],
                        default="open",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "state_changed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="status changed at"),
                ),
                ("state_reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("terms_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "state_changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="status changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "project room",
                "verbose_name_plural": "project rooms",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"), ("state_changed_at__isnull", False), _connector="OR"
                        ),
                        name="an_ended_project_says_since_when",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaTemplate",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("is_default", models.BooleanField(default=False, verbose_name="for new meetings")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda_templates",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda template",
                "verbose_name_plural": "agenda templates",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="agenda_templates_have_names"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("project",),
                        name="one_agenda_for_new_meetings",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectSheet",
            fields=[
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("aim", companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="aim")),
                (
                    "sought",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="looking for"
                    ),
                ),
                ("partners", models.TextField(blank=True, verbose_name="partners so far")),
                ("countries", models.JSONField(blank=True, default=list, verbose_name="countries")),
                (
                    "budget",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="budget"),
                ),
                (
                    "call",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="call for proposals"
                    ),
                ),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="deadline")),
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
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "project sheet",
                "verbose_name_plural": "project sheets",
                "abstract": False,
            },
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="date_polls_with_a_next_step",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(("meeting__isnull", True), ("state", "chosen"), _connector="OR"),
                        name="a_chosen_time_has_the_meeting",
                    ),
                ],
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
                "verbose_name": "date poll time",
                "verbose_name_plural": "date poll times",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("poll", "starts_at", "minutes"), name="times_of_a_poll_differ"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 5), ("minutes__lte", 1440)),
                        name="a_proposed_time_has_a_length",
                    ),
                ],
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
                "constraints": [
                    models.UniqueConstraint(fields=("time", "person"), name="one_answer_to_a_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectFile",
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
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("file_type", models.CharField(help_text="a key of file_kinds.KINDS", max_length=4)),
                ("versions_made", models.PositiveSmallIntegerField(default=1)),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "indexes": [models.Index(fields=["project", "-changed_at", "id"], name="files_of_a_project")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "name"), name="files_of_a_project_differ_by_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("changed_at__gte", models.F("added_at")), ("versions_made__gte", 1)
                        ),
                        name="a_file_has_a_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileVersion",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("size", models.PositiveBigIntegerField(help_text="bytes", verbose_name="size")),
                ("sha256", models.CharField(max_length=64, verbose_name="checksum")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "being checked for viruses"),
                            ("ready", "ready"),
                            ("refused", "not available"),
                        ],
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("virus", "A virus was found in this version. It cannot be opened."),
                            (
                                "too_large",
                                "This version is too large to be checked for viruses. It cannot be opened.",
                            ),
                        ],
                        max_length=9,
                    ),
                ),
                ("pages", models.PositiveSmallIntegerField(default=0)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("prepared_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="projects.projectfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "file version",
                "verbose_name_plural": "file versions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("prepared_at__isnull", True)),
                        fields=["uploaded_at"],
                        name="files_to_prepare",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "number"), name="versions_of_a_file_are_numbered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), models.Q(("failure", ""), _negated=True)),
                            models.Q(models.Q(("state", "refused"), _negated=True), ("failure", "")),
                            _connector="OR",
                        ),
                        name="a_refused_version_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "ready"), ("pages", 0), _connector="OR"),
                        name="only_a_ready_version_has_a_preview",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("size__gte", 1)), name="a_version_has_content"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectMember",
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
                        choices=[("lead", "lead"), ("member", "member"), ("reader", "reader")],
                        max_length=6,
                        verbose_name="role",
                    ),
                ),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left at")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="project_memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "project member",
                "verbose_name_plural": "project members",
                "indexes": [
                    models.Index(
                        condition=models.Q(("left_at__isnull", True), ("until__isnull", False)),
                        fields=["until"],
                        name="memberships_that_end",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "person"), name="one_membership_of_a_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            models.Q(models.Q(("role", "lead"), _negated=True), ("company__isnull", True)),
                            _connector="OR",
                        ),
                        name="only_who_was_added_by_email_has_an_end_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectExport",
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
                            ("waiting", "waiting"),
                            ("running", "being prepared"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0, help_text="bytes", verbose_name="size")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("kept_until", models.DateTimeField(blank=True, null=True, verbose_name="kept until")),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("touched_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "project export",
                "verbose_name_plural": "project exports",
                "indexes": [
                    models.Index(fields=["project", "-asked_at"], name="exports_of_a_project"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["asked_at"],
                        name="exports_to_make",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("project",),
                        name="one_export_of_a_project_at_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("kept_until__isnull", False), ("size__gt", 0), ("state", "ready")),
                                models.Q(("state", "ready"), _negated=True),
                                _connector="OR",
                            ),
                            ("done__lte", models.F("total")),
                        ),
                        name="a_ready_export_has_content",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectDeletion",
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
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted at")),
                ("counts", models.JSONField(blank=True, default=dict)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "leads",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="leads"
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deletion",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "project deletion",
                "verbose_name_plural": "project deletions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", True)),
                        fields=["due_at"],
                        name="projects_to_delete",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_at__isnull", True),
                            models.Q(("deleted_at__gte", models.F("due_at")), ("project__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_deleted_project_had_its_term",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PostEmails",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "choice",
                    models.CharField(
                        choices=[("each", "For each message"), ("daily", "Once a day"), ("none", "Never")],
                        max_length=5,
                        verbose_name="emails about messages",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="post_emails",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="post_emails",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "emails about messages",
                "verbose_name_plural": "emails about messages",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "person"), name="one_choice_of_emails_in_a_project"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoryEntry",
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
                            ("poll_opened", "date poll started"),
                            ("poll_closed", "time chosen, meeting scheduled"),
                            ("poll_ended", "date poll ended without a meeting"),
                            ("sheet_published", "project sheet published"),
                            ("sheet_removed", "project sheet no longer public"),
                            ("action_reopened", "action reopened"),
                            ("file_added", "file added"),
                            ("file_changed", "new version of a file"),
                            ("file_deleted", "file deleted"),
                            ("delete_decided", "deletion scheduled"),
                            ("delete_stopped", "deletion stopped"),
                            ("exported", "project exported"),
                        ],
                        max_length=16,
                        verbose_name="type",
                    ),
                ),
                (
                    "details",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="role, new title, name of a file, version, reason or text",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="happened at")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "history entry",
                "verbose_name_plural": "history entries",
                "indexes": [models.Index(fields=["project", "-at", "-id"], name="history_of_a_project")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["company_added", "company_removed"]), _negated=True),
                            ("person__isnull", True),
                            _connector="OR",
                        ),
                        name="a_company_is_no_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FileUpload",
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
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("offset", models.PositiveBigIntegerField(default=0, help_text="bytes safely kept")),
                ("length", models.PositiveBigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="projects.projectfile",
                        verbose_name="file",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
                "indexes": [models.Index(fields=["touched_at"], name="file_uploads_by_age")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("length__gte", 1), ("offset__lte", models.F("length"))),
                        name="file_upload_never_exceeds_its_length",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                ("text", models.CharField(max_length=300, verbose_name="text")),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="no longer valid since"),
                ),
                (
                    "written_by",
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "indexes": [models.Index(fields=["project", "-decided_at"], name="decisions_of_a_project")],
            },
        ),
        migrations.CreateModel(
            name="Action",
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
                ("text", models.CharField(max_length=300, verbose_name="text")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                (
                    "remind_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="when its owner is next told by email",
                        null=True,
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="written at")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done at")),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="how often it has changed: SEQUENCE of its event in calendars",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="done by",
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="project_actions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="actions",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "action",
                "verbose_name_plural": "actions",
                "indexes": [
                    models.Index(fields=["project", "due_on"], name="actions_of_a_project"),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["due_on"],
                        name="open_actions_by_due_day",
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="actions_to_remind_of",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person__isnull", True), ("company__isnull", True), _connector="OR"
                        ),
                        name="an_action_is_of_a_person_or_a_company",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", False), ("done_by__isnull", True), _connector="OR"
                        ),
                        name="nobody_has_done_an_open_action",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedSheet",
            fields=[
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("aim", companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="aim")),
                (
                    "sought",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="looking for"
                    ),
                ),
                ("partners", models.TextField(blank=True, verbose_name="partners so far")),
                ("countries", models.JSONField(blank=True, default=list, verbose_name="countries")),
                (
                    "budget",
                    companies.languages.LanguageTextField(blank=True, default=dict, verbose_name="budget"),
                ),
                (
                    "call",
                    companies.languages.LanguageTextField(
                        blank=True, default=dict, verbose_name="call for proposals"
                    ),
                ),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="deadline")),
                (
                    "sheet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="published",
                        serialize=False,
                        to="projects.projectsheet",
                        verbose_name="project sheet",
                    ),
                ),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
            ],
            options={
                "verbose_name": "published project sheet",
                "verbose_name_plural": "published project sheets",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PartnerRequest",
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
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("company_name", models.CharField(blank=True, max_length=120, verbose_name="company name")),
                ("text", models.TextField(max_length=3000, verbose_name="message")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="address confirmed at"),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
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
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partner_requests",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="projects.projectsheet",
                        verbose_name="project sheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact request",
                "verbose_name_plural": "contact requests",
                "indexes": [models.Index(fields=["sheet", "-created_at"], name="requests_of_a_sheet")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(
                                ("answer__gt", ""),
                                ("answered_at__isnull", False),
                                ("confirmed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="only_a_confirmed_request_is_answered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("text", companies.languages.LanguageTextField(default=dict, verbose_name="text")),
                ("written_at", models.DateTimeField(verbose_name="written at")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms of confidentiality",
                "verbose_name_plural": "terms of confidentiality",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "version"), name="terms_of_a_project_are_numbered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="terms_are_numbered_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("accepted_at", models.DateTimeField(verbose_name="accepted at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accepted_terms",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acceptances",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
            ],
            options={
                "verbose_name": "accepted terms",
                "verbose_name_plural": "accepted terms",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "person", "version"), name="terms_are_accepted_once_by_a_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Thread",
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
                ("subject", models.CharField(max_length=120, verbose_name="subject")),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("last_post_at", models.DateTimeField(verbose_name="last message")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="threads",
                        to="projects.projectroom",
                        verbose_name="project room",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={
                "verbose_name": "discussion",
                "verbose_name_plural": "discussions",
                "indexes": [models.Index(fields=["project", "-last_post_at"], name="threads_of_a_project")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_post_at__gte", models.F("started_at"))),
                        name="a_thread_is_written_in_once_started",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
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
                ("text", models.TextField(blank=True, max_length=10000, verbose_name="message")),
                ("written_at", models.DateTimeField(verbose_name="written at")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited at")),
                ("is_by_email", models.BooleanField(default=False, verbose_name="by email")),
                (
                    "attachments",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="of the email that it came in, which are not kept",
                        verbose_name="attachments",
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted at")),
                (
                    "deleted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="deleted by",
                    ),
                ),
                (
                    "written_by",
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
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="posts",
                        to="projects.thread",
                        verbose_name="discussion",
                    ),
                ),
            ],
            options={
                "verbose_name": "message in a discussion",
                "verbose_name_plural": "messages in discussions",
                "indexes": [models.Index(fields=["thread", "written_at", "id"], name="posts_of_a_thread")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deleted_at__isnull", True), ("deleted_by__isnull", True), ("text__gt", "")
                            ),
                            models.Q(("deleted_at__isnull", False), ("text", "")),
                            _connector="OR",
                        ),
                        name="only_a_deleted_post_says_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_by_email", True), ("attachments", 0), _connector="OR"),
                        name="only_emails_have_attachments",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaTemplateItem",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", companies.languages.LanguageTextField(default=dict, verbose_name="title")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("speaker", models.CharField(blank=True, max_length=120, verbose_name="speaker")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="projects.agendatemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda template item",
                "verbose_name_plural": "agenda template items",
                "indexes": [models.Index(fields=["template", "number"], name="items_of_a_template")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__lte", 480)),
                        name="a_template_item_takes_minutes",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CarriedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=16)),
                ("item", models.CharField(max_length=16)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="meetings.meeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "carried item",
                "verbose_name_plural": "carried items",
                "indexes": [models.Index(fields=["source"], name="carried_by_source")],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "source"), name="carried_once_into_a_meeting")
                ],
            },
        ),
    ]
