"""What stood in sentences and keys stands in columns after the migration, and in sentences again on the way back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import factories as make
from tests.factories import NOW

BEFORE = [("notifications", "0002_name_things_in_words")]
TYPED = [("notifications", "0003_type_reminders_and_drop_reasons")]


def migrate(targets):
    MigrationExecutor(connection).migrate(targets)
    return (
        MigrationExecutor(connection)
        .loader.project_state(targets)
        .apps.get_model("notifications", "Notification")
    )


@pytest.mark.django_db(transaction=True)
def test_reminders_and_reasons_survive_the_migration_in_both_directions():
    meeting, person = make.meeting(), make.person()
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("notifications")
    try:
        rows = migrate(BEFORE).objects
        about = {"meeting_id": meeting.pk, "person_id": person.pk, "due_at": NOW, "created_at": NOW}
        dropped = {"state": "dropped", "failure": "the person does not want reminders"}
        rows.create(**about, **dropped, kind="reminder", occasion=f"reminder:60:rev0:{meeting.pk}")
        rows.create(**about, kind="change", occasion="1", state="dropped", failure="the seat is waitlisted")
        rows.create(**about, kind="confirmation", occasion="1", state="failed", failure="550 no such user")
        typed = migrate(TYPED).objects.order_by("pk")
        assert list(typed.values_list("minutes_before", "drop_reason", "failure")) == [
            (60, "reminders_off", ""),
            (None, "registration_changed", ""),
            (None, "", "550 no such user"),
        ]
        old = migrate(BEFORE).objects.order_by("pk")
        assert list(old.values_list("failure", flat=True)) == [
            "the person does not want reminders",
            "the seat was given back",
            "550 no such user",
        ]
    finally:
        migrate(latest)
