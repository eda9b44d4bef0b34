"""Messages of visitors to the operator: stored, sent to CONTACT_EMAIL through the outbox, and ticked off."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from companies import email_addresses
from companies.models import Person
from matchmaking.models import ContactRequest
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


def forward_report(*, request: ContactRequest, by: Person, now: datetime) -> None:
    """What a company got and reported, as a message of whoever reported it: an answer goes there."""
    with translation.override(by.language):
        about = _(
            "%(company)s has blocked a sender and reported this message to you. From: %(sender)s <%(email)s>"
        )
        text = about % {
            "company": request.company.name,
            "sender": request.sender,
            "email": email_addresses.readable(request.person.email),
        }
    send_message(
        written=WrittenMessage(
            name=str(by),
            email=by.email,
            company_name=request.company.name,
            language=by.language,
            text=f"{text}\n\n{request.text}",
        ),
        now=now,
    )


def mark_answered(*, message: ContactMessage, by: Person, now: datetime) -> None:
    """Whoever was first stays."""
    ContactMessage.objects.filter(pk=message.pk, answered_at=None).update(answered_at=now, answered_by=by)


def mark_unanswered(*, message: ContactMessage) -> None:
    ContactMessage.objects.filter(pk=message.pk).update(answered_at=None, answered_by=None)
