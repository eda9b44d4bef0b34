"""The event that every peer sends: as long as the product's chat message."""

import itertools
import time
from typing import Any

_numbers = itertools.count(1)


def chat_message(text: str) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "seq": number,
        "ev": "chat.message",
        "id": number,
        "from": {"id": "p1234", "name": "Person 1234", "company": "Company 12", "role": "attendee"},
        "text": text,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
    }
