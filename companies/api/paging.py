"""Cursor pages, `{items, next}`: stable while rows come and go, because a page begins after a row, not at a number."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from companies.api.problems import Problem

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


class PageQuery(Schema):
    cursor: str = Field("", description="`next` of the page before", max_length=400)
    limit: int = Field(50, ge=1, le=200)


class Page(Schema, Generic[Item]):
    items: list[Item]
    next: str | None = Field(None, description="cursor of the page after this one; null on the last")


def page(rows: QuerySet[Row], asked: PageQuery, order: str, shape: Callable[[Row], Item]) -> dict[str, Any]:
    """One page of `rows` by the field `order` (a `-` before it turns it round) and, where equal, by primary key."""
    field, backwards = order.removeprefix("-"), order.startswith("-")
    comes_after = "lt" if backwards else "gt"
    if asked.cursor:
        value, key = read_cursor(asked.cursor)
        try:
            rows = rows.filter(
                Q(**{f"{field}__{comes_after}": value}) | Q(**{field: value, f"pk__{comes_after}": key})
            )
        except (ValidationError, ValueError, TypeError) as error:
            raise bad_cursor() from error
    sign = "-" if backwards else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    return {"items": [shape(row) for row in found], "next": cursor_after(found[-1], field) if more else None}


def cursor_after(row: Model, field: str) -> str:
    value = getattr(row, field)
    raw = json.dumps([value.isoformat() if hasattr(value, "isoformat") else value, row.pk])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[str | int, str | int]:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise bad_cursor() from error
    if not isinstance(value, str | int) or not isinstance(key, str | int) or "\x00" in f"{value}{key}":
        raise bad_cursor()
    return value, key


def bad_cursor() -> Problem:
    words = _("This is not a cursor that the service gave out.")
    return Problem(422, words, {"cursor": [words]})
