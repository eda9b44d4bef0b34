"""Calendars to follow: one meeting, and a person's own by a secret address."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from companies.access import owner_of_calendar
from companies.languages import reading_language
from meetings import access, calendar
from meetings.models import Meeting, Registration

LOOKS_BACK = timedelta(days=90)


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """All that the owner hosts, speaks in, has a seat in or shares a project room for; cancelled ones say so."""
    owner = owner_of_calendar(secret)
    meetings = _meetings_of(access.Visitor(person=owner))
    with override(owner.language):
        name = _("%(site)s: my meetings") % {"site": settings.SITE_NAME}
        content = calendar.published(
            ((each, _address(each)) for each in meetings), language=owner.language, name=name
        )
    response = _answer(request, content)
    # The address is the key to it: it must not be kept by others, nor be found by search engines.
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def meeting_calendar(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id)
    if meeting.state == Meeting.State.DRAFT:
        raise Http404
    response = _answer(
        request, calendar.published([(meeting, _address(meeting))], language=reading_language())
    )
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.pk}.ics"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _meetings_of(visitor: access.Visitor) -> list[Meeting]:
    seats = access.own_registrations(visitor).filter(state=Registration.State.CONFIRMED)
    on_stage = Meeting.objects.filter(roles__person=visitor.person)
    in_rooms = Meeting.objects.filter(room__in=access.project_rooms(visitor))
    ids = {
        *access.hosted_meetings(visitor).values_list("pk", flat=True),
        *seats.values_list("meeting_id", flat=True),
        *on_stage.values_list("pk", flat=True),
        *in_rooms.values_list("pk", flat=True),
    }
    recent = Meeting.objects.announced().filter(pk__in=ids, ends_at__gte=now() - LOOKS_BACK)
    return list(recent.order_by("starts_at", "pk"))


def _address(meeting: Meeting) -> str:
    return f"{settings.SITE_URL}{meeting.get_absolute_url()}"


def _answer(request: HttpRequest, content: bytes) -> HttpResponse:
    """304 when the reader has these very bytes."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
