"""The outbox, what it is about, and what delivery remembers."""

from notifications.models.delivery import DigestSchedule, MailServer
from notifications.models.email_text import EmailText, EmailTextQuerySet
from notifications.models.incoming import InboundMail, InboundMailbox, LastAddress, SuppressedAddress
from notifications.models.notification import (
    KINDS_OF_PREFERENCE,
    MAY_HAVE_BEEN_SENT,
    OFF_REASONS,
    PENDING,
    Notification,
    NotificationQuerySet,
    Preference,
)
from notifications.models.push import PushMessage, PushSubscription
from notifications.models.written import ContactMessage, HostMessage, Newsletter, NewsletterRequest

__all__ = [
    "KINDS_OF_PREFERENCE",
    "MAY_HAVE_BEEN_SENT",
    "OFF_REASONS",
    "PENDING",
    "ContactMessage",
    "DigestSchedule",
    "EmailText",
    "EmailTextQuerySet",
    "HostMessage",
    "InboundMail",
    "InboundMailbox",
    "LastAddress",
    "MailServer",
    "Newsletter",
    "NewsletterRequest",
    "Notification",
    "NotificationQuerySet",
    "Preference",
    "PushMessage",
    "PushSubscription",
    "SuppressedAddress",
]
