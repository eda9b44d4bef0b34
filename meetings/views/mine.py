"""My meetings: what is coming, what has been, what I host, and the calendar that follows all of it."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import access
from meetings.access import Visitor
from meetings.models import Meeting, MeetingRole
from meetings.models.meeting import MeetingQuerySet
from meetings.views.slots import ahead, days_of, rows_of, slots_of

MOST_PAST = 50
TABS = ("coming", "past", "hosting")


@never_cache
@require_safe
def my_meetings(request: HttpRequest) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    if visitor.person is None and not visitor.seats:
        return redirect_to_login(request.get_full_path())
    own = own_meetings(visitor)
    coming = slots_of(rows_of(ahead(own, now)), visitor, now=now)
    past = slots_of(rows_of(own.past(now))[:MOST_PAST], visitor, now=now)
    hosted = access.hosted_meetings(visitor)
    drafts = slots_of(rows_of(hosted.filter(state=Meeting.State.DRAFT)), visitor, now=now)
    hosting = [slot for slot in coming if slot.is_host and slot.meeting.host == visitor.person]
    asked_tab = request.GET.get("show", "")
    page = {
        "tab": asked_tab if asked_tab in TABS else TABS[0],
        "days": days_of(coming, now=now),
        "coming_count": len(coming),
        "past": past,
        "hosting": hosting,
        "drafts": drafts,
        "hosting_count": len(hosting) + len(drafts),
        "may_schedule": access.may_schedule(visitor),
        "feed": _feed(visitor),
    }
    return render(request, "meetings/my_meetings.html", page)


def own_meetings(visitor: Visitor) -> MeetingQuerySet:
    """Registered, hosting, on the stage, or in a room of one's company."""
    own = Q(pk__in=access.own_registrations(visitor).active().values("meeting"))
    if visitor.person is not None:
        own |= Q(pk__in=access.hosted_meetings(visitor).values("pk"))
        own |= Q(pk__in=MeetingRole.objects.filter(person=visitor.person).values("meeting"))
        own |= Q(room__in=access.project_rooms(visitor).values("pk"))
    return Meeting.objects.filter(own)


def _feed(visitor: Visitor) -> str:
    if visitor.person is None:
        return ""
    return f"{settings.SITE_URL}{reverse('calendar_feed', args=[visitor.person.calendar_key])}"
