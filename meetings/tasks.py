"""What workers do for meetings. Every task may run twice, or be killed half-way, and does no harm."""

from celery import shared_task
from django.utils.timezone import now

from meetings import closing, media_rights, recording, registering
from meetings.live import admission, presences

SWEEP_SECONDS = 15


@shared_task(ignore_result=True)
def look_after_recordings() -> None:
    """The sweep: whatever a lost nudge or a killed worker left behind is found here."""
    recording.expect_recordings(now=now())
    recording.finish_abandoned_captures(now=now())
    recording.mark_overdue(now=now())
    recording.expire(now=now())
    for recording_id in recording.waiting_for_a_worker(now=now()):
        # Asked for again by the next sweep: nothing piles up behind a long recording.
        prepare_recording.apply_async([recording_id], expires=SWEEP_SECONDS)


@shared_task(ignore_result=True)
def prepare_recording(recording_id: str) -> None:
    """In the queue `media`, whose worker does nothing else; the flow bounds its time."""
    recording.prepare(recording_id=recording_id, now=now())


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
