"""A heartbeat through scheduler, broker and worker."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

HEARTBEAT = "worker-heartbeat"


@shared_task(name="webinar_service.tasks.heartbeat", expires=30)
def heartbeat() -> None:
    cache.set(HEARTBEAT, timezone.now().timestamp(), timeout=600)
