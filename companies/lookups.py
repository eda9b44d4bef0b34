"""`name__folds="boelgekraft"` finds “Bølgekraft”: a lookup that compares as `fold_text` does.

SQLite calls that function. PostgreSQL has a SQL version from a migration (0003); a test compares the two.
"""

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, JSONField, Lookup, TextField

from companies.folding import fold_text


class Folds(Lookup[Any]):
    lookup_name = "folds"
    prepare_rhs = False
    column = "folded(%s)"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        pattern = f"%{connection.ops.prep_for_like_query(fold_text(str(self.rhs)))}%"
        return f"{self.column % lhs} LIKE %s ESCAPE '\\'", (*lhs_params, pattern)


class FoldsWithin(Folds):
    """Searches all languages of a LanguageTextField."""

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        self.column = "folded_within(%s)"
        return self.as_sql(compiler, connection)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        self.column = "folded((%s)::text)"
        return self.as_sql(compiler, connection)


def register() -> None:
    CharField.register_lookup(Folds)
    TextField.register_lookup(Folds)
    JSONField.register_lookup(FoldsWithin)


def give_to_sqlite(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """SQLite functions belong to a connection, so each new one gets them."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("folded", 1, _folded, deterministic=True)
        connection.connection.create_function("folded_within", 1, _folded_within, deterministic=True)


def _folded(text: str | None) -> str | None:
    return None if text is None else fold_text(text)


def _folded_within(written: str | None) -> str | None:
    found = json.loads(written) if written else {}
    return fold_text(" ".join(map(str, found.values()))) if isinstance(found, dict) else ""
