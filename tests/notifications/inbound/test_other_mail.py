"""Bounces, complaints, automatic replies, and what people write."""

from datetime import timedelta

import pytest

from companies import erasing
from meetings import personal_data as meetings_data
from meetings.models import CalendarReply
from notifications import personal_data, planning, receiving, reply_addresses, suppressing
from notifications.models import InboundMail, Notification, SuppressedAddress
from notifications.reply_addresses import NotOurs
from tests import factories
from tests.factories import NOW
from tests.notifications.conftest import InMemoryMailer, Send
from tests.notifications.inbound.calendar_programs import crlf

pytestmark = pytest.mark.django_db
Kind, State = InboundMail.Kind, Notification.State


@pytest.fixture(autouse=True)
def replies_are_read(settings) -> None:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"


def dsn(
    action: str,
    status: str,
    *,
    recipient: str,
    diagnostic: str = "smtp; 550 5.1.1 User unknown",
    original: str = "",
) -> bytes:
    """As Postfix writes them: an explanation, the report, and the email that is returned, with its own calendar."""
    original_line = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return crlf(f"""
Return-Path: <>
Date: Thu, 3 Dec 2026 09:21:00 +0000 (UTC)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"
Message-Id: <bounce-{action}-{status}@mx.example.org>

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Thu, 3 Dec 2026 09:20:59 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
{original_line}Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.com
Diagnostic-Code: {diagnostic}

--B1
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Webinars <no-reply@example.org>
Subject: You are registered
MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY

BEGIN:VCALENDAR
METHOD:REPLY
END:VCALENDAR
--B1--
""")


def complaint(feedback_type: str = "abuse", *, envelope: str = "") -> bytes:
    """As Yahoo and Outlook send them (RFC 5965)."""
    original = f"Original-Mail-From: <{envelope}>\n" if envelope else ""
    return crlf(f"""
From: <feedback@arf.example.net>
Subject: FW: Reminder
Message-ID: <arf-1@arf.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="A1"

--A1
Content-Type: text/plain; charset=us-ascii

This is an email abuse report.
--A1
Content-Type: message/feedback-report

Feedback-Type: {feedback_type}
User-Agent: SomeGenerator/1.0
Version: 1
{original}Source-IP: 192.0.2.1

--A1
Content-Type: message/rfc822

From: Webinars <no-reply@example.org>
Subject: Reminder

Tomorrow.
--A1--
""")


def message(
    sender: str = "Jonas <jonas@example.lt>", text: str = "May I bring a colleague?", headers: str = ""
) -> bytes:
    return crlf(f"""
From: {sender}
Subject: Re: You are registered
Message-ID: <message-1@example.lt>
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}
""")


def sent_confirmation(send: Send) -> Notification:
    registration = factories.registration()
    planning.plan_confirmation(registration=registration, now=NOW)
    send(NOW)
    return Notification.objects.get(registration=registration, kind=Notification.Kind.CONFIRMATION)


def come_back(notification: Notification, content: bytes) -> InboundMail | None:
    address = reply_addresses.return_address(notification.pk)
    return receiving.take(content, recipient=address, now=NOW + timedelta(minutes=1))


# ---- bounces ----------------------------------------------------------------------------------------------


def test_an_email_that_comes_back_is_shown_as_failed_and_its_dead_address_is_suppressed(send: Send) -> None:
    notification = sent_confirmation(send)
    assert notification.person is not None
    row = come_back(notification, dsn("failed", "5.1.1", recipient=notification.person.email))
    assert row is not None
    assert row.kind == Kind.BOUNCE
    notification.refresh_from_db()
    assert (notification.state, notification.failure) == (
        State.FAILED,
        "The mail server said 550 5.1.1 User unknown",
    )
    assert SuppressedAddress.objects.get().email == notification.person.email


@pytest.mark.parametrize(
    ("action", "status", "fails"),
    [
        ("delayed", "4.4.1", False),
        ("relayed", "2.0.0", False),
        ("failed", "4.4.7", True),  # given up: expired
        ("failed", "5.2.2", True),  # the mailbox is full
        ("failed", "5.7.1", True),  # refused as spam
    ],
)
def test_an_address_that_may_live_is_not_suppressed(
    send: Send, action: str, status: str, fails: bool
) -> None:
    notification = sent_confirmation(send)
    assert notification.person is not None
    come_back(notification, dsn(action, status, recipient=notification.person.email))
    notification.refresh_from_db()
    assert (notification.state == State.FAILED) is fails
    assert not SuppressedAddress.objects.exists()


