"""A new database takes the short way through the migrations and becomes what the long way makes of an older one."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddIndex
from django.db.migrations.state import ProjectState

from tests.product_modules import APPS


def test_both_ways_lead_to_the_same_tables() -> None:
    """The models, too: what a migration forgot would be found here or by `makemigrations --check`."""
    loader = MigrationLoader(None, replace_migrations=False)
    steps = [key for key in loader.graph.leaf_nodes() if key not in loader.replacements]
    one_by_one = loader.project_state(steps)
    at_once = MigrationLoader(None).project_state()
    assert differences(one_by_one, at_once) == {}
    assert differences(at_once, ProjectState.from_apps(apps)) == {}


def differences(first: ProjectState, second: ProjectState) -> dict[str, list[str]]:
    found = MigrationAutodetector(first, second)._detect_changes()
    return {app: [str(change) for change in changes] for app, changes in found.items() if app in APPS}


def test_a_new_database_makes_each_table_with_its_indexes_and_constraints() -> None:
    """To add one later makes Django build every model anew: a new database took four times as long."""
    first = MigrationLoader(None).replacements.values()
    added_later = [
        f"{one.app_label}.{one.name}: {step.describe()}"
        for one in first
        for step in one.operations
        if isinstance(step, AddIndex | AddConstraint)
    ]
    assert first
    assert added_later == []
