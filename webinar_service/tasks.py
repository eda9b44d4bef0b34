"""A heartbeat through scheduler, broker and worker."""

from celery import shared_task
from celery.signals import beat_init
from django.core.cache import cache
from django.utils import timezone

HEARTBEAT = "worker-heartbeat"


@shared_task(name="webinar_service.tasks.heartbeat", expires=30)
def heartbeat() -> None:
    cache.set(HEARTBEAT, timezone.now().timestamp(), timeout=600)


@beat_init.connect
def answer_from_the_start(**_about: object) -> None:
    """A scheduler asks for the first time when five seconds have passed."""
    heartbeat.delay()
