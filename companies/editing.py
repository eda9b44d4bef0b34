"""Changing a company: its page, needs and offers, logo, and people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from companies import leaving_company, signals
from companies.access import company_to_edit
from companies.folding import slug_of
from companies.guests import get_or_create_person
from companies.languages import LanguageText
from companies.models import Company, Need, Offer, Person, Topic
from companies.pictures import Picture, replace_picture
from companies.refusals import Outdated, Refusal


@dataclass(frozen=True, kw_only=True)
class ListingDetails:
    """A need or an offer. `pk` is the row to change, None adds one; `topics` None keeps the present ones."""

    title: LanguageText
    details: LanguageText
    pk: int | None = None
    topics: tuple[Topic, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class CompanyDetails:
    """Changes to a company; None leaves a field as it is. Offers and needs replace the whole list."""

    name: str | None = None
    country: str | None = None
    city: str | None = None
    website: str | None = None
    size: str | None = None
    summary: LanguageText | None = None
    description: LanguageText | None = None
    topics: tuple[Topic, ...] | None = None
    offers: tuple[ListingDetails, ...] | None = None
    needs: tuple[ListingDetails, ...] | None = None
    logo: Picture | None = None
    no_logo: bool = False


LONGEST_SLUG = 140
PLAIN = ("name", "country", "city", "website", "size", "summary", "description")


class UnableToAdd(Refusal):
    """`code`: slug_taken (by another company), no_slug (in its name), other_company (to which the person belongs)."""


class UnableToRemove(Refusal):
    """`code`: last_admin, when the company would be left without an admin."""


@transaction.atomic
def add_company(*, slug: str, details: CompanyDetails, now: datetime) -> Company:
    """Raises UnableToAdd."""
    given = {name: value for name in PLAIN if (value := getattr(details, name)) is not None}
    try:
        with transaction.atomic():
            company = Company.objects.create(slug=slug, **given, created_at=now, updated_at=now)
    except IntegrityError as error:
        raise UnableToAdd(
            "slug_taken", _("A company with this slug already exists."), field="slug"
        ) from error
    _write_relations(company, details, now)
    return company


def add_company_named(*, name: str, country: str, now: datetime) -> Company:
    """With a web address made from the name. Raises UnableToAdd."""
    slug = slug_of(name, LONGEST_SLUG)
    if not slug:
        message = _("Use at least one letter from A to Z or a number in the name.")
        raise UnableToAdd("no_slug", message, field="name")
    try:
        return add_company(slug=slug, details=CompanyDetails(name=name, country=country), now=now)
    except UnableToAdd as refusal:
        message = _("There is already a company with this name.")
        raise UnableToAdd(refusal.code, message, field="name") from refusal


@transaction.atomic
def change_company(
    *,
    company: Company,
    by: Person,
    details: CompanyDetails,
    now: datetime,
    is_current: Callable[[Company], bool] | None = None,
) -> Company:
    """The slug stays when the name changes, so that links in emails and in print keep working.

    Rights and `is_current` are checked under the lock. Raises Outdated.
    """
    Company.objects.select_for_update(no_key=True).filter(pk=company.pk).first()
    company = company_to_edit(by, company.slug)  # again, under the lock
    if is_current is not None and not is_current(company):
        raise Outdated(
            "outdated", _("Someone else has changed this. Load the current version before you change it.")
        )
    for name in PLAIN:
        if (value := getattr(details, name)) is not None:
            setattr(company, name, value)
    company.updated_at = now
    company.save()
    _write_relations(company, details, now)
    return company


def _write_relations(company: Company, details: CompanyDetails, now: datetime) -> None:
    if details.topics is not None:
        company.topics.set(details.topics)
    if details.offers is not None:
        set_listings(company=company, kind=Offer, listings=details.offers, now=now)
    if details.needs is not None:
        set_listings(company=company, kind=Need, listings=details.needs, now=now)
    if details.logo is not None or details.no_logo:
        set_logo(company=company, picture=details.logo, now=now)


@transaction.atomic
def set_listings(
    *, company: Company, kind: type[Need] | type[Offer], listings: Iterable[ListingDetails], now: datetime
) -> None:
    """Replaces the company's needs (or offers): changes those given by pk, adds the others, deletes the rest.

    A new one without topics gets those of the company.
    """
    kept = {listing.pk: listing for listing in kind.objects.filter(company=company)}
    for details in listings:
        listing = kept.pop(details.pk, None) if details.pk else None
        is_new = listing is None
        listing = listing or kind(company=company, created_at=now)
        listing.title, listing.details = details.title, details.details
        listing.save()
        if details.topics is not None or is_new:
            listing.topics.set(company.topics.all() if details.topics is None else details.topics)
    kind.objects.filter(pk__in=kept).delete()
    touch(company=company, now=now)


def touch(*, company: Company, now: datetime) -> None:
    """Invalidates the search index, which compares this time."""
    Company.objects.filter(pk=company.pk).update(updated_at=now)


@transaction.atomic
def set_logo(*, company: Company, picture: Picture | None, now: datetime) -> None:
    """None removes the logo. The old file is deleted after the commit."""
    company = Company.objects.select_for_update().get(pk=company.pk)
    replace_picture(company, "logo", picture)
    company.updated_at = now
    company.save(update_fields=["logo", "updated_at"])


@transaction.atomic
def add_person(*, company: Company, email: str, by: Person, now: datetime, name: str = "") -> Person:
    """Adds a colleague, new or known, who signs in with this address and is told of it by email.

    A new person gets the language and time zone of whoever adds them. Somebody who belongs to the company already
    is told nothing. Raises UnableToAdd for people of another company.
    """
    person = get_or_create_person(
        email=email, name=name, country=company.country, language=by.language, timezone=by.timezone
    )
    is_new_here = Person.objects.filter(pk=person.pk, company=None).update(company=company) > 0
    person.refresh_from_db(fields=["company", "name"])
    if person.company_id != company.pk:
        message = _("This person belongs to another company. The secretariat can move them.")
        raise UnableToAdd("other_company", message, field="email")
    person.name = person.name or name
    person.save(update_fields=["name"])
    if is_new_here:
        signals.access_changed.send(Person, people=[person.pk])
        signals.person_added.send(Company, company=company, person=person, by=by, now=now)
    return person


@transaction.atomic
def make_company_admin(*, company: Company, person: Person, is_admin: bool) -> None:
    """Raises UnableToRemove when it would leave no admin."""
    if not is_admin:
        _refuse_last_admin(company, person)
    Person.objects.filter(pk=person.pk, company=company).update(is_company_admin=is_admin)


@transaction.atomic
def remove_person(*, company: Company, person: Person, now: datetime) -> None:
    """The person and their registrations remain, without a company; projects of the company end for them.

    Raises UnableToRemove.
    """
    _refuse_last_admin(company, person)
    members = Person.objects.filter(pk=person.pk, company=company)
    if members.update(company=None, is_company_admin=False):
        person.refresh_from_db()
        leaving_company.has_left(person=person, company=company, now=now)
    signals.access_changed.send(Person, people=[person.pk])


def _refuse_last_admin(company: Company, person: Person) -> None:
    admins = Person.objects.select_for_update().filter(company=company, is_company_admin=True)
    keys = set(admins.values_list("pk", flat=True))
    if keys == {person.pk}:
        raise UnableToRemove(
            "last_admin",
            _("Nothing was changed: a company needs at least one admin. Make someone else an admin first."),
        )
