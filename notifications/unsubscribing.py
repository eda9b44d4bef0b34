"""Reminders off and on again, by the link in a mail or one click in the mail program."""

from django.db import transaction

from companies.models import Person
from notifications.models import Notification


@transaction.atomic
def stop_reminders(*, person: Person) -> None:
    """From now on neither reminders nor “the recording is there”; what waits is dropped. Twice does no harm."""
    Person.objects.filter(pk=person.pk).update(wants_reminders=False)
    waiting = Notification.objects.filter(person=person, kind__in=Notification.NEVER_TWICE).not_begun()
    waiting.update(state=Notification.State.DROPPED, failure=NOT_WANTED)


@transaction.atomic
def resume_reminders(*, person: Person) -> None:
    """Reminders again, also those of meetings that the person has a seat in already."""
    Person.objects.filter(pk=person.pk).update(wants_reminders=True)
    dropped = Notification.objects.filter(
        person=person, kind__in=Notification.NEVER_TWICE, state=Notification.State.DROPPED, failure=NOT_WANTED
    )
    dropped.update(state=Notification.State.WAITING, failure="")


NOT_WANTED = "the person does not want reminders"
