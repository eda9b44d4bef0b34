"""Peer to peer: the STUN and TURN servers (RFC 8489, RFC 8656) that help two browsers to connect."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

LASTS = timedelta(hours=12)
MOST_CAMERAS = 6  # each is sent to everybody: more would exceed the upload of an office


def ice_servers(room_id: str, now: datetime) -> list[dict[str, Any]]:
    """With coturn's shared secret (`use-auth-secret`): the user name has the expiry, the password is its HMAC."""
    if not settings.TURN_URL:
        return []
    urls = [url.strip() for url in settings.TURN_URL.split(",") if url.strip()]
    if not settings.TURN_SECRET:
        return [{"urls": urls}]
    username = f"{int((now + LASTS).timestamp())}:{room_id}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    return [{"urls": urls, "username": username, "credential": base64.b64encode(digest).decode()}]
