"""What a document contains."""

from collections.abc import Collection

import pycrdt
from django.db.models import QuerySet

from engagement.notes.models import NoteDocument, NoteUpdate

EMPTY_VECTOR = b"\x00"
NOTHING = b"\x00\x00"  # an update without content


def documents_of(room_id: str) -> QuerySet[NoteDocument]:
    """Without their contents; the newest first."""
    return NoteDocument.objects.filter(room=room_id).defer("state").order_by("-created_at", "pk")


def merged(document: NoteDocument) -> bytes:
    """The whole content, as one update."""
    return all_merged([document])[document.pk]


def all_merged(documents: Collection[NoteDocument]) -> dict[str, bytes]:
    """The same by id, of several in one query."""
    parts = {one.pk: [bytes(one.state)] if one.state else [] for one in documents}
    updates = NoteUpdate.objects.filter(document__in=parts).order_by("document", "number")
    for key, content in updates.values_list("document", "content"):
        parts[key].append(bytes(content))
    return {key: pycrdt.merge_updates(*found) if found else NOTHING for key, found in parts.items()}


def missing_part(room_id: str, meeting: str, vector: bytes) -> tuple[bytes, int]:
    """What it contains that the state vector does not, and the number of its newest update.

    Raises ValueError for what is no state vector.
    """
    document = NoteDocument.objects.filter(room=room_id, meeting=meeting).first()
    if document is None:
        return NOTHING, 0
    content = merged(document)
    return (pycrdt.get_update(content, vector) if vector else content), document.number
