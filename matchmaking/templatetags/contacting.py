"""Where a company's page leads to writing to it, or to what was written to it."""

from typing import Any

from django import template

from companies import access as companies
from companies.models import Company
from companies.views.request_person import person_of
from matchmaking import access

register = template.Library()


@register.inclusion_tag("matchmaking/panel.html", takes_context=True)
def contacting(context: template.Context, company: Company) -> dict[str, Any]:
    person = person_of(context["request"])
    is_own = companies.belongs_to(person, company)
    return {
        "company": company,
        "waiting": access.waiting_for(company) if is_own else 0,
        "is_own": is_own,
        "takes_requests": access.takes_requests_from(person, company),
    }
