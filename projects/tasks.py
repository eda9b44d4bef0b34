"""What workers do for project rooms. Every task may run twice, or be killed half-way, and does no harm."""

import logging

from celery import Task, shared_task
from django.utils.timezone import now
from kombu.exceptions import OperationalError

from projects import acting, date_polling, deleting, exporting, filing, joining, preparing_files

SWEEP_SECONDS = 15
logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def end_due_memberships() -> None:
    joining.end_due_memberships(now=now())


@shared_task(ignore_result=True)
def remind_of_due_actions() -> None:
    acting.remind_of_due_actions(now=now())


@shared_task(ignore_result=True)
def delete_due_projects() -> None:
    deleting.delete_due_projects(now=now())


@shared_task(ignore_result=True)
def sweep_files() -> None:
    """Finds whatever a lost message or a killed worker left behind, also of exports."""
    filing.finish_uploads(now=now())
    for version_id in preparing_files.versions_to_prepare(now()):
        # Expires before the next sweep sends it again, so that nothing piles up.
        prepare_file.apply_async([version_id], expires=SWEEP_SECONDS)
    exporting.delete_expired(now=now())
    for export_id in exporting.exports_to_make(now()):
        make_export.apply_async([export_id], expires=SWEEP_SECONDS)


@shared_task(ignore_result=True)
def prepare_file(version_id: str) -> None:
    """In the queue `media`, which has its own worker."""
    preparing_files.prepare(version_id=version_id, now=now())


@shared_task(ignore_result=True)
def make_export(export_id: str) -> None:
    """In the queue `media`, which has its own worker."""
    exporting.make(export_id=export_id, now=now())


def wake_worker(version_id: str) -> None:
    """Starts preparing without waiting for the sweep, which finds the version in any case."""
    _wake(prepare_file, version_id)


def wake_exporter(export_id: str) -> None:
    _wake(make_export, export_id)


def _wake(task: Task, key: str) -> None:
    try:
        task.apply_async([key], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("no broker to wake a worker: %s", error)


@shared_task(ignore_result=True)
def take_due_steps_of_date_polls() -> None:
    date_polling.take_due_steps(now=now())
