"""What is planned after an event, and what is dropped."""

from datetime import timedelta

import pytest
from django.db import transaction

from companies.models import Person
from meetings import signals
from meetings.models import Meeting, Registration
from notifications.models import Notification
from recordings.models import Recording
from tests import factories as make
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
DAY, HOUR, TEN = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)


def send_signal(signal, now=NOW, **about):
    with transaction.atomic():
        signal.send(Meeting, now=now, **about)


def waiting(**about):
    return Notification.objects.filter(state="waiting", **about)


def due_times(**about):
    return sorted(waiting(**about).values_list("due_at", flat=True))


def move(meeting, by=timedelta(hours=3), now=NOW):
    was = {"previous_starts_at": meeting.starts_at, "previous_ends_at": meeting.ends_at}
    meeting.starts_at, meeting.ends_at = meeting.starts_at + by, meeting.ends_at + by
    meeting.revision += 1
    meeting.save()
    send_signal(signals.meeting_moved, meeting=meeting, now=now, changed={"time"}, joined=set(), **was)


def cancel(meeting, now=NOW):
    meeting.state, meeting.cancelled_at = Meeting.State.CANCELLED, now
    meeting.revision += 1
    meeting.save()
    send_signal(signals.meeting_cancelled, meeting=meeting, now=now)


def withdraw(registration, now=NOW):
    registration.state, registration.cancelled_at = Registration.State.CANCELLED, now
    registration.save()
    send_signal(signals.registration_withdrawn, registration=registration, by_person=True, now=now)


# ---- registrations ---------------------------------------------------------------------------------------


def test_a_confirmed_registration_gets_a_confirmation_now_and_three_reminders():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    assert waiting(kind=Kind.CONFIRMATION, registration=registration).get().due_at == NOW
    assert due_times(kind=Kind.REMINDER) == [STARTS_AT - DAY, STARTS_AT - HOUR, STARTS_AT - TEN]


@pytest.mark.parametrize(
    ("before", "left"),
    [(timedelta(hours=25), 3), (DAY, 2), (timedelta(minutes=61), 2), (HOUR, 1), (timedelta(minutes=9), 0)],
)
def test_who_registers_late_gets_only_the_reminders_still_ahead(before, left):
    send_signal(signals.registration_confirmed, registration=make.registration(), now=STARTS_AT - before)
    assert waiting(kind=Kind.REMINDER).count() == left
    assert waiting(kind=Kind.CONFIRMATION).count() == 1


def test_the_hosts_own_choice_of_reminders_is_kept():
    registration = make.registration(meeting=make.meeting(reminders=[120, 120, 0, -5]))
    send_signal(signals.registration_confirmed, registration=registration)
    assert due_times(kind=Kind.REMINDER) == [STARTS_AT - 2 * HOUR]


def test_the_same_signal_twice_notifies_nobody_twice():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    before = Notification.objects.count()
    send_signal(signals.registration_confirmed, registration=registration)
    assert Notification.objects.count() == before


@pytest.mark.parametrize(
    ("fact", "state", "kind"),
    [
        (signals.registration_requested, "pending", Kind.REQUESTED),
        (signals.registration_waitlisted, "waitlisted", Kind.WAITLISTED),
        (signals.registration_offered, "offered", Kind.OFFER),
        (signals.registration_refused, "cancelled", Kind.REFUSED),
    ],
)
def test_each_answer_about_a_registration_is_one_email_and_no_reminder(fact, state, kind):
    registration = make.registration(state=state)
    send_signal(fact, registration=registration)
    assert [row.kind for row in Notification.objects.all()] == [kind]


def test_a_confirmation_drops_waitlist_emails():
    registration = make.registration(state="offered")
    send_signal(signals.registration_offered, registration=registration)
    registration.state, registration.confirmed_at, registration.offered_until = "confirmed", NOW, None
    registration.save()
    send_signal(signals.registration_confirmed, registration=registration)
    assert not waiting(kind=Kind.OFFER).exists()
    assert waiting(kind=Kind.CONFIRMATION).exists()


def test_a_second_offer_after_the_first_expired_is_sent_too():
    registration = make.registration(state="offered")
    send_signal(signals.registration_offered, registration=registration)
    registration.offered_until += DAY
    send_signal(signals.registration_offered, registration=registration)
    assert Notification.objects.filter(kind=Kind.OFFER).count() == 2


