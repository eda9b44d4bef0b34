"""Backup and restore as in docs/operations.md, with PostgreSQL's own programs."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.stack import own_database
from tools.packages import program

ROOT = Path(__file__).parent.parent


def manage(database: str, folder: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DATABASE_URL": database,
            "DATA_DIR": str(folder),
        },
        check=True,
    )


def contents(database: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with psycopg.connect(database) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
        ]
        return {
            table: sorted(row[0] for row in connection.execute(f'SELECT t::text FROM "{table}" t').fetchall())
            for table in tables
        }


SHAPE = """
SELECT 'constraint', conrelid::regclass::text, conname FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename, indexname FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3
"""


def shape(database: str) -> list[tuple[str, str, str]]:
    """Constraints and indexes of each table by name: PostgreSQL rephrases conditions after a restore."""
    with psycopg.connect(database) as connection:
        return connection.execute(SHAPE).fetchall()


def numbers_given(database: str) -> list[tuple[str, int | None]]:
    """The last value of each sequence: the next row gets the one after it."""
    with psycopg.connect(database) as connection:
        return connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()


def test_a_restored_dump_is_the_database_that_was_dumped(tmp_path: Path) -> None:
    documented = (ROOT / "docs/operations.md").read_text()
    dump_options, restore_options = ["--format=custom"], ["--clean", "--if-exists", "--no-owner"]
    assert f"pg_dump -U webinar {' '.join(dump_options)} webinar >" in documented
    assert f"pg_restore -U webinar --dbname=webinar {' '.join(restore_options)} <" in documented
    with own_database(migrated=True) as first, own_database() as second:
        manage(first, tmp_path, "create_admin", "operator@example.org")
        dump = tmp_path / "webinar.dump"
        pg_dump, pg_restore = (str(program(name)) for name in ("pg_dump", "pg_restore"))
        subprocess.run([pg_dump, *dump_options, f"--file={dump}", first], check=True)
        subprocess.run([pg_restore, *restore_options, f"--dbname={second}", str(dump)], check=True)
        before, after = contents(first), contents(second)
        assert any("operator@example.org" in row for row in after["companies_person"])
        assert after == before
        assert {kind for kind, _table, _name in shape(first)} == {"constraint", "index", "trigger"}
        assert shape(second) == shape(first)
        assert ("companies_person_id_seq", 1) in numbers_given(first)
        assert numbers_given(second) == numbers_given(first)
        manage(second, tmp_path, "migrate", "--check")
