"""People known only by an email address that somebody entered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password

from companies import email_addresses, zones
from companies.languages import codes
from companies.models import Person


@dataclass(frozen=True)
class GuestProfile:
    """What a new guest begins with."""

    name: str = ""
    country: str = ""
    language: str = ""
    timezone: str = ""

    def fields(self) -> dict[str, Any]:
        known_zone = {"timezone": self.timezone} if self.timezone in zones.known() else {}
        return {
            "name": self.name,
            "country": self.country,
            "language": self.language if self.language in codes() else codes()[0],
            "password": make_password(None),
            **known_zone,
        }


def get_or_create_person(
    *, email: str, name: str = "", country: str = "", language: str = "", timezone: str = ""
) -> Person:
    """The person with this address. A new one is a guest with this profile; an existing profile is never changed."""
    profile = GuestProfile(name=name, country=country, language=language, timezone=timezone)
    person, _is_new = Person.objects.get_or_create(
        email=email_addresses.normalized(email), defaults=profile.fields()
    )
    return person


def get_or_create_people(profiles: Mapping[str, GuestProfile]) -> dict[str, Person]:
    """By normalized address, as `get_or_create_person`, in a few statements however many there are."""
    known = people_at(profiles)
    new = [
        Person(email=address, **each.fields()) for address, each in profiles.items() if address not in known
    ]
    Person.objects.bulk_create(new, ignore_conflicts=True)  # another request may make one of them meanwhile
    return {**known, **people_at(person.email for person in new)}


def people_at(addresses: Iterable[str]) -> dict[str, Person]:
    """Those who are known, by normalized address."""
    people = Person.objects.filter(email__in=list(addresses)).select_related("company")
    return {person.email: person for person in people}
