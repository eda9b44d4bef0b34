"""Unsubscribe links: signed, for one person and preference, without expiry; a GET changes nothing (RFC 8058)."""

from django.core.signing import BadSignature, Signer

from companies.models import Person
from companies.paths import path_with
from notifications.models import Preference


class LinkNotValid(Exception):
    """The signature is invalid."""


def unsubscribe_link(person: Person, preference: Preference = Preference.REMINDERS) -> str:
    """The path `/unsubscribe/<token>/`."""
    return path_with("unsubscribe", _signer().sign(f"{person.pk}-{preference.value}"))


def resolve(token: str) -> tuple[Person, Preference]:
    """Whom the link belongs to, and which emails it turns off. Raises LinkNotValid."""
    try:
        key, dash, name = _signer().unsign(token).partition("-")
        # Without a dash it is of the time when reminders were all that could be turned off.
        preference = Preference(name) if dash else Preference.REMINDERS
        person = Person.objects.filter(pk=int(key)).first()
    except (BadSignature, ValueError) as error:
        raise LinkNotValid from error
    if person is None:
        raise LinkNotValid
    return person, preference


def _signer() -> Signer:
    return Signer(salt="unsubscribe", sep=".")
