"""The outbox as its operator sees it: what is due, under way or did not arrive, by kind and age; each email itself.

Secrets in an email, with which whoever reads it could act as its recipient, are hidden from the operator.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_noop

from companies.models import Person
from companies.secret_paths import IN_EMAILS
from meetings import calendar
from notifications.mailer import Mailer
from notifications.mime import Mail, UnusableAddress, WrittenBody, message_bytes
from notifications.models import PENDING, MailServer, Notification, NotificationQuerySet
from notifications.rendering import MailRenderer

logger = structlog.get_logger(__name__)
State, Reason = Notification.State, Notification.DropReason
RECENTLY = timedelta(hours=24)  # of what has left or was dropped; what did not arrive is shown for longer
NOT_ARRIVED_SINCE = timedelta(days=30)
AGES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(days=1))
MOST_AT_ONCE = 1000
UNSENT = (State.WAITING, State.FAILED, State.DOUBTFUL)
NOT_ARRIVED = (State.FAILED, State.DOUBTFUL)
HIDDEN = "hidden"
TOKEN = re.compile(r"\A((?:" + IN_EMAILS + r")/)[^\s<>\"/?]+")
SIGNATURE = re.compile(r"(\+[mnt]-[a-z0-9-]+?-)[a-z2-7]{16}@")


class UnableToShow(Exception):
    """The email cannot be written: a row that it is about is gone, or its address is of no use."""


# ---- figures ---------------------------------------------------------------------------------------------


@dataclass
class KindFigures:
    kind: Notification.Kind
    due: int = 0
    oldest_due_at: datetime | None = None
    planned: int = 0
    by_state: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ServerState:
    """`away_since` None: it accepts emails."""

    away_since: datetime | None
    reason: str


def server_state(mailer: Mailer) -> ServerState:
    known = MailServer.objects.filter(pk=mailer.key, away_since__isnull=False).first()
    return ServerState(known.away_since, known.reason) if known else ServerState(None, "")


def figures(*, now: datetime) -> list[KindFigures]:
    """By kind, in its order; three queries. What has left or was dropped is of the last day, to stay quick."""
    found: dict[str, KindFigures] = {}
    waiting = Notification.objects.filter(state=State.WAITING).order_by().values("kind")
    is_due = Q(due_at__lte=now)
    for row in waiting.annotate(
        due=Count("pk", filter=is_due), oldest=Min("due_at", filter=is_due), all=Count("pk")
    ):
        found[row["kind"]] = KindFigures(
            Notification.Kind(row["kind"]), row["due"], row["oldest"], row["all"] - row["due"]
        )
    recent = Q(state__in=[State.SENT, State.DROPPED], due_at__gte=now - RECENTLY)
    lost = Q(state__in=NOT_ARRIVED, due_at__gte=now - NOT_ARRIVED_SINCE)
    others = Notification.objects.filter(recent | lost | Q(state=State.SENDING)).order_by()
    for kind, state, count in others.values_list("kind", "state").annotate(count=Count("pk")):
        known = found.setdefault(kind, KindFigures(Notification.Kind(kind)))
        known.by_state[state] = count
    order = list(Notification.Kind)
    return sorted(found.values(), key=lambda one: order.index(one.kind))


def due_by_age(*, now: datetime) -> list[tuple[timedelta, int]]:
    """How many are due for longer than each of AGES; without those that their recipient's server has put off."""
    counts = {f"age{number}": Count("pk", filter=Q(due_at__lt=now - age)) for number, age in enumerate(AGES)}
    found = Notification.objects.due(now).order_by().aggregate(**counts)
    return [(age, found[f"age{number}"]) for number, age in enumerate(AGES)]


# ---- the list ---------------------------------------------------------------------------------------------


def rows(*, now: datetime, state: str = "", kind: str = "", words: str = "") -> NotificationQuerySet:
    """`state`: one of the states, `due` or `planned`; empty for what did not arrive. The longest due first."""
    found = Notification.objects.select_related(
        "person", "meeting", "host_message", "newsletter_request"
    ).order_by("due_at", "pk")
    match state:
        case "":
            found = found.filter(state__in=NOT_ARRIVED, due_at__gte=now - NOT_ARRIVED_SINCE)
        case "due":
            found = found.filter(state=State.WAITING, due_at__lte=now)
        case "planned":
            found = found.filter(state=State.WAITING, due_at__gt=now)
        case State.SENT | State.DROPPED:
            found = found.filter(state=state).order_by("-due_at", "-pk")
        case _:
            found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if words:
        about = Q(person__email__folds=words) | Q(person__name__folds=words)
        found = found.filter(about | Q(meeting__title__folds=words))
    return found


