"""What workers do for project rooms. Every task may run twice, or be killed half-way, and does no harm."""

from celery import shared_task
from django.utils.timezone import now

from projects import acting, joining


@shared_task(ignore_result=True)
def end_due_memberships() -> None:
    joining.end_due_memberships(now=now())


@shared_task(ignore_result=True)
def remind_of_due_actions() -> None:
    acting.remind_of_due_actions(now=now())
