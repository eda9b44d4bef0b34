"""How many queries each page, API list and administration list takes with 1, 3 and 300 rows of each kind.

`tests/test_growth.py` holds that they do not grow; this prints the numbers, as a table for docs/measurements.md.
"""

import os
from collections import defaultdict

import django

os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first
from django.test.utils import (  # noqa: E402
    override_settings,
    setup_test_environment,
    teardown_test_environment,
)

from tests import test_growth, world  # noqa: E402

ROWS = (1, 3, 300)
COLUMNS = ("anonymous", "host", "secretariat")


def main() -> None:
    setup_test_environment()
    database = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with override_settings(RATE_LIMITS=False):
            table(counted())
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
        teardown_test_environment()


def counted() -> list[dict[str, int]]:
    """By page, for each number of rows."""
    here = world.build()
    test_growth.measured(here)  # what is loaded once is not counted
    found, before = [], ROWS[0]
    for rows in ROWS:
        test_growth.grow(here, before - 1, rows - 1)
        before = rows
        found.append({name: queries for name, (queries, _bytes) in test_growth.measured(here).items()})
    return found


def table(found: list[dict[str, int]]) -> None:
    """One line for each page; a role that may not open it has a dash, and one number stands for three equal ones."""
    lines: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name in found[-1]:
        page, role = name, "secretariat"
        if " (" in name:
            page, _, rest = name.partition(" (")
            role = rest.partition(",")[0]
        counts = [str(each[name]) for each in found]
        lines[page][role].add(counts[0] if len(set(counts)) == 1 else " / ".join(counts))
    print(f"| page | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
    for page, roles in lines.items():
        print(f"| {page} | {' | '.join(', '.join(sorted(roles[role])) or '–' for role in COLUMNS)} |")


if __name__ == "__main__":
    main()
