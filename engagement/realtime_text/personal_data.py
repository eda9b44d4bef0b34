"""Erases the lines of somebody whose account is deleted: as if they had deleted each of them."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from companies.models import Person
from companies.personal_data import register_impersonal
from engagement.realtime_text import moderating
from engagement.realtime_text.messages import RttDeleted
from engagement.realtime_text.models import CaptionLink
from engagement.realtime_text.reading import CORRECTION, LINE
from rooms import journal
from rooms.admission import public_id
from rooms.json_patch import Patched
from rooms.messages import PersonRef
from rooms.models import Participant, Presence, RoomEvent


def register_tables_of_captions() -> None:
    register_impersonal("addresses for captions of a meeting", CaptionLink)


def erase_lines(person: Person, now: datetime) -> None:
    """Rooms with people in them are told, so that no screen shows them any longer."""
    own = RoomEvent.objects.filter(person=person, ev=LINE)
    occupied = Exists(Presence.objects.present().filter(room=OuterRef("room")))
    in_view = own.filter(occupied).exclude(payload__has_key="deleted").order_by("room", "seq")
    numbers: dict[str, list[int]] = {}
    for room_id, seq in in_view.values_list("room", "seq"):
        numbers.setdefault(room_id, []).append(seq)
    moderating.erase_texts(own)
    RoomEvent.objects.filter(person=person, ev=CORRECTION).update(payload=Patched("payload", text=""))
    for room_id, of_room in numbers.items():
        _tell_room(room_id, of_room, person, now)


def _tell_room(room_id: str, numbers: list[int], person: Person, now: datetime) -> None:
    participant = Participant.objects.filter(room=room_id, person=person).first()
    by = PersonRef(id=public_id(participant.pk if participant else 0), name="")
    at = journal.protocol_time(now)
    events = [journal.NewEvent(RttDeleted(line=number, by=by, at=at)) for number in numbers]
    journal.write_many(room_id=room_id, events=events, now=now)
