"""Notes as a file of Word (Office Open XML)."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from engagement.notes.as_html import mention_of
from engagement.notes.content import Block, Run

STYLES = {"bullet_list": "List Bullet", "ordered_list": "List Number", "check_list": "List Paragraph"}
DEEPEST_STYLE = 3  # the styles of lists end with "List Bullet 3"


def docx_of(title: str, blocks: Iterable[Block], names: Mapping[str, str]) -> bytes:
    document = Document()
    document.core_properties.title, document.core_properties.author = title[:255], ""
    document.add_heading(title, 0)
    for block in blocks:
        _add(document, block, names)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _add(place: Any, block: Block, names: Mapping[str, str], *, style: str | None = None) -> None:
    if block.name == "table":
        _add_table(place, block, names)
    elif block.name in STYLES:
        _add_list(place, block, names, depth=1)
    else:
        paragraph = place.add_paragraph(style=f"Heading {block.level}" if block.name == "heading" else style)
        _add_runs(paragraph, block.runs, names)


def _add_list(place: Any, block: Block, names: Mapping[str, str], *, depth: int) -> None:
    style = STYLES[block.name]
    if depth > 1 and block.name != "check_list":
        style = f"{style} {min(depth, DEEPEST_STYLE)}"
    for item in block.blocks:
        for number, inner in enumerate(item.blocks):
            if inner.name in STYLES:
                _add_list(place, inner, names, depth=depth + 1)
                continue
            paragraph = place.add_paragraph(style=style)
            if block.name == "check_list" and number == 0:
                paragraph.add_run("☑ " if item.done else "☐ ")
            _add_runs(paragraph, inner.runs, names)


def _add_table(place: Any, block: Block, names: Mapping[str, str]) -> None:
    columns = max((len(row.blocks) for row in block.blocks), default=0)
    if columns == 0:
        return
    table = place.add_table(rows=len(block.blocks), cols=columns)
    table.style = "Table Grid"
    for row, cells in zip(block.blocks, table.rows, strict=True):
        for inner, cell in zip(row.blocks, cells.cells, strict=False):
            cell._element.remove(cell.paragraphs[0]._element)
            for each in inner.blocks:
                _add(cell, each, names)
            if not cell.paragraphs:  # a cell has at least one
                cell.add_paragraph()


def _add_runs(paragraph: Any, runs: Iterable[Run], names: Mapping[str, str]) -> None:
    for run in runs:
        added = paragraph.add_run(mention_of(run, names) if run.person else run.text)
        added.bold, added.italic = run.bold or bool(run.person) or None, run.italic or None
        if run.href:
            _link(paragraph, added, run.href)


def _link(paragraph: Any, run: Any, href: str) -> None:
    """python-docx reads links and writes none."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run.font.underline = True
    paragraph._element.append(link)
    link.append(run._element)
