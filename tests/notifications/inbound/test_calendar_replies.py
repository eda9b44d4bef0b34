"""Answers of calendar programs: what they change, and what changes nothing."""

import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from meetings import calendar, changing, registering
from meetings.models import CalendarReply, Invitation, Meeting, MeetingRole, Registration
from notifications import planning, receiving, reply_addresses
from notifications.models import InboundMail, Notification
from notifications.reply_addresses import NotOurs
from tests import factories
from tests.factories import NOW
from tests.notifications.conftest import InMemoryMailer, Send
from tests.notifications.inbound.calendar_programs import PROGRAMS, Program, Written, exchange, gmail

pytestmark = pytest.mark.django_db
every_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)


@pytest.fixture(autouse=True)
def replies_are_read(settings) -> None:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"


def written_by(row: Registration | Invitation, **fields: object) -> Written:
    given: dict[str, object] = {
        "to": reply_addresses.reply_address(row.meeting_id, row.person_id),
        "attendee": row.person.email,
        "uid": row.meeting.uid,
    }
    return Written(**{**given, **fields})  # type: ignore[arg-type]


def take(written: Written, program: Program = gmail, *, minutes: int = 10) -> InboundMail | None:
    return receiving.take(program(written), recipient=written.to, now=NOW + timedelta(minutes=minutes))


def outcomes() -> list[str]:
    return list(CalendarReply.objects.order_by("pk").values_list("outcome", flat=True))


# ---- what an answer changes ---------------------------------------------------------------------------------


@every_program
def test_declining_cancels_the_registration_and_moves_the_waitlist(program: Program) -> None:
    meeting = factories.meeting(capacity=1)
    registration = factories.registration(meeting=meeting)
    next_one = factories.registration(meeting=meeting, state=Registration.State.WAITLISTED)
    row = take(written_by(registration, answer="DECLINED"), program)
    assert row is not None
    assert row.kind == InboundMail.Kind.CALENDAR_REPLY
    registration.refresh_from_db()
    next_one.refresh_from_db()
    assert registration.state == Registration.State.CANCELLED
    assert next_one.state == Registration.State.OFFERED
    assert outcomes() == ["changed"]
    told = Notification.objects.filter(registration=registration, kind=Notification.Kind.WITHDRAWN)
    assert told.count() == 1


@every_program
def test_accepting_an_invitation_registers(program: Program) -> None:
    invitation = factories.invitation()
    take(written_by(invitation, answer="ACCEPTED"), program)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.ACCEPTED
    registered = Registration.objects.get(meeting=invitation.meeting, person=invitation.person)
    assert registered.state == Registration.State.CONFIRMED
    assert registered.is_verified
    assert outcomes() == ["changed"]


@every_program
def test_declining_an_invitation_answers_it(program: Program) -> None:
    invitation = factories.invitation()
    take(written_by(invitation, answer="DECLINED"), program)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.DECLINED
    assert not Registration.objects.exists()


@every_program
def test_maybe_changes_nothing_and_is_kept_with_its_comment(program: Program) -> None:
    invitation = factories.invitation()
    take(written_by(invitation, answer="TENTATIVE", comment="Perhaps from Kalmar; or not"), program)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.INVITED
    reply = CalendarReply.objects.get()
    assert (reply.answer, reply.outcome) == ("tentative", "noted")
    assert reply.comment == "Perhaps from Kalmar; or not"


def test_accepting_confirms_the_address_of_a_registration() -> None:
    registration = factories.registration(verified_at=None)
    take(written_by(registration))
    registration.refresh_from_db()
    assert registration.state == Registration.State.CONFIRMED
    assert registration.is_verified
    assert outcomes() == ["noted"]


def test_a_later_decline_wins_over_an_acceptance() -> None:
    invitation = factories.invitation()
    take(written_by(invitation, answer="ACCEPTED", message_id="<1@a>"))
    later = written_by(invitation, answer="DECLINED", message_id="<2@a>", stamp=NOW + timedelta(minutes=5))
    take(later, minutes=20)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.DECLINED
    assert Registration.objects.get().state == Registration.State.CANCELLED
    assert outcomes() == ["changed", "changed"]


