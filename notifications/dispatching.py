"""Sends due outbox rows: claim in batches, check again, send a few at a time, mark.

The promise: **reminders and “the recording is there” never go twice by themselves; changes and cancellations never
get lost; whatever is in doubt is visible.** How it is kept:

- A row is claimed by one UPDATE (SKIP LOCKED on PostgreSQL; on SQLite one statement is alone anyway), so any number of
workers and ticks may run at once. A claim alone sends nothing: when its worker dies, its rows wait again after
STALE_CLAIM.
- Right before its email is sent a row is marked as begun, if it is still claimed by this worker. A flow that cancels or
moves the meeting takes back every row that is not begun, so that after its commit only those under way are sent.
- A group of emails is begun by one UPDATE, sent over all connections, and marked by one UPDATE before the next is
begun. It has as many as leave within GROUP_TAKES, at most SHARE for each connection: so many a worker that dies leaves
in doubt, never a whole batch. A reminder then becomes `doubtful` and stays so until a person decides; every other kind
waits again, and may arrive twice with the same Message-ID.
- What a connection could not begin, because the server went away or is slow, waits again as it was.
- The first email of a run is sent alone: while the server is away, nothing else is tried. Emails that met the outage
wait as they were (`outage.py`); only what a server says about one recipient puts that one email off.
- What a person hears of several meetings of a series is one email with a row for each: the others wait for the first,
are begun and marked with it, and go by themselves when it is dropped or failed.
- Answers to somebody's action are sent before reminders, these before follow-ups; every fourth batch is of reminders,
so that a change that goes to thousands delays no reminder beyond its time.

Not covered: a mail server that accepts an email and loses it.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias, TypeVar

import structlog
from django.db import connection, transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, prefetch_related_objects
from django.db.models.base import ModelState
from django.utils.translation import gettext_noop

from companies.ids import new_id
from companies.models import Person
from meetings.models import Meeting, Registration
from notifications import outage, relevance, rendering, suppressing
from notifications.mailer import (
    InDoubt,
    Mailer,
    NoSuchMailbox,
    Outcome,
    Refused,
    ServerAway,
    TooManyConnections,
    TryLater,
)
from notifications.mime import Mail
from notifications.models import Notification, NotificationQuerySet, SuppressedAddress

logger = structlog.get_logger(__name__)
State = Notification.State
Urgency: TypeAlias = Notification.Urgency
ModelT = TypeVar("ModelT", bound=Model)
UnderWay: TypeAlias = tuple[Notification, Mail]

FIRST_BATCH, LARGEST_BATCH = 100, 1000
# Seconds that a batch should take: a reminder waits for at most REMINDERS_EVERY batches of other emails.
BATCH_TAKES = (0.25, 0.75)
SHARE = 16  # emails begun at once for each connection, at most
GROUP_TAKES = (0.05, 0.2)  # seconds
TEXT_LASTS = 2.0  # seconds
START_WITHIN = 3.0  # seconds after a group was begun; far below STALE
MARK_AFTER = 1.0  # seconds after which finished emails are marked, while others are still under way
STALE = timedelta(seconds=60)
STALE_CLAIM = timedelta(seconds=15)  # of rows not begun: taking them back early loses no email
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
# For an email that a server refused for now while it works for others: the fault may be either's.
SHORT_PAUSE, LONGEST_SHORT_PAUSE = timedelta(seconds=10), timedelta(seconds=60)
SPREAD = 16
GIVE_UP_AFTER = 30  # attempts, and no sooner than after
GIVE_UP_AGE = timedelta(hours=20)
REMINDERS_EVERY = 4

ABOUT = (
    *(
        "invitation",
        "recording",
        "question",
        "company",
        "project__room",
        "caused_by__company",
        "contact_message",
    ),
    *("inbound_mail__meeting", "inbound_mail__person", "host_message__sender"),
    *("newsletter", "newsletter_request", "action__project", "date_poll__project"),
    *("post__thread__project", "post__written_by__company"),
    "sheet_request__sheet__project",
    "sheet_request__answered_by",
    *("contact__company", "contact__answered_by"),
)
# What the check and the texts of most emails ask of them; the rest is read when it is asked for.
OF_ROW = (
    *("id", "kind", "person_id", "meeting_id", "registration_id", "invitation_id", "recording_id"),
    *("question_id", "company_id", "project_id", "action_id", "post_id", "date_poll_id", "sheet_request_id"),
    "caused_by_id",
    *("contact_message_id", "contact_id"),
    *("inbound_mail_id", "host_message_id", "newsletter_id", "newsletter_request_id", "goes_with_id"),
    *("revision", "minutes_before", "dedupe_key", "details", "due_at", "state", "attempts"),
    *("claimed_by", "created_at", "has_followers"),
)
OF_PERSON = (
    *("id", "email", "name", "language", "timezone", "company_id", "is_active", "is_secretariat"),
    *("wants_reminders", "wants_follow_ups", "wants_digest", "wants_newsletter", "last_login"),
    "has_quiet_hours",
    *("erased_at", "suppressed"),
)
OF_REGISTRATION = (
    *("id", "meeting_id", "person_id", "state", "name", "language", "timezone", "link_key"),
    *("registered_at", "confirmed_at", "offered_until", "verified_at", "verify_by"),
)
# The row that one goes with is read by itself: joined to the others, PostgreSQL read and sorted all that wait for each
# claim when many were due.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_notification
    WHERE state = 'waiting' AND urgency = %s AND due_at <= %s AND (put_off_until IS NULL OR put_off_until <= %s)
    AND (goes_with_id IS NULL OR COALESCE((SELECT lead.state FROM notifications_notification AS lead
        WHERE lead.id = notifications_notification.goes_with_id), '') NOT IN ('waiting', 'sending'))
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


@dataclass
class Pace:
    """How much is taken at once: more while it is done quickly, less when it takes long."""

    batch: int
    largest_batch: int
    share: int = 1

    def batch_took(self, seconds: float) -> None:
        self.batch = _adapted(
            self.batch, seconds, BATCH_TAKES, min(FIRST_BATCH, self.batch), self.largest_batch
        )

    def group_took(self, seconds: float) -> None:
        self.share = _adapted(self.share, seconds, GROUP_TAKES, 1, SHARE)


def _adapted(size: int, seconds: float, wanted: tuple[float, float], least: int, most: int) -> int:
    quick, slow = wanted
    if seconds < quick:
        return min(most, 2 * size)
    return max(least, size // 2) if seconds > slow else size


def send_all_due(
    *, clock: Callable[[], datetime], mailer: Mailer, worker: str, batch: int = LARGEST_BATCH
) -> SendStats:
    """Sends until nothing is due, or the mail server is away. Any number of these may run at once."""
    sweep(now=clock())
    stats = SendStats(server_is_away=not outage.is_server_reachable(mailer, clock=clock))
    pace, texts = Pace(min(FIRST_BATCH, batch), batch), RecentTexts()
    with ThreadPoolExecutor(mailer.max_connections, thread_name_prefix="mailer") as executor:
        for turn in itertools.count(1):
            claim, began = f"{worker[:40]}:{new_id()}", time.monotonic()
            claimed = [] if stats.server_is_away else _claim_next(turn, clock(), claim, pace.batch)
            if not claimed:
                break
            renderer = rendering.MailRenderer(texts.at(began))
            _send(claimed, clock, renderer, mailer, executor, pace, stats)
            pace.batch_took(time.monotonic() - began)
    return stats


class RecentTexts:
    """What earlier batches rendered for everyone, for as long as a text may be older than its rows."""

    def __init__(self) -> None:
        self._texts: rendering.SharedMails = {}
        self._since = 0.0

    def at(self, moment: float) -> rendering.SharedMails:
        if moment - self._since > TEXT_LASTS:
            self._texts, self._since = {}, moment
        return self._texts


def _claim_next(turn: int, now: datetime, claim: str, limit: int) -> list[Notification]:
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
    renderer: rendering.MailRenderer,
    mailer: Mailer,
    executor: Executor,
    pace: Pace,
    stats: SendStats,
) -> None:
    rest = deque(claimed)
    while rest and not stats.server_is_away:
        width, began = mailer.max_connections * pace.share if stats.sent else 1, time.monotonic()
        together = [rest.popleft() for _ in range(min(width, len(rest)))]
        dispatch(together, now=clock(), renderer=renderer, mailer=mailer, executor=executor, stats=stats)
        if len(together) == width > 1:
            pace.group_took(time.monotonic() - began)
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
    followers = Exists(Notification.objects.filter(goes_with=OuterRef("pk")))
    rows = Notification.objects.filter(pk__in=claimed).annotate(has_followers=followers)
    read = _instances(rows.order_by("due_at", "pk"), OF_ROW)
    _read_what_they_are_about(read)
    about = [path for path in ABOUT if any(getattr(row, f"{path.partition('__')[0]}_id") for row in read)]
    prefetch_related_objects(read, *about)
    return read


def _read_what_they_are_about(rows: Sequence[Notification]) -> None:
    """By keys, not by a join: for that PostgreSQL may read all people there are. Many rows are of the same meeting."""
    people = Person.objects.filter(pk__in={row.person_id for row in rows})
    registrations = Registration.objects.filter(pk__in={row.registration_id for row in rows})
    meetings = Meeting.objects.select_related("host", "host_company", "room")
    person_of: dict[int | None, Person] = {
        one.pk: one for one in _instances(people.annotate(suppressed=suppressing.reason()), OF_PERSON)
    }
    registration_of: dict[str | None, Registration] = {
        one.pk: one for one in _instances(registrations, OF_REGISTRATION)
    }
    meeting_of = meetings.in_bulk({row.meeting_id for row in rows} - {None})
    for row in rows:
        person, registration = person_of.get(row.person_id), registration_of.get(row.registration_id)
        if registration is not None:
            registration._state.fields_cache["person"] = person
        row.suppressed_for = getattr(person, "suppressed", None)
        row._state.fields_cache.update(
            person=person, registration=registration, meeting=meeting_of.get(row.meeting_id)
        )


def _instances(rows: QuerySet[ModelT], names: tuple[str, ...]) -> list[ModelT]:
    """Without going through each field, as Model.from_db does: that takes longer than the query."""
    return [_instance(rows.model, names, values) for values in rows.values_list(*names)]


def _instance(model: type[ModelT], names: tuple[str, ...], values: tuple[Any, ...]) -> ModelT:
    new = model.__new__(model)
    new._state = ModelState()
    new._state.db, new._state.adding = connection.alias, False
    new.__dict__.update(zip(names, values, strict=True))
    return new


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
    held = {notification.pk for notification in begun}
    under_way = deque(each for each in written if each[0].pk in held)
    unsettled: list[tuple[Notification, TryLater | InDoubt]] = []
    before = stats.sent
    for outcomes in _outcomes(under_way, mailer, now, executor):
        sent = [notification for notification, problem in outcomes if problem is None]
        stats.sent += _mark(sent, state=State.SENT, sent_at=now, failure="", put_off_until=None)
        for notification, problem in outcomes:
            may_come_twice = notification.kind not in Notification.NEVER_TWICE
            if isinstance(problem, ServerAway) or (isinstance(problem, InDoubt) and may_come_twice):
                unsettled.append((notification, problem))
            elif problem is not None:
                _settle(notification, problem, now, stats)
    not_tried = [notification for notification, _mail in under_way]
    stats.put_off += _wait_again(not_tried, attempts=F("attempts") - 1)
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
    is_suspect = not some_came_through or any(isinstance(problem, ServerAway) for _row, problem in unsettled)
    away = _reason_away(mailer) if is_suspect else None
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
    under_way: deque[UnderWay], mailer: Mailer, now: datetime, executor: Executor
) -> Iterator[list[tuple[Notification, Outcome]]]:
    """Takes them from `under_way` and sends them; those not tried stay in it.

    Those accepted are marked without waiting long for one that hangs.
    """
    if len(under_way) == 1:  # a single email is sent from this thread, without two thread switches
        notification, mail = under_way.popleft()
        yield [(notification, outcome) for outcome in mailer.deliver_each(iter([mail]), now=now)]
        return
    finished: deque[tuple[Notification, Outcome]] = deque()
    width = min(mailer.max_connections, len(under_way))
    until = time.monotonic() + START_WITHIN
    sending = partial(_send_in_turn, under_way, mailer, now, finished, width, until)
    pending = {executor.submit(sending) for _ in range(width)}
    while pending:
        done, pending = wait(pending, timeout=MARK_AFTER)
        for each in done:
            each.result()
        yield [finished.popleft() for _ in range(len(finished))]


def _send_in_turn(
    under_way: deque[UnderWay],
    mailer: Mailer,
    now: datetime,
    finished: deque[tuple[Notification, Outcome]],
    width: int,
    until: float,
) -> None:
    """In a worker thread, one of `width`: one email after the other, as long as the server is there."""
    taken: deque[UnderWay] = deque()

    def mails() -> Iterator[Mail]:
        while under_way:
            # None is announced here that another connection could send at once.
            if taken and len(under_way) < width:
                return
            with suppress(IndexError):
                taken.append(under_way.popleft())
                yield taken[-1][1]

    is_there = True
    while is_there and under_way:
        with closing(mailer.deliver_each(mails(), now=now)) as outcomes:
            for outcome in outcomes:
                is_there = not isinstance(outcome, ServerAway) and time.monotonic() < until
                if not isinstance(outcome, TooManyConnections):
                    notification, _mail = taken.popleft()
                    finished.append((notification, outcome))
                if not is_there:
                    break
        under_way.extend(taken)  # for the other connections
        taken.clear()


def _render(
    notification: Notification, now: datetime, renderer: rendering.MailRenderer, stats: SendStats
) -> Mail | None:
    """None for an email that is no longer relevant or cannot be rendered; its row then says so."""
    reason = relevance.reason_to_drop(notification, now=now)
    if reason:
        stats.dropped += _mark([notification], state=State.DROPPED, drop_reason=reason, failure="")
        return None
    morning = relevance.held_until(notification, now=now)
    if morning:
        stats.put_off += _wait_again([notification], put_off_until=morning)
        return None
    try:
        return renderer.mail_of(notification, now=now, together=_followers(notification, now, stats))
    except Exception as error:
        # One row that cannot be rendered must not block the others; it stays visible.
        logger.exception("mail could not be written", notification=notification.pk)
        stats.failed += _mark([notification], state=State.FAILED, failure=_error_text(error))
        return None


def _followers(notification: Notification, now: datetime, stats: SendStats) -> list[Notification]:
    """The rows to be sent in the same email, read again; those no longer relevant are dropped."""
    if not notification.tells_of_others:
        return []
    together = []
    about = ("meeting__host_company", "meeting__series", "person", "registration", "invitation")
    for each in Notification.objects.same_email_as([notification]).select_related(*about):
        reason = relevance.reason_to_drop(each, now=now)
        if reason is None:
            together.append(each)
        else:
            stats.dropped += Notification.objects.filter(pk=each.pk, state=State.WAITING).update(
                state=State.DROPPED, drop_reason=reason
            )
    return together


def _settle(notification: Notification, problem: Exception, now: datetime, stats: SendStats) -> None:
    match problem:
        case TryLater():
            stats.put_off += 1
            _try_again(
                notification, str(problem), _pause(notification, FIRST_PAUSE, LONGEST_PAUSE), now, stats
            )
        case Refused():
            stats.failed += _mark([notification], state=State.FAILED, failure=str(problem))
            if isinstance(problem, NoSuchMailbox):
                _suppress(notification, problem, now)
            logger.warning("mail refused", notification=notification.pk, reason=str(problem))
        case InDoubt():
            stats.doubtful += _mark([notification], state=State.DOUBTFUL, failure=str(problem))
        case _:
            stats.failed += _mark([notification], state=State.FAILED, failure=_error_text(problem))


def _suppress(notification: Notification, problem: NoSuchMailbox, now: datetime) -> None:
    """As a bounce does; not the last address of an erased account, which is forgotten by itself."""
    person = notification.person
    if person is not None and person.erased_at is None:
        bounced = SuppressedAddress.Reason.BOUNCE
        suppressing.suppress(email=person.email, why=bounced, now=now, detail=str(problem))


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__} while writing it"


def begin(claimed: Sequence[Notification], *, now: datetime) -> list[Notification]:
    """Those still held by this claim: others were taken back when their meeting changed, or the claim became stale."""
    if not claimed:
        return []
    own = _of_claim(claimed).filter(state=State.SENDING, begun_at__isnull=True)
    leads = _leads(claimed)
    with transaction.atomic() if leads else nullcontext():
        # A row that was claimed goes by itself: the one that it was to go with was dropped or failed.
        # Columns of no index with this row: PostgreSQL then writes the row alone.
        count = own.update(begun_at=now, attempts=F("attempts") + 1, goes_with=None)
        if leads:
            still_held = _of_claim(leads).filter(begun_at=now)
            followers = Notification.objects.filter(goes_with__in=still_held, state=State.WAITING)
            followers.update(begun_at=now, attempts=F("attempts") + 1)
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
    old = Q(begun_at__lt=now - STALE) | Q(begun_at__isnull=True)
    stale = Notification.objects.filter(old, state=State.SENDING, claimed_at__lt=now - STALE_CLAIM)
    doubtful = Q(begun_at__isnull=False, kind__in=Notification.NEVER_TWICE)
    shown = stale.filter(doubtful).update(
        state=State.DOUBTFUL,
        failure=gettext_noop(
            "The sending process stopped while sending this email. It may have been delivered."
        ),
    )
    again = stale.exclude(doubtful).update(state=State.WAITING, begun_at=None, claimed_by="")
    if again:
        begun_with = Notification.objects.filter(goes_with__state=State.WAITING, state=State.WAITING)
        begun_with.filter(begun_at__isnull=False).update(begun_at=None)
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
    """Twice the last one, and up to a quarter longer: what was put off together does not come back together."""
    doublings = max(0, min(notification.attempts - 1, 10))
    return min(first * (1 << doublings), longest) * (1 + notification.pk % SPREAD / (4 * SPREAD))


def _wait_again(claimed: Sequence[Notification], **fields: object) -> int:
    return _mark(claimed, state=State.WAITING, begun_at=None, claimed_by="", **fields)


def _mark(claimed: Sequence[Notification], **fields: object) -> int:
    """Only rows still held by this claim; a row already swept may still be marked as sent."""
    if not claimed:
        return 0
    leads = _leads(claimed)
    if not leads:
        return _held(claimed).update(**fields)
    with transaction.atomic():
        together = Notification.objects.same_email_as(leads).filter(begun_at__isnull=False)
        if fields["state"] in {State.SENT, State.FAILED}:
            together.update(**fields)
        else:
            together.update(begun_at=None)
        return _held(claimed).update(**fields)


def _held(claimed: Sequence[Notification]) -> NotificationQuerySet:
    return _of_claim(claimed).filter(state__in=[State.SENDING, State.DOUBTFUL])


def _leads(claimed: Sequence[Notification]) -> list[Notification]:
    return [notification for notification in claimed if notification.tells_of_others]


def _of_claim(claimed: Sequence[Notification]) -> NotificationQuerySet:
    pks = [notification.pk for notification in claimed]
    return Notification.objects.filter(pk__in=pks, claimed_by=claimed[0].claimed_by)
