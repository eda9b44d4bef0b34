"""Takes an email that came in to one of our signed addresses: once, and wholly or not at all.

What follows from it and the row that says that it was taken commit together. A receiver confirms an email only after
that, so one that is interrupted gets it again and finds the row, or takes it anew.
"""

import hashlib
from datetime import datetime

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from companies.email_addresses import normalized
from companies.models import Person
from meetings import replying
from meetings.access import NotVisible, Visitor
from meetings.models import CalendarReply, Meeting
from notifications import forwarding, rendering, reply_addresses, suppressing, unsubscribing
from notifications.inbound import calendar_replies, quotes, reports, tnef
from notifications.inbound.authentication import is_forged
from notifications.inbound.calendar_replies import UnableToUnderstand
from notifications.inbound.messages import IncomingMail, UnableToRead, read
from notifications.inbound.texts import shortened, without_personal_links, written_text
from notifications.models import InboundMail, InboundMailbox, Notification, SuppressedAddress
from notifications.reply_addresses import OfMeeting, OfNotification, OfThread, Target
from projects import discussing
from projects.models import Thread
from projects.models.discussion import LONGEST_POST

logger = structlog.get_logger(__name__)
Kind = InboundMail.Kind
KEPT_BYTES = 64 * 1024  # of an email that could not be read
ANSWERS = {
    "accepted": CalendarReply.Answer.ACCEPTED,
    "tentative": CalendarReply.Answer.TENTATIVE,
    "declined": CalendarReply.Answer.DECLINED,
    "delegated": CalendarReply.Answer.DELEGATED,
}


def take(content: bytes, *, recipient: str, now: datetime) -> InboundMail | None:
    """Its row; None for one that was taken before, or about nobody who is left.

    Raises NotOurs; and OperationalError or InterfaceError, when it must come again.
    """
    mail, unreadable = _read(content)
    target = _target(recipient, mail)
    if mail is None:
        return _set_aside(target, content, unreadable, now)
    try:
        return _take(mail, target, now)
    except UnableToUnderstand as problem:
        return _set_aside(target, content, str(problem), now, mail)
    except (OperationalError, InterfaceError):  # the database is away or busy
        raise
    except Exception as error:  # one email that we cannot take must not stop those behind it
        logger.exception("inbound mail could not be taken")
        return _set_aside(target, content, f"{type(error).__name__} while taking it", now, mail)


def _read(content: bytes) -> tuple[IncomingMail | None, str]:
    try:
        return read(content), ""
    except UnableToRead as problem:
        return None, str(problem)


def _target(recipient: str, mail: IncomingMail | None) -> Target:
    """What is sent to the untagged address counts where a complaint names the sender of our email's envelope."""
    if not reply_addresses.is_untagged(recipient):
        return reply_addresses.resolve(recipient)
    complaint = reports.complaint_of(mail) if mail is not None else None
    return reply_addresses.resolve(complaint.envelope_sender if complaint else "")


@transaction.atomic
def _take(mail: IncomingMail, target: Target, now: datetime) -> InboundMail | None:
    row = _row(target, mail.message_id or mail.digest, now, mail)
    if row is None or not _inserted(row):
        return None
    row.kind, row.problem = _follow(mail, row, target, now), ""
    row.save(update_fields=["kind", "problem", "text", "sender_name", "attachments", "is_forged"])
    logger.info("inbound mail", kind=row.kind)
    return row


def _follow(mail: IncomingMail, row: InboundMail, target: Target, now: datetime) -> InboundMail.Kind:
    """What the email is, and what comes of it."""
    bounce, complaint = reports.bounce_of(mail), reports.complaint_of(mail)
    if bounce is not None:
        _take_bounce(bounce, target, now)
        return Kind.BOUNCE
    if complaint is not None:
        _take_complaint(target, now)
        return Kind.COMPLAINT
    reply = calendar_replies.find(mail) if isinstance(target, OfMeeting) else None
    if reply is not None and isinstance(target, OfMeeting):
        _take_calendar_reply(mail, reply, target, now)
        return Kind.CALENDAR_REPLY
    wrapped = tnef.answer_of(mail)
    if wrapped is not None and isinstance(target, OfMeeting):
        _take_wrapped_answer(mail, wrapped, target, now)
        return Kind.CALENDAR_REPLY
    if reports.is_automatic(mail) or reply_addresses.is_own(mail.sender[1]):
        return Kind.AUTOMATIC
    return _follow_person(mail, row, target, now)