# ---- what is only shown -----------------------------------------------------------------------------------


def test_who_sends_somebody_else_is_shown_with_whom(client: Client) -> None:
    registration = factories.registration()
    answer = 'DELEGATED;DELEGATED-TO="mailto:Ieva@example.lt","mailto:tomas@example.lt"'
    take(written_by(registration, answer=answer))
    assert unchanged(registration)
    reply = CalendarReply.objects.get()
    assert (reply.answer, reply.outcome, reply.delegated_to) == ("delegated", "noted", "ieva@example.lt")
    client.force_login(registration.meeting.host)
    page = client.get(reverse("calendar_replies", args=[registration.meeting_id])).text
    assert "Sends someone else<br>ieva@example.lt" in page


def winmail(message_class: str) -> bytes:
    """A TNEF stream ([MS-OXTNEF] 2.1.3): version, message class, subject."""
    attributes = [
        (0x00089006, b"\0\0\1\0"),
        (0x00078008, message_class.encode() + b"\0"),
        (0x00018004, b"Re\0"),
    ]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        struct.pack("<BII", 1, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
        for name, data in attributes
    )


def wrapped(registration: Registration, stream: bytes) -> InboundMail | None:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = registration.person.email, "<tnef-1@outlook.example>"
    mail.set_content("")
    mail.add_attachment(stream, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    to = reply_addresses.reply_address(registration.meeting_id, registration.person_id)
    return receiving.take(mail.as_bytes(), recipient=to, now=NOW)


@pytest.mark.parametrize(
    ("message_class", "answer"),
    [
        ("IPM.Microsoft Schedule.MtgRespN", "declined"),
        ("IPM.Microsoft Schedule.MtgRespA", "tentative"),
        ("IPM.Schedule.Meeting.Resp.Pos", "accepted"),
    ],
)
def test_an_answer_in_outlooks_own_format_is_shown_and_changes_nothing(
    message_class: str, answer: str
) -> None:
    registration = factories.registration()
    wrapped(registration, winmail(message_class))
    assert unchanged(registration)
    reply = CalendarReply.objects.get()
    assert (reply.answer, reply.outcome) == (answer, "incomplete")


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        winmail("IPM.Note"),
        winmail("IPM.Schedule.Meeting.Resp.Pos")[:20],
        struct.pack("<IHBII", 0x223E9F78, 1, 1, 0x00089006, 2**32 - 1),
        struct.pack("<IH", 0x223E9F78, 1) + struct.pack("<BIIH", 1, 0x00089006, 0, 0) * 20_000,
    ],
)
def test_any_other_is_forwarded_as_a_message(stream: bytes) -> None:
    row = wrapped(factories.registration(), stream)
    assert row is not None
    assert row.kind == InboundMail.Kind.MESSAGE
    assert not CalendarReply.objects.exists()


# ---- what changes nothing ---------------------------------------------------------------------------------


def unchanged(registration: Registration) -> bool:
    state = registration.state
    registration.refresh_from_db()
    return registration.state == state


def test_a_reply_older_than_the_last_one_changes_nothing() -> None:
    registration = factories.registration()
    take(written_by(registration, stamp=NOW + timedelta(minutes=5), message_id="<2@a>"))
    take(written_by(registration, answer="DECLINED", message_id="<1@a>"), minutes=20)
    assert unchanged(registration)
    assert outcomes() == ["noted", "outdated"]


