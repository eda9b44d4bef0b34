"""What the secretariat may see of messages and emails; everybody else gets Http404."""

from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.http import Http404

from companies.access import secretariat
from companies.models import Person
from meetings.models import Meeting
from notifications.models import ContactMessage, Notification, NotificationQuerySet

RECENT = timedelta(days=30)  # of emails that did not arrive: later nobody sends them again


def contact_messages(by: Person | None) -> QuerySet[ContactMessage]:
    """Newest first."""
    secretariat(by)
    return ContactMessage.objects.select_related("answered_by")


def contact_message_for(by: Person | None, message_id: int) -> ContactMessage:
    message = contact_messages(by).filter(pk=message_id).first()
    if message is None:
        raise Http404
    return message


def undelivered(by: Person | None, *, now: datetime) -> NotificationQuerySet:
    """Emails that failed or are in doubt, of the last days."""
    secretariat(by)
    states = [Notification.State.FAILED, Notification.State.DOUBTFUL]
    return Notification.objects.filter(state__in=states, due_at__gte=now - RECENT)


def meetings_with_undelivered(by: Person | None, *, now: datetime) -> QuerySet[Meeting]:
    """With `undelivered_count` and `undelivered_since`, the oldest first."""
    rows = undelivered(by, now=now).order_by()
    meetings = Meeting.objects.filter(notifications__in=rows.values("pk"))
    return meetings.annotate(
        undelivered_count=Count("notifications"), undelivered_since=Min("notifications__due_at")
    ).order_by("undelivered_since", "pk")
