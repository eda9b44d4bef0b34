"""Who may see and change companies; all lookups of a company on behalf of a person go through here."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from companies.models import Company, Need, Offer, Person, Topic


def owner_of_calendar(secret: str) -> Person:
    """The person whose calendar feed this is; Http404 for an unknown or renewed key."""
    owner = Person.objects.select_related("company").filter(calendar_key=secret, is_active=True).first()
    if owner is None:
        raise Http404
    return owner


def own_profile(person: Person) -> Person:
    """The person's row with their company, read again from the database."""
    return Person.objects.select_related("company").get(pk=person.pk)


def listed_companies() -> QuerySet[Company]:
    """Every listed company: the directory is public."""
    return Company.objects.filter(is_listed=True)


def companies_found(keys: Collection[int]) -> QuerySet[Company]:
    """Companies that the caller has already looked up for this person, by key."""
    return Company.objects.filter(pk__in=keys)


def company_for(person: Person | None, slug: str) -> Company:
    """A listed company, or the person's own; Http404 for any other."""
    company = Company.objects.prefetch_related("topics").filter(slug=slug).first()
    if company is None or not (company.is_listed or may_edit(person, company) or belongs_to(person, company)):
        raise Http404
    return company


def company_to_edit(person: Person | None, slug: str) -> Company:
    """Raises Http404 when the person does not see the company, PermissionDenied when they may not edit it."""
    company = company_for(person, slug)
    if not may_edit(person, company):
        raise PermissionDenied
    return company


def topics() -> QuerySet[Topic]:
    """All topics; the list is public."""
    return Topic.objects.all()


def topics_named(slugs: list[str]) -> list[Topic]:
    return list(topics().filter(slug__in=slugs))


def own_topics(person: Person) -> dict[str, set[int]]:
    """Keys of the topics of the needs and offers of the person's own company."""
    needs = Need.objects.filter(company=person.company_id).values_list("topics", flat=True)
    offers = Offer.objects.filter(company=person.company_id).values_list("topics", flat=True)
    return {"needs": set(needs) - {None}, "offers": set(offers) - {None}}


def belongs_to(person: Person | None, company: Company) -> bool:
    return person is not None and person.is_active and person.company_id == company.pk


def may_edit(person: Person | None, company: Company) -> bool:
    if person is None or not person.is_active:
        return False
    return person.is_secretariat or (person.is_company_admin and person.company_id == company.pk)


def colleague_to_change(person: Person | None, slug: str, colleague_id: int) -> tuple[Company, Person]:
    """Somebody of a company that the person may edit; Http404 for anybody else."""
    company = company_to_edit(person, slug)
    colleague = people_of(company).filter(pk=colleague_id).first()
    if colleague is None:
        raise Http404
    return company, colleague


def company_of_logo(person: Person | None, file_name: str) -> Company:
    """The company whose logo this is; Http404 unless the person sees the company."""
    company = Company.objects.filter(logo=f"logos/{file_name}").first()
    if company is None:
        raise Http404
    return company_for(person, company.slug)


def people_of(company: Company) -> QuerySet[Person]:
    """Without erased accounts, whose rows are kept for attendance alone."""
    return company.people.filter(erased_at__isnull=True)


def contacts_of(person: Person | None, company: Company) -> list[Person]:
    """Contact persons of the company, shown to people of other companies and the secretariat, not to the public."""
    if person is None or not (person.is_secretariat or person.company_id is not None):
        return []
    return list(
        Person.objects.filter(company=company, is_company_admin=True, is_active=True).exclude(name="")
    )
