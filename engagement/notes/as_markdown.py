"""Notes as Markdown (CommonMark, with tables and checklists as GitHub has them)."""

import re
from collections.abc import Iterable, Mapping

from engagement.notes.as_html import mention_of
from engagement.notes.content import Block, Run

SIGNS = re.compile(r"([\\`*_\[\]<>|~&])")
AT_START = re.compile(r"^(\s*)([#+-]|\d+[.)])(?=\s|$)")


def markdown_of(blocks: Iterable[Block], names: Mapping[str, str]) -> str:
    return "\n\n".join(_block(block, names) for block in blocks) + "\n"


def _block(block: Block, names: Mapping[str, str]) -> str:
    if block.name == "heading":
        return f"{'#' * block.level} {_text(block.runs, names)}"
    if block.name == "table":
        return _table(block, names)
    if block.blocks:
        return "\n".join(_item(block, number, item, names) for number, item in enumerate(block.blocks, 1))
    return AT_START.sub(r"\1\\\2", _text(block.runs, names))


def _item(parent: Block, number: int, item: Block, names: Mapping[str, str]) -> str:
    mark = {"ordered_list": f"{number}. ", "check_list": f"- [{'x' if item.done else ' '}] "}
    sign = mark.get(parent.name, "- ")
    indent = " " * (len(sign) if parent.name == "ordered_list" else 2)
    lines = "\n".join(_block(block, names) for block in item.blocks).split("\n")
    return sign + f"\n{indent}".join(lines)


def _table(table: Block, names: Mapping[str, str]) -> str:
    rows = [[_cell(cell, names) for cell in row.blocks] for row in table.blocks]
    columns = max((len(row) for row in rows), default=0)
    lines = [f"| {' | '.join([*row, *[''] * (columns - len(row))])} |" for row in rows]
    return "\n".join([*lines[:1], f"|{' --- |' * columns}", *lines[1:]])


def _cell(cell: Block, names: Mapping[str, str]) -> str:
    return " ".join(_block(block, names).replace("\n", " ") for block in cell.blocks)


def _text(runs: Iterable[Run], names: Mapping[str, str]) -> str:
    return "".join(_run(run, names) for run in runs)


def _run(run: Run, names: Mapping[str, str]) -> str:
    if run.person:
        return SIGNS.sub(r"\\\1", mention_of(run, names))
    if run.text == "\n":
        return "\\\n"
    words = SIGNS.sub(r"\\\1", run.text.strip())
    if not words:
        return run.text
    mark = "**" * run.bold + "*" * run.italic
    words = f"{mark}{words}{mark[::-1]}"
    if run.href:
        words = f"[{words}](<{run.href}>)"
    before, after = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
    return f"{before}{words}{after}"
