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
from notifications import suppressing
from notifications.models import NewsletterRequest, Notification

LASTS = timedelta(days=3)
ONE_EMAIL_IN = timedelta(days=1)  # to one address, however often it is typed


@transaction.atomic
def request_newsletter(*, email: str, language: str, now: datetime) -> None:
    """Says nothing about the address: known, subscribed or not, the same email goes to it.

    None goes to an address of a closed account, or one whose emails come back.
    """
    address = email_addresses.normalized(email)
    NewsletterRequest.objects.filter(email=address, requested_at__lte=now - ONE_EMAIL_IN).delete()
    new = NewsletterRequest(email=address, language=language, requested_at=now)
    NewsletterRequest.objects.bulk_create([new], ignore_conflicts=True)
    is_first = NewsletterRequest.objects.filter(pk=new.pk).exists()
    if not is_first or suppressing.is_suppressed(address) or _is_closed(address):
        return
    Notification.objects.create(
        kind=Notification.Kind.NEWSLETTER_REQUEST,
        newsletter_request=new,
        dedupe_key=f"newsletter:{new.pk}",
        due_at=now,
        created_at=now,
    )


def is_open(request: NewsletterRequest, *, now: datetime) -> bool:
    """Whether it can be confirmed: in time, and no account with its address was closed."""
    return now - request.requested_at < LASTS and not _is_closed(request.email)


def _is_closed(address: str) -> bool:
    return Person.objects.filter(email=address, is_active=False).exists()


@transaction.atomic
def confirm(*, request: NewsletterRequest) -> Person:
    """Whose newsletter it is from now on: a new guest, or the person who has the address.

    Whoever has a profile keeps its language; a guest has no other way to choose one.
    """
    person = get_or_create_person(email=request.email, language=request.language)
    if not person.has_account:
        person.language = request.language
    person.wants_newsletter = True
    person.save(update_fields=["wants_newsletter", "language"])
    NewsletterRequest.objects.filter(pk=request.pk).delete()
    return person


def delete_lapsed(now: datetime, limit: int) -> int:
    """Those that nobody confirmed."""
    lapsed = NewsletterRequest.objects.filter(requested_at__lt=now - LASTS)
    return delete_in_batches(lapsed.order_by("requested_at", "pk"), limit)
