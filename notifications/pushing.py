"""Notifications in browsers: reminders beside their emails, “live now”, and what a host marks as urgent.

Each is a row for one browser, written in the transaction of what it tells, or, for a reminder, when its email is due;
its key says what it tells, so that it is told once. A row is claimed by one UPDATE and checked again before it leaves.
One of a worker that died may have arrived and is not sent again. What is not accepted soon is of no use and dropped.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from companies.models import Person
from companies.retention import delete_in_batches
from meetings.models import Meeting
from meetings.recipients import recipients
from notifications import push_service
from notifications.models import (
    HostMessage,
    Notification,
    NotificationQuerySet,
    PushMessage,
    PushSubscription,
)
from notifications.push_service import Gone, Target, TryLater, UnableToPush
from notifications.relevance import reason_not_to_push
from notifications.rendering import push_content

logger = structlog.get_logger(__name__)
Kind, State = Notification.Kind, PushMessage.State
USEFUL_FOR = timedelta(minutes=15)
THREADS = 8  # and so many are claimed at once: each then begins at once, and is told of long before STALE
STALE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=10)
MOST_BROWSERS = 10  # of one person
KEPT_FOR = timedelta(days=30)
ABOUT = (
    *("subscription__person", "meeting__host", "meeting__host_company", "registration"),
    *("notification__person", "notification__meeting__host_company", "notification__registration"),
    *("notification__invitation", "notification__host_message__sender"),
)
# A reminder whose email is dropped for one of these may be wanted in the browser all the same.
ONLY_EMAIL = [
    *(Notification.DropReason.REMINDERS_OFF, Notification.DropReason.UNDELIVERABLE),
    Notification.DropReason.COMPLAINED,
]


class Delivers(Protocol):
    def deliver(self, target: Target, content: str, *, lasts: int, topic: str) -> None:
        """Raises UnableToPush."""


# ---- browsers ---------------------------------------------------------------------------------------------


@transaction.atomic
def turn_on(
    *, person: Person, target: Target, browser: str, now: datetime, session: int | None = None
) -> None:
    """A browser is its last person's alone; the oldest of too many make room. Signing out of `session` ends it."""
    PushSubscription.objects.filter(endpoint=target.endpoint).exclude(person=person).delete()
    given = {
        "person": person,
        "session": session,
        "p256dh": target.p256dh,
        "auth": target.auth,
        "browser": browser,
    }
    PushSubscription.objects.update_or_create(
        endpoint=target.endpoint, defaults=given, create_defaults={**given, "created_at": now}
    )
    newest = PushSubscription.objects.filter(person=person).values_list("pk", flat=True)[:MOST_BROWSERS]
    PushSubscription.objects.filter(person=person).exclude(pk__in=list(newest)).delete()


@transaction.atomic
def move(*, former: str, target: Target) -> bool:
    """A browser whose push service has given it another address. False where nobody knows the former one."""
    moved = PushSubscription.objects.select_for_update().filter(endpoint=former).first()
    if moved is None:
        return False
    PushSubscription.objects.filter(endpoint=target.endpoint).exclude(pk=moved.pk).delete()
    moved.endpoint, moved.p256dh, moved.auth = target.endpoint, target.p256dh, target.auth
    moved.save(update_fields=["endpoint", "p256dh", "auth"])
    return True


def turn_off(*, person: Person, key: int) -> None:
    PushSubscription.objects.filter(person=person, pk=key).delete()


def turn_off_signed_out(*, sessions: list[int]) -> None:
    PushSubscription.objects.filter(session__in=sessions).delete()


def turn_off_everywhere(*, person: int) -> None:
    PushSubscription.objects.filter(person=person).delete()


def browsers_of(person: Person) -> list[PushSubscription]:
    return list(PushSubscription.objects.filter(person=person))


# ---- planning ---------------------------------------------------------------------------------------------


@transaction.atomic
def plan_live(*, meeting: Meeting, now: datetime) -> None:
    """To everybody who takes part but whoever hosts: they have just started it."""
    if not push_service.is_on() or not PushSubscription.objects.exists():
        return
    to = {
        one.person_id: one.registration_id
        for one in recipients(meeting)
        if one.person_id not in {None, meeting.host_id} and one.has_calendar_event and not one.invitation_id
    }
    _insert(
        PushMessage(
            subscription=one,
            meeting=meeting,
            registration_id=to[one.person_id],
            dedupe_key=f"live:{meeting.pk}",
            due_at=now,
            next_at=now,
        )
        for one in PushSubscription.objects.filter(person__in=to)
    )


@transaction.atomic
def plan_message(*, message: HostMessage, now: datetime) -> None:
    """Beside the emails of it."""
    if push_service.is_on():
        _plan_beside(message.notifications.all(), now)


@transaction.atomic
def plan_reminders(*, now: datetime) -> None:
    """Beside those whose email is due; running it twice plans each once."""
    is_told = ~Q(state=Notification.State.DROPPED) | Q(drop_reason__in=ONLY_EMAIL)
    due = Notification.objects.filter(
        is_told, kind=Kind.REMINDER, due_at__gt=now - USEFUL_FOR, due_at__lte=now
    )
    planned = PushMessage.objects.filter(notification=OuterRef("pk"))
    _plan_beside(due.exclude(Exists(planned)), now)


