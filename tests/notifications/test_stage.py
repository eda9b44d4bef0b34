"""Removal from the stage: one email cancels the calendar event; whoever had heard nothing gets nothing."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from companies.models import Person
from meetings import access, calendar, change_preview, changing, meeting_input, registering, signals
from meetings.links import stage_link
from meetings.meeting_input import Speaker
from meetings.models import Meeting, MeetingRole, Registration
from notifications.mailer import InDoubt, ServerAway
from notifications.models import Notification
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from tests.notifications.test_planning import cancel, send_signal, waiting, withdraw

pytestmark = pytest.mark.django_db
Kind, Role = Notification.Kind, MeetingRole.Role
PAUL = "paul@example.org"


@pytest.fixture
def meeting():
    made = make.meeting()
    send_signal(signals.meeting_scheduled, meeting=made)
    return made


def stage(meeting, *addresses, now=NOW, **changes):
    """The host edits who is on the stage, and other fields."""
    speakers = tuple(Speaker(address) for address in addresses)
    details = replace(meeting_input.details_of(meeting), speakers=speakers, **changes)
    return changing.change_meeting(meeting=meeting, details=details, now=now)


def entries(mailer, address=PAUL):
    """Method and SEQUENCE of each calendar event in order; None for an email without one."""
    found = []
    for mail in mailer.to(address):
        notified = calendar.parse(mail.calendar.content)[0] if mail.calendar else None
        found.append((notified.method, notified.sequence) if notified else None)
    return found


def seat_of_paul(meeting, **fields):
    registration = make.registration(meeting=meeting, person=Person.objects.get(email=PAUL), **fields)
    if registration.state == "confirmed":
        send_signal(signals.registration_confirmed, registration=registration)
    return registration


def test_removal_from_the_stage_cancels_the_event_and_reminders(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    for minutes in (60 * 24, 60, 10):
        send(NOW)
        send(STARTS_AT - timedelta(minutes=minutes))
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 1)]
    removal_notice = mailer.to(PAUL)[-1]
    assert removal_notice.subject.startswith("Your role has ended: ")
    assert removal_notice.text.splitlines()[0] == "Thursday 14 January 2027, 10:00–11:00"
    assert "This email removes the event from your calendar." in removal_notice.text


def test_a_removal_notice_has_a_later_stamp_than_the_invitation(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    later = NOW + timedelta(minutes=5)
    stage(meeting, now=later)
    send(later)
    first, last = (mail.calendar.content for mail in mailer.to(PAUL))
    assert b"DTSTAMP:20261203T092000Z" in first
    assert b"DTSTAMP:20261203T092500Z" in last


def test_an_edit_that_also_moves_the_meeting_cancels_the_event_with_the_new_sequence(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting, local_time=time(14))
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 2)]


def test_who_is_taken_off_before_the_invitation_left_hears_nothing_at_all(meeting, send, mailer):
    stage(meeting, PAUL)
    stage(meeting)
    for moment in (NOW, STARTS_AT - timedelta(hours=24), STARTS_AT - timedelta(minutes=10)):
        send(moment)
    assert not mailer.to(PAUL)
    assert not waiting(person__email=PAUL).exists()


def test_who_is_taken_off_and_put_back_before_any_mail_left_is_invited_once(meeting, send, mailer):
    stage(meeting, PAUL)
    stage(meeting)
    stage(meeting, PAUL)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]
    assert waiting(person__email=PAUL, kind=Kind.REMINDER).count() == 3


def test_whoever_is_put_back_before_the_removal_notice_was_sent_keeps_the_event_and_gets_nothing(
    meeting, send, mailer
):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    stage(meeting, PAUL)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]
    assert waiting(person__email=PAUL, kind=Kind.REMINDER).count() == 3


def test_a_removal_notice_missed_by_the_flow_is_dropped_when_it_is_checked_again(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    make.role(meeting, Person.objects.get(email=PAUL))
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]


def test_each_invitation_and_removal_after_a_sent_one_is_sent(meeting, send, mailer):
    for addresses in ([PAUL], [], [PAUL], []):
        stage(meeting, *addresses)
        send(NOW)
    assert [method for method, _sequence in entries(mailer)] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL"]


def test_a_second_removal_notice_that_was_not_sent_is_not_lost(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    for addresses in ([], [PAUL], []):
        stage(meeting, *addresses)
    send(NOW)
    assert [method for method, _sequence in entries(mailer)] == ["REQUEST", "CANCEL"]


def test_an_invitation_that_may_have_arrived_is_taken_back(meeting, send, mailer):
    stage(meeting, PAUL)
    Notification.objects.exclude(person__email=PAUL).delete()
    mailer.failures = [InDoubt("no acknowledgement")]
    send(NOW)
    stage(meeting)
    send(NOW)
    assert [method for method, _sequence in entries(mailer)] == ["CANCEL"]


def test_a_removal_notice_not_accepted_yet_is_not_sent_to_somebody_put_back(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    mailer.failures = [ServerAway("no answer")]
    send(NOW)
    stage(meeting, PAUL)
    send(NOW + timedelta(minutes=1))
    assert {method for method, _sequence in entries(mailer)} == {"REQUEST"}


def test_whoever_is_also_registered_keeps_the_event_and_the_reminders(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    registration = seat_of_paul(meeting)
    send(NOW)
    stage(meeting)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("REQUEST", 0), None]
    assert "Your registration and the event in your calendar stay as they are" in mailer.to(PAUL)[-1].text
    assert waiting(kind=Kind.REMINDER, registration=registration).count() == 3


def test_whoever_is_only_waitlisted_loses_the_event(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    seat_of_paul(meeting, state=Registration.State.WAITLISTED)
    stage(meeting)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 1)]


def test_a_late_removal_notice_does_not_cancel_the_event_of_a_registration_made_since(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    seat_of_paul(meeting)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("REQUEST", 0)]


def test_a_withdrawal_before_the_removal_notice_was_sent_is_one_cancel(meeting, send, mailer):
    stage(meeting, PAUL)
    registration = seat_of_paul(meeting)
    send(NOW)
    stage(meeting)
    withdraw(registration)
    send(NOW)
    assert [entry for entry in entries(mailer) if entry and entry[0] == "CANCEL"] == [("CANCEL", 1)]
    assert "stay as they are" not in mailer.to(PAUL)[-1].text


def test_the_removal_notice_is_still_sent_when_the_meeting_is_cancelled(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    cancel(Meeting.objects.get(pk=meeting.pk))
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 2)]


def test_people_of_the_project_room_stay_invited_when_they_leave_the_stage(send, mailer):
    host, paul = make.member(), make.member(email=PAUL)
    room = make.room(companies=[host.company, paul.company])
    held = make.meeting(host=host, room=room, visibility="invited")
    send_signal(signals.meeting_scheduled, meeting=held)
    stage(held, PAUL)
    send(NOW)
    stage(held)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]
    assert waiting(person=paul, kind=Kind.REMINDER).count() == 3


def test_a_changed_role_notifies_nobody(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    speakers = (Speaker(PAUL, role="co_host"),)
    details = replace(meeting_input.details_of(meeting), speakers=speakers)
    changing.change_meeting(meeting=meeting, details=details, now=NOW)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]


# ---- who is invited is known already -----------------------------------------------------------------------


def invite(meeting, role):
    """The host puts this address on the stage."""
    details = replace(meeting_input.details_of(meeting), speakers=(Speaker(PAUL, role=role),))
    effects = change_preview.effects_of_change(meeting=meeting, details=details, now=NOW)
    changing.change_meeting(meeting=meeting, details=details, now=NOW)
    return effects


@pytest.mark.parametrize("role", [Role.CO_HOST, Role.SPEAKER])
def test_who_has_a_seat_and_comes_onto_the_stage_is_invited_once_and_reminded_once(
    meeting, role, send, mailer
):
    seat = make.registration(meeting=meeting, person=make.person(email=PAUL))
    send_signal(signals.registration_confirmed, registration=seat)
    send(NOW)
    assert invite(meeting, role).people_notified == 1
    assert Person.objects.filter(email=PAUL).count() == 1
    for moment in (NOW, *(STARTS_AT - timedelta(minutes=minutes) for minutes in (24 * 60, 60, 10))):
        send(moment)
    kinds = Notification.objects.filter(person=seat.person, state="sent").order_by("due_at", "pk")
    assert list(kinds.values_list("kind", flat=True)) == ["confirmation", "invitation", *["reminder"] * 3]
    assert len(mailer.to(PAUL)) == 5
    # One entry in the calendar, whichever mail is read last.
    assert {uid for mail in mailer.to(PAUL) if mail.calendar for uid in uids(mail)} == {meeting.uid}
    seat.refresh_from_db()
    assert seat.state == Registration.State.CONFIRMED
    level = {Role.CO_HOST: access.Level.HOST, Role.SPEAKER: access.Level.SPEAK}[role]
    assert access.level_in(access.Visitor(seat.person), meeting) == level


@pytest.mark.parametrize("role", [Role.CO_HOST, Role.SPEAKER])
def test_whose_account_is_closed_is_invited_to_no_stage_and_enters_none(meeting, role, send, mailer):
    paul = make.person(email=PAUL, is_active=False)
    assert invite(meeting, role).people_notified == 0
    send(NOW)
    send(STARTS_AT - timedelta(minutes=10))
    assert not Notification.objects.filter(person=paul).exists()
    assert not mailer.to(PAUL)
    placed = meeting.roles.get(person=paul)
    client = Client()
    client.force_login(paul)
    if role == Role.SPEAKER:
        client.get(stage_link(placed))
    assert client.get(reverse("host_meeting", args=[meeting.pk])).status_code == 302
    with time_machine.travel(STARTS_AT - timedelta(minutes=5)):
        assert client.get(reverse("room", args=[meeting.room_id])).status_code in {403, 404}


def uids(mail):
    return [entry.uid for entry in calendar.parse(mail.calendar.content)]


def test_each_cancel_to_one_person_and_each_request_after_it_has_a_higher_sequence(meeting, send, mailer):
    """RFC 5546, 3.2.5: also where the meeting itself stays as it is, so that its revision does not rise."""
    paul = make.person(email=PAUL)
    anna = make.person(email="anna@example.org")

    def register(person):
        registration = make.registration(meeting=meeting, person=person)
        send_signal(signals.registration_confirmed, registration=registration)
        send(NOW)
        return registration

    register(anna)
    registering.withdraw(registration=register(paul), now=NOW)
    send(NOW)
    registering.withdraw(registration=register(paul), now=NOW)
    send(NOW)
    register(paul)
    stage(meeting, local_time=time(14))
    send(NOW)
    sequences = [sequence for _method, sequence in entries(mailer)]
    assert [method for method, _sequence in entries(mailer)] == [
        *(("REQUEST", "CANCEL") * 2),
        *(("REQUEST",) * 2),
    ]
    assert sequences == sorted(set(sequences))
    assert entries(mailer, anna.email) == [("REQUEST", 0), ("REQUEST", 1)]
