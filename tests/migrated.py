"""A database in which all migrations have run, made once for each server and state of the migrations; tests copy it."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
ONE_AT_A_TIME = 7_041_776  # the number of an advisory lock


def template(server: str) -> str:
    """Its name; on the server of DATABASE_URL, whose user may make databases."""
    name = f"migrated_{fingerprint()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}_in_the_making"'.encode())
            connection.execute(f'CREATE DATABASE "{name}_in_the_making"'.encode())
            migrate(urlunsplit(urlsplit(server)._replace(path=f"/{name}_in_the_making")))
            connection.execute(f'ALTER DATABASE "{name}_in_the_making" RENAME TO "{name}"'.encode())
    return name


def fingerprint() -> str:
    """Of our migrations and, by the lock, of those of others."""
    digest = hashlib.sha256((ROOT / "requirements/base.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(f"{path.relative_to(ROOT)} ".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def migrate(database: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env={**kept, "DATABASE_URL": database, "DATA_DIR": folder},
            check=True,
        )
