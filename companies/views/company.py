"""A company's page and its logo."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from companies import access
from companies.models import Company, Need, Offer, Person
from companies.models.company import Country
from companies.public_page import Data, PublicPage, address, organization, words_of
from companies.shared_pages import cached_for_anonymous
from companies.views.pictures import picture_response
from companies.views.request_person import person_of


@require_safe
@cached_for_anonymous
def company_page(request: HttpRequest, slug: str) -> HttpResponse:
    person = person_of(request)
    company = access.company_for(person, slug)
    offers = list(company.offers.prefetch_related("topics"))
    needs = list(company.needs.prefetch_related("topics"))
    own = _own_topics(person, company)
    context = {
        "section": "companies",
        "company": company,
        "public_page": _public_page(company),
        "offers": [(offer, _has_topic_of(offer, own["needs"])) for offer in offers],
        "needs": [(need, _has_topic_of(need, own["offers"])) for need in needs],
        "is_own": access.belongs_to(person, company),
        "may_edit": access.may_edit(person, company),
        "contacts": access.contacts_of(person, company),
    }
    return render(request, "companies/company.html", context)


def _public_page(company: Company) -> PublicPage | None:
    if not company.is_listed:
        return None
    data: dict[str, object] = {
        **organization(company.name, company.get_absolute_url()),
        "address": _postal_address(company),
    }
    if company.website:
        data["sameAs"] = company.website
    if company.logo_address:
        data["logo"] = address(company.logo_address)
    return PublicPage(
        path=company.get_absolute_url(),
        title=company.name,
        description=words_of(company.summary),
        image=company.logo_address,
        data=data,
    )


def _postal_address(company: Company) -> Data:
    data = {"@type": "PostalAddress", "addressLocality": company.city}
    if company.country != Country.OTHER:
        data["addressCountry"] = company.country
    return data


def _own_topics(person: Person | None, company: Company) -> dict[str, set[int]]:
    """Topics of the needs and offers of the reader's company; empty for people of this company."""
    if person is None or person.company_id is None or person.company_id == company.pk:
        return {"needs": set(), "offers": set()}
    return access.own_topics(person)


def _has_topic_of(listing: Need | Offer, topics: set[int]) -> bool:
    return not topics.isdisjoint(topic.pk for topic in listing.topics.all())


def _etag(request: HttpRequest, file_name: str) -> str:
    return f'"{file_name}"'  # the name is a hash of the content


@require_safe
@condition(etag_func=_etag)
def company_logo(request: HttpRequest, file_name: str) -> HttpResponseBase:
    company = access.company_of_logo(person_of(request), file_name)
    return picture_response(company.logo, is_public=True)
