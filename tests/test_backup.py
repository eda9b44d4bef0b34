"""Backup and restore as in docs/operations.md, with PostgreSQL's own programs."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import yaml

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


def test_a_restored_archive_has_the_files_of_the_storage(tmp_path: Path) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    web = compose["services"]["web"]
    storage = Path(urlsplit(web["environment"]["STORAGE_URL"]).path)
    documented = (ROOT / "docs/operations.md").read_text()
    saved = re.search(r"exec -T web tar -C (\S+) (-c \S+) > media\.tar", documented)
    restored = re.search(r"exec -T web tar -C (\S+) (-x) < media\.tar", documented)
    assert saved is not None
    assert restored is not None
    before, after = tmp_path / "before", tmp_path / "after"
    file = storage.relative_to("/") / "recordings" / "film.mp4"
    (before / file).parent.mkdir(parents=True)
    (before / file).write_bytes(b"film")
    (after / "data").mkdir(parents=True)
    archive = subprocess.run(tar(before, *saved.groups()), capture_output=True, check=True).stdout
    subprocess.run(tar(after, *restored.groups()), input=archive, check=True)
    assert (after / file).read_bytes() == b"film"


def tar(root: Path, folder: str, action: str) -> list[str]:
    """The documented command, with this folder in place of the container's root."""
    return ["tar", "-C", f"{root}{folder}", *action.split()]
