"""Receivers of allauth's signals."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed
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


@receiver(email_confirmed, dispatch_uid="a confirmed address is a sign-in")
def record_confirmation(*, request: HttpRequest, email_address: EmailAddress, **_kwargs: Any) -> None:
    """The code that confirms the address of a new account signs in; allauth records only the codes of later sign-ins.

    Not that of a changed address: whoever has somebody's open session could read it in a mailbox of their own.
    """
    if not request.user.is_authenticated:
        record_authentication(request, email_address.user, method="code", email=email_address.email)