def test_a_reply_to_an_earlier_time_changes_nothing(send: Send, mailer: InMemoryMailer) -> None:
    """Declining Thursday says nothing about Friday, once the person was told of Friday."""
    meeting = factories.meeting()
    registration = factories.registration(meeting=meeting)
    meeting.revision = 1
    meeting.save()
    planning.plan_move(
        meeting=meeting,
        previous_starts_at=meeting.starts_at - timedelta(days=1),
        previous_ends_at=meeting.ends_at - timedelta(days=1),
        changed={"starts_at"},
        joined=set(),
        now=NOW,
    )
    send(NOW)
    assert b"SEQUENCE:1" in (mailer.to(registration.email)[0].calendar.content)  # type: ignore[union-attr]
    take(written_by(registration, answer="DECLINED", sequence=0))
    assert unchanged(registration)
    take(written_by(registration, answer="DECLINED", sequence=1, message_id="<2@a>"))
    assert not unchanged(registration)
    assert outcomes() == ["outdated", "changed"]


def test_a_reply_to_an_event_that_was_cancelled_for_this_person_changes_nothing(send: Send) -> None:
    """Registered, cancelled, registered again: the decline of the first event comes late."""
    registration = factories.registration()
    registering.withdraw(registration=registration, now=NOW)
    send(NOW)
    again = factories.registration(meeting=registration.meeting, person=registration.person)
    take(written_by(again, answer="DECLINED", sequence=0))
    assert unchanged(again)
    assert outcomes() == ["outdated"]


def test_the_same_email_twice_is_taken_once() -> None:
    registration = factories.registration()
    written = written_by(registration, answer="TENTATIVE")
    assert take(written) is not None
    assert take(written) is None
    assert InboundMail.objects.count() == CalendarReply.objects.count() == 1


def test_the_same_reply_in_another_email_is_recognised() -> None:
    """As it comes from a second folder, or by a server that sends it again with its own Message-ID."""
    registration = factories.registration()
    take(written_by(registration, answer="TENTATIVE", message_id="<1@a>"))
    take(written_by(registration, answer="TENTATIVE", message_id="<2@a>"))
    assert outcomes() == ["noted", "repeated"]


@pytest.mark.parametrize(
    "results",
    [
        "mx.example.org; dmarc=fail (p=none) header.from=example.org",
        "mx.example.org; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example; dmarc=fail",
        'mx.example.org; dkim=fail reason="bad signature"; spf=softfail',
        "mx.example.org; spf=fail\nAuthentication-Results: mx.example.org; dkim=fail",
    ],
)
def test_a_forged_reply_changes_nothing(results: str) -> None:
    registration = factories.registration()
    take(written_by(registration, answer="DECLINED", authentication=results))
    assert unchanged(registration)
    assert outcomes() == ["forged"]


@pytest.mark.parametrize(
    "results",
    [
        "",
        "mx.example.org; dmarc=pass header.from=example.org; spf=fail; dkim=fail",
        "mx.example.org; spf=pass; dkim=none",
        "mx.example.org; spf=fail; dkim=pass header.d=example.org",
        # The sender's own header: our server's stands above it.
        "mx.example.org; dmarc=pass\nAuthentication-Results: evil.example; dmarc=fail",
    ],
)
def test_a_genuine_reply_counts(results: str) -> None:
    registration = factories.registration()
    take(written_by(registration, answer="DECLINED", authentication=results))
    assert outcomes() == ["changed"]


def test_a_reply_of_somebody_else_changes_nothing() -> None:
    """Who was forwarded the invitation accepts it with their own address."""
    registration = factories.registration()
    take(written_by(registration, answer="DECLINED", attendee="colleague@example.org"))
    assert unchanged(registration)
    reply = CalendarReply.objects.get()
    assert (reply.outcome, reply.attendee) == ("other_person", "colleague@example.org")


def test_a_reply_about_another_event_changes_nothing() -> None:
    registration = factories.registration()
    other = factories.registration(person=registration.person)
    take(written_by(registration, answer="DECLINED", uid=other.meeting.uid))
    assert unchanged(registration)
    assert unchanged(other)
    assert outcomes() == ["other_event"]


