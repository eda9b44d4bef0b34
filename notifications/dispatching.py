"""Due outbox rows leave: claimed in batches, looked at again, sent one by one, marked.

The promise: **reminders and “the recording is there” never go twice by themselves; changes and cancellations never
get lost; whatever is in doubt is visible.** How it is kept:

- A row is claimed by one UPDATE (SKIP LOCKED on PostgreSQL; on SQLite one statement is alone anyway), so any number of
  workers and ticks may run at once. A claim alone sends nothing: a worker that dies then has sent nothing, and its
  rows wait again after STALE.
- Before each mail the row is marked as begun, if it is still this worker's. A flow that cancels or moves the meeting
  takes back every row that is not begun, and so nothing leaves after its commit but what was under way.
- A worker that dies between begun and sent leaves one row in doubt. A reminder then becomes `doubtful` and stays so
  until a person decides; every other kind waits again, and may arrive twice with the same Message-ID.

Not covered: a mail server that takes a mail and loses it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from companies.ids import new_id
from notifications import rechecking, rendering
from notifications.delivery import InDoubt, Post, Refused, ServerAway, TryLater
from notifications.models import Notification

logger = structlog.get_logger(__name__)
State = Notification.State

BATCH = 50
STALE = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
SERVER_PAUSE = timedelta(seconds=10)
GIVE_UP_AFTER = 30  # attempts: about a day

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_notification
    WHERE state = 'waiting' AND due_at <= %s
    ORDER BY due_at, id LIMIT %s {lock}
)
UPDATE notifications_notification SET state = 'sending', claimed_at = %s, claimed_by = %s, begun_at = NULL
FROM due WHERE notifications_notification.id = due.id AND notifications_notification.state = 'waiting'
RETURNING notifications_notification.id
"""


@dataclass
class Tally:
    sent: int = 0
    dropped: int = 0
    put_off: int = 0
    failed: int = 0
    doubtful: int = 0
    server_is_away: bool = False


def send_all_due(*, clock: Callable[[], datetime], post: Post, worker: str, batch: int = BATCH) -> Tally:
    """Sends until nothing is due, or the mail server is away. Safe to run any number of times at once."""
    sweep(now=clock())
    tally = Tally()
    while not tally.server_is_away:
        claim = f"{worker[:40]}:{new_id()}"
        claimed = claim_due(now=clock(), claim=claim, limit=batch)
        if not claimed:
            break
        _send(claimed, clock, post, tally)
    return tally


def _send(claimed: list[Notification], clock: Callable[[], datetime], post: Post, tally: Tally) -> None:
    for notification in claimed:
        if tally.server_is_away:
            release(notification, now=clock())
            tally.put_off += 1
        else:
            dispatch(notification, now=clock(), post=post, tally=tally)


def claim_due(*, now: datetime, claim: str, limit: int) -> list[Notification]:
    """At most `limit` due rows, now `sending` and this claim's alone."""
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    moment = connection.ops.adapt_datetimefield_value(now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM.format(lock=lock), [moment, limit, moment, claim])
        claimed = [row[0] for row in cursor.fetchall()]
    rows = Notification.objects.filter(pk__in=claimed).select_related(
        "person",
        "registration",
        "recording",
        "meeting",
        "meeting__host",
        "meeting__host_company",
        "meeting__room",
    )
    return list(rows.order_by("due_at", "pk"))


def dispatch(notification: Notification, *, now: datetime, post: Post, tally: Tally) -> None:
    """Re-checks, renders, delivers and marks one claimed row."""
    reason = rechecking.reason_to_drop(notification, now=now)
    if reason:
        tally.dropped += _mark(notification, state=State.DROPPED, failure=reason)
        return
    if not begin(notification, now=now):
        return
    try:
        post.deliver(rendering.mail_of(notification, now=now), now=now)
    except ServerAway as problem:
        tally.server_is_away = True
        tally.put_off += 1
        # Longer for the row that met it: if this mail is what the server cannot bear, the others pass it.
        _put_off(notification, now + _pause(notification, SERVER_PAUSE), str(problem))
    except TryLater as problem:
        _try_again(notification, str(problem), now, tally)
    except Refused as problem:
        tally.failed += _mark(notification, state=State.FAILED, failure=str(problem))
        logger.warning("mail refused", notification=notification.pk, reason=str(problem))
    except InDoubt as problem:
        _in_doubt(notification, str(problem), now, tally)
    except Exception as error:
        # One row that cannot be written must not hold up the others; it stays visible.
        tally.failed += _mark(
            notification, state=State.FAILED, failure=f"{type(error).__name__} while writing it"
        )
        logger.exception("mail could not be written", notification=notification.pk)
    else:
        tally.sent += _mark(notification, state=State.SENT, sent_at=now, failure="")


def begin(notification: Notification, *, now: datetime) -> bool:
    """False when the row was taken back meanwhile: its meeting was moved or cancelled, or the claim went stale."""
    own = Notification.objects.filter(
        pk=notification.pk, state=State.SENDING, claimed_by=notification.claimed_by, begun_at__isnull=True
    )
    notification.attempts += 1
    return own.update(begun_at=now, claimed_at=now, attempts=notification.attempts) == 1


def release(notification: Notification, *, now: datetime) -> None:
    """Gives back a claim that was not begun."""
    _put_off(notification, now + SERVER_PAUSE, "")


def sweep(*, now: datetime) -> int:
    """Rows whose worker has died: what was not begun waits again, what was begun is judged by its kind."""
    stale = Notification.objects.filter(state=State.SENDING, claimed_at__lt=now - STALE)
    doubtful = Q(begun_at__isnull=False, kind__in=Notification.NEVER_TWICE)
    shown = stale.filter(doubtful).update(
        state=State.DOUBTFUL,
        failure=gettext_noop("The worker ended while it sent this: it may have arrived."),
    )
    again = stale.exclude(doubtful).update(state=State.WAITING, begun_at=None, claimed_by="")
    if shown or again:
        logger.warning("rows of a worker that ended", doubtful=shown, waiting_again=again)
    return shown + again


def _in_doubt(notification: Notification, problem: str, now: datetime, tally: Tally) -> None:
    if notification.kind in Notification.NEVER_TWICE:
        tally.doubtful += _mark(notification, state=State.DOUBTFUL, failure=problem)
        return
    _try_again(notification, problem, now, tally)


def _try_again(notification: Notification, problem: str, now: datetime, tally: Tally) -> None:
    if notification.attempts >= GIVE_UP_AFTER:
        tally.failed += _mark(notification, state=State.FAILED, failure=problem)
        return
    tally.put_off += 1
    _put_off(notification, now + _pause(notification, FIRST_PAUSE), problem)


def _pause(notification: Notification, first: timedelta) -> timedelta:
    doublings = max(0, min(notification.attempts - 1, 10))
    return min(first * (1 << doublings), LONGEST_PAUSE)


def _put_off(notification: Notification, due_at: datetime, problem: str) -> None:
    _mark(notification, state=State.WAITING, due_at=due_at, begun_at=None, claimed_by="", failure=problem)


def _mark(notification: Notification, **fields: object) -> int:
    """Only what is still this claim's; a row found stale meanwhile may still be told that it was sent after all."""
    own = Notification.objects.filter(
        pk=notification.pk, claimed_by=notification.claimed_by, state__in=[State.SENDING, State.DOUBTFUL]
    )
    return own.update(**fields)
