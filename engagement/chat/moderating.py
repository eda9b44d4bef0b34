"""Changes of a message that is in the journal: edited, deleted, approved, pinned. What is deleted is gone for good."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from engagement.chat.messages import (
    MOST_PINNED,
    ChatDeleted,
    ChatEdited,
    ChatMessage,
    ChatPinned,
    ChatUnpinned,
)
from engagement.chat.models import ChatSettings
from engagement.chat.reacting import erase_reactions_to
from engagement.chat.reading import Reader, as_message, message_for_update
from rooms import audience, journal
from rooms.json_patch import Patched
from rooms.messages import PersonRef, message_name
from rooms.models import RoomEvent
from rooms.refusals import Refused

EDITED, PINNED = message_name(ChatEdited), message_name(ChatPinned)


@transaction.atomic
def edit_message(
    *,
    room_id: str,
    number: int,
    text: str,
    person: int,
    reader: Reader,
    not_before: str | None,
    now: datetime,
) -> None:
    """Raises Refused: for messages of others, and for those before the meeting that began at `not_before`."""
    message = message_for_update(room_id, number, reader)
    if message.person_id != person:
        raise Refused("not_allowed")
    at = journal.protocol_time(now)
    if not_before is not None and journal.protocol_time(message.at) < not_before:
        raise Refused("not_now", "sent before this meeting")
    message.payload = {**message.payload, "text": text, "edited_at": at}
    message.save(update_fields=["payload"])
    _change_copies(room_id, number, text=text)
    _write(message, ChatEdited(message=number, text=text, at=at), person, now)


@transaction.atomic
def delete_message(
    *, room_id: str, number: int, by: PersonRef, person: int, reader: Reader, now: datetime
) -> None:
    """Erases the text for good; what a host deletes leaves a trace. Raises Refused."""
    message = message_for_update(room_id, number, reader)
    is_own = message.person_id == person
    if not reader.is_host and not is_own:
        raise Refused("not_allowed")
    _unpin(room_id, number)
    erase(message, by_host=not is_own)
    event = ChatDeleted(message=number, by=by, at=journal.protocol_time(now), by_host=not is_own)
    _write(message, event, person, now)


@transaction.atomic
def approve_message(*, room_id: str, number: int, reader: Reader, now: datetime) -> int:
    """Shows it to everybody as a new message, whose number it returns. Raises Refused."""
    held = message_for_update(room_id, number, reader)
    if not held.payload.get("held"):
        raise Refused("not_now", "not held")
    content = {key: value for key, value in held.payload.items() if key not in {"held", "client_id"}}
    event = ChatMessage.model_validate({**content, "approved_from": number, "at": journal.protocol_time(now)})
    erase(held)
    new = journal.NewEvent(event, held.person_id)
    return journal.write_many(room_id=room_id, events=[new], now=now)[0]


@transaction.atomic
def pin_message(
    *, room_id: str, number: int, by: PersonRef, person: int, reader: Reader, now: datetime
) -> None:
    """Raises Refused: for a message that not everybody sees, and when as many as possible are pinned."""
    message = message_for_update(room_id, number, reader)
    if message.audience is not None:
        raise Refused("not_now", "not everybody sees it")
    ChatSettings.objects.get_or_create(room_id=room_id)
    chat = ChatSettings.objects.select_for_update().get(room_id=room_id)
    if number in chat.pinned:
        return
    if len(chat.pinned) >= MOST_PINNED:
        raise Refused("not_now", f"at most {MOST_PINNED} messages are pinned")
    chat.pinned = [*chat.pinned, number]
    chat.save(update_fields=["pinned"])
    event = ChatPinned(message=as_message(message), by=by, at=journal.protocol_time(now))
    _write(message, event, person, now)


@transaction.atomic
def unpin_message(*, room_id: str, number: int, by: PersonRef, person: int, now: datetime) -> None:
    """Raises Refused when it is not pinned."""
    if not _unpin(room_id, number):
        raise Refused("not_found")
    event = ChatUnpinned(message=number, by=by, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, person)], now=now)


def _unpin(room_id: str, number: int) -> bool:
    chat = ChatSettings.objects.select_for_update().filter(room_id=room_id).first()
    if chat is None or number not in chat.pinned:
        return False
    chat.pinned = [each for each in chat.pinned if each != number]
    chat.save(update_fields=["pinned"])
    return True


def _write(
    message: RoomEvent, event: ChatEdited | ChatDeleted | ChatPinned, person: int, now: datetime
) -> None:
    """To those who see the message."""
    new = journal.NewEvent(event, person, audience.from_json(message.audience))
    journal.write_many(room_id=message.room_id, events=[new], now=now)


# ---- erasure -----------------------------------------------------------------------------------------------


def erase(message: RoomEvent, *, by_host: bool = False) -> None:
    """Erases the text, also where events repeat it, and the reactions."""
    erase_reactions_to(RoomEvent.objects.filter(pk=message.pk))
    trace = {"deleted_by_host": True} if by_host else {}
    message.payload = {**message.payload, "text": "", "deleted": True, **trace}
    message.save(update_fields=["payload"])
    _change_copies(message.room_id, message.seq, text="")


def _change_copies(room_id: str, number: int, **changed: Any) -> None:
    of_room = RoomEvent.objects.filter(room=room_id)
    of_room.filter(ev=EDITED, payload__message=number).update(payload=Patched("payload", **changed))
    of_room.filter(ev=PINNED, payload__message__id=number).update(payload=Patched("payload", message=changed))


def erase_all(messages: QuerySet[RoomEvent]) -> None:
    """The texts of all these messages, the reactions to them, and their authors' names."""
    erase_reactions_to(messages)
    nobody = {"name": "", "company": ""}
    messages.update(payload=Patched("payload", text="", deleted=True, **{"from": nobody}))
