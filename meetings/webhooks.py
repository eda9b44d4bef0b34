"""What the media server tells us: authenticate, parse, find, act, each with its own refusal."""

from http import HTTPStatus

import structlog
from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from google.protobuf.json_format import ParseError
from livekit import api

from meetings import attending, media
from meetings.media import livekit
from meetings.models import Participant

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
    participant = _participant(event)
    logger.info("media server", event_name=event.event, room=event.room.name, event_id=event.id)
    if participant is not None and event.event == "participant_joined":
        _put_out_if_turned_away(participant)
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


def _participant(event: api.WebhookEvent) -> Participant | None:
    key = attending.key_of(event.participant.identity)
    return Participant.objects.filter(pk=key, room=event.room.name).first() if key is not None else None


def _put_out_if_turned_away(participant: Participant) -> None:
    """Somebody removed may hold a token that is still good for some minutes."""
    if participant.admission in attending.TURNED_AWAY:
        person = attending.public_id(participant.pk)
        try:
            async_to_sync(media.remove)(room_id=participant.room_id, person=person)
        except media.UnableToCarryMedia:
            logger.exception("removed person is in the media server", room=participant.room_id)
