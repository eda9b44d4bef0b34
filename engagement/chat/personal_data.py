"""Erases the messages of somebody whose account is deleted: as if they had deleted each of them."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from companies.models import Person
from engagement.chat import saying
from engagement.chat.messages import ChatDeleted
from rooms import journal
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import Participant, Presence, RoomEvent


def erase_messages(person: Person, now: datetime) -> None:
    """The texts are gone for good. Rooms with people in them are told, so that no screen shows them any longer."""
    own = RoomEvent.objects.filter(person=person, ev=saying.MESSAGE).order_by("pk")
    occupied = set(own.filter(_is_occupied()).order_by().values_list("room", flat=True).distinct())
    erased: dict[str, list[int]] = {}
    for message in own.select_for_update().iterator(chunk_size=500):
        if saying.erase(message) and message.room_id in occupied:
            erased.setdefault(message.room_id, []).append(message.seq)
    for room_id, numbers in erased.items():
        _tell_room(room_id, numbers, person, now)


def _is_occupied() -> Exists:
    return Exists(Presence.objects.present().filter(room=OuterRef("room")))


def _tell_room(room_id: str, numbers: list[int], person: Person, now: datetime) -> None:
    participant = Participant.objects.filter(room=room_id, person=person).first()
    by = PersonRef(
        id=public_id(participant.pk) if participant else "p0", name="", company="", role="attendee"
    )
    events = [(ChatDeleted(message=number, by=by, at=journal.protocol_time(now)), None) for number in numbers]
    journal.write_many(room_id=room_id, events=events, now=now)
