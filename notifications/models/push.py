"""Browsers that are notified, and what they are told."""

import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.model_fields import LineField, ProseField
from companies.models import Person
from meetings.models import Meeting, Registration
from notifications.models.notification import Notification


class PushSubscription(models.Model):
    """A browser in which its person wants to be notified; whoever has these keys can send to it."""

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    # The key of the UserSession in which it was turned on. No foreign key: a session also lapses, and this stays.
    session = models.BigIntegerField(null=True, blank=True, db_index=True, editable=False)
    endpoint = models.CharField(max_length=1000, unique=True, help_text="the browser's push service")
    p256dh = models.CharField(max_length=100, help_text="the browser's public key, in base64url")
    auth = models.CharField(max_length=40, help_text="what it shares with us, in base64url")
    browser = LineField(_("browser"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("browser to notify")
        verbose_name_plural = _("browsers to notify")

    def __str__(self) -> str:
        return self.browser or str(self.pk)

    @property
    def endpoint_hash(self) -> str:
        """By which its own browser knows it on a page; the address itself is a secret."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()


class PushMessage(models.Model):
    """A row for each notification of one browser, as `Notification` is for emails; see `pushing`."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("no longer needed")
        FAILED = "failed", _("failed")
        DOUBTFUL = "doubtful", _("uncertain")

    subscription = models.ForeignKey(
        PushSubscription, verbose_name=_("browser"), on_delete=models.CASCADE, related_name="messages"
    )
    # The email that it goes beside; empty for "live now", of which there is none.
    notification = models.ForeignKey(
        Notification,
        verbose_name=_("email"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="push_messages"
    )
    registration = models.ForeignKey(
        Registration,
        verbose_name=_("registration"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    dedupe_key = models.CharField(max_length=80, help_text="one notification of a browser for each of these")
    due_at = models.DateTimeField(_("due at"))
    next_at = models.DateTimeField(_("next attempt"))
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failure = ProseField(_("error"), blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("browser notification")
        verbose_name_plural = _("browser notifications")
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="pushes_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="pushes_under_way"),
            models.Index(fields=["due_at"], name="pushes_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "dedupe_key"], name="never_notify_a_browser_of_the_same_twice"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_push_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dedupe_key}, {self.get_state_display()}"
