"""A company's next meetings and newest recordings, for its page."""

from typing import Any

from django import template
from django.utils import timezone

from companies.models import Company
from meetings import access
from portal import meeting_cards
from recordings import access as recording_access

register = template.Library()
MOST_SHOWN = 5


@register.inclusion_tag("companies/meetings_of_company.html", takes_context=True)
def company_meetings(context: template.Context, company: Company) -> dict[str, Any]:
    """Only meetings and recordings that this visitor may see."""
    request, now = context["request"], timezone.now()
    visitor = access.visitor_of(request)
    hosted = access.visible_meetings(visitor).filter(host_company=company).upcoming(now)
    recorded = recording_access.visible_recordings(visitor).published().filter(meeting__host_company=company)
    recorded = recorded.with_poster().select_related("meeting__host_company")
    newest = recorded.order_by("-meeting__starts_at")[:MOST_SHOWN]
    return {
        "request": request,
        "company": company,
        "cards": meeting_cards.cards_of(
            meeting_cards.with_card_relations(hosted)[:MOST_SHOWN], visitor, now=now
        ),
        "recordings": [
            (recording, meeting_cards.length_in_words(recording.duration_seconds)) for recording in newest
        ],
    }
