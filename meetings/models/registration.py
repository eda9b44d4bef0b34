"""One person's place in a meeting."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.model_fields import CleanJSONField, LineField
from companies.models import Company, Person
from companies.models.person import default_timezone
from meetings.models.meeting import Meeting


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def active(self) -> Self:
        return self.exclude(state=Registration.State.CANCELLED)

    def seated(self) -> Self:
        """Those that take a seat: an offered seat is held until the offer runs out."""
        return self.filter(state__in=Registration.SEATED_STATES)

    def queue(self) -> Self:
        return self.filter(state=Registration.State.WAITLISTED).order_by("registered_at", "pk")


class Registration(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("waiting for the host")
        CONFIRMED = "confirmed", _("registered")
        WAITLISTED = "waitlisted", _("on the waitlist")
        OFFERED = "offered", _("seat offered")
        CANCELLED = "cancelled", _("withdrawn")

    SEATED_STATES = (State.PENDING, State.CONFIRMED, State.OFFERED)

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="registrations"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="registrations"
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    name = LineField(pgettext_lazy("of a person", "name"), max_length=120)
    company_name = LineField(_("name of the company"), max_length=120, blank=True)
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="registrations",
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language of pages and mails"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default=default_timezone)
    answers = CleanJSONField(_("answers"), default=dict, blank=True)
    link_key = models.CharField(
        max_length=16, default=new_id, help_text="part of the personal link; a new one makes old links void"
    )
    registered_at = models.DateTimeField(_("registered at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["registered_at", "pk"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [models.Index(fields=["meeting", "state"], name="registration_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                condition=~Q(state="cancelled"),
                name="one_active_registration_per_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False),
                name="an_offered_seat_has_a_time_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_state_display()}"

    @property
    def email(self) -> str:
        return self.person.email

    @property
    def may_enter(self) -> bool:
        return self.state == self.State.CONFIRMED
