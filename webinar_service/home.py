"""The first page: what is live, what is next for this visitor, what is coming, companies and news."""

from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.access import listed_companies
from companies.shared_pages import shared_among_strangers
from companies.templatetags.page import day_in_words
from meetings import access
from meetings.access import Visitor
from meetings.models import Meeting, Recording
from meetings.views import days
from meetings.views.mine import own_meetings
from meetings.views.slots import Slot, ahead, days_of, rows_of, slots_of
from news.models import Article

MOST_NEXT = 3
MOST_COMING = 6
MOST_NEWS = 3
MOST_RECORDINGS = 3


@require_safe
@shared_among_strangers
def home(request: HttpRequest) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    next_up = _next(visitor, now)
    coming = _coming(visitor, now, without=next_up)
    page = {
        "next": next_up,
        "first_join": next((slot.meeting.pk for slot in next_up if slot.room_is_open), None),
        "today": day_in_words(days.here(now)),
        "days": days_of(coming, now=now),
        "companies": listed_companies().count(),
        "articles": list(Article.objects.published(now)[:MOST_NEWS]),
        "recordings": _recordings(visitor),
        "may_schedule": access.may_schedule(visitor),
        "is_known": visitor.person is not None or bool(visitor.seats),
    }
    return render(request, "home.html", page)


def _next(visitor: Visitor, now: datetime) -> list[Slot]:
    """What is live for everybody, and the visitor's own next meetings."""
    own = Q(pk__in=own_meetings(visitor).values("pk"))
    shown = access.visible_meetings(visitor).filter(own | Q(state=Meeting.State.LIVE))
    rows = sorted(
        rows_of(ahead(shown, now))[:20], key=lambda meeting: (not meeting.is_live, meeting.starts_at)
    )
    return slots_of(rows[:MOST_NEXT], visitor, now=now)


def _coming(visitor: Visitor, now: datetime, *, without: list[Slot]) -> list[Slot]:
    announced = access.visible_meetings(visitor).exclude(visibility=Meeting.Visibility.INVITED)
    others = ahead(announced, now).exclude(pk__in=[slot.meeting.pk for slot in without])
    return slots_of(rows_of(others)[:MOST_COMING], visitor, now=now)


def _recordings(visitor: Visitor) -> list[Recording]:
    shown = access.visible_recordings(visitor).published().order_by("-published_at")
    return list(shown.select_related("meeting", "meeting__host_company")[:MOST_RECORDINGS])
