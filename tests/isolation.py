"""Keeps test processes apart: each of pytest-xdist's workers has its own Redis database and its own DATA_DIR.

Loaded before the settings are read (`-p tests.isolation`); the database of each worker is pytest-django's work.
"""

import os
import tempfile

REDIS_DATABASES = 16  # what a Redis has unless it is told otherwise

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker:
    number = int(worker.removeprefix("gw"))
    if address := os.environ.get("REDIS_URL"):
        server, _slash, _database = address.rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{(number + 1) % REDIS_DATABASES}"
    # Ends with the process, as the reference to it does.
    folder = tempfile.TemporaryDirectory(prefix=f"webinar-tests-{worker}-")
    os.environ["DATA_DIR"] = folder.name
