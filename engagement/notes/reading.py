"""What a document contains."""

import pycrdt
from django.db.models import QuerySet

from engagement.notes.models import NoteDocument

EMPTY_VECTOR = b"\x00"
NOTHING = b"\x00\x00"  # an update without content


def documents_of(room_id: str) -> QuerySet[NoteDocument]:
    """Without their contents; the newest first."""
    return NoteDocument.objects.filter(room=room_id).defer("state").order_by("-created_at", "pk")


def merged(document: NoteDocument) -> bytes:
    """The whole content, as one update."""
    updates = document.updates.order_by("number").values_list("content", flat=True)
    parts = [bytes(each) for each in (document.state, *updates) if each]
    return pycrdt.merge_updates(*parts) if parts else NOTHING


def missing_part(room_id: str, meeting: str, vector: bytes) -> tuple[bytes, int]:
    """What it contains that the state vector does not, and the number of its newest update.

    Raises ValueError for what is no state vector.
    """
    document = NoteDocument.objects.filter(room=room_id, meeting=meeting).first()
    if document is None:
        return NOTHING, 0
    content = merged(document)
    return (pycrdt.get_update(content, vector) if vector else content), document.number
