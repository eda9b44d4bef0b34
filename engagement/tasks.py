"""Tasks of live features. Each may run twice, or be killed half-way, without harm."""

import logging

from celery import shared_task
from django.utils.timezone import now
from kombu.exceptions import OperationalError

from engagement.slides import preparing

SWEEP_SECONDS = 15
logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_slides() -> None:
    """Finds slides that a lost message or a killed worker left behind."""
    for deck_id in preparing.decks_to_prepare(now()):
        # Expires before the next sweep sends it again, so that nothing piles up.
        prepare_slides.apply_async([deck_id], expires=SWEEP_SECONDS)


@shared_task(ignore_result=True)
def prepare_slides(deck_id: str) -> None:
    """In the queue `media`, which has its own worker; the process that renders has limits of its own."""
    preparing.prepare(deck_id=deck_id, now=now())


def wake_worker(deck_id: str) -> None:
    """Starts preparing without waiting for the sweep, which finds the slides in any case."""
    try:
        prepare_slides.apply_async([deck_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("no broker to wake a worker: %s", error)
