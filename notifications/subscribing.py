"""The newsletter for somebody without an account: asked for with an address, confirmed by an email to it.

Until then only the request is stored, so that nobody can put others on the list; afterwards the person is a guest who
gets it, as anybody does who turned it on in the profile.
"""

from datetime import datetime, timedelta

from django.db import transaction

from companies import email_addresses
from companies.guests import get_or_create_person
from companies.models import Person
from companies.retention import delete_in_batches
from notifications.models import NewsletterRequest, Notification, SuppressedAddress

LASTS = timedelta(days=3)
ONE_EMAIL_IN = timedelta(days=1)  # to one address, however often it is typed


@transaction.atomic
def request_newsletter(*, email: str, language: str, now: datetime) -> None:
    """Says nothing about the address: known, subscribed or not, the same email goes to it."""
    address = email_addresses.normalized(email)
    NewsletterRequest.objects.filter(email=address, requested_at__lte=now - ONE_EMAIL_IN).delete()
    new = NewsletterRequest(email=address, language=language, requested_at=now)
    NewsletterRequest.objects.bulk_create([new], ignore_conflicts=True)
    is_first = NewsletterRequest.objects.filter(pk=new.pk).exists()
    if not is_first or SuppressedAddress.objects.filter(email=address).exists():
        return
    Notification.objects.create(
        kind=Notification.Kind.NEWSLETTER_REQUEST,
        newsletter_request=new,
        dedupe_key=f"newsletter:{new.pk}",
        due_at=now,
        created_at=now,
    )


def is_open(request: NewsletterRequest, *, now: datetime) -> bool:
    return now - request.requested_at < LASTS


@transaction.atomic
def confirm(*, request: NewsletterRequest) -> Person:
    """Whose newsletter it is from now on: a new guest, or the person who has the address."""
    person = get_or_create_person(email=request.email, language=request.language)
    Person.objects.filter(pk=person.pk).update(wants_newsletter=True)
    NewsletterRequest.objects.filter(pk=request.pk).delete()
    return person


def delete_lapsed(now: datetime, limit: int) -> int:
    """Those that nobody confirmed."""
    lapsed = NewsletterRequest.objects.filter(requested_at__lt=now - LASTS)
    return delete_in_batches(lapsed.order_by("requested_at", "pk"), limit)
