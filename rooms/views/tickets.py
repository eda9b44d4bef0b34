"""Tickets to rooms for pages of this site."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from companies import sessions
from companies.content_versions import pinned_version
from companies.models import Person
from rooms import admission, policy, tickets
from rooms.policy import Requester


def requester_of(request: HttpRequest) -> Requester:
    person = request.user if isinstance(request.user, Person) and request.user.is_active else None
    return Requester(person, request.session)


@never_cache
@require_POST
def room_ticket(request: HttpRequest, room_id: str) -> JsonResponse:
    requester = requester_of(request)
    try:
        with pinned_version():
            entry = policy.entry_for(requester, room_id)
    except Http404:
        return _problem(requester, HTTPStatus.NOT_FOUND, _("This room does not exist."))
    except policy.EntryDenied as denied:
        return _problem(requester, HTTPStatus.FORBIDDEN, denied.message)
    except PermissionDenied:
        return _problem(
            requester, HTTPStatus.FORBIDDEN, _("You do not have a confirmed registration for this meeting.")
        )
    barriers = admission.barriers_for(entry)
    if barriers.is_turned_away:
        detail = _("A host has denied you access to this room.")
        return _problem(requester, HTTPStatus.FORBIDDEN, detail, is_removed=True)
    if barriers.is_locked:
        detail = _("The host has locked this room, so no one else can join.")
        return _problem(requester, HTTPStatus.FORBIDDEN, detail, is_locked=True)
    policy.policy_for(entry.room).ticket_requested(entry, now())
    signed_in = requester.person is not None and requester.person.pk == entry.person.pk
    name = request.POST.get("name", "")
    session = sessions.session_of(request)
    return JsonResponse(dict(tickets.issued(entry, name=name, signed_in=signed_in, session=session)))


def _problem(
    requester: Requester,
    status: HTTPStatus,
    detail: str,
    *,
    is_removed: bool = False,
    is_locked: bool = False,
) -> JsonResponse:
    """Problem details (RFC 9457).

    `signed_in` tells the room's page whether its session has ended, `removed` whether a host has removed or denied
    the person, `locked` whether one has locked the room.
    """
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    body["signed_in"] = requester.person is not None
    body["removed"] = is_removed
    body["locked"] = is_locked
    return JsonResponse(body, status=status.value, content_type="application/problem+json")
