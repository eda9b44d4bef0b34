"""What the media server tells us: authenticate, parse, find, act, each with its own refusal."""

from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from google.protobuf.json_format import ParseError
from livekit import api

from rooms import media, media_rights
from rooms.media import livekit

logger = structlog.get_logger(__name__)
LARGEST = 256 * 1024


class NotAuthentic(Exception):
    """The message is not signed by our media server, or not over this body."""


class NotUnderstood(Exception):
    """It is signed, and not one of LiveKit's messages."""


@csrf_exempt
@require_POST
def livekit_webhook(request: HttpRequest) -> HttpResponse:
    if not livekit.is_set_up():
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    try:
        event = _event(request)
    except NotAuthentic:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    except NotUnderstood:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    logger.info("media server", event_name=event.event, room=event.room.name, event_id=event.id)
    if event.event == "participant_joined":
        _check_newcomer(event)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _event(request: HttpRequest) -> api.WebhookEvent:
    token = request.headers.get("Authorization", "")
    if not token or len(request.body) > LARGEST:
        raise NotAuthentic
    receiver = api.WebhookReceiver(api.TokenVerifier(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET))
    try:
        return receiver.receive(request.body.decode(), token)
    except (ParseError, UnicodeDecodeError) as problem:
        raise NotUnderstood from problem
    except Exception as problem:
        # The library raises bare Exceptions for a hash that differs, and those of its JWT library for the rest.
        raise NotAuthentic from problem


def _check_newcomer(event: api.WebhookEvent) -> None:
    """Whoever has just come in may hold a token of a right that has ended."""
    newcomer = event.participant
    try:
        media_rights.check_newcomer(
            room_id=event.room.name,
            identity=newcomer.identity,
            may_publish=newcomer.permission.can_publish,
        )
    except media.MediaServerUnavailable:
        logger.exception("a newcomer could not be checked, the next round does", room=event.room.name)
