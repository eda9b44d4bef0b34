"""Changing a company: its page, its needs and offers, its logo, and the people who belong to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from companies import addresses, signals
from companies.languages import LanguageText
from companies.models import Company, Need, Offer, Person, Topic
from companies.pictures import Picture


@dataclass(frozen=True)
class CompanyDetails:
    name: str
    country: str
    city: str = ""
    website: str = ""
    size: str = ""
    summary: LanguageText | None = None
    description: LanguageText | None = None
    topics: tuple[Topic, ...] = ()
    is_listed: bool = True


@dataclass(frozen=True)
class WishDetails:
    """A need or an offer: `pk` of the one to change, None for a new one; without topics it keeps its own."""

    title: LanguageText
    details: LanguageText
    pk: int | None = None
    topics: tuple[Topic, ...] | None = None


class UnableToAdd(Exception):
    """The person belongs to another company already."""


class UnableToRemove(Exception):
    """The last admin of a company may not go before another is named."""


@transaction.atomic
def change_company(*, company: Company, details: CompanyDetails, now: datetime) -> Company:
    """The address of the page (slug) stays, whatever the new name: links in mails and on paper keep working."""
    company = Company.objects.select_for_update().get(pk=company.pk)
    _write(company, details, now)
    company.save()
    company.topics.set(details.topics)
    return company


def _write(company: Company, details: CompanyDetails, now: datetime) -> None:
    company.name = details.name
    company.country = details.country
    company.city = details.city
    company.website = details.website
    company.size = details.size
    company.summary = details.summary or {}
    company.description = details.description or {}
    company.is_listed = details.is_listed
    company.updated_at = now


@transaction.atomic
def set_wishes(
    *, company: Company, kind: type[Need] | type[Offer], wishes: Iterable[WishDetails], now: datetime
) -> None:
    """Makes the company's needs (or offers) these: changes those named by pk, adds the others, removes the rest.

    A new one without topics gets the company's.
    """
    kept = {wish.pk: wish for wish in kind.objects.filter(company=company)}
    for details in wishes:
        wish = kept.pop(details.pk, None) if details.pk else None
        is_new = wish is None
        wish = wish or kind(company=company, created_at=now)
        wish.title, wish.details = details.title, details.details
        wish.save()
        if details.topics is not None or is_new:
            wish.topics.set(company.topics.all() if details.topics is None else details.topics)
    kind.objects.filter(pk__in=kept).delete()
    touch(company=company, now=now)


def touch(*, company: Company, now: datetime) -> None:
    """The search looks at this moment to know that its words are old."""
    Company.objects.filter(pk=company.pk).update(updated_at=now)


@transaction.atomic
def set_logo(*, company: Company, picture: Picture | None, now: datetime) -> None:
    """None takes the logo away. The old file goes when all is committed."""
    company = Company.objects.select_for_update().get(pk=company.pk)
    old, storage = company.logo.name, company.logo.storage
    if picture is None:
        company.logo = ""
    else:
        company.logo.save(str(picture.name), picture, save=False)
    company.updated_at = now
    company.save(update_fields=["logo", "updated_at"])
    if old and old != company.logo.name:
        transaction.on_commit(lambda: storage.delete(old))


@transaction.atomic
def add_person(*, company: Company, email: str, name: str = "") -> Person:
    """A colleague, known here or not, who signs in with this address.

    Raises UnableToAdd for people of another company.
    """
    defaults = {"name": name, "password": make_password(None)}
    person, _is_new = Person.objects.get_or_create(email=addresses.normal(email), defaults=defaults)
    if person.company_id not in {None, company.pk}:
        raise UnableToAdd
    person.company = company
    person.name = person.name or name
    person.save(update_fields=["company", "name"])
    signals.access_changed.send(Person, people=[person.pk])
    return person


@transaction.atomic
def make_company_admin(*, company: Company, person: Person, is_admin: bool) -> None:
    """Raises UnableToRemove when the last admin would lose the role."""
    if not is_admin:
        _refuse_last_admin(company, person)
    Person.objects.filter(pk=person.pk, company=company).update(is_company_admin=is_admin)


@transaction.atomic
def remove_person(*, company: Company, person: Person) -> None:
    """The person stays, with their registrations; they do not belong to the company any more. Raises UnableToRemove."""
    _refuse_last_admin(company, person)
    Person.objects.filter(pk=person.pk, company=company).update(company=None, is_company_admin=False)
    signals.access_changed.send(Person, people=[person.pk])


def _refuse_last_admin(company: Company, person: Person) -> None:
    admins = Person.objects.select_for_update().filter(company=company, is_company_admin=True)
    keys = set(admins.values_list("pk", flat=True))
    if keys == {person.pk}:
        raise UnableToRemove
