"""What the pages of a large project cost: 200 meetings, 5,000 actions and 2,000 files, each with two versions.

A lead asks for each page in turn, through the whole middleware; the result is the median of all rounds, and the
number of queries of one. The goals: at most 12 queries, and 150 ms.
"""

import os
import time
from datetime import timedelta
from statistics import median

import django

os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
django.setup()

from django.db import connection, reset_queries  # noqa: E402 - Django must be set up first
from django.test import Client  # noqa: E402
from django.test.utils import (  # noqa: E402
    CaptureQueriesContext,
    override_settings,
    setup_test_environment,
    teardown_test_environment,
)
from django.urls import reverse  # noqa: E402

from companies import process_cache  # noqa: E402
from meetings.models import Meeting  # noqa: E402
from tests import world  # noqa: E402
from tests.test_growth import many  # noqa: E402
from tests.world import World  # noqa: E402

MEETINGS, ACTIONS, FILES = 200, 5000, 2000
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "20"))


def main() -> None:
    setup_test_environment()
    database = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with override_settings(RATE_LIMITS=False):
            here = world.build()
            fill(here)
            print("| page of the project | queries | ms |\n|---|---|---|")
            for name, address in pages(here):
                queries, milliseconds = cost(here.client("host"), address)
                print(f"| {name} | {queries} | {milliseconds:.0f} |")
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
        teardown_test_environment()


def fill(here: World) -> None:
    week = timedelta(days=7)
    many(
        here.project_meeting,
        MEETINGS,
        uid=lambda at: Meeting.new_uid(f"bench{at}"),
        state=lambda _at: Meeting.State.ENDED,
        starts_at=lambda at: here.public.starts_at - (at + 2) * week,
        ends_at=lambda at: here.public.ends_at - (at + 2) * week,
        started_at=lambda at: here.public.starts_at - (at + 2) * week,
        ended_at=lambda at: here.public.ends_at - (at + 2) * week,
    )
    many(here.action, ACTIONS)
    files = many(here.project_file, FILES, name=lambda at: f"Depths {at}.pdf", versions_made=lambda _at: 2)
    version = here.project_file.versions.get()
    for number in (1, 2):
        many(version, FILES, file=lambda at: files[at], number=lambda _at, made=number: made)


def pages(here: World) -> list[tuple[str, str]]:
    room, file = here.project_room.pk, here.project_file.pk
    named = (
        *("project_room", "project_actions", "project_files", "project_members", "project_terms"),
        *("project_history", "project_settings", "project_export"),
    )
    return [
        *((name, reverse(name, args=[room])) for name in named),
        ("project_files, last page", reverse("project_files", args=[room]) + "?page=40"),
        ("project_file", reverse("project_file", args=[room, file])),
        ("project_rooms", reverse("project_rooms")),
        ("my_actions", reverse("my_actions")),
    ]


def cost(client: Client, address: str) -> tuple[int, float]:
    client.get(address)  # what is loaded once is not counted
    process_cache.clear_all()
    reset_queries()  # a connection remembers nine thousand: beyond them, nothing would be counted
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    count, seconds = len(queries), []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        client.get(address)
        seconds.append(time.perf_counter() - began)
    return count, 1000 * median(seconds)


if __name__ == "__main__":
    main()
