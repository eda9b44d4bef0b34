"""My meetings: upcoming, past and hosted ones, and the address of the calendar feed."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from companies.views.paging import page_of
from meetings import access
from meetings.access import Visitor
from meetings.models import Meeting
from portal.meeting_cards import MeetingCard, cards_of, days_of, with_card_relations

PER_PAGE = 30
TABS = ("coming", "past", "hosting")


@never_cache
@require_safe
def my_meetings(request: HttpRequest) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    if not access.can_be_involved(visitor):
        return redirect_to_login(request.get_full_path())
    show = request.GET.get("show", "")
    tab = show if show in TABS else TABS[0]
    page = {
        "tab": tab,
        **_counts(visitor, now),
        **_list(request, visitor, tab, now),
        "can_schedule": access.can_schedule(visitor),
        "feed": _feed(visitor),
    }
    return render(request, "portal/my_meetings.html", page)


def _counts(visitor: Visitor, now: datetime) -> dict[str, object]:
    own = access.own_meetings(visitor)
    hosting = own.filter(host=visitor.person).upcoming(now).count() if visitor.person else 0
    drafts = access.hosted_meetings(visitor).filter(state=Meeting.State.DRAFT).count()
    return {
        "upcoming_count": own.upcoming(now).count(),
        "past_count": own.past(now).count(),
        "hosting_count": hosting + drafts,
    }


def _list(request: HttpRequest, visitor: Visitor, tab: str, now: datetime) -> dict[str, object]:
    """One page of the tab's meetings."""
    own = access.own_meetings(visitor)

    def page(name: str, meetings: QuerySet[Meeting]) -> tuple[Page[Meeting], list[MeetingCard]]:
        found = page_of(request, name, with_card_relations(meetings), PER_PAGE)
        return found, cards_of(found, visitor, now=now)

    if tab == "past":
        pages, past = page("page", own.past(now))
        return {"page": pages, "past": past}
    if tab == "hosting":
        hosted = access.hosted_meetings(visitor).filter(state=Meeting.State.DRAFT)
        draft_pages, drafts = page("drafts", hosted.order_by("starts_at", "pk"))
        pages, hosting = page("page", own.filter(host=visitor.person).upcoming(now))
        return {"page": pages, "hosting": hosting, "draft_pages": draft_pages, "drafts": drafts}
    pages, upcoming = page("page", own.upcoming(now))
    return {"page": pages, "days": days_of(upcoming, now=now)}


def _feed(visitor: Visitor) -> str:
    if visitor.person is None:
        return ""
    return f"{settings.SITE_URL}{reverse('calendar_feed', args=[visitor.person.calendar_key])}"
