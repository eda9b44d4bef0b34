"""Browser to browser: which servers help two browsers to find each other (STUN and TURN, RFC 8489 and RFC 8656)."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

LASTS = timedelta(hours=12)
MOST_CAMERAS = 6  # each sends to all others: beyond this an upload of an office does not suffice


def ice_servers(room_id: str, now: datetime) -> list[dict[str, Any]]:
    """With coturn's shared secret (`use-auth-secret`): name is the hour of expiry, password its HMAC."""
    if not settings.TURN_URL:
        return []
    urls = [url.strip() for url in settings.TURN_URL.split(",") if url.strip()]
    if not settings.TURN_SECRET:
        return [{"urls": urls}]
    username = f"{int((now + LASTS).timestamp())}:{room_id}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    return [{"urls": urls, "username": username, "credential": base64.b64encode(digest).decode()}]
