"""What people write to companies, and from whom a company wants to hear no more."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.model_fields import LineField, ProseField
from companies.models import Company, Person
from meetings.models import Meeting

LONGEST_REQUEST = 3000


class ContactRequest(models.Model):
    """`person` is who wrote it, a guest where nobody was signed in.

    A guest confirms the address first. From then on the people of the company read it; they see the address of
    whoever wrote once they accept, and that person sees the address of whoever accepted.
    """

    class Reason(models.TextChoices):
        OFFER = "offer", _("What you offer")
        NEED = "need", _("What you need")
        PROJECT = "project", _("A joint project")
        MEETING = "meeting", _("Meeting each other")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        WAITING = "waiting", _("not answered yet")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="contact_requests"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="contact_requests"
    )
    name = LineField(pgettext_lazy("of a person", "name"), max_length=120)
    company_name = LineField(_("company name"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices)
    # Whose page led to it.
    meeting = models.ForeignKey(
        Meeting,
        verbose_name=_("meeting"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    text = ProseField(_("message"), max_length=LONGEST_REQUEST)
    created_at = models.DateTimeField(_("created at"))
    confirmed_at = models.DateTimeField(_("address confirmed at"), null=True, blank=True)
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.WAITING)
    answer = ProseField(_("answer"), max_length=LONGEST_REQUEST, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact request")
        verbose_name_plural = _("contact requests")
        indexes = [
            models.Index(fields=["company", "-created_at"], name="contact_requests_of_a_company"),
            models.Index(fields=["person", "-created_at"], name="contact_requests_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True, answer="")
                | Q(
                    state__in=["accepted", "declined"], answered_at__isnull=False, confirmed_at__isnull=False
                ),
                name="only_a_confirmed_contact_request_is_answered",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sender(self) -> str:
        return ", ".join(part for part in (self.name, self.company_name) if part)


class BlockedSender(models.Model):
    """A person from whom a company takes no more contact requests."""

    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="blocked_senders"
    )
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    blocked_at = models.DateTimeField(_("blocked at"))
    blocked_by = models.ForeignKey(
        Person,
        verbose_name=_("blocked by"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("blocked sender")
        verbose_name_plural = _("blocked senders")
        constraints = [
            models.UniqueConstraint(fields=["company", "person"], name="blocked_once_by_a_company")
        ]

    def __str__(self) -> str:
        return str(self.person)
