"""Who is taken off the stage of a meeting: one mail takes the entry away, and nothing is said to who knew nothing."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from companies.models import Person
from meetings import calendar, changing, meeting_input, signals
from meetings.meeting_input import Speaker
from meetings.models import Meeting, Registration
from notifications.mailer import InDoubt, ServerAway
from notifications.models import Notification
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from tests.notifications.test_planning import cancel, say, waiting, withdraw

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
PAUL = "paul@example.org"


@pytest.fixture
def meeting():
    made = make.meeting()
    say(signals.meeting_scheduled, meeting=made)
    return made


def stage(meeting, *addresses, now=NOW, **changes):
    """The host edits who is on the stage, and whatever else."""
    speakers = tuple(Speaker(address) for address in addresses)
    details = replace(meeting_input.details_of(meeting), speakers=speakers, **changes)
    return changing.change_meeting(meeting=meeting, details=details, now=now)


def entries(mailer, address=PAUL):
    """Method and SEQUENCE of each entry that came, in their order; None for a mail without one."""
    found = []
    for mail in mailer.to(address):
        told = calendar.parse(mail.calendar.content)[0] if mail.calendar else None
        found.append((told.method, told.sequence) if told else None)
    return found


def seat_of_paul(meeting, **fields):
    seat = make.registration(meeting=meeting, person=Person.objects.get(email=PAUL), **fields)
    if seat.state == "confirmed":
        say(signals.registration_confirmed, registration=seat)
    return seat


def test_who_is_taken_off_the_stage_loses_the_entry_and_is_not_reminded(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    for minutes in (60 * 24, 60, 10):
        send(NOW)
        send(STARTS_AT - timedelta(minutes=minutes))
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 0)]
    removal_notice = mailer.to(PAUL)[-1]
    assert removal_notice.subject.startswith("You are not on the stage any more: ")
    assert removal_notice.text.splitlines()[0] == "Thursday 14 January 2027, 10:00–11:00"
    assert "The entry in your calendar is taken away with this mail." in removal_notice.text


def test_the_goodbye_follows_the_invitation_by_its_stamp_where_the_sequence_is_the_same(
    meeting, send, mailer
):
    stage(meeting, PAUL)
    send(NOW)
    later = NOW + timedelta(minutes=5)
    stage(meeting, now=later)
    send(later)
    first, last = (mail.calendar.content for mail in mailer.to(PAUL))
    assert b"DTSTAMP:20261203T092000Z" in first
    assert b"DTSTAMP:20261203T092500Z" in last


def test_an_edit_that_moves_the_meeting_too_takes_the_entry_away_with_the_new_sequence(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting, local_time=time(14))
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 1)]


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


def test_who_is_put_back_before_the_goodbye_left_keeps_the_entry_and_hears_nothing(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    stage(meeting, PAUL)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]
    assert waiting(person__email=PAUL, kind=Kind.REMINDER).count() == 3


def test_a_goodbye_that_slipped_past_the_flow_is_dropped_when_it_is_looked_at_again(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    make.role(meeting, Person.objects.get(email=PAUL))
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]


def test_each_coming_and_going_that_was_told_is_told_again(meeting, send, mailer):
    for addresses in ([PAUL], [], [PAUL], []):
        stage(meeting, *addresses)
        send(NOW)
    assert [method for method, _sequence in entries(mailer)] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL"]


def test_a_second_goodbye_that_did_not_leave_is_not_lost(meeting, send, mailer):
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


def test_a_goodbye_that_the_server_did_not_take_yet_is_not_sent_to_who_is_back(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    mailer.failures = [ServerAway("no answer")]
    send(NOW)
    stage(meeting, PAUL)
    send(NOW + timedelta(minutes=1))
    assert {method for method, _sequence in entries(mailer)} == {"REQUEST"}


def test_who_has_a_seat_too_keeps_the_entry_and_the_reminders(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    seat = seat_of_paul(meeting)
    send(NOW)
    stage(meeting)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("REQUEST", 0), None]
    assert "Your seat in this meeting stays yours" in mailer.to(PAUL)[-1].text
    assert waiting(kind=Kind.REMINDER, registration=seat).count() == 3


def test_who_only_waits_for_a_seat_loses_the_entry(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    seat_of_paul(meeting, state=Registration.State.WAITLISTED)
    stage(meeting)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 0)]


def test_a_late_goodbye_does_not_take_away_the_entry_of_a_seat_taken_since(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    seat_of_paul(meeting)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("REQUEST", 0)]


def test_a_seat_given_back_before_the_goodbye_left_is_one_cancel(meeting, send, mailer):
    stage(meeting, PAUL)
    seat = seat_of_paul(meeting)
    send(NOW)
    stage(meeting)
    withdraw(seat)
    send(NOW)
    assert [entry for entry in entries(mailer) if entry and entry[0] == "CANCEL"] == [("CANCEL", 0)]
    assert "stays yours" not in mailer.to(PAUL)[-1].text


def test_the_goodbye_still_leaves_when_the_meeting_is_cancelled(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    stage(meeting)
    cancel(Meeting.objects.get(pk=meeting.pk))
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0), ("CANCEL", 1)]


def test_people_of_the_project_room_stay_invited_when_they_leave_the_stage(send, mailer):
    host, paul = make.member(), make.member(email=PAUL)
    room = make.room(companies=[host.company, paul.company])
    held = make.meeting(host=host, room=room, visibility="invited")
    say(signals.meeting_scheduled, meeting=held)
    stage(held, PAUL)
    send(NOW)
    stage(held)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]
    assert waiting(person=paul, kind=Kind.REMINDER).count() == 3


def test_a_role_that_only_changes_is_told_to_nobody(meeting, send, mailer):
    stage(meeting, PAUL)
    send(NOW)
    speakers = (Speaker(PAUL, role="co_host"),)
    details = replace(meeting_input.details_of(meeting), speakers=speakers)
    changing.change_meeting(meeting=meeting, details=details, now=NOW)
    send(NOW)
    assert entries(mailer) == [("REQUEST", 0)]
