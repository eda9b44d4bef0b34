"""Which tables hold data of people, how each is exported and erased, and for how long it is kept.

Every app registers its own tables in `AppConfig.ready`; tests/test_personal_data.py fails for one that is not.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from companies.languages import LocalizedText
from companies.models import Person

PICTURE = "picture.webp"  # the name of a person's picture in the export

Rows = Callable[[Person], QuerySet[Any]]
Erase = Callable[[Person, datetime], object]
Leave = Callable[[Person, datetime, bool], object]


@dataclass(frozen=True)
class Column:
    """A field of the export: its name in JSON, its heading for people, and its value if not the field itself."""

    name: str
    label: Any = ""
    value: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Export:
    """The rows of a person in one table. `title` heads the page; the model's own name if it is empty."""

    rows: Rows
    columns: Sequence[Column | str]
    title: Any = ""
    order: Sequence[str] = ("pk",)
    prepare: Callable[[list[Any]], None] | None = None  # adds to rows what takes one query for many


@dataclass(frozen=True)
class PersonalTable:
    """`without` says for each field of the table that is not exported why it is not."""

    model: type[Model]
    name: str  # of the file in the export
    export: Export | None
    erase: Erase | None
    why_not_exported: str = ""
    why_not_erased: str = ""
    without: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Obstacle:
    """Why an account cannot be erased yet, and where that can be changed: pairs of a title and an address."""

    message: str
    links: Sequence[tuple[LocalizedText | str, str]] = ()


@dataclass(frozen=True)
class RetentionRule:
    """Deletes or anonymises what is older than its period, at most `limit` rows a run; returns how many."""

    name: str
    apply: Callable[[datetime, int], int]


_tables: dict[type[Model], PersonalTable] = {}
_impersonal: dict[type[Model], str] = {}
_steps_of_leaving: list[Leave] = []
_obstacles: list[Callable[[Person, datetime], Iterable[Obstacle]]] = []
_rules: dict[str, RetentionRule] = {}


def register(
    model: type[Model],
    name: str,
    *,
    export: Export | None = None,
    erase: Erase | None = None,
    why_not_exported: str = "",
    why_not_erased: str = "",
    without: dict[str, str] | None = None,
) -> None:
    """A table with data of people. Without `export` or `erase` it takes a reason; erasers run in reverse order."""
    if bool(export) == bool(why_not_exported) or bool(erase) == bool(why_not_erased):
        raise ValueError(f"{name}: either an exporter and an eraser, or the reason for none")
    _tables[model] = PersonalTable(
        model, name, export, erase, why_not_exported, why_not_erased, without or {}
    )


def register_impersonal(reason: str, *models: type[Model]) -> None:
    """Tables that hold nothing of any person."""
    for model in models:
        _impersonal[model] = reason


def register_leaving(step: Leave) -> None:
    """What happens before the rows are erased, while name and address are still known: registrations end.

    The third argument says whether the last emails go out.
    """
    if step not in _steps_of_leaving:
        _steps_of_leaving.append(step)


def register_obstacles(found: Callable[[Person, datetime], Iterable[Obstacle]]) -> None:
    if found not in _obstacles:
        _obstacles.append(found)


def register_retention(rule: RetentionRule) -> None:
    _rules[rule.name] = rule


def tables() -> list[PersonalTable]:
    return list(_tables.values())


def impersonal() -> dict[type[Model], str]:
    return dict(_impersonal)


def steps_of_leaving() -> list[Leave]:
    return list(_steps_of_leaving)


def obstacles(person: Person, now: datetime) -> list[Obstacle]:
    """Empty when the account can be erased."""
    return [each for found in _obstacles for each in found(person, now)]


def retention_rules() -> list[RetentionRule]:
    return list(_rules.values())
