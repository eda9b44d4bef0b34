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
- The first mail of a run goes alone: where the server is away, nothing else is tried in vain. What met the outage waits
  as it was (`outage.py`); only what a server says about one recipient puts that one mail off.
- Answers to what somebody did leave before reminders, these before follow-ups; every fourth batch is of reminders, so
  that a change that goes to thousands holds no reminder beyond its time.

Not covered: a mail server that takes a mail and loses it.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

import structlog
from django.db import connection
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from companies.ids import new_id
from notifications import outage, relevance, rendering
from notifications.mailer import InDoubt, Mailer, Refused, ServerAway, TryLater, UnableToDeliver
from notifications.mime import Mail
from notifications.models import Notification, NotificationQuerySet

logger = structlog.get_logger(__name__)
State = Notification.State
Urgency: TypeAlias = Notification.Urgency
Outcome = Exception | None  # of one mail; None when it was taken

BATCH = 100
MARK_AFTER = 1.0  # seconds after which those that came through are marked, while others are still under way
STALE = timedelta(seconds=60)
STALE_CLAIM = timedelta(seconds=15)  # of what was not begun: to take it back early costs no mail
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
# Of a mail that a server met well otherwise did not want: nobody can tell whether it is the mail or the moment.
SHORT_PAUSE, LONGEST_SHORT_PAUSE = timedelta(seconds=10), timedelta(seconds=60)
GIVE_UP_AFTER = 30  # attempts, and no sooner than after
GIVE_UP_AGE = timedelta(hours=20)
REMINDERS_EVERY = 4

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_notification
    WHERE state = 'waiting' AND urgency = %s AND due_at <= %s AND (put_off_until IS NULL OR put_off_until <= %s)
    ORDER BY due_at, id LIMIT %s {lock}
)
UPDATE notifications_notification SET state = 'sending', claimed_at = %s, claimed_by = %s, begun_at = NULL
FROM due WHERE notifications_notification.id = due.id AND notifications_notification.state = 'waiting'
RETURNING notifications_notification.id
"""


@dataclass
class SendStats:
    sent: int = 0
    dropped: int = 0
    put_off: int = 0
    failed: int = 0
    doubtful: int = 0
    server_is_away: bool = False


def send_all_due(
    *, clock: Callable[[], datetime], mailer: Mailer, worker: str, batch: int = BATCH
) -> SendStats:
    """Sends until nothing is due, or the mail server is away. Safe to run any number of times at once."""
    sweep(now=clock())
    stats = SendStats(server_is_away=not outage.is_server_reachable(mailer, clock=clock))
    with ThreadPoolExecutor(mailer.max_connections, thread_name_prefix="mailer") as executor:
        for turn in itertools.count(1):
            claim = f"{worker[:40]}:{new_id()}"
            claimed = [] if stats.server_is_away else _claim_next(turn, now=clock(), claim=claim, limit=batch)
            if not claimed:
                break
            _send(claimed, clock, mailer, executor, stats)
    return stats


def _claim_next(turn: int, *, now: datetime, claim: str, limit: int) -> list[Notification]:
    order = sorted(
        Urgency, key=lambda urgency: (turn % REMINDERS_EVERY > 0 or urgency != Urgency.REMINDER, urgency)
    )
    for urgency in order:
        claimed = claim_due(now=now, claim=claim, limit=limit, urgency=urgency)
        if claimed:
            return claimed
    return []


def _send(
    claimed: list[Notification],
    clock: Callable[[], datetime],
    mailer: Mailer,
    executor: Executor,
    stats: SendStats,
) -> None:
    renderer = rendering.MailRenderer()
    rest = deque(claimed)
    while rest and not stats.server_is_away:
        width = mailer.max_connections if stats.sent else 1
        together = [rest.popleft() for _ in range(min(width, len(rest)))]
        dispatch(together, now=clock(), renderer=renderer, mailer=mailer, executor=executor, stats=stats)
    stats.put_off += release(list(rest))


def claim_due(*, now: datetime, claim: str, limit: int, urgency: Urgency) -> list[Notification]:
    """At most `limit` due rows of one urgency, the longest due first, now `sending` and this claim's alone."""
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:  # one statement, one transaction
        cursor.execute(CLAIM.format(lock=lock), [urgency.value, moment, moment, limit, moment, claim])
        claimed = [row[0] for row in cursor.fetchall()]
    if not claimed:
        return []
    rows = Notification.objects.filter(pk__in=claimed).select_related("person", "registration", "recording")
    # Many are of one meeting: it is read once, not with each row.
    about = ("meeting__host", "meeting__host_company", "meeting__room")
    return list(rows.prefetch_related(*about).order_by("due_at", "pk"))