def send_again(*, keys: Iterable[int], by: Person, now: datetime) -> int:
    """Those of them that failed or are in doubt; they are checked again before they leave. Returns how many."""
    count = _with_followers(keys).send_again(now=now)
    logger.info("emails sent again by the secretariat", by=by.pk, count=count)
    return count


def drop(*, keys: Iterable[int], by: Person) -> int:
    """Those of them that wait, failed or are in doubt, and are not being sent. Returns how many."""
    found = _with_followers(keys).filter(state__in=UNSENT)
    found = found.filter(Q(begun_at__isnull=True) | Q(state__in=NOT_ARRIVED))
    count = found.update(state=State.DROPPED, drop_reason=Reason.BY_OPERATOR, failure="")
    logger.info("emails dropped by the secretariat", by=by.pk, count=count)
    return count


def doubt_due(*, now: datetime) -> int:
    """After the restore of a backup: what has been due since may have been sent. Returns how many a person decides on.

    Only what must not go twice by itself; all else is sent again.
    """
    due = Notification.objects.filter(state=State.WAITING, due_at__lte=now, kind__in=Notification.NEVER_TWICE)
    return due.update(state=State.DOUBTFUL, failure=gettext_noop("Due before a backup was restored."))


def _with_followers(keys: Iterable[int]) -> NotificationQuerySet:
    """An email of several rows is sent again, or not sent, as a whole."""
    keys = list(keys)
    return Notification.objects.filter(Q(pk__in=keys) | Q(goes_with__in=keys))


# ---- one email --------------------------------------------------------------------------------------------


def email_row(key: int) -> Notification | None:
    """With what the email is about."""
    return _with_subject(Notification.objects.filter(pk=key)).first()


def lead_of(row: Notification) -> Notification:
    """The row in whose email this one is told: itself, unless it goes with another."""
    if row.goes_with_id is None:
        return row
    lead = _with_subject(Notification.objects.filter(pk=row.goes_with_id)).first()
    return lead if lead is not None and _is_told_with(row, lead) else row


def _with_subject(rows: NotificationQuerySet) -> NotificationQuerySet:
    about = ("person__last_address", "registration", "invitation", "recording", "host_message__sender")
    letters = ("newsletter", "newsletter_request")
    return rows.select_related(*about, *letters, "meeting__host_company", "meeting__series")


def _is_told_with(row: Notification, lead: Notification) -> bool:
    """Both wait, or both have left or failed together; when its lead did so alone, a row goes by itself."""
    if row.state in PENDING:
        return lead.state in PENDING
    return row.state != State.DROPPED and (row.state, row.sent_at) == (lead.state, lead.sent_at)


def bytes_of(row: Notification, *, now: datetime) -> bytes:
    """As it left, or would leave now: written from the rows as they are now, with secrets hidden.

    With those that go with it, see `lead_of`. Raises UnableToShow.
    """
    moment = row.sent_at or now
    followers = _with_subject(Notification.objects.filter(goes_with=row))
    try:
        together = [each for each in followers if _is_told_with(each, row)]
        mail = MailRenderer().mail_of(row, now=moment, together=together)
        return message_bytes(without_secrets(mail), sent_at=moment)
    except UnusableAddress as error:
        raise UnableToShow("address") from error
    except Exception as error:  # as where it is sent: a row that cannot be written stays visible
        logger.exception("mail could not be shown", notification=row.pk)
        raise UnableToShow(type(error).__name__) from error


def without_secrets(mail: Mail) -> Mail:
    """Tokens of personal links and signatures of reply addresses, wherever they stand, also across folded lines.

    By where they stand, not by what they are: a text may have a link of a host's own making, whose token is any word.
    """
    site = settings.SITE_URL.partition("://")[2]  # HTML shows links without their scheme

    def hidden(text: str) -> str:
        before, *paths = text.split(f"{site}/")
        without = [before, *(TOKEN.sub(rf"\1{HIDDEN}", path) for path in paths)]
        return SIGNATURE.sub(rf"\1{HIDDEN}@", f"{site}/".join(without))

    part = mail.calendar
    return replace(
        mail,
        sender=(mail.sender[0], hidden(mail.sender[1])),
        reply_to=hidden(mail.reply_to),
        return_path="",
        headers=tuple((name, hidden(value)) for name, value in mail.headers),
        body=WrittenBody(hidden(mail.text), hidden(mail.html)),
        calendar=part and replace(part, content=calendar.with_lines(part.content, hidden)),
    )
