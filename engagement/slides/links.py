"""Addresses of slides: signed, given to those who may see them, valid for half a day to a day.

Whoever is in the room gets the address of a page when it is shown, and of the one that follows: no page can be found
by counting. Serving a picture takes no query, so a page that two thousand people open at once delays nobody.
"""

import time

from django.core.signing import BadSignature, Signer
from django.urls import reverse

PERIOD = 12 * 60 * 60  # seconds for which an address stays the same, so that browsers keep the picture
_pictures, _files = Signer(salt="slide"), Signer(salt="slides")


def picture_address(deck_id: str, number: int) -> str:
    """Without the size."""
    ticket = _pictures.sign(f"{deck_id}.{number}.{_period()}")
    return reverse("slide_picture", args=[ticket, "large"]).removesuffix("large.webp")


def picture_of(ticket: str) -> tuple[str, int] | None:
    """Deck and page, unless the address is wrong or has expired."""
    found = _opened(_pictures, ticket)
    return (found[0], int(found[1])) if found is not None else None


def file_address(deck_id: str) -> str:
    return reverse("slides_download", args=[_files.sign(f"{deck_id}.{_period()}")])


def deck_of(ticket: str) -> str | None:
    found = _opened(_files, ticket)
    return found[0] if found is not None else None


def _period() -> int:
    return int(time.time()) // PERIOD


def _opened(signer: Signer, ticket: str) -> list[str] | None:
    try:
        parts = signer.unsign(ticket).split(".")
    except BadSignature:
        return None
    return parts[:-1] if int(parts[-1]) >= _period() - 1 else None
