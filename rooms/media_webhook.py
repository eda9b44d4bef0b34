"""The webhook of the media server."""

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rooms import media, media_rights
from rooms.media import livekit
from rooms.media.loading import Lazily

if TYPE_CHECKING:
    from google.protobuf import json_format
    from livekit import api
else:
    api, json_format = Lazily("livekit.api"), Lazily("google.protobuf.json_format")

logger = structlog.get_logger(__name__)
LARGEST = 256 * 1024


class BadWebhook(Exception):
    """Not signed by our media server over this body (401), or signed and not one of LiveKit's events (400)."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


@csrf_exempt
@require_POST
def livekit_webhook(request: HttpRequest) -> HttpResponse:
    if not livekit.is_set_up():
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    try:
        event = _event(request)
    except BadWebhook as problem:
        return HttpResponse(status=problem.status)
    logger.info("media server", event_name=event.event, room=event.room.name, event_id=event.id)
    if event.event == "participant_joined":
        _check_newcomer(event)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _event(request: HttpRequest) -> "api.WebhookEvent":
    token = request.headers.get("Authorization", "")
    if not token or len(request.body) > LARGEST:
        raise BadWebhook(HTTPStatus.UNAUTHORIZED)
    receiver = api.WebhookReceiver(api.TokenVerifier(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET))
    try:
        return receiver.receive(request.body.decode(), token)
    except (json_format.ParseError, UnicodeDecodeError) as problem:
        raise BadWebhook(HTTPStatus.BAD_REQUEST) from problem
    except Exception as problem:
        # The library raises a bare Exception for a wrong hash, and those of its JWT library for the rest.
        raise BadWebhook(HTTPStatus.UNAUTHORIZED) from problem


def _check_newcomer(event: "api.WebhookEvent") -> None:
    """The token may be older than the end of its right."""
    newcomer = event.participant
    try:
        media_rights.check_newcomer(
            room_id=event.room.name,
            identity=newcomer.identity,
            right=livekit.right_of(newcomer.permission),
        )
    except media.MediaServerUnavailable:
        logger.exception(
            "a participant could not be checked; media_rights.reconcile will", room=event.room.name
        )
