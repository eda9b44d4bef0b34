"""The outbox's promise: nothing twice by itself, nothing lost, nothing after a cancellation, doubt visible."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from meetings import calendar, changing, signals
from meetings.models import Meeting, Registration
from notifications import delivery_report, dispatching, outage
from notifications.mailer import InDoubt, Refused, ServerAway, TryLater
from notifications.models import KINDS_OF_PREFERENCE, Notification, Preference
from projects.models import Action, Post, PostEmails, Thread
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from tests.notifications.conftest import InMemoryMailer, dispatch
from tests.notifications.test_planning import cancel, move, send_signal, withdraw

pytestmark = pytest.mark.django_db
Kind, State = Notification.Kind, Notification.State
ALL_KINDS = list(Kind)
DAY = timedelta(days=1)
URGENCY = Notification.Urgency.ANSWER
SENT_AGAIN = [kind for kind in Kind if kind not in Notification.NEVER_TWICE]


def colleague_added():
    person = make.member()
    return {
        "person": person,
        "company": person.company,
        "caused_by": make.member(company=person.company, name="Elin Sandberg"),
    }


def put_into_a_project_room():
    person, partner = make.member(), make.member(name="Jonas Kazlauskas")
    room = make.room(companies=[person.company, partner.company])
    return {"person": person, "project": room.project, "caused_by": partner}


def contact_message():
    return {"contact_message": make.contact_message()}


def reply():
    return {"inbound_mail": make.inbound_message(), "person": make.member()}


def digest():
    meeting = make.meeting(title=dict.fromkeys(["en", "sv", "pl", "de", "da", "lt"], "Heat"))
    return {"person": make.member(wants_digest=True), "details": {"meetings": [meeting.pk], "recordings": []}}


def newsletter():
    return {"person": make.person(wants_newsletter=True), "newsletter": make.newsletter()}


def newsletter_request():
    return {"newsletter_request": make.newsletter_request()}


def action_due():
    room, person = put_into_a_project_room()["project"], make.member()
    person.company.project_rooms.add(room.room)
    return {
        "person": person,
        "action": Action.objects.create(project=room, text="Ask", person=person, made_at=NOW),
    }


def project_deletion():
    return {**put_into_a_project_room(), "details": {"revoked": False, "due_at": NOW.isoformat()}}


def post():
    room, person = put_into_a_project_room()["project"], make.member()
    person.company.project_rooms.add(room.room)
    thread = Thread.objects.create(project=room, subject="Depths", started_at=NOW, last_post_at=NOW)
    return {"person": person, "post": Post.objects.create(thread=thread, text="Ice?", written_at=NOW)}


def posts():
    found = post()
    Post.objects.update(written_at=NOW - timedelta(hours=1))
    before = NOW - timedelta(days=1)
    project = found["post"].thread.project
    PostEmails.objects.create(project=project, person=found["person"], choice="daily")
    return {"person": found["person"], "project": project, "created_at": before}


def date_poll():
    about = action_due()
    poll = make.date_poll(about["action"].project)
    return {"person": about["person"], "date_poll": poll}


def partner_request(**fields):
    about = action_due()
    sheet = make.published_sheet(about["action"].project)
    return {"person": about["person"], "sheet_request": make.partner_request(sheet, **fields)}


def contact_request(**fields):
    person = make.member()
    return {"person": person, "contact": make.contact_request(person.company, **fields)}


WITHOUT_MEETING = {
    Kind.COMPANY_CONFIRM: lambda: contact_request(confirmed_at=None),
    Kind.COMPANY_REQUEST: contact_request,
    Kind.COMPANY_ANSWER: lambda: contact_request(state="accepted", answer="Yes.", answered_at=NOW),
    Kind.POST: post,
    Kind.POSTS: posts,
    Kind.PARTNER_CONFIRM: lambda: partner_request(confirmed_at=None),
    Kind.PARTNER_REQUEST: partner_request,
    Kind.PARTNER_ANSWER: lambda: partner_request(answer="Welcome.", answered_at=NOW),
    Kind.DATE_POLL: date_poll,
    Kind.DATE_POLL_OVER: date_poll,
    Kind.ACTION_DUE: action_due,
    Kind.NEWSLETTER: newsletter,
    Kind.NEWSLETTER_REQUEST: newsletter_request,
    Kind.DIGEST: digest,
    Kind.COLLEAGUE_ADDED: colleague_added,
    Kind.PROJECT_ROOM: put_into_a_project_room,
    Kind.PROJECT_DELETION: project_deletion,
    Kind.EXPORT_READY: put_into_a_project_room,
    Kind.CONTACT: contact_message,
    Kind.REPLY: reply,
}


def row(kind=Kind.CONFIRMATION, **fields):
    """A due row with what its kind is about: a meeting and a registration, or something else."""
    if kind in WITHOUT_MEETING:
        given = {"kind": kind, "dedupe_key": "once", "due_at": NOW, "created_at": NOW}
        about = WITHOUT_MEETING[kind]()
        details = {"details": {**about.get("details", {}), **fields.get("details", {})}}
        return Notification.objects.create(**{**given, **about, **fields, **details})
    seat_state = {
        Kind.REQUESTED: "pending",
        Kind.WAITLISTED: "waitlisted",
        Kind.OFFER: "offered",
        Kind.REFUSED: "cancelled",
        Kind.WITHDRAWN: "cancelled",
        Kind.LAPSED: "cancelled",
    }.get(kind, "confirmed")
    after = [Kind.RECORDING, Kind.MISSED, Kind.THANKS, Kind.OPEN_QUESTIONS, Kind.QUESTION_ANSWERED]
    ended = dict.fromkeys(after, "ended")
    meeting_state = {Kind.CANCELLATION: "cancelled", **ended}.get(kind, "scheduled")
    asked = {"verified_at": None, "verify_by": NOW + timedelta(hours=1)} if kind == Kind.VERIFY else {}
    registration = make.registration(meeting=make.meeting(state=meeting_state), state=seat_state, **asked)
    alarm = {
        Kind.RECORDING: "published",
        Kind.MISSED: "published",
        Kind.RECORDING_MISSING: "expected",
        Kind.RECORDING_FAILED: "failed",
    }
    of_hosts = {Kind.INVITATION, Kind.RECORDING_MISSING, Kind.RECORDING_FAILED, Kind.OPEN_QUESTIONS}
    of_seat = kind not in of_hosts
    if kind == Kind.OPEN_QUESTIONS:
        make.live_question(meeting=registration.meeting, text="Vad?")
    if kind == Kind.QUESTION_ANSWERED:
        answered = {"state": "answered", "answered_at": NOW, "text": "Vad?", "answer": "Ja."}
        fields = {"question": make.live_question(meeting=registration.meeting, **answered)} | fields
    if kind == Kind.INVITED:
        invitation = make.invitation(meeting=registration.meeting)
        fields = {"person": invitation.person, "registration": None, "invitation": invitation} | fields
    if kind == Kind.HOST_MESSAGE:
        fields = {"host_message": make.host_message(meeting=registration.meeting)} | fields
    given = {
        "kind": kind,
        "person": registration.person if of_seat else registration.meeting.host,
        "meeting": registration.meeting,
        "registration": registration if of_seat else None,
        "recording": make.recording(meeting=registration.meeting, state=alarm[kind])
        if kind in alarm
        else None,
        "dedupe_key": "once",
        "minutes_before": 99999 if kind == Kind.REMINDER else None,
        "due_at": NOW,
        "created_at": NOW,
    }
    return Notification.objects.create(**{**given, **fields})


def state_of(notification):
    notification.refresh_from_db()
    return notification.state


def claimed(kind, **fields):
    under_way = {"state": State.SENDING, "claimed_by": "dead", "claimed_at": NOW - timedelta(seconds=61)}
    return row(kind, **{**under_way, **fields})


# ---- sending ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_every_kind_of_mail_leaves_once_and_is_marked(kind, send, mailer):
    notification = row(kind)
    assert send(NOW).sent == 1
    assert state_of(notification) == State.SENT
    assert notification.sent_at == NOW
    send(NOW)
    assert len(mailer.mails) == 1


def test_nothing_leaves_before_it_is_due(send, mailer):
    row(due_at=NOW + timedelta(seconds=1))
    send(NOW)
    assert not mailer.mails
    send(NOW + timedelta(seconds=1))
    assert len(mailer.mails) == 1


def test_a_reminder_is_sent_at_its_time_and_not_again(send, mailer):
    registration = make.registration(person=make.person(email="elin@example.org"))
    send_signal(signals.registration_confirmed, registration=registration)
    for minutes in range(26 * 60, -60, -1):
        if minutes in {1441, 1440, 61, 60, 59, 11, 10, 9, 0, -30}:
            send(STARTS_AT - timedelta(minutes=minutes))
    assert len(mailer.to("elin@example.org")) == 1 + 3


def test_more_rows_than_a_batch_leave_in_one_go(send, mailer):
    for _ in range(7):
        row()
    stats = dispatching.send_all_due(clock=lambda: NOW, mailer=mailer, worker="test", batch=3)
    assert stats.sent == 7


def test_a_row_that_cannot_be_written_does_not_hold_up_the_others(send, mailer):
    broken, fine = row(meeting=None), row()
    send(NOW)
    assert (state_of(broken), state_of(fine)) == (State.FAILED, State.SENT)
    assert "UnableToRender" in broken.failure


# ---- re-checked ------------------------------------------------------------------------------------------


def test_nothing_but_the_cancellation_leaves_after_a_cancel(send, mailer):
    registration = make.registration(person=make.person(email="elin@example.org"))
    send_signal(signals.registration_confirmed, registration=registration)
    cancel(registration.meeting)
    for moment in (NOW, STARTS_AT - timedelta(hours=1), STARTS_AT):
        send(moment)
    assert [mail.calendar.method for mail in mailer.to("elin@example.org")] == ["CANCEL"]


def test_a_row_missed_by_the_cancelling_flow_is_dropped_when_it_is_checked_again(send, mailer):
    notification = row(Kind.REMINDER)
    Meeting.objects.update(state="cancelled", cancelled_at=NOW)
    send(NOW)
    assert (state_of(notification), notification.drop_reason) == (
        State.DROPPED,
        Notification.DropReason.MEETING_CANCELLED,
    )
    assert not mailer.mails


@pytest.mark.parametrize("is_claimed", [False, True])
@pytest.mark.parametrize("later", [0, 59])
def test_a_reminder_due_in_the_minute_in_which_the_meeting_is_cancelled_does_not_leave(
    later, is_claimed, send, mailer
):
    due = STARTS_AT - timedelta(hours=1)
    seat = make.registration(meeting=make.meeting(reminders=[60]))
    send_signal(signals.registration_confirmed, registration=seat)
    send(NOW)
    mailer.mails.clear()
    moment = due + timedelta(seconds=later)
    held = claim_reminders(due) if is_claimed else []
    changing.cancel_meeting(meeting=seat.meeting, reason="Ice", now=moment)
    for each in held:
        dispatch(each, mailer, moment)
    send(moment)
    assert [mail.calendar.method for mail in mailer.to(seat.person.email)] == ["CANCEL"]
    assert not Notification.objects.filter(kind=Kind.REMINDER, state=State.SENT).exists()


@pytest.mark.parametrize("is_claimed", [False, True])
@pytest.mark.parametrize("by", [timedelta(minutes=-1), timedelta(0), timedelta(minutes=1), timedelta(days=1)])
def test_a_reminder_due_in_the_minute_in_which_the_meeting_is_moved_is_of_the_new_time(
    by, is_claimed, send, mailer
):
    """With the move the time of the new reminder has passed, is this one, or is yet to come."""
    due = STARTS_AT - timedelta(hours=1)
    seat = make.registration(meeting=make.meeting(reminders=[60]))
    send_signal(signals.registration_confirmed, registration=seat)
    send(NOW)
    mailer.mails.clear()
    held = claim_reminders(due) if is_claimed else []
    starts_at = (STARTS_AT + by).astimezone(seat.meeting.zone)
    duration = seat.meeting.duration_minutes + (not by)  # at the same hour, and longer
    changing.move_meeting(
        meeting=seat.meeting,
        local_day=starts_at.date(),
        local_time=starts_at.time().replace(tzinfo=None),
        timezone=seat.meeting.timezone,
        duration_minutes=duration,
        now=due,
    )
    for each in held:
        dispatch(each, mailer, due)
    for moment in (due, due + by, due + by + timedelta(minutes=1)):
        send(max(due, moment))
    sent = Notification.objects.filter(person=seat.person, state=State.SENT).order_by("due_at", "pk")
    of_new_time = [(Kind.REMINDER, due + by)] if by > timedelta(0) else []
    assert list(sent.values_list("kind", "due_at")[1:]) == [(Kind.CHANGE, due), *of_new_time]
    assert len(mailer.to(seat.person.email)) == 1 + len(of_new_time)


def claim_reminders(now):
    urgency = Notification.Urgency.REMINDER
    held = dispatching.claim_due(now=now, claim="worker", limit=9, urgency=urgency)
    assert held
    return held


def test_a_cancel_between_claim_and_sending_stops_the_mail(mailer):
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    (held,) = dispatching.claim_due(now=NOW, claim="worker", limit=1, urgency=URGENCY)
    cancel(registration.meeting)
    dispatch(held, mailer)
    assert not mailer.mails
    assert state_of(held) == State.DROPPED


def test_a_reminder_of_an_earlier_time_is_dropped(send, mailer):
    notification = row(Kind.REMINDER)
    Meeting.objects.update(revision=1)
    send(NOW)
    assert state_of(notification) == State.DROPPED


def test_a_change_put_off_while_a_later_one_was_planned_is_told_by_the_later_one_alone(send, mailer):
    seat = make.registration()
    send_signal(signals.registration_confirmed, registration=seat)
    send(NOW)
    mailer.mails.clear()
    move(seat.meeting)
    again = iter([seat.meeting])

    class Busy(InMemoryMailer):
        def deliver(self, mail, *, now):
            if mail.recipient[1] == seat.person.email:
                for meeting in again:  # once, while the first one is under way
                    move(meeting)
                raise TryLater("451 later")

    dispatching.send_all_due(clock=lambda: NOW, mailer=Busy(), worker="test")
    first = Notification.objects.get(kind=Kind.CHANGE, person=seat.person, revision=1)
    assert first.state == State.WAITING
    send(NOW + timedelta(minutes=5))
    first.refresh_from_db()
    assert (first.state, first.drop_reason) == (State.DROPPED, Notification.DropReason.TOLD_LATER)
    (told,) = mailer.to(seat.person.email)
    assert calendar.parse(told.calendar.content)[0].sequence == 2


def test_a_change_put_off_while_only_the_reminders_were_changed_still_leaves(send, mailer):
    seat = make.registration()
    move(seat.meeting)
    Meeting.objects.update(revision=2, reminders=[30])
    send(NOW)
    assert len(mailer.to(seat.person.email)) == 1


def test_who_has_confirmed_meanwhile_is_not_asked_to(send, mailer):
    notification = row(Kind.VERIFY)
    Registration.objects.update(verified_at=NOW, verify_by=None)
    send(NOW)
    assert (state_of(notification), notification.drop_reason) == (
        State.DROPPED,
        Notification.DropReason.REGISTRATION_CHANGED,
    )
    assert not mailer.mails


def test_a_reminder_after_the_start_is_dropped(send):
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    send(STARTS_AT)
    reminders = Notification.objects.filter(kind=Kind.REMINDER)
    assert set(reminders.values_list("state", flat=True)) == {State.DROPPED}


def test_after_a_long_silence_only_the_reminder_that_still_helps_leaves(send, mailer):
    registration = make.registration(person=make.person(email="elin@example.org"))
    send_signal(signals.registration_confirmed, registration=registration)
    send(NOW)
    mailer.mails.clear()
    send(STARTS_AT - timedelta(minutes=5))
    assert len(mailer.to("elin@example.org")) == 1


def test_a_day_reminder_two_hours_late_is_still_sent(send, mailer):
    registration = make.registration(person=make.person(email="elin@example.org"))
    send_signal(signals.registration_confirmed, registration=registration)
    send(NOW)
    mailer.mails.clear()
    send(STARTS_AT - timedelta(hours=22))
    assert len(mailer.to("elin@example.org")) == 1


@pytest.mark.parametrize("kind", [Kind.CONFIRMATION, Kind.REMINDER, Kind.CHANGE, Kind.OFFER, Kind.REQUESTED])
def test_emails_about_a_withdrawn_registration_are_dropped(kind, send, mailer):
    notification = row(kind)
    Registration.objects.update(state="cancelled", cancelled_at=NOW)
    send(NOW)
    assert state_of(notification) == State.DROPPED
    assert not mailer.mails


def test_a_late_removal_notice_does_not_cancel_a_registration_made_since(send, mailer):
    removal_notice = row(Kind.WITHDRAWN)
    make.registration(meeting=removal_notice.meeting, person=removal_notice.person)
    send(NOW)
    assert state_of(removal_notice) == State.DROPPED


@pytest.mark.parametrize(
    ("preference", "kind"), [(one, kind) for one, kinds in KINDS_OF_PREFERENCE.items() for kind in kinds]
)
def test_what_a_person_has_turned_off_is_not_sent_and_nothing_else_is_lost(preference, kind, send, mailer):
    notification, other = row(kind), row(kind)
    type(notification.person).objects.filter(pk=notification.person_id).update(**{preference.field: False})
    others = {each.field: False for each in Preference if each != preference}
    type(other.person).objects.filter(pk=other.person_id).update(**others)
    send(NOW)
    assert (state_of(notification), notification.drop_reason) == (State.DROPPED, f"{preference}_off")
    assert state_of(other) == State.SENT


@pytest.mark.parametrize("kind", [Kind.CONFIRMATION, Kind.CHANGE, Kind.CANCELLATION])
def test_who_wants_no_reminders_still_hears_what_one_must_know(kind, send, mailer):
    notification = row(kind)
    type(notification.person).objects.update(wants_reminders=False)
    send(NOW)
    assert state_of(notification) == State.SENT


def test_a_person_who_is_not_active_any_more_gets_nothing(send, mailer):
    notification = row()
    type(notification.person).objects.update(is_active=False)
    send(NOW)
    assert state_of(notification) == State.DROPPED


def test_a_speaker_taken_off_the_stage_is_not_reminded(send, mailer):
    meeting = make.meeting()
    role = make.role(meeting, make.person(email="paul@example.org"))
    send_signal(signals.meeting_scheduled, meeting=meeting)
    role.delete()
    send(STARTS_AT - timedelta(hours=1))
    assert not mailer.to("paul@example.org")


@pytest.mark.parametrize("state", ["expected", "processing", "expired"])
def test_a_recording_that_is_not_published_any_more_is_not_announced(state, send, mailer):
    notification = row(Kind.RECORDING)
    notification.recording.state = state
    notification.recording.save()
    send(NOW)
    assert state_of(notification) == State.DROPPED


def test_no_alarm_when_the_recording_has_come_meanwhile(send, mailer):
    notification = row(Kind.RECORDING_MISSING)
    notification.recording.state = "received"
    notification.recording.save()
    send(NOW)
    assert state_of(notification) == State.DROPPED


def test_a_withdrawal_and_its_cancel_leave_and_nothing_else(send, mailer):
    registration = make.registration(person=make.person(email="elin@example.org"))
    send_signal(signals.registration_confirmed, registration=registration)
    withdraw(registration)
    for moment in (NOW, STARTS_AT - timedelta(hours=1)):
        send(moment)
    assert [mail.calendar.method for mail in mailer.to("elin@example.org")] == ["CANCEL"]


def test_after_a_move_the_email_moves_the_event_and_reminders_follow_the_new_time(send, mailer):
    registration = make.registration(person=make.person(email="elin@example.org"))
    send_signal(signals.registration_confirmed, registration=registration)
    send(NOW)
    move(registration.meeting)
    send(NOW)
    confirmation, change = mailer.to("elin@example.org")
    assert b"SEQUENCE:0" in confirmation.calendar.content
    assert b"SEQUENCE:1" in change.calendar.content
    assert b"METHOD:REQUEST" in change.calendar.content
    mailer.mails.clear()
    send(STARTS_AT - timedelta(hours=1))
    assert not mailer.to("elin@example.org"), "the hour reminder of the old hour"
    send(STARTS_AT + timedelta(hours=2))
    (reminder,) = mailer.to("elin@example.org")
    assert "13:00–14:00" in reminder.text


# ---- failures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.CONFIRMATION, Kind.REMINDER])
def test_a_temporary_failure_is_tried_again_later(kind, send, mailer):
    notification = row(kind, pk=16_000)
    mailer.failures = [TryLater("451 later")]
    assert send(NOW).put_off == 1
    assert (state_of(notification), notification.attempts) == (State.WAITING, 1)
    assert (notification.due_at, notification.put_off_until) == (NOW, NOW + timedelta(seconds=30))
    send(NOW + timedelta(seconds=30))
    assert state_of(notification) == State.SENT


def test_pauses_grow_and_end_in_a_visible_failure(send, mailer):
    notification = row(pk=16_000)
    moment, pauses = NOW, []
    for _ in range(dispatching.GIVE_UP_AFTER):
        mailer.failures = [TryLater("451 later")]
        send(moment)
        notification.refresh_from_db()
        if notification.put_off_until is not None:
            pauses.append(notification.put_off_until - moment)
            moment = notification.put_off_until
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert max(pauses) == timedelta(hours=1)
    assert (notification.state, notification.failure) == (State.FAILED, "451 later")


def test_what_is_put_off_together_comes_back_one_after_the_other():
    rows = [Notification(pk=number, attempts=1) for number in range(64)]
    pauses = [
        dispatching._pause(one, timedelta(seconds=64), timedelta(hours=1)).total_seconds() for one in rows
    ]
    assert (min(pauses), max(pauses), len(set(pauses))) == (64, 79, 16)


def test_a_refusal_is_final_and_visible(send, mailer):
    notification = row()
    mailer.failures = [Refused("550 no such user")]
    send(NOW)
    send(NOW + timedelta(days=1))
    assert state_of(notification) == State.FAILED
    assert not mailer.mails
    assert [each.pk for each in delivery_report.not_arrived(notification.meeting)] == [notification.pk]


def test_when_the_server_is_away_everything_waits_and_nothing_is_tried_in_vain(send, mailer):
    rows = [row() for _ in range(5)]
    mailer.failures = [ServerAway("no answer")] * 5
    stats = send(NOW)
    assert (mailer.attempts, stats.put_off) == (1, 5)
    assert {state_of(each) for each in rows} == {State.WAITING}
    mailer.failures.clear()
    assert send(NOW + outage.PROBE_EVERY).sent == 5


def test_one_mail_that_the_server_cannot_bear_does_not_block_the_rest(mailer):
    bad = row(person=make.person(email="bad@example.org"))
    rows = [row() for _ in range(3)]

    class Choosy(InMemoryMailer):
        def deliver(self, mail, *, now):
            if mail.recipient[1] == "bad@example.org":
                raise ServerAway("closed")
            super().deliver(mail, now=now)

    choosy, moment = Choosy(), NOW
    for _ in range(4):
        dispatching.send_all_due(clock=lambda at=moment: at, mailer=choosy, worker="test")
        moment += dispatching.SHORT_PAUSE
    assert {state_of(each) for each in rows} == {State.SENT}
    assert state_of(bad) == State.WAITING


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_connection_lost_after_the_whole_mail_is_judged_by_kind(kind, send, mailer):
    notification = row(kind)
    mailer.failures = [InDoubt("no acknowledgement")]
    send(NOW)
    expected = State.DOUBTFUL if kind in Notification.NEVER_TWICE else State.WAITING
    assert state_of(notification) == expected


# ---- a worker dies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Notification.NEVER_TWICE)
def test_a_reminder_begun_by_a_worker_that_died_is_shown_and_never_sent_again_by_itself(kind, send, mailer):
    notification = claimed(kind, begun_at=NOW - timedelta(seconds=61))
    for minutes in range(5):
        send(NOW + timedelta(minutes=minutes))
    assert state_of(notification) == State.DOUBTFUL
    assert not mailer.mails
    assert delivery_report.not_arrived(notification.meeting) == [notification]


@pytest.mark.parametrize("kind", SENT_AGAIN)
def test_what_must_not_be_lost_is_sent_again_after_a_worker_died(kind, send, mailer):
    notification = claimed(kind, begun_at=NOW - timedelta(seconds=61))
    send(NOW)
    assert state_of(notification) == State.SENT


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_what_a_dead_worker_had_only_claimed_leaves_with_the_next(kind, send, mailer):
    notification = claimed(kind)
    send(NOW)
    assert state_of(notification) == State.SENT


def test_a_worker_that_is_only_slow_is_left_alone(send, mailer):
    notification = claimed(
        Kind.REMINDER, claimed_at=NOW - timedelta(seconds=59), begun_at=NOW - timedelta(seconds=59)
    )
    send(NOW)
    assert state_of(notification) == State.SENDING


def test_a_claim_that_went_stale_is_not_sent_by_the_first_worker_too(send, mailer):
    row()
    (held,) = dispatching.claim_due(now=NOW, claim="slow", limit=1, urgency=URGENCY)
    send(NOW + timedelta(seconds=61))
    dispatch(held, mailer, NOW + timedelta(seconds=62))
    assert len(mailer.mails) == 1


def test_a_slow_worker_that_did_send_its_reminder_takes_the_doubt_away(mailer):
    notification = row(Kind.REMINDER)

    class Slow(InMemoryMailer):
        def deliver(self, mail, *, now):
            dispatching.sweep(now=now + timedelta(seconds=61))
            assert state_of(notification) == State.DOUBTFUL
            super().deliver(mail, now=now)

    dispatching.send_all_due(clock=lambda: NOW, mailer=Slow(), worker="test")
    assert state_of(notification) == State.SENT


class Killed(BaseException):
    """A worker that dies while it works."""


@pytest.mark.parametrize("problem", [TryLater("451"), Refused("550"), ServerAway("closed")])
def test_what_another_worker_has_sent_meanwhile_stays_sent_whatever_the_slow_first_one_says(problem, mailer):
    notification = row(Kind.CHANGE)

    class Slow(InMemoryMailer):
        def deliver(self, mail, *, now):
            later = NOW + dispatching.STALE + timedelta(seconds=1)
            dispatching.send_all_due(clock=lambda: later, mailer=mailer, worker="second")
            raise problem

    dispatching.send_all_due(clock=lambda: NOW, mailer=Slow(), worker="first")
    assert (state_of(notification), notification.failure) == (State.SENT, "")
    dispatching.send_all_due(clock=lambda: NOW + timedelta(hours=1), mailer=mailer, worker="second")
    assert len(mailer.mails) == 1


def test_a_worker_that_dies_leaves_in_doubt_only_what_was_under_way(mailer):
    rows = [row(Kind.REMINDER) for _ in range(20)]

    class Mortal(InMemoryMailer):
        def deliver(self, mail, *, now):
            super().deliver(mail, now=now)
            if self.attempts == 6:
                raise Killed

    with pytest.raises(Killed):
        dispatching.send_all_due(clock=lambda: NOW, mailer=Mortal(max_connections=4), worker="test")
    dispatching.send_all_due(clock=lambda: NOW + timedelta(seconds=61), mailer=mailer, worker="next")
    states = [state_of(each) for each in rows]
    assert set(states) == {State.SENT, State.DOUBTFUL}
    # One for the first, then a group of one for each connection, then one that grows at most to the window.
    assert 1 <= states.count(State.DOUBTFUL) <= 4 * dispatching.SHARE
    assert states.count(State.SENT) >= 5


def test_no_more_is_in_doubt_than_the_window_says(mailer, monkeypatch):
    monkeypatch.setattr(dispatching, "GROUP_TAKES", (60.0, 60.0))  # groups grow as far as they may
    meeting = make.meeting()
    for _ in range(140):
        row(Kind.REMINDER, meeting=meeting, due_at=NOW)
    sizes, begin = [], dispatching.begin

    def beginning(claimed, **given):
        sizes.append(len(claimed))
        return begin(claimed, **given)

    monkeypatch.setattr(dispatching, "begin", beginning)
    mailer.max_connections = 2
    assert dispatching.send_all_due(clock=lambda: NOW, mailer=mailer, worker="test").sent == 140
    assert max(sizes) == 2 * dispatching.SHARE


def test_one_mail_that_hangs_does_not_leave_the_others_unmarked(monkeypatch):
    monkeypatch.setattr(dispatching, "MARK_AFTER", 0.01)
    rows, others_are_marked = [row() for _ in range(4)], threading.Event()
    marked, mark = [], dispatching._mark

    def marking(claimed, **fields):
        marked.extend(claimed)
        if len(marked) == 3:
            others_are_marked.set()
        return mark(claimed, **fields)

    monkeypatch.setattr(dispatching, "_mark", marking)

    class Hanging(InMemoryMailer):
        def deliver(self, mail, *, now):
            if mail.reference.endswith(f"-{rows[2].pk}"):
                assert others_are_marked.wait(10)
            super().deliver(mail, now=now)

    hanging = Hanging(max_connections=3)
    assert dispatching.send_all_due(clock=lambda: NOW, mailer=hanging, worker="test").sent == 4
    assert {state_of(each) for each in rows} == {State.SENT}


def test_a_meeting_cancelled_between_two_mails_of_a_batch_stops_the_second(mailer):
    first = row(Kind.REMINDER)
    registration = make.registration(meeting=first.meeting)
    given = {"person": registration.person, "registration": registration, "meeting": first.meeting}
    second = row(Kind.REMINDER, due_at=NOW, **given)

    class Interrupted(InMemoryMailer):
        def deliver(self, mail, *, now):
            super().deliver(mail, now=now)
            cancel(Meeting.objects.get(pk=first.meeting_id))
            Notification.objects.filter(kind=Kind.CANCELLATION).delete()

    interrupted = Interrupted()
    dispatching.send_all_due(clock=lambda: NOW, mailer=interrupted, worker="test")
    assert len(interrupted.mails) == 1
    assert (state_of(first), state_of(second)) == (State.SENT, State.DROPPED)


def test_a_hundred_reminders_take_a_few_statements_each_ten(mailer, django_assert_max_num_queries):
    meeting = make.meeting()
    for _ in range(100):
        registration = make.registration(meeting=meeting)
        given = {"person": registration.person, "registration": registration, "meeting": meeting}
        row_of = {
            "kind": Kind.REMINDER,
            "minutes_before": 99999,
            "dedupe_key": "once",
            "details": {"calendar": True},
        }
        Notification.objects.create(**given, **row_of, due_at=NOW, created_at=NOW)
    mailer.max_connections = 4
    with django_assert_max_num_queries(2 * (1 + 25) + 14):  # however slow the server
        dispatching.send_all_due(clock=lambda: NOW, mailer=mailer, worker="test")
    assert len(mailer.mails) == 100


# ---- several workers at once -----------------------------------------------------------------------------


def test_one_row_is_claimed_by_one_worker_only():
    rows = [row() for _ in range(4)]
    first = dispatching.claim_due(now=NOW, claim="first", limit=3, urgency=URGENCY)
    second = dispatching.claim_due(now=NOW, claim="second", limit=3, urgency=URGENCY)
    assert (len(first), len(second)) == (3, 1)
    assert {each.pk for each in [*first, *second]} == {each.pk for each in rows}


def look_then_write(limit=50):
    """The wrong way to claim: read the due rows, then write."""
    due = list(Notification.objects.due(NOW).order_by("pk").values_list("pk", flat=True)[:limit])
    yield due
    Notification.objects.filter(pk__in=due).update(state=State.SENDING)


def test_control_looking_first_and_writing_then_gives_a_row_to_two_workers():
    row()
    first, second = look_then_write(), look_then_write()
    assert next(first) == next(second) != []


if connection.vendor == "postgresql":

    def in_threads(count, work):
        failures = []

        def run():
            try:
                work()
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not failures, failures

    def many_rows(count):
        meeting = make.meeting()
        for _ in range(count):
            seat = make.registration(meeting=meeting)
            send_signal(signals.registration_confirmed, registration=seat)

    @pytest.mark.django_db(transaction=True)
    def test_four_workers_at_once_send_each_mail_once():
        many_rows(60)
        mailer, start = InMemoryMailer(), threading.Barrier(4)

        def work():
            start.wait()
            dispatching.send_all_due(clock=lambda: NOW, mailer=mailer, worker="test", batch=5)

        in_threads(4, work)
        assert len(mailer.mails) == 60
        assert len({mail.reference for mail in mailer.mails}) == 60

    @pytest.mark.django_db(transaction=True)
    def test_control_four_workers_that_look_first_send_mails_twice():
        many_rows(60)
        taken, start = [], threading.Barrier(4)

        def work():
            claim = look_then_write(60)
            found = next(claim)
            start.wait()
            next(claim, None)
            taken.extend(found)

        in_threads(4, work)
        assert len(taken) > len(set(taken))

    @pytest.mark.django_db(transaction=True)
    def test_rows_that_another_worker_holds_are_skipped_without_waiting():
        many_rows(2)
        with transaction.atomic():
            held = Notification.objects.select_for_update().due(NOW).order_by("due_at", "pk")[0]
            claimed_elsewhere = []
            in_threads(
                1,
                lambda: claimed_elsewhere.extend(
                    dispatching.claim_due(now=NOW, claim="other", limit=5, urgency=URGENCY)
                ),
            )
            assert [each.pk for each in claimed_elsewhere] != []
            assert held.pk not in {each.pk for each in claimed_elsewhere}


# ---- quiet hours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_at_night_only_what_can_wait_is_held_until_the_morning(kind, send, mailer):
    """21:30 in UTC is 23:30 in Vilnius; the morning begins at 7:00 there."""
    night = (NOW + timedelta(days=1)).replace(hour=21, minute=30)
    notification = row(kind, due_at=night)
    person = notification.person
    if person is None:
        return
    type(person).objects.filter(pk=person.pk).update(timezone="Europe/Vilnius", has_quiet_hours=True)
    send(night)
    held = kind in {Kind.INVITED, Kind.RECORDING, Kind.MISSED, Kind.THANKS, Kind.DIGEST, Kind.NEWSLETTER}
    assert state_of(notification) == (State.WAITING if held else State.SENT)
    if held:
        notification.refresh_from_db()
        assert (notification.put_off_until, notification.attempts) == (night + timedelta(hours=7.5), 0)
        send(notification.put_off_until)
        assert len(mailer.mails) == 1


@pytest.mark.parametrize(
    ("has_quiet_hours", "at", "meeting_in", "state"),
    [
        (True, time(19, 59), DAY, State.SENT),
        (True, time(20), DAY, State.WAITING),
        (True, time(4, 59), DAY, State.WAITING),
        (True, time(5), DAY, State.SENT),
        (True, time(2), timedelta(hours=2), State.SENT),  # its invitation would come too late
        (False, time(2), DAY, State.SENT),
    ],
)
def test_quiet_hours_are_from_22_to_7_of_the_person_who_chose_them(
    has_quiet_hours, at, meeting_in, state, send
):
    moment = datetime.combine(NOW.date() + DAY, at, UTC)
    notification = row(Kind.INVITED, due_at=moment)
    chosen = {"timezone": "Europe/Vilnius", "has_quiet_hours": has_quiet_hours}
    type(notification.person).objects.filter(pk=notification.person_id).update(**chosen)
    starts_at = moment + meeting_in
    Meeting.objects.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    send(moment)
    assert state_of(notification) == state


# ---- however many wait ------------------------------------------------------------------------------------


def plan_of(sql: str, params: list[object]) -> str:
    """As for a large table: PostgreSQL would read all of a small one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {sql}", params)
        return "\n".join(str(line) for line in cursor.fetchall())


def test_due_rows_are_found_by_an_index_in_their_order():
    moment = connection.ops.adapt_datetimefield_value(NOW)
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    plan = plan_of(dispatching.CLAIM.format(lock=lock), [1, moment, moment, 100, moment, "claim"])
    assert "notifications_waiting" in plan
    # A join to what rows go with is only quick while few are due.
    for reading_all in ("Sort", "TEMP B-TREE", "Seq Scan", "Bitmap", "Anti Join"):
        assert reading_all not in plan


def test_rows_of_dead_workers_are_found_by_an_index():
    with CaptureQueriesContext(connection) as queries:
        dispatching.sweep(now=NOW)
    for query in queries:
        if query["sql"].startswith("UPDATE"):
            assert "notifications_under_way" in plan_of(query["sql"], [])
