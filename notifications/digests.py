"""Plans the weekly email: on Tuesday morning in each person's time zone, when there is anything new for them.

Each person who wants it has one row that says when it is due next. Moving that on and planning the email are one
transaction, and a week has one email by its key: after an outage it comes on the next weekday morning, once.
"""

from datetime import datetime

import structlog
from django.db import transaction

from companies.models import Person
from notifications.digest_content import DigestContent, content_for
from notifications.models import DigestSchedule, Notification, NotificationQuerySet
from notifications.mornings import (
    is_weekday_morning,
    local_moment,
    next_morning,
    next_tuesday,
    tuesday_of_next_week,
)

logger = structlog.get_logger(__name__)
Kind, Reason = Notification.Kind, Notification.DropReason
AT_A_TIME = 500  # people, in one run


def plan_due(*, now: datetime) -> int:
    """Emails for whom it is time. Running it twice, or in two processes, plans each once. Returns how many."""
    keep_in_step(now=now)
    due = DigestSchedule.objects.filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)
    return sum(_is_planned(person_id, now) for person_id in list(due[:AT_A_TIME]))


def keep_in_step(*, now: datetime) -> None:
    """A row for everybody who wants it, and for nobody else: who turns it on again waits for the next Tuesday."""
    DigestSchedule.objects.exclude(person__wants_digest=True, person__is_active=True).delete()
    new = Person.objects.filter(wants_digest=True, is_active=True, digest_schedule=None)[:AT_A_TIME]
    rows = [DigestSchedule(person=one, due_at=next_tuesday(now, one.timezone)) for one in new]
    DigestSchedule.objects.bulk_create(rows, ignore_conflicts=True)


def _is_planned(person_id: int, now: datetime) -> bool:
    """One person's that cannot be planned stops nobody else's."""
    try:
        return _plan_one(person_id, now)
    except Exception:
        logger.exception("weekly email could not be planned", person=person_id)
        return False


@transaction.atomic
def _plan_one(person_id: int, now: datetime) -> bool:
    schedule = DigestSchedule.objects.select_related("person__company").filter(pk=person_id).first()
    if schedule is None or schedule.due_at > now:
        return False
    person = schedule.person
    is_morning = is_weekday_morning(now, person.timezone)
    next_due = (next_tuesday if is_morning else next_morning)(now, person.timezone)
    # Whoever moves it on is the one who plans.
    own = DigestSchedule.objects.filter(pk=person_id, due_at=schedule.due_at)
    if not own.update(due_at=next_due) or not is_morning:
        return False
    waiting = Notification.objects.filter(person=person, kind=Kind.DIGEST).not_begun()
    since = _since(schedule, waiting)
    content = content_for(person, since=since, now=now)
    planned = _planned(person, content, since, now) if content else None
    if content and planned is None:  # this week had its email: the next one tells of it
        return False
    told = DigestSchedule.objects.filter(pk=person_id)
    told.update(told_until=now)
    if planned is None:
        return False
    told.update(due_at=tuesday_of_next_week(now, person.timezone))
    # The new one tells of it, too.
    replaced = waiting.exclude(pk=planned.pk)
    replaced.update(state=Notification.State.DROPPED, drop_reason=Reason.TOLD_LATER, failure="")
    return True


def _planned(
    person: Person, content: DigestContent, since: datetime | None, now: datetime
) -> Notification | None:
    """The email in the outbox; None when this week has one."""
    row, is_new = Notification.objects.get_or_create(
        person=person,
        kind=Kind.DIGEST,
        dedupe_key=f"digest:{local_moment(now, person.timezone):%G-W%V}",
        defaults={
            "details": {
                "since": since.isoformat() if since else None,
                "meetings": [one.pk for one in content.meetings],
                "recordings": [one.pk for one in content.recordings],
                "more_meetings": content.has_more_meetings,
                "more_recordings": content.has_more_recordings,
            },
            "due_at": now,
            "created_at": now,
        },
    )
    return row if is_new else None


def _since(schedule: DigestSchedule, waiting: NotificationQuerySet) -> datetime | None:
    """Since when this one tells: it replaces an earlier one that still waits for the mail server."""
    earlier = waiting.order_by("pk").values_list("details", flat=True).first()
    if earlier is None:
        return schedule.told_until
    return datetime.fromisoformat(earlier["since"]) if earlier["since"] else None
