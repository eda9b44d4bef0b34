"""Operations on companies: search the directory, read, add and change."""

from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import AfterValidator, Field

from api.auth import Scope
from api.idempotency import etag_of, idempotent, is_current
from api.paging import Page, PageQuery, ranked_page
from api.problems import Problem
from companies import access, editing
from companies.api.people import caller
from companies.api.schemas import (
    Line,
    Name,
    NamedTitle,
    OptionalText,
    PlainText,
    RequestModel,
    WholeNumber,
    example,
    strip_nul,
)
from companies.directory import Filters, find
from companies.models import Company, Topic

router = Router(tags=["companies"])
CountryCode = Literal["SE", "DK", "PL", "DE", "LT", "XX"]
SizeCode = Literal["", "1-9", "10-49", "50-249", "250+"]


def web_address(value: str) -> str:
    """Validated as the form does: empty, or http(s) with a host."""
    if value:
        try:
            URLValidator(schemes=["http", "https"])(value)
        except ValidationError as error:
            raise ValueError(
                _("Enter a web address like https://example.org, or leave this empty.")
            ) from error
    return value


WebAddress = Annotated[PlainText, Field(max_length=200), AfterValidator(web_address)]


class ListingIn(RequestModel):
    id: WholeNumber | None = Field(
        None, ge=1, lt=2**63, description="the existing item to change; leave out to add a new one"
    )
    title: NamedTitle
    details: OptionalText = {}
    topics: list[Line] | None = Field(
        None, max_length=20, description="slugs of fields of work; if left out, a new item gets the company's"
    )


class ListingOut(Schema):
    id: int
    title: dict[str, str]
    details: dict[str, str]
    topics: list[str]


class CompanyIn(RequestModel):
    model_config = example(
        slug="vejo-bokstai",
        name="Vėjo bokštai",
        country="LT",
        city="Klaipėda",
        website="https://vejo-bokstai.example",
        size="10-49",
        summary={"en": "Towers for small wind turbines."},
        offers=[{"title": {"en": "Test site by the sea"}}],
        needs=[{"title": {"en": "A maker of blades"}}],
    )

    slug: Annotated[Line, Field(pattern=r"^[a-z0-9-]+$", min_length=2)]
    name: Name
    country: CountryCode
    city: Annotated[Line, Field(max_length=80)] = ""
    website: WebAddress = ""
    size: SizeCode = ""
    summary: OptionalText = {}
    description: OptionalText = {}
    topics: list[Line] = Field([], description="slugs of fields of work", max_length=20)
    offers: list[ListingIn] = Field([], max_length=50)
    needs: list[ListingIn] = Field([], max_length=50)


class CompanyPatch(RequestModel):
    """Changes only the fields sent. `offers` and `needs` replace the whole list."""

    model_config = example(city="Klaipėda", size="10-49")

    name: Name | None = None
    country: CountryCode | None = None
    city: Annotated[Line, Field(max_length=80)] | None = None
    website: WebAddress | None = None
    size: SizeCode | None = None
    summary: OptionalText | None = None
    description: OptionalText | None = None
    topics: list[Line] | None = Field(None, max_length=20)
    offers: list[ListingIn] | None = Field(None, max_length=50)
    needs: list[ListingIn] | None = Field(None, max_length=50)


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
    offers: list[ListingOut]
    needs: list[ListingOut]
    url: str


class CompanyQuery(PageQuery):
    q: str = Field(
        "", max_length=200, description="search terms in any language; typing errors are tolerated"
    )
    country: list[CountryCode] = Field([], max_length=10)
    topics: list[str] = Field([], max_length=20, description="keys of topics; an unknown one is refused")
    size: list[SizeCode] = Field([], max_length=10)
    offers: bool = Field(False, description="only companies with offers")
    needs: bool = Field(False, description="only companies with needs")


