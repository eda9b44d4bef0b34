"""Sign-ins: one for each browser. Who signs out, here or everywhere, is out of pages, sockets and media at once."""

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from companies import signals
from companies.models import Person


def active_sessions(now: datetime) -> Any:
    """A queryset of UserSession: sign-ins whose session is still there and not past its last day."""
    sessions = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return UserSession.objects.filter(Exists(sessions))


def session_of(request: HttpRequest) -> int | None:
    """The key of the visitor's sign-in; None for who is not signed in."""
    if not isinstance(request.user, Person):
        return None
    own = UserSession.objects.filter(session_key=request.session.session_key, user=request.user)
    if not own.exists():  # the session was made by other means than our sign-in
        UserSession.objects.create_from_request(request)
    session: int | None = own.values_list("pk", flat=True).first()
    return session


@transaction.atomic
def end_session(*, person: Person, session: int) -> bool:
    """One browser's sign-in is over, and what was begun from it; false when it is not the person's, or was over."""
    row = UserSession.objects.filter(pk=session, user=person).first()
    if row is None:
        return False
    row.end()
    signals.sessions_ended.send(Person, sessions=[session])
    return True


@transaction.atomic
def end_other_sessions(*, person: Person, except_key: str) -> None:
    """All but the one with this session key."""
    others = list(UserSession.objects.filter(user=person).exclude(session_key=except_key))
    keys = [row.pk for row in others]  # a deleted row has none
    for row in others:
        row.end()
    signals.sessions_ended.send(Person, sessions=keys)


@transaction.atomic
def sign_out_everywhere(*, person: Person) -> None:
    """Ends every session of the person, and the operator's sign-in links.

    Each session carries a digest of the (unusable) password: with another one Django refuses also those that no row
    tells of.
    """
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    locked.set_unusable_password()
    locked.save(update_fields=["password"])
    for row in UserSession.objects.filter(user=locked):
        row.end()
    signals.signed_out_everywhere.send(Person, person=locked.pk)


def clear(*, now: datetime) -> int:
    """Deletes sessions past their last day, and what is known of them. Returns how many sign-ins that were."""
    call_command("clearsessions")
    gone = UserSession.objects.exclude(pk__in=active_sessions(now).values("pk"))
    return int(gone.delete()[0])
