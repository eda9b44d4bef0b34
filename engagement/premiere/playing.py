"""Starting a film, letting it play and stand still, in the journal: its last event says what is on the stage."""

from datetime import datetime

from django.db import transaction

from engagement.premiere.library import library
from engagement.premiere.messages import Film, Premiere, PremiereChanged, PremiereStopped
from rooms import journal
from rooms.messages import PersonRef, message_name
from rooms.models import Room, RoomEvent
from rooms.refusals import Refused

CHANGED, STOPPED = message_name(PremiereChanged), message_name(PremiereStopped)


def position_at(premiere: Premiere, now: datetime) -> float:
    """In seconds from the film's beginning."""
    gone = (now - datetime.fromisoformat(premiere.as_of)).total_seconds() if premiere.is_playing else 0.0
    return round(min(max(premiere.position + gone, 0.0), premiere.film.seconds), 3)


@transaction.atomic
def start(*, room_id: str, meeting: str, film_id: str, by_ref: PersonRef, by: int, now: datetime) -> None:
    """Raises Refused: not_found."""
    found = next((film for film in library().films(meeting) if film.id == film_id), None)
    if found is None:
        raise Refused("not_found")
    _tell(room_id, found, is_playing=True, position=0.0, by_ref=by_ref, by=by, now=now)


@transaction.atomic
def move(
    *,
    room_id: str,
    is_playing: bool,
    position: float | None,
    by_ref: PersonRef,
    by: int,
    now: datetime,
) -> None:
    """It plays or stands still, from `position` or from where it is. Raises Refused: not_now, bad_field."""
    premiere = _locked(room_id)
    if position is None:
        position = position_at(premiere, now)
    if position > premiere.film.seconds:
        raise Refused("bad_field", f"position: up to {premiere.film.seconds}")
    _tell(room_id, premiere.film, is_playing=is_playing, position=position, by_ref=by_ref, by=by, now=now)


@transaction.atomic
def stop(*, room_id: str, by_ref: PersonRef | None, by: int | None, now: datetime) -> None:
    """Raises Refused: not_now."""
    _locked(room_id)
    event = PremiereStopped(by=by_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


@transaction.atomic
def stop_at_end(*, room_id: str, now: datetime) -> None:
    """What is on stage goes with the meeting."""
    if on_stage(room_id) is not None:
        stop(room_id=room_id, by_ref=None, by=None, now=now)


def on_stage(room_id: str, seq: int | None = None) -> Premiere | None:
    """Now, or at this number of the journal."""
    events = RoomEvent.objects.filter(room=room_id, ev__in=(CHANGED, STOPPED))
    if seq is not None:
        events = events.filter(seq__lte=seq)
    last = events.order_by("seq").last()
    return Premiere.model_validate(last.payload["premiere"]) if last and last.ev == CHANGED else None


def _locked(room_id: str) -> Premiere:
    """Two who press at once are taken one after the other."""
    Room.objects.select_for_update().get(pk=room_id)
    premiere = on_stage(room_id)
    if premiere is None:
        raise Refused("not_now", "there is no film")
    return premiere


def _tell(
    room_id: str,
    film: Film,
    *,
    is_playing: bool,
    position: float,
    by_ref: PersonRef,
    by: int,
    now: datetime,
) -> None:
    at = journal.protocol_time(now)
    premiere = Premiere(film=film, is_playing=is_playing, position=position, as_of=at)
    event = PremiereChanged(premiere=premiere, by=by_ref, at=at)
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