def dispatch(
    claimed: Sequence[Notification],
    *,
    now: datetime,
    renderer: rendering.MailRenderer,
    mailer: Mailer,
    executor: Executor,
    stats: SendStats,
) -> None:
    """Re-checks, writes, delivers all at once and marks a few rows of one claim."""
    written = [
        (notification, mail)
        for notification in claimed
        if (mail := _render(notification, now, renderer, stats)) is not None
    ]
    begun = begin([notification for notification, _mail in written], now=now)
    under_way = [(notification, mail) for notification, mail in written if notification in begun]
    unsettled: list[tuple[Notification, TryLater | InDoubt]] = []
    before = stats.sent
    for outcomes in _outcomes(under_way, partial(_outcome, mailer, now), executor):
        sent = [notification for notification, problem in outcomes if problem is None]
        stats.sent += _mark(sent, state=State.SENT, sent_at=now, failure="", put_off_until=None)
        for notification, problem in outcomes:
            may_come_twice = notification.kind not in Notification.NEVER_TWICE
            if isinstance(problem, ServerAway) or (isinstance(problem, InDoubt) and may_come_twice):
                unsettled.append((notification, problem))
            elif problem is not None:
                _settle(notification, problem, now, stats)
    if unsettled:
        _settle_together(unsettled, now, mailer, stats, some_came_through=stats.sent > before)


def _settle_together(
    unsettled: list[tuple[Notification, TryLater | InDoubt]],
    now: datetime,
    mailer: Mailer,
    stats: SendStats,
    *,
    some_came_through: bool,
) -> None:
    """Where the server itself is away its mails wait as they were; else each of them is put off a little."""
    away = None if some_came_through else _reason_away(mailer)
    stats.put_off += len(unsettled)
    if away is not None:
        stats.server_is_away = True
        outage.note_away(mailer, away, now=now)
        for notification, problem in unsettled:
            attempts = notification.attempts - isinstance(problem, ServerAway)  # else it may have left
            _wait_again([notification], attempts=attempts, failure=str(problem))
        return
    # A server that answers and takes nothing: the next run tries another mail.
    stats.server_is_away = not stats.sent
    for notification, problem in unsettled:
        pause = _pause(notification, SHORT_PAUSE, LONGEST_SHORT_PAUSE)
        _try_again(notification, str(problem), pause, now, stats)


def _reason_away(mailer: Mailer) -> ServerAway | None:
    try:
        mailer.check()
    except ServerAway as problem:
        return problem
    return None


def _outcomes(
    under_way: list[tuple[Notification, Mail]], deliver: Callable[[Mail], Outcome], executor: Executor
) -> Iterator[list[tuple[Notification, Outcome]]]:
    """All together where they are quick; who came through is not kept waiting for long by one who hangs."""
    if len(under_way) == 1:  # alone it leaves from this thread, which spares two changes of threads
        yield [(notification, deliver(mail)) for notification, mail in under_way]
        return
    pending = {executor.submit(deliver, mail): notification for notification, mail in under_way}
    while pending:
        done, _others = wait(pending, timeout=MARK_AFTER)
        yield [(pending.pop(each), each.result()) for each in done]


