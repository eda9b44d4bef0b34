"""iCalendar files (RFC 5545): one meeting, and a person's own feed under a secret address."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from companies.access import owner_of_calendar
from companies.languages import active_language
from meetings import access, calendar
from meetings.calendar import CalendarFile
from meetings.models import Meeting

LOOKS_BACK = timedelta(days=90)


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Everything that the owner hosts, speaks in, is registered for or shares a project room of; also cancelled."""
    owner = owner_of_calendar(secret)
    meetings = _meetings_of(access.Visitor(person=owner))
    with override(owner.language):
        name = _("%(site)s: my meetings") % {"site": settings.SITE_NAME}
        content = calendar.publication(
            ((each, calendar.meeting_url(each)) for each in meetings), language=owner.language, name=name
        )
    response = _answer(request, CalendarFile(content))
    # Who knows the address may read the feed: no proxy may store it (Cache-Control), no search engine list it.
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def meeting_calendar(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id)
    if meeting.state == Meeting.State.DRAFT:
        raise Http404
    return _answer(request, calendar.calendar_file(meeting, language=active_language()))


def _meetings_of(visitor: access.Visitor) -> list[Meeting]:
    own = access.own_meetings(visitor, is_confirmed=True).published()
    return list(own.filter(ends_at__gte=now() - LOOKS_BACK).order_by("starts_at", "pk"))


def _answer(request: HttpRequest, file: CalendarFile) -> HttpResponse:
    """304 when the client has these bytes already."""
    response = HttpResponse(file.content, content_type=file.content_type, headers=file.headers)
    answer = get_conditional_response(request, etag=file.etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
