"""Periodic tasks; every one may run twice."""

from celery import shared_task
from django.utils.timezone import now

from companies import sessions


@shared_task(ignore_result=True)
def clear_sessions() -> None:
    """Sessions contain names and addresses that people typed: expired ones are deleted."""
    sessions.clear(now=now())
