"""The personal link in a mail to a registered person: signed, for one seat, void when its key is renewed."""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from meetings.models import Registration

LASTS = timedelta(days=400)  # a recording is kept for a year; the link leads there too
_SEPARATOR = "."


class LinkNotValid(Exception):
    """Not one of ours, too old, or renewed since."""


def personal_link(registration: Registration) -> str:
    """The path `/j/<signed token>/`; opening it changes nothing but the browser's session."""
    return reverse("personal_link", args=[token_of(registration)])


def token_of(registration: Registration) -> str:
    return _signer().sign(_SEPARATOR.join((registration.pk, registration.link_key)))


def registration_of_link(token: str) -> Registration:
    """Raises LinkNotValid."""
    try:
        registration_id, link_key = _signer().unsign(token, max_age=LASTS).split(_SEPARATOR)
    except (BadSignature, ValueError) as error:
        raise LinkNotValid from error
    registrations = Registration.objects.select_related("meeting", "meeting__room", "person")
    registration = registrations.filter(pk=registration_id, link_key=link_key).first()
    if registration is None:
        raise LinkNotValid
    return registration


def _signer() -> TimestampSigner:
    # A dot, not a colon: some mail programs end a link at a colon.
    return TimestampSigner(salt="seat", sep=_SEPARATOR)
