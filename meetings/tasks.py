"""What workers do for meetings. Every task may run twice, or be killed half-way, and does no harm."""

from celery import shared_task
from django.utils.timezone import now

from meetings import closing, media_rights, registering
from meetings.live import admission, presences


@shared_task(ignore_result=True)
def close_lost_presences() -> None:
    presences.close_lost(now=now())
    admission.forget_tickets(now=now())


@shared_task(ignore_result=True)
def reconcile_media() -> None:
    media_rights.reconcile()


@shared_task(ignore_result=True)
def end_forgotten_meetings() -> None:
    closing.end_forgotten(now=now())


@shared_task(ignore_result=True)
def expire_offers() -> None:
    registering.expire_unverified(now=now())
    registering.expire_offers(now=now())
