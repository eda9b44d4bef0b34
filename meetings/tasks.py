"""What workers do for meetings. Every task may run twice, or be killed half-way, and does no harm."""

from celery import shared_task
from django.utils.timezone import now

from meetings import closing, resending, verifying, waitlist


@shared_task(ignore_result=True)
def end_due_meetings() -> None:
    closing.end_due_meetings(now=now())


@shared_task(ignore_result=True)
def expire_offers() -> None:
    verifying.expire_unverified(now=now())
    waitlist.expire_offers(now=now())


@shared_task(ignore_result=True)
def answer_confirmation_requests() -> None:
    resending.answer_requests(now=now())