def _plan_beside(notifications: NotificationQuerySet, now: datetime) -> None:
    rows: dict[int | None, list[Notification]] = {}
    with_browsers = notifications.filter(person__in=PushSubscription.objects.values("person"))
    for row in with_browsers.select_related("meeting"):
        rows.setdefault(row.person_id, []).append(row)
    _insert(
        PushMessage(
            subscription=one,
            notification=row,
            meeting=row.meeting,
            registration_id=row.registration_id,
            dedupe_key=f"notification:{row.pk}",
            due_at=row.due_at,
            next_at=now,
        )
        for one in PushSubscription.objects.filter(person__in=[key for key in rows if key is not None])
        for row in rows[one.person_id]
        if row.meeting is not None
    )


def _insert(rows: Iterable[PushMessage]) -> None:
    PushMessage.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


# ---- sending ----------------------------------------------------------------------------------------------


def send_all_due(
    *, clock: Callable[[], datetime], service: Delivers, is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """Any number of these may run at once. Returns how many were accepted."""
    if not push_service.is_on() or not PushSubscription.objects.exists():
        return 0
    now, sent = clock(), 0
    plan_reminders(now=now)
    stale = PushMessage.objects.filter(state=State.SENDING, claimed_at__lt=now - STALE)
    stale.update(state=State.DOUBTFUL)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="push") as executor:
        while not is_stopping() and (claimed := _claim(clock())):
            moment = clock()
            ready = [(row, content) for row in claimed if (content := _written(row, moment)) is not None]
            tried = executor.map(partial(_tried, service, moment), ready)
            for (row, _content), problem in zip(ready, tried, strict=True):
                sent += _settle(row, problem, moment)
    return sent


def oldest_due_age(*, now: datetime) -> timedelta | None:
    """How long the oldest due row has been waiting; None when nothing is due or nothing is sent here."""
    first = _due(now).first() if push_service.is_on() else None
    return now - first.next_at if first else None


def _due(now: datetime) -> QuerySet[PushMessage]:
    return PushMessage.objects.filter(state=State.WAITING, next_at__lte=now).order_by("next_at", "pk")


def _claim(now: datetime) -> list[PushMessage]:
    held = []
    for pk in list(_due(now).values_list("pk", flat=True)[:THREADS]):
        claim = PushMessage.objects.filter(pk=pk, state=State.WAITING)
        if claim.update(state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1):
            held.append(pk)
    return list(PushMessage.objects.filter(pk__in=held).select_related(*ABOUT))


def _written(row: PushMessage, now: datetime) -> str | None:
    """What its browser shows, as JSON; None for what is no longer of use, and its row then says so."""
    told = row.notification or _live(row)
    try:
        is_old = now - row.due_at > USEFUL_FOR
        if (
            is_old
            or reason_not_to_push(told, now=now)
            or (row.notification is None and not row.meeting.is_live)
        ):
            PushMessage.objects.filter(pk=row.pk).update(state=State.DROPPED)
            return None
        content = push_content(told, is_live=row.notification is None, now=now)
    except Exception as error:  # as for emails: one that cannot be written stays visible and stops no other
        logger.exception("push could not be written", push=row.pk)
        PushMessage.objects.filter(pk=row.pk).update(state=State.FAILED, failure=type(error).__name__)
        return None
    shown = {"title": content.title[:200], "body": content.body[:300], "url": content.url}
    return json.dumps({**shown, "lang": content.language, "tag": row.dedupe_key}, ensure_ascii=False)


def _live(row: PushMessage) -> Notification:
    """There is no email of it."""
    return Notification(
        kind=Kind.CHANGE,
        person=row.subscription.person,
        meeting=row.meeting,
        registration=row.registration,
        revision=row.meeting.revision,
    )


def _tried(service: Delivers, now: datetime, ready: tuple[PushMessage, str]) -> Exception | None:
    """In a thread: without the database."""
    row, content = ready
    one = row.subscription
    lasts = max(0, int((row.due_at + USEFUL_FOR - now).total_seconds()))
    # At most 32 characters of base64url (RFC 8030, 5.4): a later one with it replaces one not shown yet.
    topic = hashlib.sha256(row.dedupe_key.encode()).hexdigest()[:32]
    try:
        service.deliver(Target(one.endpoint, one.p256dh, one.auth), content, lasts=lasts, topic=topic)
    except UnableToPush as problem:
        return problem
    except Exception as problem:
        logger.exception("push could not be delivered", push=row.pk)
        return problem
    return None


def _settle(row: PushMessage, problem: Exception | None, now: datetime) -> bool:
    own = PushMessage.objects.filter(pk=row.pk, state=State.SENDING)
    if problem is None:
        return bool(own.update(state=State.SENT, sent_at=now, failure=""))
    if isinstance(problem, Gone):
        logger.info("browser forgotten", subscription=row.subscription_id, reason=str(problem))
        PushSubscription.objects.filter(pk=row.subscription_id).delete()
    elif isinstance(problem, TryLater):
        pause = max(FIRST_PAUSE * (1 << min(row.attempts, 6)), timedelta(seconds=problem.after))
        own.update(state=State.WAITING, next_at=now + pause, failure=str(problem))
    else:
        reason = str(problem) if isinstance(problem, UnableToPush) else type(problem).__name__
        logger.warning("push refused", push=row.pk, reason=reason)
        own.update(state=State.FAILED, failure=reason)
    return False


def delete_old(now: datetime, limit: int) -> int:
    """What was sent or not."""
    old = PushMessage.objects.filter(due_at__lt=now - KEPT_FOR)
    return delete_in_batches(old.order_by("due_at", "pk"), limit)