def test_a_dead_address_that_mail_was_forwarded_to_is_not_the_persons(send: Send) -> None:
    notification = sent_confirmation(send)
    come_back(notification, dsn("failed", "5.1.1", recipient="old@elsewhere.example"))
    notification.refresh_from_db()
    assert notification.state == State.FAILED
    assert not SuppressedAddress.objects.exists()


def test_the_address_of_the_envelope_counts_where_a_server_forwarded_it(send: Send) -> None:
    notification = sent_confirmation(send)
    assert notification.person is not None
    own = notification.person.email
    come_back(notification, dsn("failed", "5.1.1", recipient="old@elsewhere.example", original=own))
    assert SuppressedAddress.objects.get().email == own


def test_a_bounce_at_an_address_that_stands_in_the_email_suppresses_nobody(send: Send) -> None:
    """Whoever was forwarded an email knows its From; the sender of the envelope is known to mail servers alone."""
    notification = sent_confirmation(send)
    assert notification.person is not None
    assert notification.meeting_id is not None
    address = reply_addresses.reply_address(notification.meeting_id, notification.person.pk)
    receiving.take(dsn("failed", "5.1.1", recipient=notification.person.email), recipient=address, now=NOW)
    notification.refresh_from_db()
    assert notification.state == State.SENT
    assert not SuppressedAddress.objects.exists()


def test_nothing_is_sent_to_a_suppressed_address_until_its_person_signs_in(
    send: Send, mailer: InMemoryMailer
) -> None:
    first = sent_confirmation(send)
    assert first.person is not None
    assert first.registration is not None
    suppressing.suppress(email=first.person.email, why=SuppressedAddress.Reason.BOUNCE, now=NOW)
    planning.plan_resending(registration=first.registration, now=NOW + timedelta(minutes=2))
    send(NOW + timedelta(minutes=2))
    held = Notification.objects.order_by("pk").last()
    assert held is not None
    assert (held.state, held.drop_reason) == (State.DROPPED, "undeliverable")
    first.person.last_login = NOW + timedelta(minutes=3)
    first.person.save()
    planning.plan_resending(registration=first.registration, now=NOW + timedelta(minutes=4))
    send(NOW + timedelta(minutes=4))
    assert len(mailer.to(first.person.email)) == 2


def test_others_get_their_emails_and_after_a_time_the_address_is_tried_again(
    send: Send, mailer: InMemoryMailer
) -> None:
    suppressing.suppress(email="dead@example.org", why=SuppressedAddress.Reason.BOUNCE, now=NOW)
    sent_confirmation(send)
    assert len(mailer.mails) == 1
    assert suppressing.end_old(NOW + timedelta(days=89), 100) == 0
    assert suppressing.end_old(NOW + timedelta(days=91), 100) == 1


def test_what_the_mail_server_said_shows_no_address(send: Send) -> None:
    """The host who invited a company does not know the addresses of its people."""
    notification = sent_confirmation(send)
    said = "smtp; 550 5.1.1 <jonas@example.lt>: Recipient rejected, jonas@example.lt unknown"
    come_back(notification, dsn("failed", "5.1.1", recipient="x@example.org", diagnostic=said))
    notification.refresh_from_db()
    assert notification.failure == "The mail server said 550 5.1.1 …: Recipient rejected, … unknown"


def test_an_email_to_the_operator_that_comes_back_is_shown_as_failed() -> None:
    message_of_a_visitor = factories.contact_message()
    notification = Notification.objects.create(
        kind=Notification.Kind.CONTACT,
        contact_message=message_of_a_visitor,
        state=State.SENT,
        due_at=NOW,
        sent_at=NOW,
        created_at=NOW,
    )
    come_back(notification, dsn("failed", "5.1.1", recipient="office@example.org"))
    notification.refresh_from_db()
    assert notification.state == State.FAILED


def test_nothing_new_is_stored_of_an_erased_account(send: Send) -> None:
    notification = sent_confirmation(send)
    assert notification.person is not None
    assert notification.meeting_id is not None
    address = reply_addresses.reply_address(notification.meeting_id, notification.person.pk)
    erasing.erase_person(person=notification.person, now=NOW)
    assert receiving.take(message(), recipient=address, now=NOW) is None
    assert not InboundMail.objects.exists()