def test_withdrawing_drops_what_waits_and_cancels_the_calendar_event():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    withdraw(registration)
    removal_notice = waiting().get()
    assert (removal_notice.kind, removal_notice.details["calendar"]) == (Kind.WITHDRAWN, True)


def test_leaving_the_waitlist_cancels_no_calendar_event():
    registration = make.registration(state="waitlisted")
    withdraw(registration)
    assert waiting(kind=Kind.WITHDRAWN).get().details["calendar"] is False


def test_registering_again_after_withdrawing_plans_reminders_again():
    first = make.registration()
    send_signal(signals.registration_confirmed, registration=first)
    withdraw(first)
    second = make.registration(meeting=first.meeting, person=first.person)
    send_signal(signals.registration_confirmed, registration=second)
    assert waiting(kind=Kind.REMINDER, registration=second).count() == 3
    assert waiting(kind=Kind.CONFIRMATION, registration=second).count() == 1


def test_a_speaker_who_withdraws_a_registration_is_still_reminded():
    meeting, speaker = make.meeting(), make.person()
    make.role(meeting, speaker)
    send_signal(signals.meeting_scheduled, meeting=meeting)
    registration = make.registration(meeting=meeting, person=speaker)
    send_signal(signals.registration_confirmed, registration=registration)
    withdraw(registration)
    assert waiting(kind=Kind.REMINDER, person=speaker).count() == 3
    assert waiting(kind=Kind.WITHDRAWN, person=speaker).get().details["calendar"] is False


# ---- meetings --------------------------------------------------------------------------------------------


def test_scheduling_invites_the_host_and_those_on_the_stage_and_nobody_else():
    meeting = make.meeting()
    speaker, interpreter, captioner = make.person(), make.person(), make.person()
    make.role(meeting, speaker)
    make.role(meeting, interpreter, "interpreter")
    make.role(meeting, captioner, "captioner")
    make.member()
    send_signal(signals.meeting_scheduled, meeting=meeting)
    invited = set(waiting(kind=Kind.INVITATION).values_list("person", flat=True))
    assert invited == {meeting.host_id, speaker.pk, interpreter.pk, captioner.pk}
    assert waiting(kind=Kind.REMINDER).count() == 12


def test_scheduling_into_a_project_room_invites_the_people_of_its_companies():
    mine, theirs, outsider = make.member(), make.member(), make.member()
    gone = make.person(company=mine.company, is_active=False)
    room = make.room(companies=[mine.company, theirs.company])
    send_signal(signals.meeting_scheduled, meeting=make.meeting(host=mine, room=room, visibility="invited"))
    invited = set(waiting(kind=Kind.INVITATION).values_list("person", flat=True))
    assert invited == {mine.pk, theirs.pk}
    assert not invited & {outsider.pk, gone.pk}


def test_moving_a_meeting_moves_its_waiting_reminders():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    rows = set(waiting(kind=Kind.REMINDER).values_list("pk", flat=True))
    move(registration.meeting)
    new = STARTS_AT + timedelta(hours=3)
    assert due_times(kind=Kind.REMINDER, person=registration.person) == [new - DAY, new - HOUR, new - TEN]
    own = waiting(kind=Kind.REMINDER, person=registration.person)
    assert set(own.values_list("pk", "revision")) == {(pk, 1) for pk in rows}
    assert set(own.values_list("created_at", flat=True)) == {NOW}
    assert not Notification.objects.filter(kind=Kind.REMINDER, state="dropped").exists()
    change = waiting(kind=Kind.CHANGE, person=registration.person).get()
    assert (change.due_at, change.revision) == (NOW, 1)
    assert change.details["was"]["starts_at"] == STARTS_AT.isoformat()


def test_a_move_also_takes_back_a_reminder_that_a_worker_has_claimed_and_not_begun():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    Notification.objects.filter(kind=Kind.REMINDER).update(
        state="sending", claimed_at=NOW, claimed_by="worker"
    )
    Notification.objects.filter(kind=Kind.REMINDER, minutes_before=60).update(begun_at=NOW)
    move(registration.meeting)
    old = Notification.objects.filter(kind=Kind.REMINDER, revision=0)
    assert sorted(old.values_list("state", flat=True)) == ["dropped", "dropped", "sending"]


