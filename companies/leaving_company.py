"""What ends elsewhere with belonging to a company, in the transaction in which it ends. Other apps register it."""

from collections.abc import Callable
from datetime import datetime

from companies.models import Company, Person

Step = Callable[[Person, Company, datetime], object]

_steps: list[Step] = []


def register_step(step: Step) -> None:
    """Once, however often the app is loaded."""
    if step not in _steps:
        _steps.append(step)


def has_left(*, person: Person, company: Company, now: datetime) -> None:
    """When the person's row says so already."""
    for step in _steps:
        step(person, company, now)
