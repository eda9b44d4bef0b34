"""Who may write to which company, and who may read what was written."""

from collections import Counter
from datetime import datetime

from django.db.models import Count, QuerySet

from companies import access as companies
from companies.models import Company, Person
from companies.retention import months_before
from matchmaking.models import BlockedSender, ContactRequest
from meetings.access import NotVisible

COUNTED_MONTHS = 12


class NotReachable(Exception):
    """The company has nobody here who could answer, or it is the person's own."""


def readers_of(company: Company) -> QuerySet[Person]:
    """Whom a message to the company is emailed to: its admins, and all its people where it has none."""
    people = companies.people_of(company).filter(is_active=True)
    admins = people.filter(is_company_admin=True)
    return admins if admins.exists() else people


def company_to_contact(person: Person | None, slug: str) -> Company:
    """Raises Http404 for a company the person does not see, and NotReachable."""
    company = companies.company_for(person, slug)
    if not takes_requests_from(person, company):
        raise NotReachable
    return company


def takes_requests_from(person: Person | None, company: Company) -> bool:
    """It has somebody to read them. Whether it has blocked this person is told by sending alone."""
    return (
        company.is_listed
        and not companies.belongs_to(person, company)
        and companies.people_of(company).filter(is_active=True).exists()
    )


def has_blocked(company: Company, person: Person) -> bool:
    return BlockedSender.objects.filter(company=company, person=person).exists()


def waiting_for(company: Company) -> int:
    """How many requests wait for its answer."""
    mine = ContactRequest.objects.filter(company=company, confirmed_at__isnull=False)
    return mine.filter(state=ContactRequest.State.WAITING).count()


def received_by(person: Person) -> QuerySet[ContactRequest]:
    """By the person's company, newest first."""
    found = ContactRequest.objects.filter(company=person.company_id, confirmed_at__isnull=False)
    return found.select_related("person", "answered_by", "meeting").order_by("-created_at", "pk")


def sent_by(person: Person) -> QuerySet[ContactRequest]:
    """Newest first."""
    found = ContactRequest.objects.filter(person=person).select_related("company", "answered_by")
    return found.order_by("-created_at", "pk")


def request_to_answer(person: Person, request_id: str) -> ContactRequest:
    """Raises NotVisible for people of other companies."""
    request = received_by(person).select_related("company").filter(pk=request_id).first()
    if request is None:
        raise NotVisible
    return request


def blocked_by(person: Person) -> QuerySet[BlockedSender]:
    """Those whom the person's company has blocked, latest first."""
    found = BlockedSender.objects.filter(company=person.company_id).select_related("person")
    return found.order_by("-blocked_at", "pk")


def blocked_sender(person: Person, key: int) -> BlockedSender:
    """Raises NotVisible for those of other companies."""
    found = blocked_by(person).filter(pk=key).first()
    if found is None:
        raise NotVisible
    return found


def counts_of(person: Person, now: datetime) -> dict[str, int]:
    """Of the company's requests in twelve months, by state, and all of them as `all`."""
    since = months_before(now, COUNTED_MONTHS)
    rows = received_by(person).filter(created_at__gte=since).order_by().values("state")
    counted = Counter({row["state"]: row["number"] for row in rows.annotate(number=Count("pk"))})
    return {**{state: counted[state] for state in ContactRequest.State.values}, "all": counted.total()}
