"""People known only by an email address that somebody entered."""

from typing import Any

from django.contrib.auth.hashers import make_password

from companies import email_addresses, zones
from companies.languages import codes
from companies.models import Person


def get_or_create_person(
    *, email: str, name: str = "", country: str = "", language: str = "", timezone: str = ""
) -> Person:
    """The person with this address. A new one is a guest with this profile; an existing profile is never changed."""
    profile: dict[str, Any] = {
        "name": name,
        "country": country,
        "language": language if language in codes() else codes()[0],
        "password": make_password(None),
    }
    if timezone in zones.known():
        profile["timezone"] = timezone
    person, _is_new = Person.objects.get_or_create(email=email_addresses.normalized(email), defaults=profile)
    return person
