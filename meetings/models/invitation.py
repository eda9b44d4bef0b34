"""One person's invitation to attend a meeting."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.model_fields import LineField
from companies.models import Company, Person
from companies.models.person import default_timezone
from meetings.models.meeting import Meeting
from meetings.models.registration import Registration


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unanswered(self) -> Self:
        return self.filter(state=Invitation.State.INVITED)

    def admitting(self) -> Self:
        """Those whose person sees the meeting."""
        return self.filter(state__in=Invitation.ADMITTING_STATES)

    def standing(self) -> Self:
        """All but withdrawn ones."""
        return self.exclude(state=Invitation.State.WITHDRAWN)


class Invitation(models.Model):
    """Accepting it makes a registration; an answer can be changed until the meeting is over."""

    class State(models.TextChoices):
        INVITED = "invited", _("no answer yet")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn by the host")

    ADMITTING_STATES = (State.INVITED, State.ACCEPTED)

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="invitations"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="invitations"
    )
    state = models.CharField(_("status"), max_length=12, choices=State.choices, default=State.INVITED)
    name = LineField(pgettext_lazy("of a person", "name"), max_length=120, blank=True)
    company_name = LineField(_("company name"), max_length=120, blank=True)
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invitations",
    )
    language = models.CharField(_("language for pages and emails"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default=default_timezone)
    by_company = models.BooleanField(
        _("invited with the company"),
        default=False,
        help_text=_("The host chose the company and may not know the address."),
    )
    link_key = models.CharField(
        max_length=16, default=new_id, help_text="part of the personal link; a new one makes old links void"
    )
    invited_by = models.ForeignKey(
        Person,
        verbose_name=_("invited by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invitations_sent",
    )
    invited_at = models.DateTimeField(_("invited at"))
    sent_at = models.DateTimeField(_("last sent at"))
    times_sent = models.PositiveSmallIntegerField(default=1)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("invitation withdrawn at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["invited_at", "pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index(fields=["meeting", "state"], name="invitation_by_state"),
            models.Index(fields=["invited_by", "sent_at"], name="invitation_by_sender"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                condition=~Q(state="withdrawn"),
                name="one_standing_invitation_per_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined"]) | Q(answered_at__isnull=False),
                name="an_answered_invitation_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False),
                name="a_withdrawn_invitation_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name}, {self.get_state_display()}"

    @property
    def email(self) -> str:
        return self.person.email

    @property
    def shown_email(self) -> str:
        """For the hosts: empty for an address that neither they nor its person gave them."""
        is_given = not self.by_company or self.state == self.State.ACCEPTED
        return self.email if is_given else ""

    @property
    def shown_name(self) -> str:
        return self.name or self.shown_email or self.company_name

    @property
    def known_name(self) -> str:
        return self.name or self.person.name

    @property
    def registration(self) -> Registration | None:
        """The person's, once they have accepted."""
        if self.state != self.State.ACCEPTED:
            return None
        return Registration.objects.active().filter(meeting=self.meeting_id, person=self.person_id).first()

    @property
    def is_declined(self) -> bool:
        return self.state == self.State.DECLINED

    @property
    def is_admitting(self) -> bool:
        return self.state in self.ADMITTING_STATES
