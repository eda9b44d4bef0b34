"""iCalendar files (RFC 5545): one meeting, a person's own feed under a secret address, and feeds for everybody.

A program that subscribes to a feed has no session: those for everybody hold what anybody may see, whoever asks, in the
language that their address names.
"""

from collections.abc import Hashable, Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from companies.access import company_for, owner_of_calendar
from companies.languages import active_language, in_language
from companies.models import Person
from companies.process_cache import CachedRead
from meetings import access, calendar
from meetings.calendar import CalendarFile, DueDay
from meetings.models import Meeting
from portal.filters import Filters, matching
from projects import access as project_access

LOOKS_BACK = timedelta(days=90)
MOST_EVENTS = 500  # of a feed for everybody
MOST_FEEDS = 100  # kept in this process: making 500 events takes a third of a second

_feeds: CachedRead[CalendarFile] = CachedRead(MOST_FEEDS)


# ---- of a person, and of one meeting ---------------------------------------------------------------------


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Everything that the owner hosts, speaks in, is registered for or shares a project room of; also cancelled.

    With the days on which actions are due that are theirs or their company's.
    """
    owner = owner_of_calendar(secret)
    own = access.own_meetings(access.Visitor(person=owner), is_confirmed=True)
    with override(owner.language):
        name = _("%(site)s: my meetings") % {"site": settings.SITE_NAME}
        due_days = _due_days(owner)
        file = CalendarFile(_content(_recent(own), owner.language, name, due_days))
    response = _answer(request, file)
    # Who knows the address may read the feed: no proxy may store it (Cache-Control), no search engine list it.
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def meeting_calendar(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id)
    if meeting.state == Meeting.State.DRAFT:
        raise Http404
    return _answer(request, calendar.calendar_file(meeting, language=active_language()))


# ---- for everybody ---------------------------------------------------------------------------------------


@require_safe
def schedule_calendar(request: HttpRequest) -> HttpResponse:
    """The schedule, filtered as its page is: by words, kind, language, country and programme."""
    filters = Filters.of(request.GET).for_calendar()
    return _feed_of(request, matching(_public(), filters), _("Schedule"), key=("schedule", filters))


@require_safe
def series_calendar(request: HttpRequest, series_id: str) -> HttpResponse:
    series = access.series_for(access.Visitor(), series_id)
    name = in_language(series.title).text
    return _feed_of(request, _public().filter(series=series), name, key=("series", series.pk))


@require_safe
def programme_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    programme = access.programme_for(access.Visitor(), slug)
    name = in_language(programme.title).text
    return _feed_of(request, _public().filter(programme=programme), name, key=("programme", slug))


@require_safe
def company_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    company = company_for(None, slug)
    return _feed_of(request, _public().filter(host_company=company), company.name, key=("company", slug))


def _public() -> QuerySet[Meeting]:
    return access.visible_meetings(access.Visitor())


def _feed_of(request: HttpRequest, meetings: QuerySet[Meeting], name: str, *, key: Hashable) -> HttpResponse:
    language = active_language()  # that of the address: see ReaderMiddleware

    def read() -> CalendarFile:
        title = f"{settings.SITE_NAME}: {name}"
        return CalendarFile(_content(_recent(meetings)[:MOST_EVENTS], language, title), is_public=True)

    return _answer(request, _feeds.get_or_read((key, language, now().date()), read))


def _recent(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Also those cancelled: a program keeps the event of a meeting that only vanishes."""
    published = meetings.exclude(state=Meeting.State.DRAFT)
    return published.filter(ends_at__gte=now() - LOOKS_BACK).order_by("starts_at", "pk")


def _content(meetings: QuerySet[Meeting], language: str, name: str, due_days: Iterable[DueDay] = ()) -> bytes:
    events = ((each, calendar.meeting_url(each)) for each in meetings)
    return calendar.publication(events, language=language, name=name, due_days=due_days)


def _due_days(owner: Person) -> list[DueDay]:
    """In the active language. One that is done is cancelled: a program keeps an event that only vanishes."""
    actions = project_access.own_actions(access.Visitor(person=owner)).with_a_day_since(
        now().date() - LOOKS_BACK
    )
    return [
        DueDay(
            uid=f"action-{action.pk}@{settings.SITE_HOST}",
            sequence=action.revision,
            changed_at=action.changed_at or action.made_at,
            day=action.due_on,
            title=_("Due: %(action)s") % {"action": action.text},
            about=str(in_language(action.project.title, owner.language)),
            link=settings.SITE_URL + reverse("project_actions", args=[action.project_id]),
            is_cancelled=action.done_at is not None,
        )
        for action in actions.select_related("project")[:MOST_EVENTS]
        if action.due_on is not None
    ]


def _answer(request: HttpRequest, file: CalendarFile) -> HttpResponse:
    """304 when the client has these bytes already."""
    response = HttpResponse(file.content, content_type=file.content_type, headers=file.headers)
    answer = get_conditional_response(request, etag=file.etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
