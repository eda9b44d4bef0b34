"""Reminders and other optional emails off and on again, by the link in an email or one click in the mail program."""

from datetime import datetime, timedelta

from django.db import transaction

from companies.models import Person
from notifications.models import KINDS_OF_PREFERENCE, OFF_REASONS, Notification, Preference

State = Notification.State
# What fell due earlier stays dropped: it would be old news.
STILL_NEWS = timedelta(days=1)


@transaction.atomic
def turn_off(*, person: Person, preference: Preference, now: datetime) -> None:
    """From now on no emails of this kind; what waits is dropped. Idempotent."""
    if preference == Preference.NEWSLETTER:
        Person.objects.filter(pk=person.pk, wants_newsletter=True).update(newsletter_off_at=now)
    Person.objects.filter(pk=person.pk).update(**{preference.field: False})
    waiting = Notification.objects.filter(person=person, kind__in=KINDS_OF_PREFERENCE[preference]).not_begun()
    waiting.update(state=State.DROPPED, drop_reason=OFF_REASONS[preference], failure="")


def turn_all_off(*, person: Person, now: datetime) -> None:
    for preference in Preference:
        turn_off(person=person, preference=preference, now=now)


@transaction.atomic
def turn_on(*, person: Person, preference: Preference, now: datetime) -> None:
    """Also reminders still ahead of meetings that the person is registered for already."""
    Person.objects.filter(pk=person.pk).update(**{preference.field: True})
    dropped = Notification.objects.filter(
        person=person,
        state=State.DROPPED,
        drop_reason=OFF_REASONS[preference],
        due_at__gt=now - STILL_NEWS,
    )
    dropped.update(state=State.WAITING, drop_reason="", put_off_until=None, begun_at=None, claimed_by="")
