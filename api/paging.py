"""Cursor pages, `{items, next}`: stable while rows are added and deleted, because a page begins after a row."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from api.problems import Problem

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


class PageQuery(Schema):
    cursor: str = Field("", description="`next` from the previous page", max_length=400)
    limit: int = Field(50, ge=1, le=200, description="number of items per page")


class Page(Schema, Generic[Item]):
    items: list[Item]
    next: str | None = Field(None, description="cursor of the next page; null on the last page")


def page(rows: QuerySet[Row], query: PageQuery, order: str, shape: Callable[[Row], Item]) -> dict[str, Any]:
    """One page of `rows` by the datetime `order` (descending with `-`), then by primary key."""
    field, backwards = order.removeprefix("-"), order.startswith("-")
    comes_after = "lt" if backwards else "gt"
    if query.cursor:
        moment, key = read_cursor(query.cursor)
        try:
            rows = rows.filter(
                Q(**{f"{field}__{comes_after}": moment}) | Q(**{field: moment, f"pk__{comes_after}": key})
            )
        except (ValueError, TypeError) as error:
            raise bad_cursor() from error
    sign = "-" if backwards else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: query.limit + 1])
    more = len(found) > query.limit
    found = found[: query.limit]
    return {"items": [shape(row) for row in found], "next": cursor_after(found[-1], field) if more else None}


def cursor_after(row: Model, field: str) -> str:
    return encode_cursor([getattr(row, field).isoformat(), row.pk])


def read_cursor(cursor: str) -> tuple[datetime, str | int]:
    """The datetime and key after which a page begins. Raises Problem for values that the database could not compare."""
    match decode_cursor(cursor):
        case [str(written_moment), str() | int() as key] if is_key(key):
            return moment_of(written_moment), key
    raise bad_cursor()


def moment_of(written_moment: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written_moment)
    except ValueError as error:
        raise bad_cursor() from error
    if moment.tzinfo is None or not 1900 <= moment.year <= 2300:
        raise bad_cursor()
    return moment


def is_key(key: str | int) -> bool:
    if isinstance(key, str):
        return key.isascii() and key.isalnum()
    return 0 <= key < 2**63


def ranked_page(keys: Sequence[int], query: PageQuery) -> tuple[list[int], str | None]:
    """One page of a ranked list, and its `next`: after the last row shown, wherever it is by now."""
    start = position_after(keys, query.cursor) if query.cursor else 0
    end = start + query.limit
    return list(keys[start:end]), encode_cursor([end, keys[end - 1]]) if end < len(keys) else None


def position_after(keys: Sequence[int], cursor: str) -> int:
    match decode_cursor(cursor):
        case [int(place), int(key)] if 0 <= place < 2**31:
            return keys.index(key) + 1 if key in keys else place
    raise bad_cursor()


def encode_cursor(content: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise bad_cursor() from error


def bad_cursor() -> Problem:
    message = _("This cursor was not issued by this service.")
    return Problem(422, message, {"cursor": [message]})
