"""Applies the periods after which data of people is deleted or anonymised. Each app registers its own rules."""

from datetime import datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from companies import personal_data

BATCH = 500
PER_RUN = 20_000  # rows of one rule; the rest follows on the next day


def months_before(now: datetime, months: int) -> datetime:
    return now - relativedelta(months=months)


def apply_retention(*, now: datetime, limit: int = PER_RUN) -> dict[str, int]:
    """How many rows each rule has deleted or anonymised. Running it twice, or in two processes, does no harm."""
    return {rule.name: rule.apply(now, limit) for rule in personal_data.retention_rules()}


def delete_in_batches(rows: QuerySet[Any], limit: int) -> int:
    """Deletes up to so many of these rows, in their order; each batch is a transaction of its own."""
    deleted = 0
    while deleted < limit:
        keys = list(rows.values_list("pk", flat=True)[: min(BATCH, limit - deleted)])
        if not keys:
            break
        rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
