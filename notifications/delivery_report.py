"""The delivery report for hosts and operators, and sending again what did not arrive."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min

from meetings.models import Meeting
from notifications.models import Notification

State = Notification.State
UNDER_WAY = (State.WAITING, State.SENDING)
MOST_SHOWN = 100


@dataclass
class Message:
    """One message of a meeting, however many recipients it has. Times are UTC."""

    kind: Notification.Kind
    minutes_before: int | None
    due_at: datetime
    sent_at: datetime | None = None
    by_state: dict[str, int] = field(default_factory=dict)

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
}


def messages_of(meeting: Meeting) -> list[Message]:
    """Past, current and planned messages of a meeting; without those of which all rows were dropped."""
    rows = (
        Notification.objects.filter(meeting=meeting)
        .order_by()
        .values("kind", "minutes_before", "revision", "recording", "state")
        .annotate(count=Count("pk"), due=Min("due_at"), last=Max("sent_at"))
    )
    found: dict[tuple[object, ...], Message] = {}
    for row in rows:
        kind = Notification.Kind(row["kind"])
        own = () if kind in AT_ONCE else (row["minutes_before"], row["revision"], row["recording"])
        message = found.setdefault((kind, *own), Message(kind, row["minutes_before"], row["due"]))
        message.due_at = min(message.due_at, row["due"])
        message.sent_at = max(filter(None, (message.sent_at, row["last"])), default=None)
        message.by_state[row["state"]] = message.by_state.get(row["state"], 0) + row["count"]
    return sorted((each for each in found.values() if each.to), key=lambda message: message.due_at)


def not_arrived(meeting: Meeting) -> list[Notification]:
    """Refused, given up or in doubt: the first hundred."""
    rows = Notification.objects.filter(meeting=meeting, state__in=[State.FAILED, State.DOUBTFUL])
    return list(rows.select_related("person", "registration", "invitation").order_by("-due_at")[:MOST_SHOWN])


@transaction.atomic
def send_again(*, meeting: Meeting, now: datetime) -> int:
    """Queues failed and doubtful rows again on a person's request. Returns how many."""
    rows = Notification.objects.filter(meeting=meeting, state__in=[State.FAILED, State.DOUBTFUL])
    return rows.update(
        state=State.WAITING, due_at=now, put_off_until=None, attempts=0, begun_at=None, claimed_by=""
    )


def oldest_due_age(*, now: datetime) -> timedelta | None:
    """How long the oldest due row has been waiting; None when nothing is due. For the readiness check."""
    oldest = Notification.objects.due(now).aggregate(oldest=Min("due_at"))["oldest"]
    return now - oldest if oldest else None