@pytest.mark.parametrize("state", ["waiting", "sent", "failed"])
def test_a_reminder_that_is_due_or_was_sent_keeps_its_row_and_the_new_time_gets_another(state):
    """A browser may have been notified beside it."""
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    due = Notification.objects.filter(kind=Kind.REMINDER, minutes_before=1440)
    due.update(state=state, sent_at=NOW)
    first = due.get()
    move(registration.meeting, by=timedelta(days=7), now=STARTS_AT - HOUR * 20)
    first.refresh_from_db()
    assert (first.due_at, first.revision) == (STARTS_AT - DAY, 0)
    assert first.state == ("dropped" if state == "waiting" else state)
    new = STARTS_AT + timedelta(days=7)
    assert due_times(kind=Kind.REMINDER, person=registration.person) == [new - DAY, new - HOUR, new - TEN]


def test_a_move_to_an_earlier_time_drops_the_reminders_that_it_leaves_behind():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    move(registration.meeting, by=-HOUR * 2, now=STARTS_AT - HOUR * 2 - TEN * 2)
    assert due_times(kind=Kind.REMINDER, person=registration.person) == [STARTS_AT - HOUR * 2 - TEN]
    left = Notification.objects.filter(kind=Kind.REMINDER, state="dropped")
    assert set(left.values_list("minutes_before", "drop_reason")) == {
        (60, "meeting_changed"),
        (1440, "meeting_changed"),
    }


def test_a_move_plans_reminders_for_those_who_have_none_yet():
    """As after an import, or from before the host chose this reminder."""
    meeting = make.meeting(reminders=[60])
    first = make.registration(meeting=meeting)
    send_signal(signals.registration_confirmed, registration=first)
    second = make.registration(meeting=meeting)
    meeting.reminders = [60, 10]
    move(meeting)
    new = meeting.starts_at
    for one in (first.person, second.person, meeting.host):
        assert due_times(kind=Kind.REMINDER, person=one) == [new - HOUR, new - TEN]


def test_everybody_with_an_active_registration_is_notified_of_a_move_and_the_withdrawn_are_not():
    meeting = make.meeting()
    notified = {
        make.registration(meeting=meeting, state=state).person_id
        for state in ("confirmed", "pending", "waitlisted", "offered")
    }
    make.registration(meeting=meeting, state="cancelled")
    move(meeting)
    assert set(waiting(kind=Kind.CHANGE).values_list("person", flat=True)) == notified | {meeting.host_id}
    with_entry = waiting(kind=Kind.CHANGE, details__calendar=True).values_list("person", flat=True)
    assert len(with_entry) == 2  # the confirmed and the host
    assert waiting(kind=Kind.REMINDER).count() == 6


def test_two_moves_before_the_email_is_sent_become_one_with_the_time_people_know():
    registration = make.registration()
    move(registration.meeting)
    move(registration.meeting, by=timedelta(days=2))
    change = waiting(kind=Kind.CHANGE, person=registration.person).get()
    assert change.revision == 2
    assert change.details["was"]["starts_at"] == STARTS_AT.isoformat()


def test_two_changes_before_the_email_is_sent_become_one_with_the_title_and_place_people_know():
    registration = make.registration()
    meeting = registration.meeting
    for number, former in enumerate(({"title": {"en": "A"}}, {"title": {"en": "B"}, "address": "Quay 1"}), 1):
        meeting.revision = number
        meeting.save()
        send_signal(
            signals.meeting_changed, meeting=meeting, changed=set(former), former=former, joined=set()
        )
    change = waiting(kind=Kind.CHANGE, person=registration.person).get()
    assert change.details["former"] == {"title": {"en": "A"}, "address": "Quay 1"}
    assert change.details["changed"] == ["address", "title"]


def test_only_reminders_are_planned_again_when_only_they_were_changed():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    meeting = registration.meeting
    meeting.reminders, meeting.revision = [30], 1
    meeting.save()
    send_signal(signals.meeting_changed, meeting=meeting, changed={"reminders"}, joined=set())
    assert not waiting(kind=Kind.CHANGE).exists()
    assert due_times(kind=Kind.REMINDER, person=registration.person) == [STARTS_AT - timedelta(minutes=30)]


def test_a_change_that_still_waits_is_not_lost_to_a_change_of_reminders():
    registration = make.registration()
    move(registration.meeting)
    registration.meeting.revision = 2
    registration.meeting.save()
    send_signal(signals.meeting_changed, meeting=registration.meeting, changed={"reminders"}, joined=set())
    assert waiting(kind=Kind.CHANGE, person=registration.person).count() == 1


