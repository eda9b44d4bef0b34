"""Numbers of threads and processes, and the PostgreSQL connections that they need.

Each thread that uses the database keeps one connection, so the threads of all processes bound the connections. More
threads than cores only help where requests wait for the database; the queue before them absorbs bursts.
"""

from dataclasses import dataclass

from django.conf import settings

from rooms.database import THREADS as LIVE_THREADS

PAGE_THREADS = 3  # of a web process: pages and API
STATUS_THREADS = 2  # of a web process: /readyz and /metrics, which must answer while pages are busy
FILE_THREADS = 2  # of a web process: styles and scripts
# Seconds after which a thread lets others run (sys.setswitchinterval). With Python's default of 5 ms a busy process
# answers some tenths of a second late in its rooms, whose event loop competes with the page threads.
SWITCH_INTERVAL = 0.001
MAX_WAITING_REQUESTS = 512  # queued requests of a web process, each for at most 20 s
MAX_REQUESTS_PER_ADDRESS = (
    256  # concurrent requests of one address in a web process, including those still sending or receiving
)
WORKER_PROCESSES: int = settings.CELERY_WORKER_CONCURRENCY  # each runs one task at a time
RESERVED = 20  # the scheduler, further workers, management commands, backups, an operator's psql


@dataclass(frozen=True)
class ConnectionShortage:
    """More connections may be needed than PostgreSQL allows."""

    needed: int
    allowed: int
    web_processes: int

    def __str__(self) -> str:
        return (
            f"{self.web_processes} web processes of {PER_WEB_PROCESS} connections each, {WORKER_PROCESSES} worker "
            f"processes and {RESERVED} aside need {self.needed} connections; PostgreSQL allows {self.allowed} "
            "(max_connections less those reserved for superusers). Start fewer web processes or raise "
            f"max_connections to {self.needed + 10}."
        )


PER_WEB_PROCESS = PAGE_THREADS + STATUS_THREADS + FILE_THREADS + LIVE_THREADS


def connections(*, web_processes: int) -> int:
    """The most connections that the whole installation may open."""
    return web_processes * PER_WEB_PROCESS + WORKER_PROCESSES + RESERVED


def shortage(*, web_processes: int, allowed: int) -> ConnectionShortage | None:
    needed = connections(web_processes=web_processes)
    return ConnectionShortage(needed, allowed, web_processes) if needed > allowed else None
