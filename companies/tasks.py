"""Periodic tasks; every one may run twice."""

import structlog
from celery import shared_task
from django.utils.timezone import now

from companies import retention, sessions

logger = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def clear_sessions() -> None:
    """Sessions contain names and addresses that people typed: expired ones are deleted."""
    sessions.clear(now=now())


@shared_task(ignore_result=True)
def apply_retention() -> None:
    """Deletes and anonymises what is older than the periods in the settings."""
    counts = retention.apply_retention(now=now())
    if any(counts.values()):
        logger.info("retention", **counts)
