"""The version of the content that pages show: a number that changes with every relevant row.

Triggers change it in the transaction that changes the row, whether a flow, the administration, a bulk update or
another process does. `migrate` drops them before it alters tables and creates them again afterwards.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db import connection, models, transaction

TABLE = "companies_contentversion"
PREFIX = "content_version_"
SLOTS = 1024  # of each part; as many transactions may change it at the same time


class Part(IntEnum):
    """Parts of the content with a version of their own; the directory is expensive to build, so it has one."""

    REST = 0
    DIRECTORY = 1


@dataclass(frozen=True)
class Watched:
    """A table whose rows pages show, and the columns that they show."""

    table: str
    columns: tuple[str, ...]
    part: Part


_watched: dict[str, Watched] = {}


def watch(model: type[models.Model], *fields: str, part: Part = Part.REST) -> None:
    """Registers a model whose rows pages show; `fields` limits it to some columns, e.g. of a person."""
    shown = [
        field.column
        for field in model._meta.local_concrete_fields
        if field.column and (not fields or field.name in fields)
    ]
    _watched[model._meta.db_table] = Watched(model._meta.db_table, tuple(shown), part)


def tables() -> list[str]:
    return list(_watched)


_known: ContextVar[list[int] | None] = ContextVar("content_version", default=None)
_at_start: ContextVar[list[int] | None] = ContextVar("content_version_at_start", default=None)


@contextmanager
def pinned_version() -> Iterator[None]:
    """While nothing is changed: the version is read once, when first needed.

    Within a request that may change something, before it does: the version that was fetched at its start.
    """
    token = _known.set(list(_at_start.get() or ()))
    try:
        yield
    finally:
        _known.reset(token)


@contextmanager
def version_at_start() -> Iterator[None]:
    """For the duration of a request that may change something: a query at its start may fetch the version."""
    token = _at_start.set([])
    try:
        yield
    finally:
        _at_start.reset(token)


SUM = f"SELECT sum(number) FROM {TABLE}"  # noqa: S608


def content_version() -> int:
    """Read it before the content, so that the content is never older than the version."""
    known = _known.get()
    if known:
        return known[0]
    with connection.cursor() as cursor:
        cursor.execute(SUM)
        row = cursor.fetchone()
    version = int(row[0] or 0) if row else 0
    if known is not None:
        known.append(version)
    return version


def is_awaited() -> bool:
    """Whether this request needs the version and has not read it: a query may then fetch `SUM` on its way."""
    return [] in (_known.get(), _at_start.get())


def fetched(version: int | None) -> None:
    """The result of `SUM`; None when it was not asked for."""
    for awaited in (_known.get(), _at_start.get()):
        if awaited == [] and version is not None:
            awaited.append(int(version))


def version_of(part: Part) -> int:
    """Like `content_version`, for one part."""
    first = part * SLOTS
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(number) FROM companies_contentversion WHERE slot >= %s AND slot < %s",
            [first, first + SLOTS],
        )
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


# ---- the triggers ------------------------------------------------------------------------------------------

# Each transaction takes a slot whose advisory lock is free, so that writers never wait for each other.
FUNCTION = """
CREATE OR REPLACE FUNCTION content_has_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  mine integer := pg_backend_pid() % 1024;
  known text := 'webinar.content_' || TG_ARGV[0];
BEGIN
  -- Once for each statement, however many rows it changes; a savepoint that is rolled back takes this back, too.
  IF current_setting(known, true) = statement_timestamp()::text THEN RETURN NULL; END IF;
  WHILE NOT pg_try_advisory_xact_lock(20815, mine) LOOP mine := (mine + 1) % 1024; END LOOP;
  INSERT INTO companies_contentversion (slot, number)
    VALUES (mine + 1024 * TG_ARGV[0]::integer, floor(random() * 1e15)::bigint)
    ON CONFLICT (slot) DO UPDATE SET number = excluded.number;
  PERFORM set_config(known, statement_timestamp()::text, true);
  RETURN NULL;
END $$
"""


@transaction.atomic
def install(**_signal: Any) -> None:
    """After `migrate`: creates missing triggers and replaces outdated ones on every watched table that exists."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if TABLE not in tables:
            return
        there = installed()
        wanted = dict(
            trigger for one in _watched.values() if one.table in tables for trigger in _triggers(one)
        )
        if wanted.keys() == there.keys():
            return
        _drop(cursor, {name: table for name, table in there.items() if name not in wanted})
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name in wanted.keys() - there.keys():
            cursor.execute(wanted[name].format(name=name))


def remove(*, plan: Sequence[Any] = (), **_signal: Any) -> None:
    """Before a `migrate` with work to do: PostgreSQL cannot alter a column that a trigger compares."""
    if plan:
        with connection.cursor() as cursor:
            _drop(cursor, installed())


def _drop(cursor: Any, triggers: Mapping[str, str]) -> None:
    for name, table in triggers.items():
        of_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
        cursor.execute(f'DROP TRIGGER "{name}"{of_table}')


def installed() -> dict[str, str]:
    """Names of our triggers, with their tables."""
    query = {
        "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid",
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: table for name, table in cursor.fetchall() if name.startswith(PREFIX)}


def _triggers(watched: Watched) -> Iterator[tuple[str, str]]:
    """Names and statements; a name contains a hash of its statement, so that a changed trigger replaces the old one."""
    statements = _of_postgresql if connection.vendor == "postgresql" else _of_sqlite
    for kind, statement in statements(watched):
        yield f"{PREFIX}{watched.table}_{kind}_{zlib.crc32((FUNCTION + statement).encode()):08x}", statement


def _of_postgresql(watched: Watched) -> Iterator[tuple[str, str]]:
    head, call = 'CREATE TRIGGER "{name}" AFTER ', f"EXECUTE FUNCTION content_has_changed({watched.part:d})"
    for kind in ("INSERT", "DELETE"):
        yield kind.lower(), f'{head}{kind} ON "{watched.table}" FOR EACH STATEMENT {call}'
    yield (
        "update",
        f'{head}UPDATE ON "{watched.table}" FOR EACH ROW WHEN ({_differs(watched, "IS DISTINCT FROM")}) {call}',
    )


def _of_sqlite(watched: Watched) -> Iterator[tuple[str, str]]:
    head = 'CREATE TRIGGER "{name}" AFTER '
    values = f"VALUES ({watched.part * SLOTS}, random() / 10000)"
    note = "BEGIN INSERT OR REPLACE INTO companies_contentversion (slot, number) " + values + "; END"  # noqa: S608
    for kind in ("INSERT", "DELETE"):
        yield kind.lower(), f'{head}{kind} ON "{watched.table}" FOR EACH ROW {note}'
    yield (
        "update",
        f'{head}UPDATE ON "{watched.table}" FOR EACH ROW WHEN {_differs(watched, "IS NOT")} {note}',
    )


def _differs(watched: Watched, unlike: str) -> str:
    return " OR ".join(f'OLD."{column}" {unlike} NEW."{column}"' for column in watched.columns)
