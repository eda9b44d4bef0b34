"""A document as blocks and text, walked by what notes consist of: whatever else it holds is left out.

The browser's schema is in frontend/src/room/features/notes/schema.ts. A document is never trusted: it may have been
written by a program.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

import pycrdt

from companies.text import masked
from engagement.notes.update_format import ROOT

MOST_DEPTH = 16
LONGEST_ADDRESS = 800
ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"'\\]+", re.IGNORECASE)
PERSON = re.compile(r"[0-9a-z-]{1,24}")

TEXTS = frozenset({"paragraph", "heading"})
LISTS = {"bullet_list": "list_item", "ordered_list": "list_item", "check_list": "check_item"}
IN_ITEMS = frozenset({"paragraph", *LISTS})
# By element, which elements it may have in it.
INSIDE: dict[str, frozenset[str]] = {
    ROOT: frozenset({*TEXTS, *LISTS, "table"}),
    **{name: frozenset({item}) for name, item in LISTS.items()},
    "list_item": IN_ITEMS,
    "check_item": IN_ITEMS,
    "table": frozenset({"table_row"}),
    "table_row": frozenset({"table_cell", "table_header"}),
    "table_cell": IN_ITEMS,
    "table_header": IN_ITEMS,
}


@dataclass(frozen=True)
class Run:
    """Text with its marks; a mention has the `person`'s id and no text, a line break is "\\n"."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    href: str = ""
    person: str = ""


@dataclass(frozen=True)
class Block:
    """An element: `runs` of a text, `blocks` of any other. `level` is that of a heading, `done` a checked item's."""

    name: str
    blocks: tuple["Block", ...] = ()
    runs: tuple[Run, ...] = ()
    level: int = 0
    done: bool = False


def read_blocks(content: bytes) -> list[Block]:
    """Of an update that is the whole document."""
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc.apply_update(content)
    return list(_blocks(doc.get(ROOT, type=pycrdt.XmlFragment), ROOT, 0))


def mentioned(blocks: list[Block]) -> set[str]:
    """The ids of people."""
    inside = (mentioned(list(block.blocks)) for block in blocks)
    return {run.person for block in blocks for run in block.runs if run.person}.union(*inside)


def _blocks(parent: pycrdt.XmlFragment | pycrdt.XmlElement, name: str, depth: int) -> Iterator[Block]:
    if depth > MOST_DEPTH:
        return
    for child in parent.children:
        if not isinstance(child, pycrdt.XmlElement) or child.tag not in INSIDE[name]:
            continue
        tag = str(child.tag)
        if tag in TEXTS:
            level = (1 if child.attributes.get("level") == 1 else 2) if tag == "heading" else 0
            yield Block(tag, runs=tuple(_runs(child)), level=level)
        else:
            done = tag == "check_item" and child.attributes.get("done") is True
            yield Block(tag, blocks=tuple(_blocks(child, tag, depth + 1)), done=done)


def _runs(block: pycrdt.XmlElement) -> Iterator[Run]:
    for child in block.children:
        if isinstance(child, pycrdt.XmlText):
            for part, marks in child.diff():
                if isinstance(part, str):
                    yield _run(part, {} if marks is None else dict(marks))
        elif isinstance(child, pycrdt.XmlElement):
            person = child.attributes.get("person")
            if child.tag == "hard_break":
                yield Run("\n")
            elif child.tag == "mention" and isinstance(person, str) and PERSON.fullmatch(person):
                yield Run(person=person)


def _run(text: str, marks: dict[str, object]) -> Run:
    link = marks.get("link")
    href = link.get("href") if isinstance(link, dict) else None
    return Run(
        masked(text),
        bold=marks.get("strong") is not None,
        italic=marks.get("em") is not None,
        href=href if is_address(href) else "",
    )


def is_address(href: object) -> TypeGuard[str]:
    """On the web, or an email address."""
    return isinstance(href, str) and len(href) <= LONGEST_ADDRESS and ADDRESS.fullmatch(href) is not None
