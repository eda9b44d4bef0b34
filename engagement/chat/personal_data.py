"""Personal data of the chat: somebody whose account is deleted has as good as deleted each message and reaction."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import Column, Export, register, register_impersonal
from engagement.chat import moderating, reacting
from engagement.chat.messages import ChatDeleted
from engagement.chat.models import ChatSettings, MessageReaction, ReactionTotal
from engagement.chat.reading import MESSAGE
from rooms import journal
from rooms.admission import public_id
from rooms.json_patch import Patched
from rooms.messages import PersonRef
from rooms.models import Participant, Presence, RoomEvent
from rooms.personal_data import ROOM, add_room_titles


def erase_messages(person: Person, now: datetime) -> None:
    """The texts are gone for good. Rooms with people in them are told, so that no screen shows them any longer."""
    own = RoomEvent.objects.filter(person=person, ev=MESSAGE)
    in_view = own.filter(_is_occupied()).exclude(payload__has_key="deleted")
    numbers: dict[str, list[int]] = {}
    for room_id, seq in in_view.order_by("room", "seq").values_list("room", "seq"):
        numbers.setdefault(room_id, []).append(seq)
    moderating.erase_all(own)
    _erase_copies(person)
    for room_id, of_room in numbers.items():
        _tell_room(room_id, of_room, person, now)


def _erase_copies(person: Person) -> None:
    """Where events repeat a text: by its author when it was edited, by a host when it was pinned."""
    RoomEvent.objects.filter(person=person, ev=moderating.EDITED).update(payload=Patched("payload", text=""))
    refs = {row.room_id: public_id(row.pk) for row in Participant.objects.filter(person=person)}
    pinned = RoomEvent.objects.filter(room__in=refs, ev=moderating.PINNED)
    keys = [each.pk for each in pinned if each.payload["message"]["from"]["id"] == refs[each.room_id]]
    RoomEvent.objects.filter(pk__in=keys).update(payload=Patched("payload", message={"text": ""}))


def register_tables() -> None:
    register(
        MessageReaction,
        "message_reactions",
        export=Export(
            rows=lambda person: MessageReaction.objects.filter(participant__person=person).select_related(
                "message"
            ),
            columns=[
                *ROOM,
                Column("message", _("number"), lambda row: row.message.seq),
                "reaction",
            ],
            prepare=_add_rooms,
            title=_("Your reactions to chat messages"),
        ),
        erase=lambda person, _now: reacting.erase_reactions_of(
            MessageReaction.objects.filter(participant__person=person)
        ),
        without={"participant": "the person"},
    )
    register_impersonal("settings of a room", ChatSettings)
    register_impersonal("numbers of people", ReactionTotal)


def _add_rooms(rows: list[MessageReaction]) -> None:
    for row in rows:
        row.room_id = row.message.room_id  # type: ignore[attr-defined]  # as the columns of a room read it
    add_room_titles(rows)


def _is_occupied() -> Exists:
    return Exists(Presence.objects.present().filter(room=OuterRef("room")))


def _tell_room(room_id: str, numbers: list[int], person: Person, now: datetime) -> None:
    participant = Participant.objects.filter(room=room_id, person=person).first()
    by = PersonRef(id=public_id(participant.pk if participant else 0), name="")
    at = journal.protocol_time(now)
    events = [journal.NewEvent(ChatDeleted(message=number, by=by, at=at)) for number in numbers]
    journal.write_many(room_id=room_id, events=events, now=now)
