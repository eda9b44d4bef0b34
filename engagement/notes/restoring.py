"""Restoring an earlier version: its content takes the place of the present one, which becomes a version too."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pycrdt
from django.db import transaction

from engagement.notes.content import Block, Run, read_blocks
from engagement.notes.models import NoteVersion
from engagement.notes.reading import merged
from engagement.notes.storing import PendingUpdate, keep_version, lock_document, store_locked
from engagement.notes.update_format import ROOT


@transaction.atomic
def restore(*, version: NoteVersion, by: int, now: datetime) -> int:
    """The number of the update that does it: whoever has the notes open sees it happen. Raises Refused."""
    before = version.document
    document = lock_document(before.room_id, before.meeting, now)
    last = document.versions.latest("number")
    if last.number != document.number:
        keep_version(document, since=last.at)
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=secrets.randbits(32))
    doc.apply_update(merged(document))
    known = doc.get_state()
    root = doc.get(ROOT, type=pycrdt.XmlFragment)
    with doc.transaction():
        while len(root.children):
            del root.children[0]
        _write(root, read_blocks(bytes(version.content)))
    update = PendingUpdate(document.room_id, document.meeting, by, doc.client_id, doc.get_update(known))
    return store_locked(document, update, now)


def _write(parent: pycrdt.XmlFragment | pycrdt.XmlElement, blocks: Iterable[Block]) -> None:
    for block in blocks:
        element = pycrdt.XmlElement(block.name)
        parent.children.append(element)
        if block.level:
            element.attributes["level"] = block.level
        if block.name == "check_item":
            element.attributes["done"] = block.done
        _write(element, block.blocks)
        for run in block.runs:
            _write_run(element, run)


def _write_run(element: pycrdt.XmlElement, run: Run) -> None:
    if run.person or run.text == "\n":
        inline = pycrdt.XmlElement("mention" if run.person else "hard_break")
        element.children.append(inline)
        if run.person:
            inline.attributes["person"] = run.person
        return
    last = element.children[len(element.children) - 1] if len(element.children) else None
    if not isinstance(last, pycrdt.XmlText):
        last = pycrdt.XmlText()
        element.children.append(last)
    last.insert(len(last), run.text, _marks(run))


def _marks(run: Run) -> dict[str, object]:
    """Those that it has not are null, so that it does not take over those of the text before it."""
    return {
        "strong": {} if run.bold else None,
        "em": {} if run.italic else None,
        "link": {"href": run.href} if run.href else None,
    }
