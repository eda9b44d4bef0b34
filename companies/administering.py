"""What the secretariat decides about people and companies."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from companies import leaving_company, sessions, signals, signing_in
from companies.models import Company, Person
from companies.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class PersonAccess:
    """Where a person belongs and what they may do."""

    company: Company | None
    is_company_admin: bool
    is_secretariat: bool
    is_active: bool


class UnableToAdminister(Refusal):
    """`code`: not_secretariat (any more), own_account, no_company (to be an admin of)."""


@transaction.atomic
def change_access(*, person: Person, by: Person, access: PersonAccess, now: datetime) -> Person:
    """Takes effect at once, also in open rooms. Who is new in a company is told by email.

    Nobody changes their own role or closes their own account, so that one of the secretariat always stays. Raises
    UnableToAdminister.
    """
    person, by = _lock(person, by)
    own = (access.is_secretariat, access.is_active) != (person.is_secretariat, person.is_active)
    if own and person.pk == by.pk:
        message = _("You can’t remove your own role or close your own account here. Ask a colleague.")
        raise UnableToAdminister("own_account", message)
    if access.is_company_admin and access.company is None:
        message = _("Choose the company this person is an admin of.")
        raise UnableToAdminister("no_company", message, field="company")
    former = person.company
    is_new_here = access.company is not None and person.company_id != access.company.pk
    person.company = access.company
    person.is_company_admin = access.is_company_admin
    person.is_secretariat = access.is_secretariat
    person.is_active = access.is_active
    person.save(update_fields=["company", "is_company_admin", "is_secretariat", "is_active"])
    if former is not None and former != access.company:
        leaving_company.has_left(person=person, company=former, now=now)
    signals.access_changed.send(Person, people=[person.pk])
    if not person.is_active:
        end_access(person=person, now=now)
    elif is_new_here:
        signals.person_added.send(Company, company=person.company, person=person, by=by, now=now)
    return person


@transaction.atomic
def end_access(*, person: Person, now: datetime) -> None:
    """Signs out every browser and takes back the keys of programs."""
    signing_in.revoke_api_tokens(tokens=person.api_tokens.all(), now=now)
    sessions.sign_out_everywhere(person=person)


def keep_as_guest(*, person: Person, now: datetime) -> None:
    """The person belongs to no company, and is not listed as waiting for one any more."""
    Person.objects.filter(pk=person.pk, company=None).update(kept_as_guest_at=now)


@transaction.atomic
def list_company(*, company: Company, is_listed: bool, now: datetime) -> None:
    """Shows it in the directory, or hides it from everybody but its own people and the secretariat."""
    Company.objects.filter(pk=company.pk).update(is_listed=is_listed, updated_at=now)


def _lock(person: Person, by: Person) -> tuple[Person, Person]:
    """Both, with all of the secretariat, so that of two who take each other's role one stays."""
    rows = Person.objects.select_for_update().filter(
        Q(pk__in=[person.pk, by.pk]) | Q(is_secretariat=True), erased_at__isnull=True
    )
    locked = {each.pk: each for each in rows.order_by("pk")}
    acting = locked.get(by.pk)
    if acting is None or not (acting.is_active and acting.is_secretariat) or person.pk not in locked:
        message = _("Nothing was changed: this account or your own role has changed in the meantime.")
        raise UnableToAdminister("not_secretariat", message)
    return locked[person.pk], acting
