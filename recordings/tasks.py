"""Tasks of recordings. Each may run twice, or be killed half-way, without harm."""

import logging

from celery import Task, shared_task
from django.conf import settings
from django.utils.timezone import now
from kombu.exceptions import ChannelError, OperationalError

from recordings import capturing, expecting, preparing, publishing, transcribing

SWEEP_SECONDS = 15
logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_recordings() -> None:
    """Finds whatever a lost message or a killed worker left behind."""
    expecting.expect_recordings(now=now())
    capturing.finish_abandoned_captures(now=now())
    expecting.mark_overdue(now=now())
    publishing.expire(now=now())
    due = transcribing.due_transcriptions(now=now())
    for recording_id in due if due and not _is_waited_for(transcribe_recording) else ():
        transcribe_recording.apply_async([recording_id], expires=SWEEP_SECONDS)
    for recording_id in preparing.ready_to_prepare(now=now()):
        # Expires before the next sweep sends it again, so that nothing piles up behind a long recording.
        prepare_recording.apply_async([recording_id], expires=SWEEP_SECONDS)


@shared_task(ignore_result=True)
def prepare_recording(recording_id: str) -> None:
    """In the queue `media`, which has its own worker; the flow limits its time."""
    preparing.prepare(recording_id=recording_id, now=now())


@shared_task(ignore_result=True)
def transcribe_recording(recording_id: str) -> None:
    """In the queue `speech`, whose worker waits for the speech engine, one recording after the other."""
    transcribing.transcribe(recording_id=recording_id, now=now())


def _is_waited_for(task: Task) -> bool:
    """Messages of its queue have not been taken: no worker runs, or it is busy, and more of them would pile up."""
    queue = settings.CELERY_TASK_ROUTES[task.name]["queue"]
    with task.app.connection_for_write() as connection:
        try:
            waiting: int = connection.default_channel.queue_declare(queue, passive=True).message_count
        except ChannelError:  # nothing has been sent to it yet
            return False
    return waiting > 0


def wake_worker(recording_id: str) -> None:
    """Starts preparing without waiting for the sweep, which finds the recording in any case."""
    try:
        prepare_recording.apply_async([recording_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("no broker to wake a worker: %s", error)