@pytest.mark.parametrize("forge", [
    lambda own, other: own.replace(own.split("-")[1], other.split("-")[1]),  # another meeting
    lambda own, other: "-".join([*own.split("-")[:2], other.split("-")[2], own.split("-")[3]]),  # another person
    lambda own, _other: own.replace("-", "-2", 1),
    lambda own, _other: own.partition("@")[0][:-1] + "@example.org",
    lambda _own, _other: "replies@example.org",
    lambda own, _other: own.replace("@example.org", "@example.com"),
])  # fmt: skip
def test_an_address_that_was_guessed_is_refused(forge: Callable[[str, str], str]) -> None:
    registration, other = factories.registration(), factories.registration()
    own, others = (
        reply_addresses.reply_address(one.meeting_id, one.person_id) for one in (registration, other)
    )
    guessed = forge(own, others)
    assert guessed != own
    with pytest.raises(NotOurs):
        take(written_by(registration, answer="DECLINED", to=guessed))
    assert unchanged(registration)
    assert not InboundMail.objects.exists()


def test_an_address_in_capitals_and_one_signed_with_an_earlier_key_are_ours(settings) -> None:
    registration = factories.registration()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "earlier" * 8, []
    written = written_by(registration, answer="DECLINED")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "present" * 8, ["earlier" * 8]
    take(replace(written, to=written.to.upper()))
    assert outcomes() == ["changed"]


def test_after_the_end_nothing_changes() -> None:
    registration = factories.registration(meeting=factories.meeting(state=Meeting.State.ENDED))
    take(written_by(registration, answer="DECLINED"))
    assert unchanged(registration)
    assert outcomes() == ["too_late"]


def test_a_cancelled_meeting_is_not_declined() -> None:
    meeting = factories.meeting()
    registration = factories.registration(meeting=meeting)
    changing.cancel_meeting(meeting=meeting, reason="", now=NOW)
    take(written_by(registration, answer="DECLINED", sequence=9))
    assert outcomes() == ["too_late"]


def test_an_acceptance_after_cancelling_on_the_page_registers_nobody() -> None:
    registration = factories.registration()
    registering.withdraw(registration=registration, now=NOW)
    take(written_by(registration))
    assert outcomes() == ["not_registered"]
    assert not Registration.objects.active().exists()


def test_a_speaker_who_declines_stays_on_stage_and_the_host_sees_it() -> None:
    meeting = factories.meeting()
    role = factories.role(meeting, factories.member())
    to = reply_addresses.reply_address(meeting.pk, role.person_id)
    take(Written(to=to, attendee=role.person.email, uid=meeting.uid, answer="DECLINED"))
    assert MeetingRole.objects.filter(pk=role.pk).exists()
    assert outcomes() == ["noted"]


def test_a_clock_far_ahead_does_not_outrank_later_answers() -> None:
    registration = factories.registration()
    take(written_by(registration, stamp=NOW + timedelta(days=700), message_id="<1@a>"))
    later = written_by(registration, answer="DECLINED", message_id="<2@a>", stamp=NOW + timedelta(hours=3))
    take(later, minutes=180)
    assert not unchanged(registration)


def test_a_proposed_time_is_kept_and_changes_nothing() -> None:
    registration = factories.registration()
    written = written_by(registration, answer="DECLINED", comment="After lunch?")
    receiving.take(exchange(written, "COUNTER"), recipient=written.to, now=NOW)
    assert unchanged(registration)
    reply = CalendarReply.objects.get()
    assert (reply.answer, reply.outcome, reply.comment) == ("counter", "noted", "After lunch?")
    # 14:00 in W. Europe Standard Time, which is Windows' name for Berlin's.
    assert f"{reply.proposed_starts_at:%Y-%m-%d %H:%M}" == "2027-01-14 13:00"
    assert f"{reply.proposed_ends_at:%Y-%m-%d %H:%M}" == "2027-01-14 14:00"


def proposed() -> CalendarReply:
    written = written_by(factories.registration(name="Jonas"), answer="TENTATIVE")
    receiving.take(exchange(written, "COUNTER"), recipient=written.to, now=NOW)
    return CalendarReply.objects.get()


