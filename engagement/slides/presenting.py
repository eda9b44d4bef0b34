"""Showing slides, turning pages, taking them away."""

from datetime import datetime

from django.db import transaction

from engagement.slides.describing import decks_of, shown_page, shown_slides
from engagement.slides.messages import SlidesHidden, SlidesShown, SlidesTurned
from engagement.slides.models import Presentation, SlideDeck
from rooms import journal
from rooms.messages import PersonRef
from rooms.refusals import Refused


@transaction.atomic
def show(
    *, room_id: str, meeting: str, deck_id: str, page: int, by_ref: PersonRef, by: int, now: datetime
) -> None:
    """Raises Refused: not_found, or not_now while it is not ready."""
    presentation = Presentation.locked(room_id)
    deck = decks_of(room_id, meeting).filter(pk=deck_id).first()
    if deck is None:
        raise Refused("not_found")
    if not deck.is_ready:
        raise Refused("not_now", "the slides are not ready")
    if page > deck.pages:
        raise Refused("bad_field", f"page: from 1 to {deck.pages}")
    _put(presentation, deck, page)
    SlideDeck.objects.filter(pk=deck.pk, first_shown_at__isnull=True).update(first_shown_at=now)
    event = SlidesShown(slides=shown_slides(deck, page), by=by_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


@transaction.atomic
def turn(*, room_id: str, page: int, by_ref: PersonRef, by: int, now: datetime) -> None:
    """The page where it is already is announced to nobody. Raises Refused: not_now without slides, bad_field."""
    presentation = Presentation.locked(room_id)
    deck = presentation.deck
    if deck is None:
        raise Refused("not_now", "there are no slides")
    if page > deck.pages:
        raise Refused("bad_field", f"page: from 1 to {deck.pages}")
    if page == presentation.page:
        return
    _put(presentation, deck, page)
    event = SlidesTurned(deck=deck.pk, page=shown_page(deck, page), by=by_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


def _put(presentation: Presentation, deck: SlideDeck, page: int) -> None:
    presentation.deck, presentation.page = deck, page
    presentation.save(update_fields=["deck", "page"])


@transaction.atomic
def hide(*, room_id: str, by_ref: PersonRef | None, by: int | None, now: datetime) -> None:
    """Raises Refused when there are none."""
    presentation = Presentation.locked(room_id)
    if presentation.deck is None:
        raise Refused("not_now", "there are no slides")
    presentation.deck = None
    presentation.save(update_fields=["deck"])
    event = SlidesHidden(by=by_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


@transaction.atomic
def hide_at_end(*, room_id: str, now: datetime) -> None:
    """What is on stage goes with the meeting."""
    if Presentation.objects.filter(room=room_id, deck__isnull=False).exists():
        hide(room_id=room_id, by_ref=None, by=None, now=now)
