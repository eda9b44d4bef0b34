"""Which version of the content a page was made from: one number that changes with every row that pages show.

Triggers change it in the transaction that changes the row, whoever does so: a flow, the administration, a bulk update,
another process. They follow the schema: `migrate` takes them away before it alters tables and puts them back after.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

TABLE = "companies_contentversion"
PREFIX = "content_version_"


@dataclass(frozen=True)
class Watched:
    """A table whose rows pages show, and the columns of it that they show."""

    table: str
    columns: tuple[str, ...]


_watched: dict[str, Watched] = {}


def watch(model: type[models.Model], *fields: str) -> None:
    """Pages show rows of this model; of a person or a registration, say, only some `fields`."""
    shown = [
        field.column
        for field in model._meta.local_concrete_fields
        if field.column and (not fields or field.name in fields)
    ]
    _watched[model._meta.db_table] = Watched(model._meta.db_table, tuple(shown))


def tables() -> list[str]:
    return list(_watched)


def content_version() -> int:
    """Read it before the content: what is read after it is never older than the number says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(number) FROM companies_contentversion")
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


# ---- the triggers ------------------------------------------------------------------------------------------

# A transaction takes a slot that no other one under way has, and so waits for nobody; a try never waits either.
FUNCTION = """
CREATE OR REPLACE FUNCTION content_has_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mine integer := pg_backend_pid() % 1024;
BEGIN
  WHILE NOT pg_try_advisory_xact_lock(20815, mine) LOOP mine := (mine + 1) % 1024; END LOOP;
  INSERT INTO companies_contentversion (slot, number) VALUES (mine, floor(random() * 1e15)::bigint)
    ON CONFLICT (slot) DO UPDATE SET number = excluded.number;
  RETURN NULL;
END $$
"""


def install(**_signal: Any) -> None:
    """After `migrate`: what is missing, on every watched table that is there by then."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if TABLE not in tables:
            return
        there = installed()
        missing = [
            trigger
            for watched in _watched.values()
            if watched.table in tables
            for trigger in _triggers(watched)
            if trigger[0] not in there
        ]
        if missing and connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name, statement in missing:
            cursor.execute(statement.format(name=name))


def remove(*, plan: Sequence[Any] = (), **_signal: Any) -> None:
    """Before `migrate`, when it has something to do: PostgreSQL alters no column that a trigger compares."""
    if not plan:
        return
    with connection.cursor() as cursor:
        for name, table in installed().items():
            of_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{of_table}')


def installed() -> dict[str, str]:
    """Our triggers by name, with their tables."""
    query = {
        "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid",
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: table for name, table in cursor.fetchall() if name.startswith(PREFIX)}


def _triggers(watched: Watched) -> Iterator[tuple[str, str]]:
    """Names and statements; the name holds a sum of the statement, so that another one replaces it."""
    statements = _of_postgresql if connection.vendor == "postgresql" else _of_sqlite
    for kind, statement in statements(watched):
        yield f"{PREFIX}{watched.table}_{kind}_{zlib.crc32(statement.encode()):08x}", statement


def _of_postgresql(watched: Watched) -> Iterator[tuple[str, str]]:
    head, call = 'CREATE TRIGGER "{name}" AFTER ', "EXECUTE FUNCTION content_has_changed()"
    for kind in ("INSERT", "DELETE"):
        yield kind.lower(), f'{head}{kind} ON "{watched.table}" FOR EACH STATEMENT {call}'
    yield (
        "update",
        f'{head}UPDATE ON "{watched.table}" FOR EACH ROW WHEN ({_differs(watched, "IS DISTINCT FROM")}) {call}',
    )


def _of_sqlite(watched: Watched) -> Iterator[tuple[str, str]]:
    head = 'CREATE TRIGGER "{name}" AFTER '
    note = "BEGIN INSERT OR REPLACE INTO companies_contentversion (slot, number) VALUES (0, random() / 10000); END"
    for kind in ("INSERT", "DELETE"):
        yield kind.lower(), f'{head}{kind} ON "{watched.table}" FOR EACH ROW {note}'
    yield (
        "update",
        f'{head}UPDATE ON "{watched.table}" FOR EACH ROW WHEN {_differs(watched, "IS NOT")} {note}',
    )


def _differs(watched: Watched, unlike: str) -> str:
    return " OR ".join(f'OLD."{column}" {unlike} NEW."{column}"' for column in watched.columns)
