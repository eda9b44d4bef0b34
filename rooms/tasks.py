"""Celery tasks of rooms. Each may run twice or be killed half-way."""

from celery import shared_task
from django.utils.timezone import now

from rooms import admission, media_rights, presence_records


@shared_task(ignore_result=True)
def close_lost_presences() -> None:
    presence_records.close_lost(now=now())
    admission.delete_old_tickets(now=now())


@shared_task(ignore_result=True)
def reconcile_media() -> None:
    media_rights.reconcile()