@router.get("", response=Page[CompanyOut], auth=Scope("companies:read"), summary="Search the directory")
def list_companies(request: HttpRequest, asked: Query[CompanyQuery]) -> dict[str, Any]:
    """Sorted by relevance with `q`, otherwise by name.

    Several values of one filter are combined with “or”, different filters with “and”.
    """
    known_topics(asked.topics)
    filters = Filters(
        query=strip_nul(asked.q),
        countries=tuple(asked.country),
        topics=tuple(asked.topics),
        sizes=tuple(asked.size),
        has_offers=asked.offers,
        has_needs=asked.needs,
    )
    keys, following = ranked_page([hit.pk for hit in find(filters).hits], asked)
    rows = (
        access.listed_companies().prefetch_related("topics", "offers__topics", "needs__topics").in_bulk(keys)
    )
    return {"items": [company_out(rows[key]) for key in keys if key in rows], "next": following}


@router.get("/{slug}", response=CompanyOut, auth=Scope("companies:read"), summary="Read a company")
def read(request: HttpRequest, response: HttpResponse, slug: str) -> CompanyOut:
    """Includes offers and needs, and an ETag for If-Match."""
    return with_etag(response, company_out(access.company_for(caller(request), strip_nul(slug))))


@router.post("", response={201: CompanyOut}, auth=Scope("companies:write"), summary="Add a company")
@decorate_view(idempotent)
def add(request: HttpRequest, payload: CompanyIn) -> Status[CompanyOut]:
    """Secretariat only."""
    if not caller(request).is_secretariat:
        raise Problem(403, _("Only the secretariat can add companies."))
    try:
        added = editing.add_company(slug=payload.slug, details=details_of(payload), now=timezone.now())
    except editing.UnableToAdd as refusal:
        raise Problem(409, refusal.message) from refusal
    return Status(201, company_out(added))


@router.patch(
    "/{slug}",
    response=CompanyOut,
    auth=Scope("companies:write"),
    summary="Change a company",
)
def change(request: HttpRequest, response: HttpResponse, slug: str, payload: CompanyPatch) -> CompanyOut:
    """Changes only the fields sent. Only the company's admins and the secretariat may do this."""
    company = access.company_to_edit(caller(request), strip_nul(slug))
    changed = editing.change_company(
        company=company,
        by=caller(request),
        details=details_of(payload),
        now=timezone.now(),
        is_current=lambda now_there: is_current(request, company_out(now_there).model_dump()),
    )
    return with_etag(response, company_out(access.company_for(caller(request), changed.slug)))


def details_of(payload: CompanyIn | CompanyPatch) -> editing.CompanyDetails:
    given = payload.model_dump(exclude_unset=True, exclude={"slug", "topics", "offers", "needs"})
    return editing.CompanyDetails(
        **given,
        topics=known_topics(payload.topics),
        offers=listings_of(payload.offers),
        needs=listings_of(payload.needs),
    )


def listings_of(listings: list[ListingIn] | None) -> tuple[editing.ListingDetails, ...] | None:
    if listings is None:
        return None
    return tuple(
        editing.ListingDetails(
            title=listing.title, details=listing.details, pk=listing.id, topics=known_topics(listing.topics)
        )
        for listing in listings
    )


def known_topics(slugs: list[str] | None) -> tuple[Topic, ...] | None:
    """Raises Problem for an unknown key; None stays None."""
    if slugs is None:
        return None
    found = access.topics_named([strip_nul(slug) for slug in slugs])
    unknown = set(slugs) - {topic.slug for topic in found}
    if unknown:
        message = _("There is no topic “%(topic)s”.") % {"topic": strip_nul(min(unknown))}
        raise Problem(422, _("Some fields are not valid."), {"topics": [message]})
    return tuple(found)


def company_out(company: Company) -> CompanyOut:
    prefetch_related_objects(
        [company], "topics", "offers__topics", "needs__topics"
    )  # evaluated now, as a list would be
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
        offers=[listing_out(listing) for listing in company.offers.all()],
        needs=[listing_out(listing) for listing in company.needs.all()],
        url=f"{settings.SITE_URL}{reverse('company', args=[company.slug])}",
    )


def listing_out(listing: Any) -> ListingOut:
    return ListingOut(
        id=listing.pk,
        title=listing.title,
        details=listing.details,
        topics=[topic.slug for topic in listing.topics.all()],
    )


def with_etag(response: HttpResponse, shown: CompanyOut) -> CompanyOut:
    response["ETag"] = etag_of(shown.model_dump())
    return shown
