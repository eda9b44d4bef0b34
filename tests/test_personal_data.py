"""Every table is known to export and erasure, or says why not; and nothing of an erased person is left in any."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import AutoField, Field, Model

from companies import personal_data
from companies.models import Person

TABLES = {table.model: table for table in personal_data.tables()}


def models() -> list[type[Model]]:
    return [model for model in apps.get_models() if not model._meta.auto_created]


def fields_of(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]


def test_every_table_is_registered_or_said_to_hold_nothing_of_people() -> None:
    known = {*TABLES, *personal_data.impersonal()}
    assert [model._meta.label for model in models() if model not in known] == []


def test_no_table_that_refers_to_a_person_is_said_to_hold_nothing_of_people() -> None:
    referring = [
        model._meta.label
        for model in personal_data.impersonal()
        for field in model._meta.get_fields()
        if field.related_model is Person and field.concrete
    ]
    assert referring == []


@pytest.mark.parametrize(
    "model", [model for model in TABLES if TABLES[model].export], ids=lambda one: one._meta.label
)
def test_every_column_is_exported_or_says_why_not(model: type[Model]) -> None:
    table = TABLES[model]
    assert table.export is not None
    exported = {each if isinstance(each, str) else each.name for each in table.export.columns}
    exported |= {name.removesuffix("_id") for name in exported}
    assert {field.name for field in fields_of(model)} - exported - set(table.without) == set()
    assert set(table.without) & exported == set()
    assert set(table.without) <= {field.name for field in fields_of(model)}


def test_every_reason_is_a_reason() -> None:
    reasons = [
        reason
        for table in TABLES.values()
        for reason in (table.why_not_exported, table.why_not_erased, *table.without.values())
        if reason
    ]
    assert all(len(reason) > 5 for reason in [*reasons, *personal_data.impersonal().values()])


def test_a_table_without_exporter_or_eraser_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason for none"):
        personal_data.register(Person, "nobody")
    assert TABLES[Person].name == "profile"


def rows_with(*marks: str) -> list[str]:
    """The columns of all tables in which one of these texts stands."""
    found = []
    for model in apps.get_models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    written = value if isinstance(value, str) else json.dumps(value, default=str)
                    if any(mark in written for mark in marks):
                        found.append(f"{model._meta.label}.{name}")
    return found


__all__ = ["rows_with"]
