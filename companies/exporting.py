"""Everything that is kept about a person as one ZIP file: pages to read and print, and the same as JSON.

Rows are read and written in portions, so that memory does not grow with them.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

import orjson
from django.conf import settings
from django.db.models import Field, Model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from limits import parse

from api import rate_limits
from companies import personal_data, zones
from companies.folding import base_letters
from companies.languages import (
    LanguageTextField,
    active_language,
    date_as_written,
    in_language,
    language_name,
    time_as_written,
)
from companies.models import Person
from companies.models.company import country_name
from companies.personal_data import PICTURE, Column, PersonalTable
from companies.refusals import Refusal
from companies.sessions import browser_in_words

PORTION = 500
PER_PERSON = parse("5/hour")
ROWS = "<!--rows-->"
WORDS_OF_CODES: dict[str, Callable[[str], str]] = {
    "country": country_name,
    "language": language_name,
    "timezone": zones.label,
    "user_agent": browser_in_words,
}


class UnableToExport(Refusal):
    """`code`: too_often."""


@dataclass(frozen=True)
class Part:
    """One kind of data in the file, for its index."""

    name: str  # of its JSON, the same in all languages
    page: str
    title: str
    count: int


def refuse_too_often(person: Person) -> None:
    """Counts one export. Raises UnableToExport."""
    if settings.RATE_LIMITS and not rate_limits.hit(PER_PERSON, "export", str(person.pk)):
        raise UnableToExport(
            "too_often", _("You have downloaded your data several times. Try again in an hour.")
        )


def write_export(*, person: Person, to: IO[bytes], now: datetime) -> list[Part]:
    """Writes the ZIP file, in the active language and time zone."""
    exported = [table for table in personal_data.tables() if table.export is not None]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = [_write_table(archive, table, person, now) for table in exported]
        if person.picture:
            archive.writestr(PICTURE, person.picture.read())
        archive.writestr("style.css", render_to_string("companies/export/style.css"))
        context = {"parts": parts, "person": person, "now": now, "language": active_language()}
        archive.writestr("index.html", render_to_string("companies/export/index.html", context))
    return parts


def _write_table(archive: zipfile.ZipFile, table: PersonalTable, person: Person, now: datetime) -> Part:
    """The page goes into the archive while the JSON is collected beside it: an archive takes one file at a time."""
    assert table.export is not None  # noqa: S101 - the caller has looked
    columns = [_column(table.model, each) for each in table.export.columns]
    title = capfirst(str(table.export.title or table.model._meta.verbose_name_plural))
    head, tail = _page_around_rows(table, title, columns, now)
    page_name = f"{slugify(base_letters(title))}.html"
    count = 0
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as records:
        with archive.open(page_name, "w") as page:
            page.write(head)
            for portion in _portions(table, person):
                page.write(_as_html(table, portion, columns))
                records.write((b",\n" if count else b"") + _as_json(portion, columns))
                count += len(portion)
            page.write(tail)
        records.seek(0)
        with archive.open(f"{table.name}.json", "w") as file:
            file.write(b"[")
            shutil.copyfileobj(records, file)
            file.write(b"]\n")
    return Part(table.name, page_name, title, count)


def _page_around_rows(
    table: PersonalTable, title: str, columns: list[Column], now: datetime
) -> tuple[bytes, bytes]:
    context = {
        "title": title,
        "labels": [capfirst(str(each.label)) for each in columns],
        "is_profile": table.model is Person,
        "rows": SafeString(ROWS),
        "now": now,
        "language": active_language(),
    }
    head, _rows, tail = render_to_string("companies/export/table.html", context).partition(ROWS)
    return head.encode(), tail.encode()


def _as_html(table: PersonalTable, portion: list[Model], columns: list[Column]) -> bytes:
    """Rows of a table; the profile, which is one row, has a line for each of its fields."""
    cells = [[_cell(_shown(row, each)) for each in columns] for row in portion]
    if table.model is Person:
        labels = [escape(capfirst(str(each.label))) for each in columns]
        pairs = (pair for row in cells for pair in zip(labels, row, strict=True))
        return "\n".join(
            f'<tr><th scope="row">{label}</th><td>{cell}</td></tr>' for label, cell in pairs
        ).encode()
    return "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>\n" for row in cells).encode()


def _as_json(portion: list[Model], columns: list[Column]) -> bytes:
    """The rows, with a comma between two."""
    records = ({each.name: _plain(_value(row, each)) for each in columns} for row in portion)
    return b",\n".join(orjson.dumps(each, option=orjson.OPT_INDENT_2) for each in records)


def _portions(table: PersonalTable, person: Person) -> Iterator[list[Model]]:
    assert table.export is not None  # noqa: S101 - the caller has looked
    rows = table.export.rows(person).order_by(*table.export.order).iterator(chunk_size=PORTION)
    while portion := list(islice(rows, PORTION)):
        if table.export.prepare is not None:
            table.export.prepare(portion)
        yield portion


def _column(model: type[Model], column: Column | str) -> Column:
    if isinstance(column, Column) and column.label:
        return column
    name = column if isinstance(column, str) else column.name
    return Column(name, getattr(model._meta.get_field(name), "verbose_name", name))


# ---- values ----------------------------------------------------------------------------------------------


def _value(row: Model, column: Column) -> Any:
    return column.value(row) if column.value is not None else getattr(row, column.name)


def _plain(value: Any) -> Any:
    """For JSON: times as RFC 3339 in UTC, other rows by key and name."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Model):
        return {"id": value.pk, "name": str(value)}
    return value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)


def _shown(row: Model, column: Column) -> str:
    """For people: in their language, their time zone and their words."""
    value, field = _value(row, column), _field(row, column)
    if field is not None and field.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    if isinstance(field, LanguageTextField):
        return in_language(value).text
    if column.name in WORDS_OF_CODES:
        return WORDS_OF_CODES[column.name](value)
    return _text(value)


def _field(row: Model, column: Column) -> Field[Any, Any] | None:
    if column.value is not None:
        return None
    field = row._meta.get_field(column.name)
    return field if isinstance(field, Field) else None


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("Yes") if value else _("No")
        case datetime():
            local = timezone.localtime(value)
            minute = local.time().replace(second=0, microsecond=0)
            return f"{_day(local.date(), active_language())}, {_time(minute, active_language())}"
        case dict():
            return "\n".join(f"{key}: {_text(each)}" for key, each in value.items())
        case list():
            return ", ".join(_text(each) for each in value)
    return str(value)


@lru_cache(maxsize=4096)
def _day(day: date, _language: str) -> str:
    """Formatting takes longer than all else of a row, and many rows are of one day."""
    return date_as_written(day)


@lru_cache(maxsize=24 * 60 * 6)
def _time(moment: time, _language: str) -> str:
    return time_as_written(moment)


def _cell(text: str) -> str:
    return linebreaks(text, autoescape=True) if "\n" in text else escape(text or "–")