# ---- complaints -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["envelope", "untagged"])
def test_a_complaint_ends_reminders_and_invitations_and_nothing_else(
    send: Send, mailer: InMemoryMailer, at: str
) -> None:
    notification = sent_confirmation(send)
    person = notification.person
    assert person is not None
    envelope = reply_addresses.return_address(notification.pk)
    recipient, content = (
        (envelope, complaint()) if at == "envelope" else ("replies@example.org", complaint(envelope=envelope))
    )
    row = receiving.take(content, recipient=recipient, now=NOW)
    assert row is not None
    assert row.kind == Kind.COMPLAINT
    person.refresh_from_db()
    assert not person.wants_reminders
    assert not person.wants_follow_ups
    invitation = factories.invitation(person=person)
    planning.plan_people_invited(meeting=invitation.meeting, invitations=[invitation], now=NOW)
    other = factories.registration(person=person)
    planning.plan_confirmation(registration=other, now=NOW)
    send(NOW)
    kinds = {
        row.kind: row.state for row in Notification.objects.filter(person=person).exclude(pk=notification.pk)
    }
    assert kinds["invited"] == State.DROPPED
    assert kinds["confirmation"] == State.SENT


def test_a_report_that_it_is_no_spam_is_no_complaint(send: Send) -> None:
    notification = sent_confirmation(send)
    come_back(notification, complaint("not-spam"))
    assert not SuppressedAddress.objects.exists()


@pytest.mark.parametrize(
    "content", [message(), complaint(), complaint(envelope="replies+n-1-aaaaaaaaaaaaaaaa@example.org")]
)
def test_the_untagged_address_takes_nothing_but_complaints_about_our_emails(content: bytes) -> None:
    with pytest.raises(NotOurs):
        receiving.take(content, recipient="replies@example.org", now=NOW)


# ---- automatic replies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-generated (vacation)\n",
        "X-Autoreply: yes\n",
        "Precedence: bulk\n",
        "List-Id: <list.example.org>\n",
        "Return-Path: <>\n",
    ],
)
def test_an_automatic_reply_changes_nothing_and_is_not_passed_on(headers: str) -> None:
    registration = factories.registration()
    address = reply_addresses.reply_address(registration.meeting_id, registration.person_id)
    row = receiving.take(message(headers=headers), recipient=address, now=NOW)
    assert row is not None
    assert (row.kind, row.text) == (Kind.AUTOMATIC, "")
    assert not Notification.objects.exists()


@pytest.mark.parametrize("sender", ["no-reply@example.org", "replies+m-x@example.org", "replies@example.org"])
def test_an_email_of_our_own_goes_round_once_at_most(settings, sender: str) -> None:
    settings.EMAIL_FROM = "Webinars <no-reply@example.org>"
    registration = factories.registration()
    address = reply_addresses.reply_address(registration.meeting_id, registration.person_id)
    row = receiving.take(message(sender=f"Webinars <{sender}>"), recipient=address, now=NOW)
    assert row is not None
    assert row.kind == Kind.AUTOMATIC
    assert not Notification.objects.exists()


# ---- what people write ------------------------------------------------------------------------------------


def written_to(meeting, content: bytes) -> InboundMail:  # type: ignore[no-untyped-def]
    registration = factories.registration(meeting=meeting)
    address = reply_addresses.reply_address(meeting.pk, registration.person_id)
    row = receiving.take(content, recipient=address, now=NOW)
    assert row is not None
    return row


def test_a_reply_reaches_the_host_who_wants_them_and_the_answer_goes_to_the_writer(
    send: Send, mailer: InMemoryMailer
) -> None:
    meeting = factories.meeting(replies_to_host=True)
    row = written_to(meeting, message())
    assert row.kind == Kind.MESSAGE
    send(NOW)
    (mail,) = mailer.mails
    assert mail.recipient[1] == meeting.host.email
    assert mail.reply_to == "jonas@example.lt"
    assert "May I bring a colleague?" in mail.text
    assert "Jonas <jonas@example.lt>" in mail.text
    assert mail.calendar is None


def test_where_the_host_does_not_want_replies_the_operator_gets_them(
    settings, send: Send, mailer: InMemoryMailer
) -> None:
    settings.CONTACT_EMAIL = "office@example.org"
    written_to(factories.meeting(), message())
    send(NOW)
    (mail,) = mailer.mails
    assert mail.recipient[1] == "office@example.org"


