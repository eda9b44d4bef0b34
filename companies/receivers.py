"""Receivers of allauth's signals."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.dispatch import receiver
from django.http import HttpRequest

from companies import sessions
from companies.models import Person


@receiver(email_changed, dispatch_uid="end the sessions of the old address")
def end_sessions_of_old_address(
    *, request: HttpRequest, user: Person, from_email_address: EmailAddress | None, **_kwargs: Any
) -> None:
    """People sign in with their address, so a change ends all their other sessions."""
    if from_email_address is not None:
        sessions.end_other_sessions(person=user, except_key=request.session.session_key or "")
