"""Who lost a right elsewhere loses it in the rooms at once: after the commit the open sockets are told."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from companies import signals
from companies.models import Person
from rooms import bus, messages


@receiver(signals.access_changed, dispatch_uid="look at the sockets of these people again")
def reauthorize_people(*, people: list[int], **_kwargs: Any) -> None:
    for person in people:
        transaction.on_commit(partial(bus.reauthorize_person, person), robust=True)


@receiver(signals.sessions_ended, dispatch_uid="close the sockets of these sessions")
def close_sockets_of_sessions(*, sessions: list[int], **_kwargs: Any) -> None:
    for session in sessions:
        transaction.on_commit(
            partial(bus.close_session, session, code=messages.CLOSE_SIGNED_OUT), robust=True
        )


@receiver(signals.signed_out_everywhere, dispatch_uid="close the sockets of this person")
def close_sockets_of_person(*, person: int, **_kwargs: Any) -> None:
    transaction.on_commit(partial(_close_person, person), robust=True)


def _close_person(person: int) -> None:
    """A closed account is signed out too, and signing in does not bring it back."""
    is_active = Person.objects.filter(pk=person, is_active=True).exists()
    bus.close_person(person, code=messages.CLOSE_SIGNED_OUT if is_active else messages.CLOSE_NO_ENTRY)