@time_machine.travel(NOW, tick=False)
def test_a_host_takes_a_proposed_time_by_a_form_that_is_filled_in(client: Client) -> None:
    reply = proposed()
    client.force_login(reply.meeting.host)
    page = client.get(reverse("calendar_replies", args=[reply.meeting_id])).content.decode()
    link = f"{reverse('edit_meeting', args=[reply.meeting_id])}?proposal={reply.pk}"
    assert link in page
    form = client.get(link).context["form"]
    assert (str(form["local_day"].value()), str(form["local_time"].value())[:5]) == ("2027-01-14", "14:00")
    assert form["duration_minutes"].value() == 60


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("key", ["x", "99999999999999999999", "-1", "\u0664", ""])
def test_another_proposal_fills_in_nothing(client: Client, key: str) -> None:
    reply = proposed()
    client.force_login(reply.meeting.host)
    form = client.get(reverse("edit_meeting", args=[reply.meeting_id]), {"proposal": key}).context["form"]
    assert str(form["local_time"].value())[:5] == "10:00"


@time_machine.travel(NOW, tick=False)
def test_declining_a_proposal_answers_the_calendar_program_once(
    client: Client, send: Send, mailer: InMemoryMailer
) -> None:
    reply = proposed()
    client.force_login(reply.meeting.host)
    decline = reverse("decline_proposal", args=[reply.meeting_id, reply.pk])
    assert "Proposal declined." in client.post(decline, follow=True).content.decode()
    assert "This proposal has already been answered." in client.post(decline, follow=True).content.decode()
    send(NOW)
    (mail,) = mailer.mails
    assert mail.recipient[1] == reply.person.email
    assert mail.calendar is not None
    assert mail.calendar.method == "DECLINECOUNTER"
    (event,) = calendar.parse(mail.calendar.content)
    assert (event.method, event.uid, event.sequence) == ("DECLINECOUNTER", reply.meeting.uid, 0)
    assert event.organizer == reply_addresses.reply_address(reply.meeting_id, reply.person_id)
    page = client.get(reverse("calendar_replies", args=[reply.meeting_id])).content.decode()
    assert "Proposal declined" in page
    assert "?proposal=" not in page


def test_a_proposal_of_a_forged_reply_cannot_be_taken() -> None:
    written = written_by(factories.registration(), authentication="mx.example.org; dmarc=fail")
    receiving.take(exchange(written, "COUNTER"), recipient=written.to, now=NOW)
    assert not CalendarReply.objects.get().is_open_proposal(now=NOW)


# ---- what is sent so that answers come --------------------------------------------------------------------


def test_the_event_asks_for_an_answer_to_the_persons_own_address(send: Send, mailer: InMemoryMailer) -> None:
    meeting = factories.meeting()
    registration = factories.registration(meeting=meeting)
    planning.plan_confirmation(registration=registration, now=NOW)
    send(NOW)
    (mail,) = mailer.to(registration.email)
    address = reply_addresses.reply_address(meeting.pk, registration.person_id)
    assert mail.sender[1] == mail.reply_to == address
    assert mail.calendar is not None
    unfolded = mail.calendar.content.replace(b"\r\n ", b"").decode()
    assert f"mailto:{address}" in unfolded
    assert "RSVP=TRUE" in unfolded
    assert isinstance(reply_addresses.resolve(mail.return_path), reply_addresses.OfNotification)
    assert len(address.partition("@")[0]) <= 64


def test_where_replies_are_not_read_emails_are_as_before(
    settings, send: Send, mailer: InMemoryMailer
) -> None:
    settings.INBOUND_EMAIL_ADDRESS = ""
    registration = factories.registration()
    planning.plan_confirmation(registration=registration, now=NOW)
    send(NOW)
    (mail,) = mailer.to(registration.email)
    assert (mail.return_path, mail.reply_to) == ("", settings.CONTACT_EMAIL)
    assert mail.calendar is not None
    assert b"RSVP=FALSE" in mail.calendar.content.replace(b"\r\n ", b"")
    assert b"+m-" not in mail.calendar.content
