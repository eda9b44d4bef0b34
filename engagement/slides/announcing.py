"""Tells hosts and speakers in the room what has become of a deck."""

from datetime import datetime

from engagement.slides.describing import info_of
from engagement.slides.messages import SlidesDeck
from engagement.slides.models import SlideDeck
from rooms import journal
from rooms.admission import public_id
from rooms.audience import Audience, audience_of
from rooms.models import Participant
from rooms.policy import policy_for


def tell_presenters(
    deck: SlideDeck, now: datetime, *, by: int | None = None, is_deleted: bool = False
) -> None:
    info = info_of(deck)
    if is_deleted:
        info = info.model_copy(update={"state": "deleted", "picture": None})
    event = SlidesDeck(deck=info, at=journal.protocol_time(now))
    new = journal.NewEvent(event, by, _presenters_of(deck))
    journal.write_many(room_id=deck.room_id, events=[new], now=now)


def _presenters_of(deck: SlideDeck) -> Audience:
    people = set(policy_for(deck.room).roles(deck.room_id))
    if deck.uploaded_by_id is not None:
        people.add(deck.uploaded_by_id)
    found = Participant.objects.filter(room=deck.room_id, person__in=people).values_list("pk", flat=True)
    return audience_of(hosts=True, people=[public_id(pk) for pk in found])
