"""Tables as CSV files that open in columns on a double click."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from defusedcsv import csv as safe_csv
from django.http import HttpResponse

from companies.languages import active_language

# Where the decimal separator is a comma, spreadsheets separate columns by semicolons.
_COMMAS = frozenset({"en"})
# What spreadsheets skip before a formula, and defusedcsv does not look past.
_SKIPPED = ("\t", "\r", "\n")


def csv_file(name: str, titles: Sequence[object], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """In the reader's language: its list and decimal separators; cells that could run as formulas are escaped.

    The byte-order mark tells spreadsheets that the file is UTF-8.
    """
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    delimiter = "," if active_language() in _COMMAS else ";"
    table = safe_csv.writer(response, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL)
    table.writerow([_cell(str(title)) for title in titles])
    table.writerows([[_cell(value) for value in row] for row in rows])
    return response


def _cell(value: Any) -> Any:
    if isinstance(value, float) and active_language() not in _COMMAS:
        return str(value).replace(".", ",")
    if value is None:
        return ""
    return f"'{value}" if str(value).startswith(_SKIPPED) else value
