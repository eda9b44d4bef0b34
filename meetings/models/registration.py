"""One person's registration for a meeting."""

from typing import Self

from django.db import models
from django.db.models import F, Q
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
        """Those that take a seat; an offer holds one until it runs out."""
        return self.filter(state__in=Registration.SEATED_STATES)

    def unverified(self) -> Self:
        """Whose email address is not confirmed: neither by the personal link nor by signing in since."""
        signed_in_since = Q(person__last_login__gte=F("registered_at"))
        held = self.filter(state__in=Registration.LAPSING_STATES, verified_at__isnull=True)
        return held.exclude(signed_in_since)

    def queue(self) -> Self:
        return self.filter(state=Registration.State.WAITLISTED).order_by("registered_at", "pk")


class Registration(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("waiting for approval")
        CONFIRMED = "confirmed", _("registered")
        WAITLISTED = "waitlisted", _("on the waitlist")
        OFFERED = "offered", _("seat offered")
        CANCELLED = "cancelled", _("registration cancelled")

    role_level: int  # set by `access.own_registrations_in` alone: what a role of the person grants here

    SEATED_STATES = (State.PENDING, State.CONFIRMED, State.OFFERED)
    LAPSING_STATES = (State.PENDING, State.CONFIRMED)  # an offer has a time limit of its own

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="registrations"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="registrations"
    )
    state = models.CharField(_("status"), max_length=12, choices=State.choices)
    name = LineField(pgettext_lazy("of a person", "name"), max_length=120)
    company_name = LineField(_("company name"), max_length=120, blank=True)
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="registrations",
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language for pages and emails"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default=default_timezone)
    answers = CleanJSONField(_("answers"), default=dict, blank=True)
    link_key = models.CharField(
        max_length=16, default=new_id, help_text="part of the personal link; a new one makes old links void"
    )
    registered_at = models.DateTimeField(_("registered at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    verified_at = models.DateTimeField(
        _("email address confirmed at"),
        null=True,
        blank=True,
        help_text="empty: anybody may have typed this address",
    )
    verify_by = models.DateTimeField(
        _("email address to be confirmed by"), null=True, blank=True, help_text="after that the place lapses"
    )
    resent_at = models.DateTimeField(_("confirmation sent again at"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("registration cancelled at"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["registered_at", "pk"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [
            models.Index(fields=["meeting", "state"], name="registration_by_state"),
            # For the periodic task, however many old registrations there are.
            models.Index(
                fields=["verify_by"], condition=Q(verify_by__isnull=False), name="registration_to_verify"
            ),
            models.Index(fields=["offered_until"], condition=Q(state="offered"), name="registration_offered"),
            models.Index(fields=["meeting"], condition=Q(state="waitlisted"), name="registration_waitlisted"),
        ]
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
            models.CheckConstraint(
                condition=Q(verify_by__isnull=True)
                | Q(verified_at__isnull=True, state__in=["pending", "confirmed"]),
                name="only_a_held_unverified_place_lapses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_state_display()}"

    @property
    def email(self) -> str:
        return self.person.known_email

    @property
    def public_name(self) -> str:
        """Empty for one without a name; “Deleted account” in the reader's language once the account is erased."""
        return self.name or self.person.public_name

    @property
    def is_verified(self) -> bool:
        """The person used their personal link or signed in since, or a host vouches for them."""
        last_login = self.person.last_login
        return self.verified_at is not None or (last_login is not None and last_login >= self.registered_at)

    @property
    def is_to_verify(self) -> bool:
        return self.state in self.LAPSING_STATES and not self.is_verified

    @property
    def can_enter(self) -> bool:
        return self.state == self.State.CONFIRMED