def test_who_comes_onto_the_stage_later_is_invited_and_the_others_are_not_again():
    meeting = make.meeting()
    send_signal(signals.meeting_scheduled, meeting=meeting)
    late = make.role(meeting, make.person()).person
    meeting.revision = 1
    meeting.save()
    send_signal(signals.meeting_changed, meeting=meeting, changed={"speakers"}, joined={late.pk})
    assert waiting(kind=Kind.INVITATION, person=late).count() == 1
    assert waiting(kind=Kind.INVITATION, person=meeting.host).count() == 1


def test_cancelling_drops_what_waits_and_notifies_everybody_who_was_notified():
    meeting = make.meeting()
    send_signal(signals.meeting_scheduled, meeting=meeting)
    notified = set()
    for state in ("confirmed", "pending", "waitlisted", "offered"):
        registration = make.registration(meeting=meeting, state=state)
        notified.add(registration.person_id)
    send_signal(signals.registration_confirmed, registration=Registration.objects.get(state="confirmed"))
    gone = make.registration(meeting=meeting)
    withdraw(gone)
    cancel(meeting)
    assert set(waiting(kind=Kind.CANCELLATION).values_list("person", flat=True)) == notified | {
        meeting.host_id
    }
    assert set(waiting().values_list("kind", flat=True)) == {Kind.CANCELLATION, Kind.WITHDRAWN}
    assert waiting(kind=Kind.WITHDRAWN).get().person_id == gone.person_id


def test_nothing_is_planned_when_the_flow_rolls_back():
    registration = make.registration()
    with pytest.raises(RuntimeError), transaction.atomic():
        signals.registration_confirmed.send(Meeting, registration=registration, now=NOW)
        raise RuntimeError
    assert not Notification.objects.exists()


def test_a_meeting_of_two_thousand_is_moved_in_a_few_statements(django_assert_max_num_queries):
    meeting = make.meeting()
    people = Person.objects.bulk_create(
        [Person(email=f"seat{number}@example.org", name=f"Seat {number}") for number in range(2000)]
    )
    Registration.objects.bulk_create(
        [
            Registration(
                meeting=meeting,
                person=person,
                state="confirmed",
                name=person.name,
                registered_at=NOW,
                confirmed_at=NOW,
            )
            for person in people
        ]
    )
    move(meeting)
    with django_assert_max_num_queries(110):  # for 2,001 new rows; SQLite takes few at a time
        move(meeting)
    assert waiting(kind=Kind.CHANGE).count() == 2001
    assert waiting(kind=Kind.REMINDER).count() == 3 * 2001


# ---- recordings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("visibility", "attendees_told"),
    [("hosts", False), ("registered", True), ("members", True), ("public", True)],
)
def test_a_published_recording_is_announced_to_people_who_may_see_it(visibility, attendees_told):
    meeting = make.meeting(state="ended")
    speaker, attendee = make.role(meeting, make.person()).person, make.registration(meeting=meeting).person
    make.registration(meeting=meeting, state="waitlisted")
    make.registration(meeting=meeting, state="cancelled")
    recording = make.recording(meeting=meeting, state="published", visibility=visibility)
    send_signal(signals.recording_published, recording=recording)
    notified = set(waiting(kind__in=[Kind.RECORDING, Kind.MISSED]).values_list("person", flat=True))
    assert notified == {meeting.host_id, speaker.pk} | ({attendee.pk} if attendees_told else set())


@pytest.mark.parametrize(
    ("fact", "kind"),
    [(signals.recording_missing, Kind.RECORDING_MISSING), (signals.recording_failed, Kind.RECORDING_FAILED)],
)
def test_only_hosts_hear_that_a_recording_did_not_come_or_cannot_be_played(fact, kind):
    meeting = make.meeting(state="ended")
    co_host = make.role(meeting, make.person(), "co_host").person
    make.role(meeting, make.person(), "speaker")
    make.registration(meeting=meeting)
    recording = make.recording(meeting=meeting, state=Recording.State.EXPECTED)
    send_signal(fact, recording=recording)
    send_signal(fact, recording=recording)
    notified = sorted(waiting(kind=kind).values_list("person", flat=True))
    assert notified == sorted([meeting.host_id, co_host.pk])
