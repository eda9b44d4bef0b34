"""What workers do for meetings. Every task may run twice, or be killed half-way, and does no harm."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils.timezone import now

from meetings import attending, recording, registering

logger = logging.getLogger(__name__)
# Less than recording.CLAIM: whoever takes over a recording finds nobody else at work on it.
LONGEST = int(recording.CLAIM.total_seconds()) - 60


@shared_task(ignore_result=True)
def look_after_recordings() -> None:
    """The sweep: whatever a lost nudge or a killed worker left behind is found here."""
    recording.expect_recordings(now=now())
    recording.finish_abandoned_captures(now=now())
    recording.mark_overdue(now=now())
    recording.expire(now=now())
    for recording_id in recording.waiting_for_a_worker(now=now()):
        prepare_recording.delay(recording_id)


@shared_task(ignore_result=True, soft_time_limit=LONGEST, time_limit=LONGEST + 30)
def prepare_recording(recording_id: str) -> None:
    try:
        recording.prepare(recording_id=recording_id, now=now())
    except SoftTimeLimitExceeded:
        logger.warning("preparing recording %s took too long, it is tried again", recording_id)


@shared_task(ignore_result=True)
def close_lost_presences() -> None:
    attending.close_lost(now=now())


@shared_task(ignore_result=True)
def expire_offers() -> None:
    registering.expire_offers(now=now())