def test_the_personal_link_that_a_reply_quotes_is_not_passed_on(
    settings, send: Send, mailer: InMemoryMailer
) -> None:
    settings.SITE_URL = "https://webinars.example.org"
    quoted = "Yes.\n\n> Open: https://webinars.example.org/j/abc.def:ghi/\n> https://webinars.example.org/schedule/"
    written_to(factories.meeting(), message(text=quoted))
    send(NOW)
    (mail,) = mailer.mails
    assert "abc.def" not in mail.text + mail.html
    assert "https://webinars.example.org/schedule/" in mail.text


def test_an_email_of_html_alone_is_passed_on_as_text() -> None:
    source = "<html><head><style>p{color:red}</style></head><p>Ja,&nbsp;gerne</p><br>Bis <b>dann</b><!-- x --></html>"
    content = message(text=source).replace(b"text/plain", b"text/html")
    assert written_to(factories.meeting(), content).text == "Ja, gerne\n\nBis dann"


def test_a_forged_sender_and_attachments_left_out_are_named(send: Send, mailer: InMemoryMailer) -> None:
    content = crlf("""
Authentication-Results: mx.example.org; dmarc=fail
From: Jonas <jonas@example.lt>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="M"

--M
Content-Type: text/plain

See the file.
--M
Content-Type: application/pdf; name="a.pdf"
Content-Disposition: attachment; filename="a.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--M--
""")
    written_to(factories.meeting(), content)
    send(NOW)
    (mail,) = mailer.mails
    assert "Attachments were not forwarded." in mail.text
    assert "couldn’t confirm" in mail.text


def test_a_message_with_a_calendar_that_is_no_reply_is_passed_on() -> None:
    content = crlf("""
From: Jonas <jonas@example.lt>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="M"

--M
Content-Type: text/plain

Would this suit you?
--M
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
END:VCALENDAR
--M--
""")
    assert written_to(factories.meeting(), content).text == "Would this suit you?"


def test_one_person_cannot_flood_a_host() -> None:
    registration = factories.registration(meeting=factories.meeting(replies_to_host=True))
    address = reply_addresses.reply_address(registration.meeting_id, registration.person_id)
    for number in range(30):
        content = message().replace(b"message-1@", f"message-{number}@".encode())
        receiving.take(content, recipient=address, now=NOW)
    assert Notification.objects.filter(kind=Notification.Kind.REPLY).count() == 20


def test_an_unusable_sender_is_answered_at_the_address_that_is_known(
    send: Send, mailer: InMemoryMailer
) -> None:
    row = written_to(factories.meeting(), message(sender="Jonas"))
    send(NOW)
    (mail,) = mailer.mails
    assert row.person is not None
    assert mail.reply_to == row.person.email


# ---- how long it is kept ----------------------------------------------------------------------------------


def test_what_came_in_is_deleted_after_thirty_days_unless_it_still_has_to_be_forwarded(send: Send) -> None:
    written_to(factories.meeting(), message())
    late = NOW + timedelta(days=31)
    assert personal_data.delete_old_inbound_mails(late, 100) == 0
    send(NOW)
    assert personal_data.delete_old_inbound_mails(NOW + timedelta(days=29), 100) == 0
    assert personal_data.delete_old_inbound_mails(late, 100) == 1
    assert not Notification.objects.filter(kind=Notification.Kind.REPLY).exists()


def test_answers_of_calendars_are_deleted_like_emails(settings) -> None:
    settings.RETENTION_EMAIL_MONTHS = 12
    factories.calendar_reply(meeting=factories.meeting(starts_at=NOW + timedelta(days=1)))
    factories.calendar_reply(meeting=factories.meeting(starts_at=NOW + timedelta(days=700)))
    later = NOW + timedelta(days=360)
    assert meetings_data.delete_old_calendar_replies(later, 100) == 0
    assert meetings_data.delete_old_calendar_replies(NOW + timedelta(days=370), 100) == 1


def test_with_a_person_goes_what_came_in_from_them() -> None:
    registration = factories.registration()
    address = reply_addresses.reply_address(registration.meeting_id, registration.person_id)
    receiving.take(message(), recipient=address, now=NOW)
    factories.calendar_reply(meeting=registration.meeting, person=registration.person)
    suppressing.suppress(email=registration.person.email, why=SuppressedAddress.Reason.BOUNCE, now=NOW)
    erasing.erase_person(person=registration.person, now=NOW)
    assert not InboundMail.objects.exists()
    assert not CalendarReply.objects.exists()
    assert not SuppressedAddress.objects.exists()
