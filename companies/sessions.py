"""A person's sessions, one for each browser. Signing out ends pages, sockets and media at once."""

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext as _

from companies import signals
from companies.models import Person

# The first match wins: every browser also names those that it descends from.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", ""), ("Chrome", ""), ("Safari", ""))
SYSTEMS = (("iPhone", ""), ("iPad", ""), ("Android", ""), ("Windows", ""), ("Mac OS", "macOS"), ("Linux", ""))


def browser_in_words(user_agent: str) -> str:
    """`Firefox, Windows`."""
    names = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return ", ".join(name for name in names if name) or _("Unknown browser")


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name or sign for sign, name in known if sign in user_agent), "")


def active_sessions(now: datetime) -> Any:
    """A queryset of UserSession whose Django session exists and has not expired."""
    sessions = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return UserSession.objects.filter(Exists(sessions))


def session_of(request: HttpRequest) -> int | None:
    """The key of the visitor's session; None when not signed in."""
    if not isinstance(request.user, Person):
        return None
    own = UserSession.objects.filter(session_key=request.session.session_key, user=request.user)
    if not own.exists():  # the session was made without our sign-in
        UserSession.objects.create_from_request(request)
    session: int | None = own.values_list("pk", flat=True).first()
    return session


@transaction.atomic
def end_session(*, person: Person, session: int) -> bool:
    """Ends one browser's session and what it opened; False when it is not the person's, or ended already."""
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
    """Ends every session of the person, and their unused sign-in links.

    Sessions contain a hash of the (unusable) password; a new one invalidates also sessions without a UserSession row.
    """
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    locked.set_unusable_password()
    locked.save(update_fields=["password"])
    for row in UserSession.objects.filter(user=locked):
        row.end()
    signals.signed_out_everywhere.send(Person, person=locked.pk)


def clear(*, now: datetime) -> int:
    """Deletes expired sessions and their UserSession rows. Returns how many of the latter."""
    call_command("clearsessions")
    gone = UserSession.objects.exclude(pk__in=active_sessions(now).values("pk"))
    return int(gone.delete()[0])
