"""Due outbox rows leave: claimed in batches, looked at again, sent a few at a time, marked.

The promise: **reminders and “the recording is there” never go twice by themselves; changes and cancellations never
get lost; whatever is in doubt is visible.** How it is kept:

- A row is claimed by one UPDATE (SKIP LOCKED on PostgreSQL; on SQLite one statement is alone anyway), so any number of
  workers and ticks may run at once. A claim alone sends nothing: a worker that dies then has sent nothing, and its
  rows wait again after STALE.
- Right before its mail leaves a row is marked as begun, if it is still this worker's. A flow that cancels or moves the
  meeting takes back every row that is not begun, so that nothing leaves after its commit but what was under way.
- As many mails as the post has lanes are begun by one UPDATE, leave at once, and are marked by one UPDATE before the
  next are begun. So a worker that dies leaves in doubt what was under way at that moment, never a whole batch: at most
  one mail for each connection. A reminder then becomes `doubtful` and stays so until a person decides; every other
  kind waits again, and may arrive twice with the same Message-ID.
- The first mail of a run goes alone: where the server is away, nothing else is tried in vain.

Not covered: a mail server that takes a mail and loses it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from companies.ids import new_id
from notifications import rechecking, rendering
from notifications.delivery import InDoubt, Post, Refused, ServerAway, TryLater, UnableToDeliver
from notifications.mime import Mail
from notifications.models import Notification, NotificationQuerySet

logger = structlog.get_logger(__name__)
State = Notification.State
Outcome = Exception | None  # of one mail; None when it was taken

BATCH = 100
SOON = 1.0  # seconds after which those that came through are marked, while others are still under way
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
    with ThreadPoolExecutor(post.lanes, thread_name_prefix="lane") as lanes:
        while not tally.server_is_away:
            claim = f"{worker[:40]}:{new_id()}"
            claimed = claim_due(now=clock(), claim=claim, limit=batch)
            if not claimed:
                break
            _send(claimed, clock, post, lanes, tally)
    return tally


def _send(
    claimed: list[Notification], clock: Callable[[], datetime], post: Post, lanes: Executor, tally: Tally
) -> None:
    press = rendering.Press()
    rest = deque(claimed)
    while rest and not tally.server_is_away:
        width = post.lanes if tally.sent else 1
        together = [rest.popleft() for _ in range(min(width, len(rest)))]
        dispatch(together, now=clock(), press=press, post=post, lanes=lanes, tally=tally)
    for notification in rest:
        release(notification, now=clock())
        tally.put_off += 1


def claim_due(*, now: datetime, claim: str, limit: int) -> list[Notification]:
    """At most `limit` due rows, now `sending` and this claim's alone."""
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    moment = connection.ops.adapt_datetimefield_value(now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM.format(lock=lock), [moment, limit, moment, claim])
        claimed = [row[0] for row in cursor.fetchall()]
    rows = Notification.objects.filter(pk__in=claimed).select_related("person", "registration", "recording")
    # Many are of one meeting: it is read once, not with each row.
    about = ("meeting__host", "meeting__host_company", "meeting__room")
    return list(rows.prefetch_related(*about).order_by("due_at", "pk"))


def dispatch(
    claimed: Sequence[Notification],
    *,
    now: datetime,
    press: rendering.Press,
    post: Post,
    lanes: Executor,
    tally: Tally,
) -> None:
    """Re-checks, writes, delivers all at once and marks a few rows of one claim."""
    written = [
        (notification, mail)
        for notification in claimed
        if (mail := _written(notification, now, press, tally)) is not None
    ]
    begun = begin([notification for notification, _mail in written], now=now)
    under_way = [(notification, mail) for notification, mail in written if notification in begun]
    problems: list[Exception | None] = []
    for outcomes in _outcomes(under_way, partial(_outcome, post, now), lanes):
        sent = [notification for notification, problem in outcomes if problem is None]
        tally.sent += _mark(sent, state=State.SENT, sent_at=now, failure="")
        for notification, problem in outcomes:
            if problem is not None:
                _settle(notification, problem, now, tally)
        problems += [problem for _notification, problem in outcomes]
    # Where some came through it is not the server that is away, whatever one of them met.
    tally.server_is_away = None not in problems and any(isinstance(each, ServerAway) for each in problems)


