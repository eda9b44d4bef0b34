"""Unsubscribe links: signed, for one person, without expiry; a GET changes nothing (RFC 8058)."""

from django.core.signing import BadSignature, Signer

from companies.models import Person
from companies.paths import path_with


class LinkNotValid(Exception):
    """The signature is invalid."""


def unsubscribe_link(person: Person) -> str:
    """The path `/unsubscribe/<token>/`."""
    return path_with("unsubscribe", _signer().sign(str(person.pk)))


def person_of_link(token: str) -> Person:
    """Raises LinkNotValid."""
    try:
        person = Person.objects.filter(pk=int(_signer().unsign(token))).first()
    except (BadSignature, ValueError) as error:
        raise LinkNotValid from error
    if person is None:
        raise LinkNotValid
    return person


def _signer() -> Signer:
    return Signer(salt="unsubscribe", sep=".")