def _render(
    notification: Notification, now: datetime, renderer: rendering.MailRenderer, stats: SendStats
) -> Mail | None:
    """None for what must not leave any more, or cannot be written; the row says so."""
    reason = relevance.reason_to_drop(notification, now=now)
    if reason:
        stats.dropped += _mark([notification], state=State.DROPPED, drop_reason=reason, failure="")
        return None
    try:
        return renderer.mail_of(notification, now=now)
    except Exception as error:
        # One row that cannot be written must not hold up the others; it stays visible.
        logger.exception("mail could not be written", notification=notification.pk)
        stats.failed += _mark([notification], state=State.FAILED, failure=_error_text(error))
        return None


def _outcome(mailer: Mailer, now: datetime, mail: Mail) -> Outcome:
    """In a lane of its own: what went wrong is judged where the row is marked."""
    try:
        mailer.deliver(mail, now=now)
    except UnableToDeliver as problem:
        return problem
    except Exception as problem:
        logger.exception("mail could not be delivered", reference=mail.reference)
        return problem
    return None


def _settle(notification: Notification, problem: Exception, now: datetime, stats: SendStats) -> None:
    match problem:
        case TryLater():
            stats.put_off += 1
            _try_again(
                notification, str(problem), _pause(notification, FIRST_PAUSE, LONGEST_PAUSE), now, stats
            )
        case Refused():
            stats.failed += _mark([notification], state=State.FAILED, failure=str(problem))
            logger.warning("mail refused", notification=notification.pk, reason=str(problem))
        case InDoubt():
            stats.doubtful += _mark([notification], state=State.DOUBTFUL, failure=str(problem))
        case _:
            stats.failed += _mark([notification], state=State.FAILED, failure=_error_text(problem))


def _error_text(error: Exception) -> str:
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


def release(claimed: Sequence[Notification]) -> int:
    """Gives back what of a claim was not begun."""
    return _wait_again(claimed)


def sweep(*, now: datetime) -> int:
    """Rows whose worker has died: what was not begun waits again, what was begun is judged by its kind."""
    old = Q(claimed_at__lt=now - STALE) | Q(claimed_at__lt=now - STALE_CLAIM, begun_at__isnull=True)
    stale = Notification.objects.filter(old, state=State.SENDING, claimed_at__lt=now - STALE_CLAIM)
    doubtful = Q(begun_at__isnull=False, kind__in=Notification.NEVER_TWICE)
    shown = stale.filter(doubtful).update(
        state=State.DOUBTFUL,
        failure=gettext_noop("The worker ended while it sent this: it may have arrived."),
    )
    again = stale.exclude(doubtful).update(state=State.WAITING, begun_at=None, claimed_by="")
    if shown or again:
        logger.warning("rows of a worker that ended", doubtful=shown, waiting_again=again)
    return shown + again


def _try_again(
    notification: Notification, problem: str, pause: timedelta, now: datetime, stats: SendStats
) -> None:
    if notification.attempts >= GIVE_UP_AFTER and now - notification.due_at >= GIVE_UP_AGE:
        stats.put_off -= 1
        stats.failed += _mark([notification], state=State.FAILED, failure=problem)
        return
    _wait_again([notification], put_off_until=now + pause, failure=problem)


def _pause(notification: Notification, first: timedelta, longest: timedelta) -> timedelta:
    doublings = max(0, min(notification.attempts - 1, 10))
    return min(first * (1 << doublings), longest)


def _wait_again(claimed: Sequence[Notification], **fields: object) -> int:
    return _mark(claimed, state=State.WAITING, begun_at=None, claimed_by="", **fields)


def _mark(claimed: Sequence[Notification], **fields: object) -> int:
    """Only what is still this claim's; a row found stale meanwhile may still be told that it was sent after all."""
    if not claimed:
        return 0
    return _of_claim(claimed).filter(state__in=[State.SENDING, State.DOUBTFUL]).update(**fields)


def _of_claim(claimed: Sequence[Notification]) -> NotificationQuerySet:
    pks = [notification.pk for notification in claimed]
    return Notification.objects.filter(pk__in=pks, claimed_by=claimed[0].claimed_by)
