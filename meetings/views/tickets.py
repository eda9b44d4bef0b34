"""A ticket to a live room, for a page of this site."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from companies import sessions
from meetings import access, registering
from meetings.live import tickets


@never_cache
@require_POST
def room_ticket(request: HttpRequest, room_id: str) -> JsonResponse:
    visitor = access.visitor_of(request)
    try:
        entry = access.entry_for(visitor, room_id)
    except Http404:
        return _problem(visitor, HTTPStatus.NOT_FOUND, _("There is no such room."))
    except PermissionDenied:
        return _problem(visitor, HTTPStatus.FORBIDDEN, _("You have no confirmed place in this meeting."))
    if access.is_turned_away(entry):
        return _problem(visitor, HTTPStatus.FORBIDDEN, _("A host has closed this room to you."))
    if entry.registration is not None and not entry.registration.is_verified:
        # Who goes into the room by the link that was mailed has shown whose address it is.
        registering.verify(registration=entry.registration, now=now())
    signed_in = visitor.person is not None and visitor.person.pk == entry.person.pk
    name = request.POST.get("name", "")
    session = sessions.session_of(request)
    return JsonResponse(dict(tickets.issued(entry, name=name, signed_in=signed_in, session=session)))


def _problem(visitor: access.Visitor, status: HTTPStatus, detail: str) -> JsonResponse:
    """Problem details (RFC 9457); the room's page learns whether its sign-in has ended."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    body["signed_in"] = visitor.person is not None
    return JsonResponse(body, status=status.value, content_type="application/problem+json")
