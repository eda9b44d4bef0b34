"""A host's own message to people of a meeting: who would get it, and sending it, once to each.

Meant for what people of one meeting need to know: a meeting and a writer have only so many a day.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from attendance import report
from companies.languages import LanguageText, in_language
from companies.models import Person
from companies.refusals import Refusal
from meetings.models import Meeting, Registration
from meetings.recipients import Recipient, recipients
from meetings.seats import locked_meeting
from notifications import planning, pushing
from notifications.models import HostMessage

logger = structlog.get_logger(__name__)
Audience = HostMessage.Audience
MOST_OF_MEETING_A_DAY = 3
MOST_OF_MEETING = 20
MOST_A_DAY = 10  # of one person, in all meetings
MOST_TESTS_AN_HOUR = 10
UNTIL = timedelta(days=30)  # after the end
LONGEST_SUBJECT = 120
LONGEST_TEXT = 5000
STATES = {
    Audience.REGISTERED: Registration.State.CONFIRMED,
    Audience.WAITLISTED: Registration.State.WAITLISTED,
    Audience.PENDING: Registration.State.PENDING,
}


@dataclass(frozen=True, kw_only=True)
class WrittenMessage:
    audience: HostMessage.Audience
    subject: LanguageText
    text: LanguageText
    is_urgent: bool = False


@dataclass(frozen=True)
class Readers:
    """So many read `language`, and get the text in `shown_in`."""

    language: str
    number: int
    shown_in: str

    @property
    def is_fallback(self) -> bool:
        return self.language != self.shown_in


class UnableToMessage(Refusal):
    """`code`: draft, cancelled, too_late, not_attended, language, nobody or too_often."""


def is_open(meeting: Meeting, *, now: datetime) -> bool:
    return _closed(meeting, now) is None


def audiences(meeting: Meeting, *, now: datetime) -> list[HostMessage.Audience]:
    """Those to choose from now: who attended is known after an online meeting alone."""
    found = [one for one in Audience if one != Audience.TEST and one not in HostMessage.AFTER_THE_END]
    return [*found, *(HostMessage.AFTER_THE_END if report.is_known(meeting, now=now) else ())]


def preview(*, meeting: Meeting, written: WrittenMessage, by: Person, now: datetime) -> list[Readers]:
    """Who would get it, by language, the largest group first. Raises UnableToMessage."""
    _refuse(meeting, written, by, now)
    return _readers(_recipients(meeting, written.audience, by, now), written)


def send_message(
    *, meeting: Meeting, written: WrittenMessage, by: Person, now: datetime, key: str = ""
) -> HostMessage:
    """The message, and an email to each of its recipients in the outbox. Raises UnableToMessage.

    With a `key` that was used before it is the message that was sent then: a button pressed twice sends once.
    """
    with transaction.atomic():
        locked_by = Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # counts across meetings
        locked = locked_meeting(meeting.pk)
        known = HostMessage.objects.filter(pk=key, meeting=locked, sender=by).first() if key else None
        if known is not None:
            return known
        _refuse(locked, written, locked_by, now)
        message = HostMessage(
            meeting=locked,
            sender=locked_by,
            audience=written.audience,
            subject=written.subject,
            text=written.text,
            is_urgent=written.is_urgent,
            created_at=now,
        )
        if key and not HostMessage.objects.filter(pk=key).exists():
            message.pk = key
        message.save(force_insert=True)
        to = _recipients(locked, written.audience, locked_by, now)
        planning.plan_host_message(message=message, to=to, now=now)
        if message.is_urgent:
            pushing.plan_message(message=message, now=now)
        logger.info(
            "message to participants", meeting=locked.pk, by=by.pk, audience=written.audience, count=len(to)
        )
        return message


def messages_of(meeting: Meeting) -> QuerySet[HostMessage]:
    """Without tests."""
    return meeting.host_messages.exclude(audience=Audience.TEST).select_related("sender")


def _readers(to: Collection[Recipient], written: WrittenMessage) -> list[Readers]:
    counts = Counter(one.language for one in to)
    found = [
        Readers(language, number, in_language(written.text, language).language)
        for language, number in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.number, one.language))


def _recipients(
    meeting: Meeting, audience: HostMessage.Audience, by: Person, now: datetime
) -> list[Recipient]:
    """Each person once; the writer only of a test. Raises UnableToMessage."""
    if audience == Audience.TEST:
        return [Recipient(by.pk, by.language, by.timezone, "", has_calendar_event=False)]
    found = [one for one in recipients(meeting) if one.person_id != by.pk and _is_among(one, audience)]
    found = _in_state(found, meeting, audience)
    if audience in HostMessage.AFTER_THE_END:
        came = report.people_who_attended(meeting, now)
        found = [one for one in found if (one.person_id in came) == (audience == Audience.ATTENDED)]
    if not found:
        raise UnableToMessage("nobody", _("Nobody is in this group. Choose another one."), field="audience")
    return _who_want_it(found, meeting, now)


def _who_want_it(found: list[Recipient], meeting: Meeting, now: datetime) -> list[Recipient]:
    """After the end, without those who get no emails after meetings. Raises UnableToMessage."""
    if not meeting.has_ended(now=now):
        return found
    people = {one.person_id for one in found if one.person_id is not None}
    wanted_by = Person.objects.filter(pk__in=people, wants_follow_ups=True).values_list("pk", flat=True)
    told = set(wanted_by)
    wanted = [one for one in found if one.person_id in told]
    if not wanted:
        text = _("Everyone in this group has turned off emails after meetings. Choose another one.")
        raise UnableToMessage("nobody", text, field="audience")
    return wanted


def _is_among(one: Recipient, audience: HostMessage.Audience) -> bool:
    if audience == Audience.INVITED:
        return one.invitation_id is not None
    return audience in {Audience.EVERYONE, Audience.ATTENDED} or one.registration_id is not None


def _in_state(found: list[Recipient], meeting: Meeting, audience: HostMessage.Audience) -> list[Recipient]:
    state = STATES.get(audience, Registration.State.CONFIRMED if audience == Audience.MISSED else None)
    if state is None:
        return found
    held = set(meeting.registrations.filter(state=state).values_list("pk", flat=True))
    return [one for one in found if one.registration_id in held]


# ---- what is refused -------------------------------------------------------------------------------------


def _refuse(meeting: Meeting, written: WrittenMessage, by: Person, now: datetime) -> None:
    closed = _closed(meeting, now)
    if closed is not None:
        raise UnableToMessage(*closed)
    if written.audience in HostMessage.AFTER_THE_END and not report.is_known(meeting, now=now):
        text = _("Attendance is only known once an online meeting has ended.")
        raise UnableToMessage("not_attended", text, field="audience")
    if set(written.subject) != set(written.text):
        text = _("Enter the subject and the message in the same languages.")
        raise UnableToMessage("language", text, field="text")
    _refuse_too_many(meeting, written, by, now)


def _closed(meeting: Meeting, now: datetime) -> tuple[str, str] | None:
    if meeting.state == Meeting.State.DRAFT:
        return "draft", _("Publish this meeting first. Then you can write to people.")
    if meeting.state == Meeting.State.CANCELLED:
        return "cancelled", _("This meeting was cancelled, and everyone has been notified.")
    if meeting.has_ended(now=now) and now - (meeting.ended_at or meeting.ends_at) > UNTIL:
        return "too_late", _("This meeting ended more than 30 days ago.")
    return None


def _refuse_too_many(meeting: Meeting, written: WrittenMessage, by: Person, now: datetime) -> None:
    tests = HostMessage.objects.filter(audience=Audience.TEST)
    sent = HostMessage.objects.exclude(audience=Audience.TEST)
    today = sent.filter(created_at__gt=now - timedelta(days=1))
    if written.audience == Audience.TEST:
        recent = tests.filter(sender=by, created_at__gt=now - timedelta(hours=1))
        if recent.count() >= MOST_TESTS_AN_HOUR:
            raise UnableToMessage("too_often", _("You’ve sent too many tests. Please try again in an hour."))
    elif sent.filter(meeting=meeting).count() >= MOST_OF_MEETING:
        text = _("A meeting can have at most %(most)d messages.") % {"most": MOST_OF_MEETING}
        raise UnableToMessage("too_often", text)
    elif today.filter(meeting=meeting).count() >= MOST_OF_MEETING_A_DAY:
        text = _("You can write to a meeting’s participants at most %(most)d times a day.")
        raise UnableToMessage("too_often", text % {"most": MOST_OF_MEETING_A_DAY})
    elif today.filter(sender=by).count() >= MOST_A_DAY:
        text = _("You can send at most %(most)d messages a day.") % {"most": MOST_A_DAY}
        raise UnableToMessage("too_often", text)
