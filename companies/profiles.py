"""Changes that people make to their own profile."""

from dataclasses import asdict, dataclass

from django.db import transaction

from companies.models import Person
from companies.pictures import Picture, replace_picture


@dataclass(frozen=True, kw_only=True)
class ProfileDetails:
    name: str
    title: str
    country: str
    language: str
    timezone: str
    wants_reminders: bool
    wants_follow_ups: bool
    wants_digest: bool
    wants_newsletter: bool
    has_quiet_hours: bool


def change_profile(*, person: Person, details: ProfileDetails) -> None:
    for name, value in asdict(details).items():
        setattr(person, name, value)
    person.save(update_fields=list(asdict(details)))


def set_timezone(*, person: Person, name: str) -> None:
    Person.objects.filter(pk=person.pk).update(timezone=name)


@transaction.atomic
def set_picture(*, person: Person, picture: Picture | None) -> None:
    """None removes it."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    replace_picture(person, "picture", picture)
    person.save(update_fields=["picture"])
