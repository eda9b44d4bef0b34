"""Unsubscribe links: signed, for one person, without expiry; a GET changes nothing (RFC 8058)."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from companies.models import Person


class LinkNotValid(Exception):
    """The signature is invalid."""


def unsubscribe_link(person: Person) -> str:
    """The path `/unsubscribe/<token>/`."""
    return reverse("unsubscribe", args=[_signer().sign(str(person.pk))])


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
