"""Reminders off and on again, by the link in an email or one click in the mail program."""

from datetime import datetime, timedelta

from django.db import transaction

from companies.models import Person
from notifications.models import Notification

State, Reason = Notification.State, Notification.DropReason
# What fell due earlier stays dropped: it would be old news.
STILL_NEWS = timedelta(days=1)


@transaction.atomic
def stop_reminders(*, person: Person) -> None:
    """From now on neither reminders nor “the recording is there”; what waits is dropped. Idempotent."""
    Person.objects.filter(pk=person.pk).update(wants_reminders=False)
    waiting = Notification.objects.filter(person=person, kind__in=Notification.OPTIONAL).not_begun()
    waiting.update(state=State.DROPPED, drop_reason=Reason.REMINDERS_OFF, failure="")


@transaction.atomic
def resume_reminders(*, person: Person, now: datetime) -> None:
    """Reminders again, also those still ahead of meetings that the person is registered for already."""
    Person.objects.filter(pk=person.pk).update(wants_reminders=True)
    dropped = Notification.objects.filter(
        person=person, state=State.DROPPED, drop_reason=Reason.REMINDERS_OFF, due_at__gt=now - STILL_NEWS
    )
    dropped.update(state=State.WAITING, drop_reason="", put_off_until=None, begun_at=None, claimed_by="")
