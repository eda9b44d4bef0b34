"""Operations on companies: search the directory, read, add and change."""

from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import AfterValidator, Field

from companies import access
from companies.api.auth import Scope, caller
from companies.api.paging import Page, PageQuery, bad_cursor
from companies.api.problems import Problem
from companies.api.repeating import etag_of, idempotent, refuse_if_changed
from companies.api.schemas import Line, OptionalText, Plain, dropping_nul
from companies.directory import Filters, find
from companies.models import Company, Topic

router = Router(tags=["companies"])
CountryCode = Literal["SE", "DK", "PL", "DE", "LT", "XX"]
SizeCode = Literal["", "1-9", "10-49", "50-249", "250+"]


def web_address(value: str) -> str:
    """As the form takes it: empty, or http(s) with a host."""
    if value:
        try:
            URLValidator(schemes=["http", "https"])(value)
        except ValidationError as error:
            raise ValueError("an address like https://example.org, or nothing") from error
    return value


WebAddress = Annotated[Plain, Field(max_length=200), AfterValidator(web_address)]


class WishOut(Schema):
    id: int
    title: dict[str, str]
    details: dict[str, str]
    topics: list[str]


class CompanyFields(Schema):
    name: Annotated[Line, Field(min_length=1)]
    country: CountryCode
    city: Annotated[Line, Field(max_length=80)] = ""
    website: WebAddress = ""
    size: SizeCode = ""
    summary: OptionalText = {}
    description: OptionalText = {}
    topics: list[Line] = Field([], description="slugs", max_length=20)


class CompanyIn(CompanyFields):
    slug: Annotated[Line, Field(pattern=r"^[a-z0-9-]+$", min_length=2)]


class CompanyPatch(Schema):
    name: Annotated[Line, Field(min_length=1)] | None = None
    country: CountryCode | None = None
    city: Annotated[Line, Field(max_length=80)] | None = None
    website: WebAddress | None = None
    size: SizeCode | None = None
    summary: OptionalText | None = None
    description: OptionalText | None = None
    topics: list[Line] | None = Field(None, max_length=20)


class CompanyOut(Schema):
    id: str = Field(description="the slug")
    name: str
    country: str
    city: str
    website: str
    size: str
    summary: dict[str, str]
    description: dict[str, str]
    topics: list[str]
    offers: list[WishOut]
    needs: list[WishOut]
    url: str


class CompanyQuery(PageQuery):
    q: str = Field("", max_length=200, description="words in any of the languages; typos are forgiven")
    country: list[str] = Field([], max_length=10)
    topics: list[str] = Field([], max_length=20)
    size: list[str] = Field([], max_length=10)
    offers: bool = Field(False, description="only those that offer something")
    needs: bool = Field(False, description="only those that need something")


@router.get("", response=Page[CompanyOut], auth=Scope("companies:read"))
def list_companies(request: HttpRequest, asked: Query[CompanyQuery]) -> dict[str, Any]:
    """The directory: with `q` the best match first, else by name."""
    filters = Filters(
        query=dropping_nul(asked.q),
        countries=tuple(asked.country),
        topics=tuple(asked.topics),
        sizes=tuple(asked.size),
        offering=asked.offers,
        needing=asked.needs,
    )
    hits = find(filters).hits
    start = place_of(asked.cursor)
    keys = [hit.pk for hit in hits[start : start + asked.limit]]
    rows = (
        access.listed_companies().prefetch_related("topics", "offers__topics", "needs__topics").in_bulk(keys)
    )
    end = start + asked.limit
    return {
        "items": [company_out(rows[key]) for key in keys if key in rows],
        "next": str(end) if end < len(hits) else None,
    }


def place_of(cursor: str) -> int:
    """A ranked list has no field to go on from: its cursor is the place in it."""
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 6:
        raise bad_cursor()
    return int(cursor)


@router.get("/{slug}", response=CompanyOut, auth=Scope("companies:read"))
def read(request: HttpRequest, response: HttpResponse, slug: str) -> CompanyOut:
    return tagged(response, company_out(access.company_for(caller(request), dropping_nul(slug))))


@router.post("", response={201: CompanyOut}, auth=Scope("companies:write"))
@decorate_view(idempotent)
def add(request: HttpRequest, payload: CompanyIn) -> Status[CompanyOut]:
    """Adds a company. For the secretariat."""
    if not caller(request).is_secretariat:
        raise Problem(403, _("Only the secretariat adds companies."))
    now, given = timezone.now(), payload.model_dump()
    topics = known_topics(given.pop("topics"))
    try:
        with transaction.atomic():
            company = Company.objects.create(**given, created_at=now, updated_at=now)
            company.topics.set(topics)
    except IntegrityError as error:
        raise Problem(409, _("There is a company with this slug already.")) from error
    return Status(201, company_out(company))


@router.patch("/{slug}", response=CompanyOut, auth=Scope("companies:write"))
def change(request: HttpRequest, response: HttpResponse, slug: str, payload: CompanyPatch) -> CompanyOut:
    """Changes the given fields. For the company's admins and the secretariat. If-Match is honoured."""
    with transaction.atomic():
        company = access.company_to_edit(caller(request), dropping_nul(slug))
        Company.objects.select_for_update().get(pk=company.pk)
        refuse_if_changed(request, company_out(company).model_dump())
        given = {
            name: value for name, value in payload.model_dump(exclude_unset=True).items() if value is not None
        }
        topics = given.pop("topics", None)
        if topics is not None:
            company.topics.set(known_topics(topics))
        for name, value in given.items():
            setattr(company, name, value)
        company.updated_at = timezone.now()
        company.save()
    return tagged(response, company_out(access.company_for(caller(request), company.slug)))


def known_topics(slugs: list[str]) -> list[Topic]:
    found = list(Topic.objects.filter(slug__in=slugs))
    unknown = set(slugs) - {topic.slug for topic in found}
    if unknown:
        words = _("There is no topic “%(topic)s”.") % {"topic": min(unknown)}
        raise Problem(422, _("Some fields are not valid."), {"topics": [words]})
    return found


def company_out(company: Company) -> CompanyOut:
    return CompanyOut(
        id=company.slug,
        name=company.name,
        country=company.country,
        city=company.city,
        website=company.website,
        size=company.size,
        summary=company.summary,
        description=company.description,
        topics=[topic.slug for topic in company.topics.all()],
        offers=[wish_out(wish) for wish in company.offers.all()],
        needs=[wish_out(wish) for wish in company.needs.all()],
        url=f"{settings.SITE_URL}{reverse('company', args=[company.slug])}",
    )


def wish_out(wish: Any) -> WishOut:
    return WishOut(
        id=wish.pk, title=wish.title, details=wish.details, topics=[topic.slug for topic in wish.topics.all()]
    )


def tagged(response: HttpResponse, shown: CompanyOut) -> CompanyOut:
    response["ETag"] = etag_of(shown.model_dump())
    return shown
