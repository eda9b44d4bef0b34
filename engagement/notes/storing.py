"""Updates of a document: checked, stored before they are acknowledged, and from time to time merged into one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pycrdt
from django.db import DatabaseError, transaction

from engagement.notes import announcing
from engagement.notes.models import NoteDocument, NoteUpdate, NoteVersion, NoteWriter
from engagement.notes.reading import merged
from engagement.notes.update_format import NotAnUpdate, ReadUpdate, read_update
from rooms.refusals import Refused

LARGEST_UPDATE = 512 * 1024  # bytes
LARGEST_DOCUMENT = 4 * 1024 * 1024
MOST_CLIENTS = 5_000  # client ids of a document: each page that has written made one
MERGED_AFTER = 300  # updates
MERGED_AFTER_BYTES = 256 * 1024
PAUSE = timedelta(minutes=5)  # without writing; what was there then is a version
LONGEST_WITHOUT_VERSION = timedelta(minutes=30)
MOST_VERSIONS = 50
LARGEST_VERSIONS = 16 * 1024 * 1024  # bytes of all versions together

Outcome = int | Exception


@dataclass(frozen=True)
class PendingUpdate:
    """`meeting` is empty for the lasting document of the room."""

    room_id: str
    meeting: str
    person: int
    client: int
    content: bytes

    @property
    def key(self) -> tuple[str, str]:
        return self.room_id, self.meeting


def store_updates(pending: Sequence[PendingUpdate], now: datetime) -> list[Outcome]:
    """The number of each, or why it is refused. Each document has its own transaction, which may fail alone."""
    outcome: dict[int, Outcome] = {}
    for key in sorted({each.key for each in pending}):
        positions = [position for position, each in enumerate(pending) if each.key == key]
        try:
            numbers = _store(*key, [pending[position] for position in positions], now)
        except DatabaseError as problem:
            outcome.update(dict.fromkeys(positions, problem))
        else:
            outcome.update(zip(positions, numbers, strict=True))
    return [outcome[position] for position in range(len(pending))]


@transaction.atomic
def _store(room_id: str, meeting: str, pending: list[PendingUpdate], now: datetime) -> list[Outcome]:
    return _store_all(lock_document(room_id, meeting, now), pending, now)


def store_locked(document: NoteDocument, update: PendingUpdate, now: datetime) -> int:
    """In the transaction that has locked the document. Raises Refused."""
    (outcome,) = _store_all(document, [update], now)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _store_all(document: NoteDocument, pending: list[PendingUpdate], now: datetime) -> list[Outcome]:
    readings = [_read(each.content) for each in pending]
    writers = _writers_of(document, [each for each in readings if isinstance(each, ReadUpdate)])
    _keep_version(document, now)
    outcome: list[Outcome] = []
    new: list[NoteUpdate] = []
    for each, read in zip(pending, readings, strict=True):
        try:
            is_new = _check(document, each, read, writers, now)
        except Refused as refusal:
            outcome.append(refusal)
            continue
        if is_new:
            document.number += 1
            document.size += len(each.content)
            document.changed_at = now
            new.append(NoteUpdate(document=document, number=document.number, content=each.content, at=now))
        outcome.append(document.number)
    if new:
        _write(document, new, writers)
    return outcome


def _read(content: bytes) -> ReadUpdate | Refused:
    try:
        found = read_update(content)
        pycrdt.Doc().apply_update(content)
    except NotAnUpdate as problem:
        return Refused("bad_field", f"update: {problem}")
    except (ValueError, RuntimeError):  # of pycrdt
        return Refused("bad_field", "update: not in Yjs's encoding")
    return found


def lock_document(room_id: str, meeting: str, now: datetime) -> NoteDocument:
    """Made when it is first written in or shown."""
    new = NoteDocument(room_id=room_id, meeting=meeting, created_at=now)
    NoteDocument.objects.bulk_create([new], ignore_conflicts=True)
    return NoteDocument.objects.select_for_update().get(room=room_id, meeting=meeting)


# ---- what is refused -----------------------------------------------------------------------------------------

Writers = dict[int, NoteWriter]


def _writers_of(document: NoteDocument, readings: Iterable[ReadUpdate]) -> Writers:
    """By client id, of all clients that these updates name."""
    clients = {client for each in readings for client in (*each.written, *each.built_on)}
    found = NoteWriter.objects.filter(document=document, client__in=clients)
    return {writer.client: writer for writer in found}


def _check(
    document: NoteDocument,
    pending: PendingUpdate,
    read: ReadUpdate | Refused,
    writers: Writers,
    now: datetime,
) -> bool:
    """False for an update that is stored already. Raises Refused."""
    if isinstance(read, Refused):
        raise read
    if read.written.keys() - {pending.client}:
        raise Refused("not_allowed", "client: of somebody else")
    writer = writers.get(pending.client)
    if writer is not None and writer.person_id != pending.person:
        raise Refused("not_allowed", "client: of somebody else")
    start, end = read.written.get(pending.client, (0, 0))
    known = writer.clock if writer is not None else 0
    if start > known or _is_beyond(read, writers, pending.client, max(end, known)):
        raise Refused("not_now", "gap")
    if end <= known and not read.built_on:
        return False
    if end <= known and NoteUpdate.objects.filter(document=document, content=pending.content).exists():
        return False
    if document.size + len(pending.content) > LARGEST_DOCUMENT:
        raise Refused("not_now", "document_full")
    if writer is None:
        if document.writers.count() >= MOST_CLIENTS:
            raise Refused("not_now", "too_many_clients")
        writer = writers[pending.client] = NoteWriter(
            document=document, client=pending.client, person_id=pending.person, wrote_at=now
        )
    writer.clock, writer.wrote_at = max(end, known), now
    return True


def _is_beyond(read: ReadUpdate, writers: Writers, own: int, own_end: int) -> bool:
    """Whether it refers to something that has not been written."""
    for client, end in read.built_on.items():
        known = own_end if client == own else writers[client].clock if client in writers else 0
        if end > known:
            return True
    return False


# ---- what is written -----------------------------------------------------------------------------------------


def _write(document: NoteDocument, new: list[NoteUpdate], writers: Writers) -> None:
    NoteUpdate.objects.bulk_create(new)
    NoteWriter.objects.bulk_create([each for each in writers.values() if each._state.adding])
    NoteWriter.objects.bulk_update(
        [each for each in writers.values() if each.wrote_at == document.changed_at], ["clock", "wrote_at"]
    )
    _merge_if_many(document)
    document.save(update_fields=["state", "number", "size", "changed_at"])
    for update in new:
        tell = partial(
            announcing.tell_update, document.room_id, document.name, update.number, bytes(update.content)
        )
        transaction.on_commit(tell, robust=True)


def _merge_if_many(document: NoteDocument) -> None:
    """What was deleted is left out then."""
    kept = document.updates.count()
    if kept < MERGED_AFTER and document.size - len(document.state) < MERGED_AFTER_BYTES:
        return
    whole: pycrdt.Doc[Any] = pycrdt.Doc()
    whole.apply_update(merged(document))
    document.state = whole.get_update()
    document.size = len(document.state)
    document.updates.all().delete()


# ---- versions ------------------------------------------------------------------------------------------------


def _keep_version(document: NoteDocument, now: datetime) -> None:
    """Before something is written after a pause: what was there, as a version."""
    last = document.versions.order_by("-number").first()
    if document.changed_at is None or (last is not None and last.number == document.number):
        return
    since = last.at if last is not None else document.created_at
    if now - document.changed_at >= PAUSE or now - since >= LONGEST_WITHOUT_VERSION:
        keep_version(document, since=last.at if last is not None else None)


def keep_version(document: NoteDocument, *, since: datetime | None) -> NoteVersion | None:
    """Of what there is now, by those who wrote after `since`; the oldest versions go. None for an empty document."""
    if document.changed_at is None:
        return None
    content = merged(document)
    version = NoteVersion.objects.create(
        document=document, number=document.number, content=content, at=document.changed_at
    )
    wrote = document.writers.filter(person__isnull=False)
    if since is not None:
        wrote = wrote.filter(wrote_at__gt=since)
    version.people.set(wrote.values_list("person", flat=True).distinct())
    most = max(1, min(MOST_VERSIONS, LARGEST_VERSIONS // max(1, len(content))))
    older = list(document.versions.order_by("-number").values_list("pk", flat=True)[most:])
    NoteVersion.objects.filter(pk__in=older).delete()
    return version
