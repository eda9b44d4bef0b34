"""What people write that emails bring: messages of hosts, newsletters, and messages to the secretariat."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.languages import LanguageTextField, in_language
from companies.model_fields import CleanJSONField, EmailAddressField, LineField, ProseField
from companies.models import Person
from meetings.models import Meeting


class ContactMessage(models.Model):
    """What a visitor wrote on the contact page. Deleted some time after it was sent, see `contacting`."""

    name = LineField(pgettext_lazy("of a person", "name"), max_length=120)
    email = EmailAddressField(_("email address"))
    company_name = LineField(_("company name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=5)
    text = ProseField(_("message"))
    created_at = models.DateTimeField(_("created at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return self.name


class HostMessage(models.Model):
    """What a host wrote to people of a meeting; who got it is in the outbox."""

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        REGISTERED = "registered", _("registered people")
        WAITLISTED = "waitlisted", _("people on the waitlist")
        PENDING = "pending", _("people waiting for approval")
        INVITED = "invited", _("people invited who haven’t answered")
        ATTENDED = "attended", _("people who attended")
        MISSED = "missed", _("registered people who did not attend")
        TEST = "test", _("only me, as a test")

    AFTER_THE_END = (Audience.ATTENDED, Audience.MISSED)

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="host_messages"
    )
    sender = models.ForeignKey(
        Person,
        verbose_name=_("sender"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="host_messages",
    )
    audience = models.CharField(_("recipients"), max_length=12, choices=Audience.choices)
    subject = LanguageTextField(_("subject"))
    text = LanguageTextField(_("message"), prose=True)
    is_urgent = models.BooleanField(
        _("urgent"), default=False, help_text=_("Also as a notification in the browser.")
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("message from a host")
        verbose_name_plural = _("messages from hosts")
        indexes = [
            models.Index(fields=["sender", "created_at"], name="host_message_by_sender"),
            models.Index(fields=["created_at"], name="host_message_by_age"),
        ]

    def __str__(self) -> str:
        return str(in_language(self.subject))

    @property
    def is_test(self) -> bool:
        return self.audience == self.Audience.TEST


class Newsletter(models.Model):
    """What the secretariat wrote to everybody who asked for it, with the articles as they were then."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    sender = models.ForeignKey(
        Person,
        verbose_name=_("sender"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="newsletters",
    )
    is_test = models.BooleanField(_("only to its sender"), default=False)
    subject = LanguageTextField(_("subject"))
    introduction = LanguageTextField(_("introduction"), prose=True, blank=True)
    articles = CleanJSONField(_("articles"), default=list, help_text="of each title, summary and path")
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")

    def __str__(self) -> str:
        return str(in_language(self.subject))


class NewsletterRequest(models.Model):
    """An address that somebody typed to get the newsletter, until whoever reads its mail has confirmed that."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    email = EmailAddressField(_("email address"), unique=True)
    language = models.CharField(_("language"), max_length=5)
    requested_at = models.DateTimeField(_("requested at"))

    class Meta:
        ordering = ["requested_at", "pk"]
        verbose_name = _("request for the newsletter")
        verbose_name_plural = _("requests for the newsletter")

    def __str__(self) -> str:
        return self.pk
