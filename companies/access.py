"""Who may see and change companies; all lookups of a company on behalf of a person go through here."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from companies.models import Company, Need, Offer, Person, Topic


def owner_of_calendar(secret: str) -> Person:
    """The person whose calendar feed this is; Http404 for an unknown or renewed key."""
    owner = Person.objects.select_related("company").filter(calendar_key=secret, is_active=True).first()
    if owner is None:
        raise Http404
    return owner


def secretariat(person: Person | None) -> Person:
    """The person, one of the secretariat; Http404 for everybody else: its pages do not exist for them."""
    if person is None or not (person.is_active and person.is_secretariat):
        raise Http404
    return person


def people_to_manage(by: Person | None) -> QuerySet[Person]:
    """Everybody with an address, also guests and closed accounts; for the secretariat."""
    secretariat(by)
    return Person.objects.filter(erased_at__isnull=True).select_related("company").order_by("name", "email")


def person_to_manage(by: Person | None, person_id: int) -> Person:
    person = people_to_manage(by).filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def people_without_company(by: Person | None) -> QuerySet[Person]:
    """Who has an account and may be waiting for their company; the longest waiting first."""
    waiting = people_to_manage(by).filter(
        company=None, is_secretariat=False, is_active=True, kept_as_guest_at=None, last_login__isnull=False
    )
    return waiting.order_by("created_at", "pk")


def companies_to_manage(by: Person | None) -> QuerySet[Company]:
    """Every company, also those that the directory does not show; for the secretariat. With `people_count`."""
    secretariat(by)
    people = Person.objects.filter(company=OuterRef("pk"), erased_at__isnull=True)
    return Company.objects.annotate(
        people_count=_count_of(people, "company"),
        has_admin=Exists(people.filter(is_company_admin=True, is_active=True)),
    ).order_by("name", "pk")


def topics_to_manage(by: Person | None) -> QuerySet[Topic]:
    """With `company_count` and `listing_count`: in how many companies, offers and needs each is used."""
    secretariat(by)
    used = {"topic": OuterRef("pk")}
    return Topic.objects.annotate(
        company_count=_count_of(Company.topics.through.objects.filter(**used), "topic"),
        listing_count=_count_of(Offer.topics.through.objects.filter(**used), "topic")
        + _count_of(Need.topics.through.objects.filter(**used), "topic"),
    ).order_by("slug")


def topic_to_manage(by: Person | None, slug: str) -> Topic:
    topic = topics_to_manage(by).filter(slug=slug).first()
    if topic is None:
        raise Http404
    return topic


def _count_of(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


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
