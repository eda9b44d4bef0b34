"""The directory: search, filters in the query string, export."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies import access, directory
from companies.collation import sorted_by_name
from companies.directory import DirectoryHit, DirectoryResult, Filters
from companies.languages import in_language
from companies.models import Company
from companies.models.company import Country, Size, countries_by_name
from companies.public_page import page_of_list
from companies.shared_pages import cached_for_anonymous
from companies.views.paging import page_of
from companies.views.request_person import person_of
from companies.views.spreadsheet import csv_file

ON_A_PAGE = 20


@dataclass(frozen=True)
class Choice:
    """One checkbox of the filters."""

    value: str
    label: str
    count: int
    is_chosen: bool


def filters_of(request: HttpRequest) -> Filters:
    """Parsed from the query string; invalid values are ignored."""
    query = request.GET
    return Filters(
        query=query.get("q", "").replace("\x00", "").strip()[:200],
        word_for_word="exact" in query,
        countries=tuple(code for code in query.getlist("country") if code in Country.values),
        topics=tuple(slug for slug in query.getlist("topic") if slug),
        sizes=tuple(size for size in query.getlist("size") if size in Size.values),
        has_offers="offers" in query,
        has_needs="needs" in query,
    )


@require_safe
@cached_for_anonymous
def directory_page(request: HttpRequest) -> HttpResponse:
    filters = filters_of(request)
    found = directory.find(filters)
    if request.GET.get("format") == "csv":
        return _as_csv(found)
    page: Page[DirectoryHit] = page_of(request, "page", found.hits, ON_A_PAGE)
    context = {
        "section": "companies",
        "public_page": page_of_list(request, _("Companies")),
        "filters": filters,
        "found": found,
        "page": page,
        "rows": _rows(page.object_list),
        "countries": _choices(countries_by_name(), found.countries, filters.countries),
        "sizes": _choices(Size.choices, found.sizes, filters.sizes),
        "topics": _choices(_topics(), found.topics, filters.topics),
        "chosen": _count_chosen(filters),
        "all_count": access.listed_companies().count(),
        "own_company_id": getattr(person_of(request), "company_id", None),
    }
    return render(request, "companies/directory.html", context)


def _topics() -> list[tuple[str, str]]:
    named = [(topic.slug, str(in_language(topic.name))) for topic in access.topics()]
    return sorted_by_name(named, lambda pair: pair[1])


def _choices(
    options: Iterable[tuple[str, object]], counts: Counter[str], chosen: tuple[str, ...]
) -> list[Choice]:
    """Only choices that lead to a company, and those already chosen."""
    choices = [Choice(value, str(label), counts[value], value in chosen) for value, label in options]
    return [choice for choice in choices if choice.count or choice.is_chosen]


def _count_chosen(filters: Filters) -> int:
    lists = (filters.countries, filters.topics, filters.sizes)
    return sum(len(chosen) for chosen in lists) + filters.has_offers + filters.has_needs


def _rows(hits: Iterable[DirectoryHit]) -> list[tuple[Company, DirectoryHit]]:
    """The companies of one page in their order, with everything that a row shows."""
    listed = list(hits)
    companies = access.listed_companies().prefetch_related("topics", "offers", "needs")
    by_key = companies.in_bulk([hit.pk for hit in listed])
    return [(by_key[hit.pk], hit) for hit in listed if hit.pk in by_key]


def _as_csv(found: DirectoryResult) -> HttpResponse:
    """All matches, in the reader's language."""
    titles = [
        _("Company"),
        _("Town"),
        _("Country"),
        _("Size"),
        _("Fields of work"),
        _("Summary"),
        _("Offers"),
        _("Needs"),
        _("Website"),
    ]
    return csv_file("companies.csv", titles, (_csv_row(company) for company, _hit in _rows(found.hits)))


def _csv_row(company: Company) -> list[str]:
    return [
        company.name,
        company.city,
        str(Country(company.country).label),
        company.size,
        ", ".join(str(topic) for topic in company.topics.all()),
        in_language(company.summary).text,
        "; ".join(str(offer) for offer in company.offers.all()),
        "; ".join(str(need) for need in company.needs.all()),
        company.website,
    ]
