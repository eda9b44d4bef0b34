"""Notes as HTML: everything is escaped, and links have been looked at by `content`."""

from collections.abc import Iterable, Mapping

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from engagement.notes.content import Block, Run

TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "table_row": "tr",
    "table_cell": "td",
    "table_header": "th",
}
TOP_LEVEL = 3  # of headings: the page has its own above them


def html_of(blocks: Iterable[Block], names: Mapping[str, str], *, top_level: int = TOP_LEVEL) -> SafeString:
    """`names` are those of the people mentioned, by id."""
    return mark_safe("".join(_block(block, names, top_level) for block in blocks))  # noqa: S308 - each part is escaped


def _block(block: Block, names: Mapping[str, str], top: int) -> str:
    inside = html_of(block.blocks, names, top_level=top)
    if block.name == "heading":
        tag = f"h{top + block.level - 1}"
    elif block.name == "check_list":
        return f'<ul class="notes-checks">{inside}</ul>'
    elif block.name == "check_item":
        word = _("Done") if block.done else _("Not done")
        return format_html('<li><span role="img" aria-label="{}">{}</span>{}</li>', word, _box(block), inside)
    elif block.name == "table":
        return f'<div class="table-scroll"><table>{inside}</table></div>'
    else:
        tag = TAGS[block.name]
    runs = "".join(_run(run, names) for run in block.runs)
    return f'<{tag} dir="auto">{runs}</{tag}>' if not block.blocks else f"<{tag}>{inside}</{tag}>"


def _box(block: Block) -> str:
    return "☑" if block.done else "☐"


def _run(run: Run, names: Mapping[str, str]) -> str:
    if run.person:
        return f"<strong>{escape(mention_of(run, names))}</strong>"
    text = "<br>" if run.text == "\n" else str(escape(run.text))
    if run.italic:
        text = f"<em>{text}</em>"
    if run.bold:
        text = f"<strong>{text}</strong>"
    if run.href:
        text = f'<a href="{escape(run.href)}" rel="noopener noreferrer nofollow">{text}</a>'
    return text


def mention_of(run: Run, names: Mapping[str, str]) -> str:
    return "@" + (names.get(run.person) or _("Someone who has left"))
