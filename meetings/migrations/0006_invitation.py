import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companies.ids
import companies.models.person


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0003_no_digest"),
        ("meetings", "0005_replies_to_host"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                        verbose_name="state",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "company_name",
                    models.CharField(blank=True, max_length=120, verbose_name="name of the company"),
                ),
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
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="meetings.meeting",
                        verbose_name="meeting",
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
    ]
