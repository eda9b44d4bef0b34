"""Emails that came in, and addresses that take none."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.model_fields import EmailAddressField, LineField, ProseField
from companies.models import Person
from meetings.models import Meeting


class InboundMail(models.Model):
    """An email that came in, so that it is taken once; what it says is kept only where somebody still needs it."""

    class Kind(models.TextChoices):
        CALENDAR_REPLY = "calendar_reply", _("calendar reply")
        BOUNCE = "bounce", _("undelivered email")
        COMPLAINT = "complaint", _("spam complaint")
        AUTOMATIC = "automatic", _("automatic reply")
        MESSAGE = "message", _("message from a person")
        POST = "post", _("message in a discussion")
        UNREADABLE = "unreadable", _("could not be read")

    key = models.CharField(
        primary_key=True,
        max_length=64,
        help_text="stands for its recipient and its Message-ID, else its bytes",
    )
    kind = models.CharField(_("type"), max_length=16, choices=Kind.choices)
    received_at = models.DateTimeField(_("received at"))
    sender = EmailAddressField(_("sender"), max_length=254, blank=True)
    sender_name = LineField(pgettext_lazy("of a person", "name"), max_length=120, blank=True)
    text = ProseField(_("message"), blank=True, help_text=_("What a person wrote, to be forwarded."))
    attachments = models.PositiveSmallIntegerField(_("attachments"), default=0)
    is_forged = models.BooleanField(_("sender not verified"), default=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="inbound_mails",
    )
    problem = ProseField(_("error"), blank=True)
    content = models.BinaryField(
        null=True, blank=True, help_text="the beginning of one that could not be read, for the operator"
    )

    class Meta:
        ordering = ["-received_at", "pk"]
        verbose_name = _("received email")
        verbose_name_plural = _("received emails")
        indexes = [models.Index(fields=["received_at"], name="inbound_mail_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="unreadable", problem__gt="")
                | (~Q(kind="unreadable") & Q(content__isnull=True)),
                name="only_unreadable_mail_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(kind="message") | Q(text=""), name="only_what_a_person_wrote_is_kept"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class InboundMailbox(models.Model):
    """How far a mailbox was read."""

    key = models.CharField(
        primary_key=True, max_length=64, help_text="stands for its server, user and folder"
    )
    uid_validity = models.PositiveBigIntegerField()
    last_uid = models.PositiveBigIntegerField()
    read_at = models.DateTimeField(_("last email read at"))

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.key[:8]


class SuppressedAddress(models.Model):
    """An address to which nothing, or nothing unasked, is sent for a time; signing in with it later ends that."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("emails are returned")
        COMPLAINT = "complaint", _("reported as spam")

    email = EmailAddressField(_("email address"), max_length=254, unique=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    detail = ProseField(_("what the mail server said"), blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return str(self.get_reason_display())


class LastAddress(models.Model):
    """The address of an erased account, until its last emails have left: cancellations, and that it is deleted."""

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.CASCADE, related_name="last_address"
    )
    email = EmailAddressField()
    language = models.CharField(max_length=5)
    timezone = models.CharField(max_length=64)
    kept_until = models.DateTimeField(help_text="then it is forgotten, whatever has not been sent")

    def __str__(self) -> str:
        return f"of {self.person_id}"
