"""Chat messages of the demo's rooms, written into their event journals."""

from datetime import timedelta

from companies.models import Person
from engagement.chat.messages import ChatMessage
from rooms import admission, journal, messages
from rooms.models import Participant, Room
from webinar_service.demo import sources
from webinar_service.demo.meetings import SeededData


def seed_conversations(seeded: SeededData) -> None:
    for key, source in sources.read("rooms").items():
        for (minutes_ago, by), message in zip(source["said"], source["messages"], strict=True):
            text = sources.in_default_language(message)
            seed_chat_message(seeded, seeded.rooms[key], seeded.people[by], text, minutes_ago)


def seed_chat_message(seeded: SeededData, room: Room, person: Person, text: str, minutes_ago: int) -> None:
    at = seeded.now - timedelta(minutes=minutes_ago)
    company = str(person.company or "")
    place, _is_new = Participant.objects.get_or_create(
        room=room,
        person=person,
        defaults={
            "name": person.name,
            "company_name": company,
            "admission": Participant.AdmissionStatus.ADMITTED,
            "first_seen_at": at,
        },
    )
    sender = messages.PersonRef(
        id=admission.public_id(place.pk), name=person.name, company=company, role="speaker"
    )
    message = ChatMessage(id=0, sender=sender, text=text, at=journal.protocol_time(at))
    journal.write(room=room, event=message, person=person, now=at)
