"""Queries whose SQL is composed once in each process.

Django composes the SQL of a queryset anew each time it is evaluated; for a small query that everybody makes at once
this takes several times as long as running it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import QuerySet

Value: TypeAlias = str | int
Parameter: TypeAlias = Value | Collection[Value]
_STAND_IN = 2**31 - 100_000  # fits every integer column


@dataclass(frozen=True)
class _Composed:
    sql: str
    values: tuple[Any, ...]  # stand-ins of parameters among them
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]


class ComposedQuery:
    """A query with parameters: `build` is given them and returns a queryset of tuples (`values_list`).

    A parameter is a text, a whole number, or a collection of one of them for an `__in` lookup. The SQL for a
    collection depends on its size, so it is filled up to the next power of two by repeating one of it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._composed: dict[tuple[object, ...], _Composed] = {}

    def rows(self, *parameters: Parameter) -> list[tuple[Any, ...]]:
        """In the queryset's order; nothing for an empty collection."""
        given = [_filled_up(each) if _is_collection(each) else each for each in parameters]
        if [] in given:
            return []
        numbers = count(_STAND_IN)
        stand_ins = [_stand_in(each, numbers) for each in given]
        composed = self._composed_for(stand_ins)
        values = dict(zip(_flat(stand_ins), _flat(given), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, [values.get(each, each) for each in composed.values])
            return list(_converted(cursor.fetchall(), composed.converters))

    def _composed_for(self, stand_ins: list[Any]) -> _Composed:
        shape = tuple(_flat(stand_ins))
        found = self._composed.get(shape)
        if found is None:
            found = self._composed[shape] = _compose(self._build(*stand_ins))
        return found


def _compose(rows: QuerySet[Any, Any]) -> _Composed:
    compiler = rows.query.get_compiler(connection=connection)
    sql, values = compiler.as_sql()
    columns = [selected[0] for selected in compiler.select]
    converters = compiler.get_converters(columns)
    return _Composed(sql, tuple(values), [(place, *converter) for place, converter in converters.items()])


def _converted(
    rows: Sequence[tuple[Any, ...]], converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
) -> Iterator[tuple[Any, ...]]:
    """As SQLCompiler.apply_converters."""
    for row in rows:
        values = list(row)
        for place, functions, expression in converters:
            for function in functions:
                values[place] = function(values[place], expression, connection)
        yield tuple(values)


def _is_collection(parameter: Parameter) -> bool:
    return not isinstance(parameter, str | int)


def _filled_up(values: Any) -> list[Value]:
    listed = list(values)
    size = 1 << (len(listed) - 1).bit_length() if listed else 0
    return listed + listed[:1] * (size - len(listed))


def _stand_in(parameter: Any, numbers: Iterator[int]) -> Any:
    """A value of the same type and no other meaning, replaced before the SQL is executed."""
    if isinstance(parameter, list):
        return [_stand_in(each, numbers) for each in parameter]
    return next(numbers) if isinstance(parameter, int) else f"stand-in {next(numbers)}"


def _flat(parameters: list[Any]) -> Iterator[Value]:
    for each in parameters:
        yield from each if isinstance(each, list) else [each]
