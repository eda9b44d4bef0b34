"""Rounds of breakout rooms, their groups, and who is in which."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.models import Person
from rooms.models import Participant, Room


class BreakoutRound(models.Model):
    """The breakout rooms that a host has prepared, has open, or has closed. A room has one at a time."""

    class State(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("of breakout rooms", "prepared")
        OPEN = "open", pgettext_lazy("of breakout rooms", "open")
        CLOSED = "closed", pgettext_lazy("of breakout rooms", "closed")

    class Assign(models.TextChoices):
        RANDOM = "random", _("at random")
        COMPANIES = "companies", _("companies mixed")
        COUNTRIES = "countries", _("countries mixed")
        LIST = "list", _("by the host")
        CHOICE = "choice", _("everyone chooses")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="breakout_rounds"
    )
    meeting = models.CharField(
        max_length=16,
        blank=True,
        editable=False,
        help_text="its id; empty in a project room between meetings",
    )
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.PREPARED)
    assign = models.CharField(_("assignment"), max_length=9, choices=Assign.choices)
    seed = models.PositiveBigIntegerField(
        editable=False, help_text="of the random order in which people were assigned"
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("breakout rooms")
        verbose_name_plural = _("breakout rooms")
        constraints = [
            models.UniqueConstraint(
                fields=["room"],
                condition=~Q(state="closed"),
                name="one_round_of_breakout_rooms_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared") | Q(opened_at__isnull=False),
                name="breakout_rooms_were_opened_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class BreakoutGroup(models.Model):
    """A group of a round: its breakout room, which has the group's number and name."""

    round = models.ForeignKey(
        BreakoutRound, verbose_name=_("breakout rooms"), on_delete=models.CASCADE, related_name="groups"
    )
    room = models.OneToOneField(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="breakout_group"
    )

    class Meta:
        verbose_name = _("breakout room")
        verbose_name_plural = _("breakout rooms")
        ordering = ["round", "room__number"]

    def __str__(self) -> str:
        return f"{self.round_id} {self.room_id}"


class BreakoutAssignmentQuerySet(models.QuerySet["BreakoutAssignment"]):
    def in_order(self) -> Self:
        return self.order_by("group__room__number", "pk")


class BreakoutAssignment(models.Model):
    """Somebody's group; `participant` is the one of the main room."""

    round = models.ForeignKey(
        BreakoutRound, verbose_name=_("breakout rooms"), on_delete=models.CASCADE, related_name="assignments"
    )
    group = models.ForeignKey(
        BreakoutGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="assignments"
    )
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.CASCADE,
        related_name="breakout_assignments",
    )
    assigned_at = models.DateTimeField(_("assigned at"))
    help_asked_at = models.DateTimeField(_("asked for help at"), null=True, blank=True)

    objects = BreakoutAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("breakout room assignment")
        verbose_name_plural = _("breakout room assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "participant"], name="one_group_per_participant_and_round"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.group_id}"


class BreakoutReservation(models.Model):
    """The group that a host has chosen for somebody before they came into the room."""

    round = models.ForeignKey(
        BreakoutRound, verbose_name=_("breakout rooms"), on_delete=models.CASCADE, related_name="reservations"
    )
    group = models.ForeignKey(
        BreakoutGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="reservations"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="breakout_reservations"
    )

    class Meta:
        verbose_name = _("planned breakout group")
        verbose_name_plural = _("planned breakout groups")
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="one_planned_group_per_person_and_round")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"