def _outcomes(
    under_way: list[tuple[Notification, Mail]], deliver: Callable[[Mail], Outcome], lanes: Executor
) -> Iterator[list[tuple[Notification, Outcome]]]:
    """All together where they are quick; who came through is not kept waiting for long by one who hangs."""
    if len(under_way) == 1:  # alone it leaves from this thread, which spares two changes of threads
        yield [(notification, deliver(mail)) for notification, mail in under_way]
        return
    pending = {lanes.submit(deliver, mail): notification for notification, mail in under_way}
    while pending:
        done, _others = wait(pending, timeout=SOON)
        yield [(pending.pop(each), each.result()) for each in done]


def _written(notification: Notification, now: datetime, press: rendering.Press, tally: Tally) -> Mail | None:
    """None for what must not leave any more, or cannot be written; the row says so."""
    reason = rechecking.reason_to_drop(notification, now=now)
    if reason:
        tally.dropped += _mark([notification], state=State.DROPPED, failure=reason)
        return None
    try:
        return press.mail_of(notification, now=now)
    except Exception as error:
        # One row that cannot be written must not hold up the others; it stays visible.
        logger.exception("mail could not be written", notification=notification.pk)
        tally.failed += _mark([notification], state=State.FAILED, failure=_in_words(error))
        return None


def _outcome(post: Post, now: datetime, mail: Mail) -> Outcome:
    """In a lane of its own: what went wrong is judged where the row is marked."""
    try:
        post.deliver(mail, now=now)
    except UnableToDeliver as problem:
        return problem
    except Exception as problem:
        logger.exception("mail could not be delivered", reference=mail.reference)
        return problem
    return None


def _settle(notification: Notification, problem: Exception, now: datetime, tally: Tally) -> None:
    match problem:
        case ServerAway():
            tally.put_off += 1
            # Longer for the row that met it: if this mail is what the server cannot bear, the others pass it.
            _put_off(notification, now + _pause(notification, SERVER_PAUSE), str(problem))
        case TryLater():
            _try_again(notification, str(problem), now, tally)
        case Refused():
            tally.failed += _mark([notification], state=State.FAILED, failure=str(problem))
            logger.warning("mail refused", notification=notification.pk, reason=str(problem))
        case InDoubt():
            _in_doubt(notification, str(problem), now, tally)
        case _:
            tally.failed += _mark([notification], state=State.FAILED, failure=_in_words(problem))


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__} while writing it"


def begin(claimed: Sequence[Notification], *, now: datetime) -> list[Notification]:
    """Those still this claim's: others were taken back when their meeting moved, or the claim went stale."""
    if not claimed:
        return []
    own = _of_claim(claimed).filter(state=State.SENDING, begun_at__isnull=True)
    count = own.update(begun_at=now, claimed_at=now, attempts=F("attempts") + 1)
    for notification in claimed:
        notification.attempts += 1
    if count == len(claimed):
        return list(claimed)
    begun = set(_of_claim(claimed).filter(begun_at=now).values_list("pk", flat=True))
    return [notification for notification in claimed if notification.pk in begun]


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
        tally.doubtful += _mark([notification], state=State.DOUBTFUL, failure=problem)
        return
    _try_again(notification, problem, now, tally)


def _try_again(notification: Notification, problem: str, now: datetime, tally: Tally) -> None:
    if notification.attempts >= GIVE_UP_AFTER:
        tally.failed += _mark([notification], state=State.FAILED, failure=problem)
        return
    tally.put_off += 1
    _put_off(notification, now + _pause(notification, FIRST_PAUSE), problem)


def _pause(notification: Notification, first: timedelta) -> timedelta:
    doublings = max(0, min(notification.attempts - 1, 10))
    return min(first * (1 << doublings), LONGEST_PAUSE)


def _put_off(notification: Notification, due_at: datetime, problem: str) -> None:
    _mark([notification], state=State.WAITING, due_at=due_at, begun_at=None, claimed_by="", failure=problem)


def _mark(claimed: Sequence[Notification], **fields: object) -> int:
    """Only what is still this claim's; a row found stale meanwhile may still be told that it was sent after all."""
    if not claimed:
        return 0
    return _of_claim(claimed).filter(state__in=[State.SENDING, State.DOUBTFUL]).update(**fields)


def _of_claim(claimed: Sequence[Notification]) -> NotificationQuerySet:
    pks = [notification.pk for notification in claimed]
    return Notification.objects.filter(pk__in=pks, claimed_by=claimed[0].claimed_by)
