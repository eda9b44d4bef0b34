"""Tells the processes of a room of an update that is stored."""

from base64 import b64encode

from engagement.notes.messages import LARGEST_PIECE, NotesUpdated
from rooms import bus
from rooms.features import registry

BUS_KIND = "notes"


def tell_update(room_id: str, document: str, number: int, content: bytes) -> None:
    """A large one is not sent: whoever follows the document asks for it."""
    update = b64encode(content).decode() if len(content) <= LARGEST_PIECE else None
    event = NotesUpdated(document=document, number=number, update=update)
    bus.publish(room_id, {"k": BUS_KIND, "document": document}, registry.frame_of(event))
