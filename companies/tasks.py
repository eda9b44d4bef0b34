"""What workers do for people. Every task may run twice."""

from celery import shared_task
from django.utils.timezone import now

from companies import sessions


@shared_task(ignore_result=True)
def clear_sessions() -> None:
    """Sessions hold typed names and addresses: none is kept beyond its last day."""
    sessions.clear(now=now())