def _follow_person(mail: IncomingMail, row: InboundMail, target: Target, now: datetime) -> InboundMail.Kind:
    if isinstance(target, OfThread):
        _take_post(mail, target, now)
        return Kind.POST
    forwarding.forward(mail, row, now=now)
    return Kind.MESSAGE


def _take_bounce(bounce: reports.Bounce, target: Target, now: datetime) -> None:
    """Only what comes back to the sender of an envelope: nobody else knows that address."""
    if not isinstance(target, OfNotification) or not bounce.has_failed:
        return
    suppressing.mark_returned(notification_id=target.notification_id, detail=bounce.reason)
    notification = Notification.objects.select_related("person").filter(pk=target.notification_id).first()
    person = notification.person if notification else None
    # Their address may be another one by now, or forward to the one that is dead.
    if person is not None and bounce.is_permanent and person.email in bounce.recipients:
        suppressing.suppress(
            email=person.email, why=SuppressedAddress.Reason.BOUNCE, now=now, detail=bounce.reason
        )
        logger.warning("address suppressed", notification=target.notification_id, reason=bounce.reason)


def _take_complaint(target: Target, now: datetime) -> None:
    """Like unsubscribing from everything; hosts' invitations are not sent for a time, either."""
    if not isinstance(target, OfNotification):
        return
    notification = Notification.objects.select_related("person").filter(pk=target.notification_id).first()
    person = notification.person if notification else None
    if person is not None and person.erased_at is None:
        unsubscribing.turn_all_off(person=person, now=now)
        suppressing.suppress(email=person.email, why=SuppressedAddress.Reason.COMPLAINT, now=now)


def _take_calendar_reply(
    mail: IncomingMail, reply: calendar_replies.CalendarReply, target: OfMeeting, now: datetime
) -> None:
    attendee = _attendee(reply, target)
    answer = CalendarReply.Answer.COUNTER if reply.is_counter else ANSWERS.get(attendee.answer)
    if answer is None:
        raise UnableToUnderstand("The reply neither accepts nor declines.")
    replying.take_reply(
        meeting_id=target.meeting_id,
        person_id=target.person_id,
        reply=replying.Reply(
            answer=answer,
            attendee=attendee.email,
            uid=reply.uid,
            sequence=reply.sequence,
            stamped_at=reply.stamped_at,
            comment=attendee.comment or reply.comment,
            proposed_starts_at=reply.starts_at,
            proposed_ends_at=reply.ends_at,
            is_forged=is_forged(mail),
            delegated_to=attendee.delegated_to,
        ),
        known_sequence=rendering.known_sequence(target.meeting_id, target.person_id),
        now=now,
    )


def _take_post(mail: IncomingMail, target: OfThread, now: datetime) -> None:
    """What is new in it becomes a message. Raises UnableToUnderstand: the operator sees what was refused, and why."""
    person = Person.objects.select_related("company").get(pk=target.person_id)
    if is_forged(mail):
        raise UnableToUnderstand("Sender not verified.")
    if normalized(mail.sender[1]) != person.email:
        raise UnableToUnderstand("Sent from another address than the member’s.")
    text = quotes.without_quotes(written_text(mail))
    try:
        discussing.write_post(
            thread=Thread.objects.get(pk=target.thread_id),
            text=shortened(without_personal_links(text, settings.SITE_URL), LONGEST_POST),
            by=Visitor(person),
            now=now,
            is_by_email=True,
            attachments=sum(part.is_attachment for part in mail.parts),
        )
    except discussing.UnableToPost as refusal:
        raise UnableToUnderstand(f"Not taken: {refusal.code}.") from refusal
    except (NotVisible, PermissionDenied) as refusal:
        raise UnableToUnderstand("The sender may not write in this project.") from refusal


