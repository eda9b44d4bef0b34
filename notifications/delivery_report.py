"""The delivery report for hosts and operators: counts, the people behind them, and sending again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from companies.languages import LanguageText
from meetings.models import Invitation, Meeting
from notifications.models import HostMessage, Notification, NotificationQuerySet

State = Notification.State
UNDER_WAY = (State.WAITING, State.SENDING)
MOST_SHOWN = 100


@dataclass
class Message:
    """One message of a meeting, however many recipients it has. Times are UTC."""

    kind: Notification.Kind
    minutes_before: int | None
    due_at: datetime
    # Both None for kinds that are sent at once, whatever the revision.
    revision: int | None = None
    recording: str | None = None
    host_message: str | None = None
    subject: LanguageText = field(default_factory=dict)  # of a host's own message
    sent_at: datetime | None = None
    by_state: dict[str, int] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, object]:
        """What `rows_of` needs to find its rows; without what is not said."""
        named: dict[str, object] = {
            "kind": self.kind.value,
            "minutes_before": self.minutes_before,
            "revision": self.revision,
        }
        named |= {"recording": self.recording, "host_message": self.host_message}
        return {name: value for name, value in named.items() if value is not None}

    @property
    def to(self) -> int:
        return sum(count for state, count in self.by_state.items() if state != State.DROPPED)

    @property
    def sent(self) -> int:
        return self.by_state.get(State.SENT, 0)

    @property
    def waiting(self) -> int:
        return sum(self.by_state.get(state, 0) for state in UNDER_WAY)

    @property
    def failed(self) -> int:
        return self.by_state.get(State.FAILED, 0)

    @property
    def doubtful(self) -> int:
        return self.by_state.get(State.DOUBTFUL, 0)

    @property
    def whole_days(self) -> int:
        """0 when it is not a whole number of days."""
        minutes = self.minutes_before or 1
        return minutes // 1440 if minutes % 1440 == 0 else 0

    @property
    def whole_hours(self) -> int:
        minutes = self.minutes_before or 1
        return minutes // 60 if minutes % 60 == 0 else 0

    @property
    def is_at_once(self) -> bool:
        """Sent to each person right after their own action, not to all at one time."""
        return self.kind in AT_ONCE


AT_ONCE = {
    Notification.Kind.CONFIRMATION,
    Notification.Kind.INVITED,
    Notification.Kind.REQUESTED,
    Notification.Kind.WAITLISTED,
    Notification.Kind.OFFER,
    Notification.Kind.REFUSED,
    Notification.Kind.WITHDRAWN,
    Notification.Kind.VERIFY,
    Notification.Kind.LAPSED,
    Notification.Kind.QUESTION_ANSWERED,
}


def messages_of(meeting: Meeting) -> list[Message]:
    """Past, current and planned messages of a meeting; without those of which all rows were dropped."""
    rows = (
        _without_tests(Notification.objects.filter(meeting=meeting))
        .order_by()
        .values("kind", "minutes_before", "revision", "recording", "host_message", "state")
        .annotate(count=Count("pk"), due=Min("due_at"), last=Max("sent_at"))
    )
    found: dict[tuple[object, ...], Message] = {}
    for row in rows:
        kind = Notification.Kind(row["kind"])
        own: tuple[int | None, str | None, str | None] = (None, None, None)
        if kind == Notification.Kind.HOST_MESSAGE:
            own = (None, None, row["host_message"])
        elif kind not in AT_ONCE:
            own = (row["revision"], row["recording"], None)
        message = found.setdefault(
            (kind, row["minutes_before"], *own), Message(kind, row["minutes_before"], row["due"], *own)
        )
        message.due_at = min(message.due_at, row["due"])
        message.sent_at = max(filter(None, (message.sent_at, row["last"])), default=None)
        message.by_state[row["state"]] = message.by_state.get(row["state"], 0) + row["count"]
    subjects = dict(meeting.host_messages.values_list("pk", "subject"))
    for message in found.values():
        message.subject = subjects.get(message.host_message or "", {})
    return sorted((each for each in found.values() if each.to), key=lambda message: message.due_at)


def _without_tests(rows: NotificationQuerySet) -> NotificationQuerySet:
    return rows.exclude(host_message__audience=HostMessage.Audience.TEST)


@dataclass(frozen=True)
class Recipient:
    """One person of a message, as the meeting's hosts may see them."""

    name: str  # empty when they gave none
    email: str  # empty where it is not for the hosts to know
    company: str
    notification: Notification

    @property
    def state(self) -> Notification.State:
        """Being sent counts as waiting, as in the counts of the report."""
        return State.WAITING if self.notification.state in UNDER_WAY else State(self.notification.state)


