"""Addresses to which nothing is sent, or nothing unasked, because mail servers or their owners said so.

Not for ever: after SUPPRESSED_FOR an address is tried again, and whoever signs in since shows that it works.
"""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from companies.models import Person
from companies.retention import delete_in_batches
from notifications.models import Notification, SuppressedAddress

SUPPRESSED_FOR = timedelta(days=90)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
RETURNED = gettext_noop("The recipient’s mail server returned this email.")
Reason, State = SuppressedAddress.Reason, Notification.State


def reason(*, of: str = "") -> Subquery:
    """Of the person at this path of a query, by default its rows themselves; null where there is none."""
    path = f"{of}__" if of else ""
    last_login = Coalesce(OuterRef(f"{path}last_login"), Value(NEVER))
    own = SuppressedAddress.objects.filter(email=OuterRef(f"{path}email"), since__gte=last_login)
    return Subquery(own.values("reason")[:1])


def is_suppressed(email: str) -> bool:
    """Also an address that nobody has; of a person as `reason` says."""
    person = Person.objects.filter(email=email).annotate(suppressed=reason()).first()
    if person is None:
        return SuppressedAddress.objects.filter(email=email).exists()
    return person.suppressed is not None


@transaction.atomic
def suppress(*, email: str, why: SuppressedAddress.Reason, now: datetime, detail: str = "") -> None:
    """A complaint does not weaken a bounce."""
    row, is_new = SuppressedAddress.objects.select_for_update().get_or_create(
        email=email, defaults={"reason": why, "detail": detail, "since": now}
    )
    if not is_new and (why == Reason.BOUNCE or row.reason == Reason.COMPLAINT):
        row.reason, row.detail, row.since = why, detail, now
        row.save(update_fields=["reason", "detail", "since"])


def mark_returned(*, notification_id: int, detail: str) -> None:
    """It was accepted and came back: hosts find it among those not delivered."""
    accepted = Notification.objects.filter(
        pk=notification_id, state__in=[State.SENDING, State.SENT, State.DOUBTFUL]
    )
    accepted.update(state=State.FAILED, failure=f"The mail server said {detail}" if detail else RETURNED)


def end_old(now: datetime, limit: int) -> int:
    """Their addresses are tried again."""
    old = SuppressedAddress.objects.filter(since__lt=now - SUPPRESSED_FOR)
    return delete_in_batches(old.order_by("since", "pk"), limit)
