"""Messages of visitors to the operator: stored, sent to CONTACT_EMAIL through the outbox, and ticked off."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from companies.models import Person
from notifications.models import ContactMessage, Notification


@dataclass(frozen=True, kw_only=True)
class WrittenMessage:
    name: str
    email: str
    text: str
    language: str
    company_name: str = ""


@transaction.atomic
def send_message(*, written: WrittenMessage, now: datetime) -> ContactMessage:
    """The message and the promise to send it, in one transaction; the next tick finds it."""
    message = ContactMessage.objects.create(
        name=written.name,
        email=written.email,
        company_name=written.company_name,
        language=written.language,
        text=written.text,
        created_at=now,
    )
    Notification.objects.create(
        kind=Notification.Kind.CONTACT,
        contact_message=message,
        dedupe_key=f"contact:{message.pk}",
        due_at=now,
        created_at=now,
    )
    return message


def mark_answered(*, message: ContactMessage, by: Person, now: datetime) -> None:
    """Whoever was first stays."""
    ContactMessage.objects.filter(pk=message.pk, answered_at=None).update(answered_at=now, answered_by=by)


def mark_unanswered(*, message: ContactMessage) -> None:
    ContactMessage.objects.filter(pk=message.pk).update(answered_at=None, answered_by=None)
