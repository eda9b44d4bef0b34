"""Answers from people's calendar programs: they act as the same answer on the page would, or are kept for the hosts.

An answer counts when it comes from whom the invitation went to, about this meeting, and knows everything that this
person was told and has answered before (RFC 5546, 2.1.5): by SEQUENCE, then by DTSTAMP.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from companies import email_addresses
from companies.models import Person
from companies.refusals import Refusal
from meetings import inviting, registering, signals
from meetings.models import CalendarReply, Invitation, Meeting, Registration
from meetings.seats import locked_meeting
from meetings.verifying import verify

Answer, Outcome = CalendarReply.Answer, CalendarReply.Outcome
MOST_KEPT = 100  # of one person and meeting; more are obeyed, and leave no trace
CLOCK_AHEAD = timedelta(
    hours=1
)  # a calendar program whose clock is further ahead does not outrank later answers


class UnableToDecline(Refusal):
    """`code`: settled."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """As it came in, checked for nothing but its form."""

    answer: CalendarReply.Answer
    attendee: str
    uid: str
    sequence: int
    stamped_at: datetime | None
    comment: str = ""
    proposed_starts_at: datetime | None = None
    proposed_ends_at: datetime | None = None
    delegated_to: str = ""
    is_forged: bool = False  # by what the receiving mail server found out
    is_complete: bool = True  # else it does not say to which event, and which change of it


@transaction.atomic
def take_reply(
    *, meeting_id: str, person_id: int, reply: Reply, known_sequence: int, now: datetime
) -> CalendarReply | None:
    """What came of a reply that was sent to this person's own address for this meeting.

    `known_sequence` is the SEQUENCE of the last calendar event that this person was sent. None when meeting or person
    are gone, or when enough is kept of them.
    """
    if not Meeting.objects.filter(pk=meeting_id).exists():
        return None
    person = Person.objects.filter(pk=person_id, erased_at=None).first()
    if person is None:
        return None
    meeting = locked_meeting(meeting_id)
    stamped_at = min(reply.stamped_at or now, now + CLOCK_AHEAD)
    outcome = _reason_to_ignore(meeting, person, reply, stamped_at, known_sequence, now)
    if outcome is None:
        outcome = _obey(meeting, person, reply, now)
    earlier = CalendarReply.objects.filter(meeting=meeting, person=person)
    if earlier.count() >= MOST_KEPT:
        return None
    return CalendarReply.objects.create(
        meeting=meeting,
        person=person,
        answer=reply.answer,
        outcome=outcome,
        attendee=reply.attendee,
        sequence=reply.sequence,
        stamped_at=stamped_at,
        received_at=now,
        comment=reply.comment,
        delegated_to=reply.delegated_to,
        proposed_starts_at=reply.proposed_starts_at,
        proposed_ends_at=reply.proposed_ends_at,
    )


def _reason_to_ignore(
    meeting: Meeting,
    person: Person,
    reply: Reply,
    stamped_at: datetime,
    known_sequence: int,
    now: datetime,
) -> CalendarReply.Outcome | None:
    if reply.is_forged:
        return Outcome.FORGED
    if not reply.is_complete:
        return Outcome.INCOMPLETE
    if reply.uid != meeting.uid:
        return Outcome.OTHER_EVENT
    if email_addresses.normalized(reply.attendee) != email_addresses.normalized(person.email):
        return Outcome.OTHER_PERSON
    outcome = _compared(meeting, person, reply, stamped_at, known_sequence)
    if outcome is None and (meeting.state == Meeting.State.CANCELLED or meeting.has_ended(now=now)):
        return Outcome.TOO_LATE
    return outcome


def _compared(
    meeting: Meeting, person: Person, reply: Reply, stamped_at: datetime, known_sequence: int
) -> CalendarReply.Outcome | None:
    """With what this person was told and has answered before."""
    taken = CalendarReply.objects.filter(meeting=meeting, person=person, outcome__in=CalendarReply.TAKEN)
    if taken.filter(answer=reply.answer, sequence=reply.sequence, stamped_at=stamped_at).exists():
        return Outcome.REPEATED
    later_event = taken.filter(sequence__gt=reply.sequence)
    later_answer = taken.filter(sequence=reply.sequence, stamped_at__gt=stamped_at)
    if reply.sequence < known_sequence or (later_event | later_answer).exists():
        return Outcome.OUTDATED
    return None


def _obey(meeting: Meeting, person: Person, reply: Reply, now: datetime) -> CalendarReply.Outcome:
    """Like the page: only an acceptance and a decline change something."""
    invitation = Invitation.objects.standing().filter(meeting=meeting, person=person).first()
    registration = Registration.objects.active().filter(meeting=meeting, person=person).first()
    try:
        with transaction.atomic():
            match reply.answer:
                case Answer.DECLINED:
                    return _decline(invitation, registration, now)
                case Answer.ACCEPTED:
                    return _accept(meeting, person, invitation, registration, now)
    except Refusal:  # in this moment: the meeting ended, or the invitation was withdrawn
        return Outcome.TOO_LATE
    return Outcome.NOTED


def _decline(
    invitation: Invitation | None, registration: Registration | None, now: datetime
) -> CalendarReply.Outcome:
    if invitation is not None and not invitation.is_declined:
        inviting.decline(invitation=invitation, now=now)
    elif registration is not None:
        registering.withdraw(registration=registration, now=now)
    else:
        return Outcome.NOTED
    return Outcome.CHANGED


def _accept(
    meeting: Meeting,
    person: Person,
    invitation: Invitation | None,
    registration: Registration | None,
    now: datetime,
) -> CalendarReply.Outcome:
    """Also shows that the address of a registration is its person's."""
    if invitation is not None and invitation.state != Invitation.State.ACCEPTED:
        inviting.accept(invitation=invitation, now=now)
        return Outcome.CHANGED
    if registration is not None:
        verify(registration=registration, now=now)
        return Outcome.NOTED
    is_on_stage = meeting.host_id == person.pk or meeting.roles.filter(person=person).exists()
    return Outcome.NOTED if is_on_stage else Outcome.NOT_REGISTERED


# ---- another time ------------------------------------------------------------------------------------------


@transaction.atomic
def decline_proposal(*, reply: CalendarReply, now: datetime) -> CalendarReply:
    """Tells the person that the meeting stays at its time. Raises UnableToDecline."""
    locked_meeting(reply.meeting_id)
    stored = CalendarReply.objects.select_related("meeting", "person").get(pk=reply.pk)
    if not stored.is_open_proposal(now=now):
        raise UnableToDecline("settled", _("This proposal has already been answered."))
    stored.declined_at = now
    stored.save(update_fields=["declined_at"])
    signals.proposal_declined.send(CalendarReply, reply=stored, now=now)
    return stored