def rows_of(
    meeting: Meeting,
    *,
    kind: str = "",
    minutes_before: int | None = None,
    revision: int | None = None,
    recording: str = "",
    host_message: str = "",
    state: str = "",
    words: str = "",
) -> NotificationQuerySet:
    """The rows behind a count of the report: without dropped ones unless their state is asked for. Newest first."""
    rows = _without_tests(Notification.objects.filter(meeting=meeting)).order_by("-due_at", "pk")
    if state:
        rows = rows.filter(state__in=UNDER_WAY if state == State.WAITING else [state])
    else:
        rows = rows.exclude(state=State.DROPPED)
    named = {"kind": kind, "recording": recording, "host_message": host_message}
    numbered = {"minutes_before": minutes_before, "revision": revision}
    asked: dict[str, object] = {name: value for name, value in named.items() if value}
    asked |= {name: value for name, value in numbered.items() if value is not None}
    return rows.filter(_matching(words), **asked)


def _matching(words: str) -> Q:
    """In the names and addresses that `recipients` shows."""
    if not words:
        return Q()
    found = Q()
    for given in ("registration", "invitation"):
        for path in ("name", "company_name", "company__name"):
            found |= Q(**{f"{given}__{path}__folds": words})
    by_profile = Q(person__name__folds=words) | Q(person__company__name__folds=words)
    is_given = Q(invitation__by_company=False) | Q(invitation__state=Invitation.State.ACCEPTED)
    by_address = Q(registration__isnull=False) | (Q(invitation__isnull=False) & is_given)
    by_role = Q(registration__isnull=True, invitation__isnull=True)
    return found | (by_role & by_profile) | (by_address & Q(person__email__folds=words))


def recipients(meeting: Meeting, rows: Iterable[Notification]) -> list[Recipient]:
    """One query for however many `rows` from `with_recipients`."""
    on_stage = {meeting.host_id, *meeting.roles.values_list("person_id", flat=True)}
    return [_recipient(row, on_stage) for row in rows]


def _recipient(row: Notification, on_stage: Collection[int]) -> Recipient:
    """Nobody but the hosts themselves gave them the address of somebody who is only in the project room."""
    registration, invitation, person = row.registration, row.invitation, row.person
    if registration is not None:
        company = registration.company.name if registration.company else registration.company_name
        return Recipient(registration.public_name, registration.email, company, row)
    if invitation is not None:
        return Recipient(invitation.name, invitation.shown_email, invitation.company_name, row)
    if person is None:
        return Recipient("", "", "", row)
    email = person.known_email if person.pk in on_stage else ""
    return Recipient(person.public_name, email, person.company.name if person.company else "", row)


def with_recipients(rows: NotificationQuerySet) -> NotificationQuerySet:
    """With what `recipients` reads."""
    return rows.select_related(
        "person__company", "registration__person", "registration__company", "invitation__person"
    )


def all_not_arrived(meeting: Meeting) -> NotificationQuerySet:
    """Refused, given up or in doubt."""
    return Notification.objects.filter(meeting=meeting, state__in=[State.FAILED, State.DOUBTFUL])


def not_arrived(meeting: Meeting) -> list[Notification]:
    """The first hundred."""
    rows = all_not_arrived(meeting)
    return list(rows.select_related("person", "registration", "invitation").order_by("-due_at")[:MOST_SHOWN])


@transaction.atomic
def send_again(*, meeting: Meeting, now: datetime) -> int:
    """Queues failed and doubtful rows again on a person's request. Returns how many."""
    return Notification.objects.filter(meeting=meeting).send_again(now=now)


def oldest_due_age(*, now: datetime) -> timedelta | None:
    """How long the oldest due row has been waiting; None when nothing is due. For the readiness check."""
    oldest = Notification.objects.due(now).aggregate(oldest=Min("due_at"))["oldest"]
    return now - oldest if oldest else None
