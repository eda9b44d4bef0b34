"""Sends due outbox rows: claim in batches, check again, send a few at a time, mark.

The promise: **reminders and “the recording is there” never go twice by themselves; changes and cancellations never
get lost; whatever is in doubt is visible.** How it is kept:

- A row is claimed by one UPDATE (SKIP LOCKED on PostgreSQL; on SQLite one statement is alone anyway), so any number of
workers and ticks may run at once. A claim alone sends nothing: when its worker dies, its rows wait again after
STALE_CLAIM.
- Right before its email is sent a row is marked as begun, if it is still claimed by this worker. A flow that cancels or
moves the meeting takes back every row that is not begun, so that after its commit only those under way are sent.
- As many emails as the mailer has connections are begun by one UPDATE, sent at once, and marked by one UPDATE before
the next are begun. So a worker that dies leaves at most one email per connection in doubt, never a whole batch. A
reminder then becomes `doubtful` and stays so until a person decides; every other kind waits again, and may arrive
twice with the same Message-ID.
- The first email of a run is sent alone: while the server is away, nothing else is tried. Emails that met the outage
wait as they were (`outage.py`); only what a server says about one recipient puts that one email off.
- Answers to somebody's action are sent before reminders, these before follow-ups; every fourth batch is of reminders,
so that a change that goes to thousands delays no reminder beyond its time.

Not covered: a mail server that accepts an email and loses it.
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
Outcome = Exception | None  # of one email; None when it was accepted

BATCH = 100
MARK_AFTER = 1.0  # seconds after which finished emails are marked, while others are still under way
STALE = timedelta(seconds=60)
STALE_CLAIM = timedelta(seconds=15)  # of rows not begun: taking them back early loses no email
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
# For an email that a server refused for now while it works for others: the fault may be either's.
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
FROM due WHERE notifications_notification.id = due.id
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
    """Sends until nothing is due, or the mail server is away. Any number of these may run at once."""
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
    """At most `limit` due rows of one urgency, the longest due first, now `sending` and held by this claim."""
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:  # one statement, one transaction
        cursor.execute(CLAIM.format(lock=lock), [urgency.value, moment, moment, limit, moment, claim])
        claimed = [row[0] for row in cursor.fetchall()]
    if not claimed:
        return []
    rows = Notification.objects.filter(pk__in=claimed).select_related(
        "person__last_address", "registration", "invitation", "recording"
    )
    # Many rows are of the same meeting: it is read once.
    about = (
        *("meeting__host", "meeting__host_company", "meeting__room"),
        *("company", "project__room", "caused_by__company", "contact_message"),
    )
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
    """Checks, renders, sends and marks a few rows of one claim."""
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
    """When the server itself is away, its emails wait as they were; else each is put off a little."""
    away = None if some_came_through else _reason_away(mailer)
    stats.put_off += len(unsettled)
    if away is not None:
        stats.server_is_away = True
        outage.note_away(mailer, away, now=now)
        for notification, problem in unsettled:
            attempts = notification.attempts - isinstance(problem, ServerAway)  # else it may have been sent
            _wait_again([notification], attempts=attempts, failure=str(problem))
        return
    # A server that answers and accepts nothing: the next run begins with another email.
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
    """Sends all at once; those accepted are marked without waiting long for one that hangs."""
    if len(under_way) == 1:  # a single email is sent from this thread, without two thread switches
        yield [(notification, deliver(mail)) for notification, mail in under_way]
        return
    pending = {executor.submit(deliver, mail): notification for notification, mail in under_way}
    while pending:
        done, _others = wait(pending, timeout=MARK_AFTER)
        yield [(pending.pop(each), each.result()) for each in done]


def _render(
    notification: Notification, now: datetime, renderer: rendering.MailRenderer, stats: SendStats
) -> Mail | None:
    """None for an email that is no longer relevant or cannot be rendered; its row then says so."""
    reason = relevance.reason_to_drop(notification, now=now)
    if reason:
        stats.dropped += _mark([notification], state=State.DROPPED, drop_reason=reason, failure="")
        return None
    try:
        return renderer.mail_of(notification, now=now)
    except Exception as error:
        # One row that cannot be rendered must not block the others; it stays visible.
        logger.exception("mail could not be written", notification=notification.pk)
        stats.failed += _mark([notification], state=State.FAILED, failure=_error_text(error))
        return None


def _outcome(mailer: Mailer, now: datetime, mail: Mail) -> Outcome:
    """In a worker thread: exceptions are returned and handled where the rows are marked."""
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
    """Those still held by this claim: others were taken back when their meeting changed, or the claim became stale."""
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
    """Gives back the rows of a claim that were not begun."""
    return _wait_again(claimed)


def sweep(*, now: datetime) -> int:
    """Rows of dead workers: those not begun wait again, those begun are handled by their kind."""
    old = Q(claimed_at__lt=now - STALE) | Q(claimed_at__lt=now - STALE_CLAIM, begun_at__isnull=True)
    stale = Notification.objects.filter(old, state=State.SENDING, claimed_at__lt=now - STALE_CLAIM)
    doubtful = Q(begun_at__isnull=False, kind__in=Notification.NEVER_TWICE)
    shown = stale.filter(doubtful).update(
        state=State.DOUBTFUL,
        failure=gettext_noop(
            "The sending process stopped while sending this email. It may have been delivered."
        ),
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
    """Only rows still held by this claim; a row already swept may still be marked as sent."""
    if not claimed:
        return 0
    return _of_claim(claimed).filter(state__in=[State.SENDING, State.DOUBTFUL]).update(**fields)


def _of_claim(claimed: Sequence[Notification]) -> NotificationQuerySet:
    pks = [notification.pk for notification in claimed]
    return Notification.objects.filter(pk__in=pks, claimed_by=claimed[0].claimed_by)
