"""Servers that help browsers to find each other, tokens for the media server, and what it tells us."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.test import Client
from livekit import api

from rooms import media, tasks

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 12, 3, 9, 20, tzinfo=UTC)
KEY, SECRET = "key", "a secret of thirty-two characters and more"


@pytest.mark.parametrize("kind", ["mesh", "sfu"])
def test_turn_credentials_are_coturns_and_end_after_twelve_hours(settings: Any, kind: str) -> None:
    settings.MEDIA, settings.TURN_URL, settings.TURN_SECRET = kind, "turn:turn.example.org:3478", "shared"
    server = media.ice_servers("room1", NOW)[0]
    expiry, _colon, room = server["username"].partition(":")
    assert (int(expiry), room) == (int(NOW.timestamp()) + 12 * 3600, "room1")
    digest = hmac.new(b"shared", server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(digest).decode()


def test_without_a_turn_server_browsers_have_only_each_other(settings: Any) -> None:
    settings.MEDIA, settings.TURN_URL = "mesh", ""
    assert media.ice_servers("room1", NOW) == []


@pytest.fixture
def livekit(settings: Any) -> None:
    settings.MEDIA, settings.LIVEKIT_URL = "sfu", "ws://127.0.0.1:7880"
    settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET = KEY, SECRET


@pytest.mark.parametrize("may_publish", [True, False])
def test_the_media_servers_token_is_for_one_room_and_one_connection_and_a_minute(
    livekit: None, may_publish: bool
) -> None:
    given = media.token(room_id="room1", person="p7", connection="c1", name="Rūta", may_publish=may_publish)
    claims = jwt.decode(given["token"], SECRET, algorithms=["HS256"])
    assert given["url"] == "ws://127.0.0.1:7880"
    assert (claims["sub"], claims["name"], claims["video"]["room"]) == ("p7:c1", "Rūta", "room1")
    assert claims["exp"] - claims["nbf"] <= 60
    assert claims["video"]["canPublish"] is may_publish
    assert set(claims["video"]["canPublishSources"]) & {"microphone", "unknown"} == {"microphone"}
    assert "roomAdmin" not in claims["video"]


def test_the_token_of_an_interpreter_is_for_a_channel_and_not_for_a_microphone(livekit: None) -> None:
    given = media.token(
        room_id="room1", person="p7", connection="c1", name="Rūta", may_publish=True, in_channel=True
    )
    claims = jwt.decode(given["token"], SECRET, algorithms=["HS256"])
    assert set(claims["video"]["canPublishSources"]) & {"microphone", "unknown"} == {"unknown"}


def test_a_mesh_has_no_token(settings: Any) -> None:
    settings.MEDIA = "mesh"
    with pytest.raises(media.MediaServerUnavailable):
        media.token(room_id="room1", person="p7", connection="c1", name="Rūta", may_publish=True)


def told(body: bytes, secret: str = SECRET) -> int:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    token = api.AccessToken(KEY, secret).with_sha256(digest).to_jwt()
    return post(body, token)


def post(body: bytes, token: str) -> int:
    response = Client().post(
        "/webhooks/livekit/", body, content_type="application/webhook+json", headers={"Authorization": token}
    )
    return response.status_code


@pytest.mark.django_db
def test_the_media_servers_message_is_taken_only_when_it_is_signed(livekit: None) -> None:
    body = json.dumps({"event": "room_started", "room": {"name": "nowhere"}, "id": "EV_1"}).encode()
    assert told(body) == 204
    assert told(body, "another secret of thirty-two characters") == 401
    assert post(body, "") == 401
    assert post(body, "nonsense") == 401
    other = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert post(body, api.AccessToken(KEY, SECRET).with_sha256(other).to_jwt()) == 401
    assert told(b"not json") == 400


def test_without_a_media_server_there_is_no_such_address(settings: Any) -> None:
    settings.LIVEKIT_URL = ""
    assert told(b"{}") == 404


SCHEDULED = """
from webinar_service import settings
print({entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} & {"rooms.tasks.reconcile_media"})
"""


@pytest.mark.parametrize(
    ("kind", "scheduled"), [("mesh", "set()"), ("sfu", "{'rooms.tasks.reconcile_media'}")]
)
def test_the_scheduler_puts_a_media_server_right_where_there_is_one(
    tmp_path: Path, kind: str, scheduled: str
) -> None:
    server = {"LIVEKIT_URL": "ws://127.0.0.1:7880", "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    done = subprocess.run(
        [sys.executable, "-c", SCHEDULED],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "MEDIA": kind, **server},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == scheduled
    assert tasks.reconcile_media.name == "rooms.tasks.reconcile_media"


LOADED = """
import sys
import webinar_service.asgi
from django.urls import get_resolver
get_resolver().url_patterns
print({"livekit.api", "aiohttp"} & set(sys.modules))
"""


def test_a_process_starts_without_the_library_of_the_media_server(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
