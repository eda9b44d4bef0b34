"""A worker renders uploaded PDFs."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from companies.text import cleaned
from engagement.slides import files, rendering
from engagement.slides.announcing import tell_presenters
from engagement.slides.models import LONGEST_TEXT, LONGEST_TITLE, Slide, SlideDeck
from engagement.slides.rendering import RenderedPage

CLAIM = timedelta(minutes=5)  # after that a worker is taken for dead
MOST_ATTEMPTS = 3
logger = logging.getLogger(__name__)


def decks_to_prepare(now: datetime) -> list[str]:
    """Uploaded, or left behind by a worker that died; oldest first."""
    found = SlideDeck.objects.filter(_free(now)).order_by("uploaded_at")
    return list(found.values_list("pk", flat=True)[:100])


def _free(now: datetime) -> Q:
    abandoned = Q(state=SlideDeck.State.PROCESSING, claimed_at__lte=now - CLAIM)
    return Q(state=SlideDeck.State.UPLOADED) | abandoned


def prepare(*, deck_id: str, now: datetime) -> SlideDeck | None:
    """uploaded → processing → ready, or failed with a reason. None when there is nothing to do.

    Runs outside any transaction; `now` is the start and identifies the claim.
    """
    deck = _claim(deck_id, now)
    if deck is None:
        return None
    files.delete_pictures(deck.pk)
    folder = files.folder_of(deck.pk)
    try:
        pages = rendering.render(folder / files.SOURCE, folder)
    except rendering.UnableToRender as problem:
        return _finish(deck, [], problem.code, now)
    except rendering.RenderingStopped:
        logger.warning("rendering slides %s was stopped, attempt %s", deck.pk, deck.attempts)
        return _finish(deck, [], "stopped", now) if deck.attempts >= MOST_ATTEMPTS else None
    return _finish(deck, pages, "", now)


def _claim(deck_id: str, now: datetime) -> SlideDeck | None:
    claimed = SlideDeck.objects.filter(_free(now), pk=deck_id).update(
        state=SlideDeck.State.PROCESSING, claimed_at=now, attempts=F("attempts") + 1
    )
    return SlideDeck.objects.select_related("room").get(pk=deck_id) if claimed else None


@transaction.atomic
def _finish(deck: SlideDeck, pages: Sequence[RenderedPage], failure: str, now: datetime) -> SlideDeck | None:
    """None when it was deleted, or claimed by another worker meanwhile."""
    state = SlideDeck.State.FAILED if failure else SlideDeck.State.READY
    mine = SlideDeck.objects.filter(pk=deck.pk, state=SlideDeck.State.PROCESSING, claimed_at=now)
    if not mine.update(state=state, failure=failure, pages=len(pages)):
        return None
    if failure:
        files.delete_after_commit(deck.pk)
    Slide.objects.bulk_create(_slide_of(deck, number, page) for number, page in enumerate(pages, start=1))
    deck.refresh_from_db()
    tell_presenters(deck, now)
    return deck


def _slide_of(deck: SlideDeck, number: int, page: RenderedPage) -> Slide:
    text = cleaned(page.text)[:LONGEST_TEXT]
    lines = (cleaned(line, one_line=True) for line in text.splitlines())
    title = next((line for line in lines if line), "")[:LONGEST_TITLE]
    return Slide(deck=deck, number=number, width=page.width, height=page.height, title=title, text=text)
