"""Isolates test processes: each worker of pytest-xdist has its own Redis database and DATA_DIR.

Loaded before the settings are read (`-p tests.isolation`); pytest-django gives each worker a database.
"""

import os
import tempfile

REDIS_DATABASES = 16  # the default of Redis

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker:
    number = int(worker.removeprefix("gw"))
    if address := os.environ.get("REDIS_URL"):
        server, _slash, _database = address.rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{(number + 1) % REDIS_DATABASES}"
    # Deleted at the end of the process, with the last reference.
    folder = tempfile.TemporaryDirectory(prefix=f"webinar-tests-{worker}-")
    os.environ["DATA_DIR"] = folder.name
