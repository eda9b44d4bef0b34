"""Ends access in rooms when it ends elsewhere: after the commit the connections are reauthorized or closed."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from companies import signals
from companies.models import Person
from rooms import bus, messages


@receiver(signals.access_changed, dispatch_uid="reauthorize the connections of these people")
def reauthorize_people(*, people: list[int], **_kwargs: Any) -> None:
    for person in people:
        transaction.on_commit(partial(bus.reauthorize_person, person), robust=True)


@receiver(signals.sessions_ended, dispatch_uid="close the connections of these sessions")
def close_sockets_of_sessions(*, sessions: list[int], **_kwargs: Any) -> None:
    for session in sessions:
        transaction.on_commit(
            partial(bus.close_session, session, code=messages.CLOSE_SIGNED_OUT), robust=True
        )


@receiver(signals.signed_out_everywhere, dispatch_uid="close the connections of this person")
def close_sockets_of_person(*, person: int, **_kwargs: Any) -> None:
    transaction.on_commit(partial(_close_person, person), robust=True)


def _close_person(person: int) -> None:
    """Closing an account signs it out, too; there the client must not offer to sign in again."""
    is_active = Person.objects.filter(pk=person, is_active=True).exists()
    bus.close_person(person, code=messages.CLOSE_SIGNED_OUT if is_active else messages.CLOSE_NO_ENTRY)