def _take_wrapped_answer(
    mail: IncomingMail, answer: calendar_replies.Answer, target: OfMeeting, now: datetime
) -> None:
    """Shown to the hosts; it changes nothing, because it does not say what it answers to."""
    replying.take_reply(
        meeting_id=target.meeting_id,
        person_id=target.person_id,
        reply=replying.Reply(
            answer=ANSWERS[answer],
            attendee=mail.sender[1][:254],
            uid="",
            sequence=0,
            stamped_at=now,
            is_forged=is_forged(mail),
            is_complete=False,
        ),
        known_sequence=0,
        now=now,
    )


def _attendee(reply: calendar_replies.CalendarReply, target: OfMeeting) -> calendar_replies.Attendee:
    """Whom the address belongs to, where several are named; else the first."""
    person = Person.objects.filter(pk=target.person_id).first()
    own = (one for one in reply.attendees if person is not None and normalized(one.email) == person.email)
    return next(own, reply.attendees[0])


# ---- rows -------------------------------------------------------------------------------------------------


def _set_aside(
    target: Target, content: bytes, problem: str, now: datetime, mail: IncomingMail | None = None
) -> InboundMail | None:
    """Kept for the operator: nothing follows from it."""
    identity = (mail.message_id if mail else "") or hashlib.sha256(content).hexdigest()
    row = _row(target, identity, now, mail)
    if row is None:
        return None
    row.kind, row.problem, row.content = Kind.UNREADABLE, problem, content[:KEPT_BYTES]
    with transaction.atomic():
        if not _inserted(row):
            return None
    logger.warning("inbound mail set aside", reason=problem)
    return row


def _row(target: Target, identity: str, now: datetime, mail: IncomingMail | None) -> InboundMail | None:
    """Not saved yet; None where nobody is left whom it could be about."""
    about = _about(target)
    if about is None:
        return None
    meeting_id, person_id = about
    return InboundMail(
        key=hashlib.sha256(f"{target}\n{identity}".encode()).hexdigest(),
        kind=Kind.UNREADABLE,
        problem="being read",
        received_at=now,
        sender=mail.sender[1][:254] if mail else "",
        meeting_id=meeting_id,
        person_id=person_id,
    )


def _about(target: Target) -> tuple[str | None, int | None] | None:
    """Meeting and person; no person of an email to the operator. None when either is gone, or an account erased."""
    if isinstance(target, OfNotification):
        sent = Notification.objects.filter(pk=target.notification_id, person__erased_at=None)
        return sent.values_list("meeting_id", "person_id").first()
    if isinstance(target, OfThread):
        person = Person.objects.filter(pk=target.person_id, erased_at=None).exists()
        is_left = person and Thread.objects.filter(pk=target.thread_id).exists()
        return (None, target.person_id) if is_left else None
    meeting = Meeting.objects.filter(pk=target.meeting_id).exists()
    person = Person.objects.filter(pk=target.person_id, erased_at=None).exists()
    return (target.meeting_id, target.person_id) if meeting and person else None


def _inserted(row: InboundMail) -> bool:
    """False when it was taken before."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not InboundMail.objects.filter(pk=row.pk).exists():
            raise
        return False
    return True


# ---- mailboxes --------------------------------------------------------------------------------------------


def last_read(key: str, *, validity: int) -> int | None:
    """The UID of the last email that was taken from a mailbox; None when it was never read, or counts anew."""
    return (
        InboundMailbox.objects.filter(pk=key, uid_validity=validity)
        .values_list("last_uid", flat=True)
        .first()
    )


def note_read(key: str, *, validity: int, uid: int, now: datetime) -> None:
    InboundMailbox.objects.update_or_create(
        pk=key, defaults={"uid_validity": validity, "last_uid": uid, "read_at": now}
    )
