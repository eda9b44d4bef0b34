"""Empties the tables after a test whose transactions were real.

Django truncates all tables and then makes every content type and permission anew, which takes longer than most tests
do. Here those stay as the migrations made them, and of the rest, which is a few rows, PostgreSQL deletes the rows.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

Emptying: TypeAlias = Callable[[TransactionTestCase], None]
MADE_BY_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}
ATTEMPTS = 5


@cache
def tables() -> list[str]:
    every = set(connection.introspection.django_table_names(include_views=False))
    return [connection.ops.quote_name(name) for name in sorted(every - MADE_BY_MIGRATIONS)]


def emptied(case: TransactionTestCase) -> None:
    """A server that looks at its rooms meanwhile may stand in the way of the locks: PostgreSQL then ends one of the
    two, and if that is this one, it is done once more.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            delete_all_rows()
            return
        except OperationalError as problem:
            if attempt == ATTEMPTS or "deadlock" not in str(problem):
                raise


def delete_all_rows() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Nobody writes between two of the tables; whether keys lead nowhere is looked at in the end.
        cursor.execute(f"LOCK TABLE {', '.join(tables())} IN EXCLUSIVE MODE")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables()))
