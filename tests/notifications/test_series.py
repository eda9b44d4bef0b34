"""A person hears of several meetings of a series in one email; each meeting keeps a row of its own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings

from meetings import (
    calendar,
    change_preview,
    changing,
    changing_series,
    meeting_input,
    recurrence,
    registering,
    scheduling,
    verifying,
)
from meetings.links import personal_link
from meetings.models import Meeting, MeetingRole, Registration
from notifications import dispatching, planning
from notifications.mailer import Refused, ServerAway, TryLater
from notifications.models import Notification
from tests import factories
from tests.meetings.inputs import details

pytestmark = pytest.mark.django_db
NOW = factories.NOW
LATER = NOW + timedelta(minutes=5)
Kind, State = Notification.Kind, Notification.State
WEEKLY = recurrence.Rule(frequency="weekly", count=4)


@pytest.fixture
def host():
    return factories.member(name="Rasa Petrauskienė", timezone="Europe/Vilnius", language="en")


@pytest.fixture
def series(host):
    speaker = meeting_input.Speaker("elin@example.org", "Elin Sandberg")
    given = details(speakers=(speaker,))
    return scheduling.schedule_series(host=host, details=given, rule=WEEKLY, now=NOW)


def rows(kind, person, **fields):
    return Notification.objects.filter(kind=kind, person=person, **fields)


def events(mail):
    return calendar.parse(mail.calendar.content)


def moved(meeting, **changes):
    return replace(meeting_input.details_of(meeting), **changes)


def registered_for_all(series, **fields):
    applicant = registering.Applicant(
        **{
            "email": "jonas@example.org",
            "name": "Jonas",
            "timezone": "Europe/Vilnius",
            "is_verified": True,
            **fields,
        }
    )
    return registering.register_for_series(series=series[0].series, applicant=applicant, now=LATER)


def test_scheduling_a_series_is_one_email_to_its_host_and_to_a_speaker(series, host, mailer, send):
    send(NOW)
    (mail,) = mailer.to(host.email)
    assert mail.subject == "4 meetings scheduled: Heat from harbour water"
    assert mail.text.count("11:00–12:00") == 4
    assert mail.calendar.method == "PUBLISH"
    assert [one.uid for one in events(mail)] == [meeting.uid for meeting in series]
    (to_speaker,) = mailer.to("elin@example.org")
    assert to_speaker.subject == "4 meetings scheduled: Heat from harbour water"
    assert "You’re speaking in this series" in to_speaker.text
    assert [one.uid for one in events(to_speaker)] == [meeting.uid for meeting in series]
    assert len({one.location for one in events(to_speaker)}) == 4, "a personal link for each"
    assert all(one.location in to_speaker.text for one in events(to_speaker))
    told = rows(Kind.INVITATION, host)
    assert {one.meeting_id for one in told} == {meeting.pk for meeting in series}
    assert {(one.state, one.attempts, one.sent_at) for one in told} == {(State.SENT, 1, NOW)}
    assert send(LATER).sent == 0


def test_changing_the_following_meetings_is_one_email_to_their_host(series, host, mailer, send):
    send(NOW)
    mailer.mails.clear()
    new = moved(series[1], local_day=date(2027, 1, 22), title={"en": "Heat from the quay"})
    changing_series.change_following(meeting=series[1], details=new, now=LATER)
    send(LATER)
    (mail,) = mailer.to(host.email)
    assert mail.subject == "3 meetings changed: Heat from the quay"
    assert "What changed: title." in mail.text
    assert "22 January 2027, 11:00–12:00\nPrevious time: Thursday 21 January 2027, 11:00–12:00." in mail.text
    assert mail.text.count("Previous time") == 3
    assert [one.starts_at for one in events(mail)] == [
        meeting.starts_at for meeting in Meeting.objects.order_by("starts_at")[1:]
    ]
    (to_speaker,) = mailer.to("elin@example.org")
    assert len(events(to_speaker)) == 3


def test_cancelling_the_following_meetings_is_one_email_to_their_host(series, host, mailer, send):
    send(NOW)
    mailer.mails.clear()
    changing_series.cancel_following(meeting=series[2], reason="The harbour is frozen", now=LATER)
    send(LATER)
    (mail,) = mailer.to(host.email)
    assert mail.subject == "2 meetings cancelled: Heat from harbour water"
    assert "The harbour is frozen" in mail.text
    assert [one.status for one in events(mail)] == ["CANCELLED", "CANCELLED"]
    assert [one.sequence for one in events(mail)] == [1, 1]


def test_one_meeting_of_a_series_alone_is_told_as_any_other(series, host, mailer, send):
    send(NOW)
    mailer.mails.clear()
    changing.cancel_meeting(meeting=series[0], reason="", now=LATER)
    send(LATER)
    (mail,) = mailer.to(host.email)
    assert (mail.calendar.method, mail.subject[:10]) == ("CANCEL", "Cancelled:")


def test_a_host_who_is_registered_gets_an_email_for_each_meeting(series, host, mailer, send):
    send(NOW)
    mailer.mails.clear()
    for minutes, meeting in enumerate(series[2:]):
        applicant = registering.Applicant(host.email, "Rasa", is_verified=True)
        registering.register(meeting=meeting, applicant=applicant, now=NOW - timedelta(minutes=minutes))
    send(NOW)
    mailer.mails.clear()
    changing_series.cancel_following(meeting=series[2], reason="", now=LATER)
    send(LATER)
    assert [mail.calendar.method for mail in mailer.to(host.email)] == ["CANCEL", "CANCEL"]


def test_what_was_cancelled_before_it_was_sent_is_not_told_and_nothing_else_gets_lost(
    series, host, mailer, send
):
    """The first row carries the email: without it the others go by themselves."""
    changing.cancel_meeting(meeting=series[0], reason="", now=LATER)
    changing.cancel_meeting(meeting=series[3], reason="", now=LATER + timedelta(seconds=1))
    send(LATER + timedelta(minutes=1))
    told = rows(Kind.INVITATION, host)
    assert {one.meeting_id for one in told.filter(state=State.SENT)} == {series[1].pk, series[2].pk}
    assert {one.meeting_id for one in told.filter(state=State.DROPPED)} == {series[0].pk, series[3].pk}
    assert sorted(mail.subject[:8] for mail in mailer.to(host.email)) == [
        "Cancelle",
        "Cancelle",
        "Hosting:",
        "Hosting:",
    ]


def test_a_follower_that_is_no_longer_relevant_is_left_out(series, host, mailer, send):
    Meeting.objects.filter(pk=series[1].pk).update(state="cancelled")
    send(NOW)
    (mail,) = mailer.to(host.email)
    assert [one.uid for one in events(mail)] == [series[0].uid, series[2].uid, series[3].uid]
    assert rows(Kind.INVITATION, host, meeting=series[1]).get().state == State.DROPPED


def test_while_the_first_waits_the_others_wait_with_it(series, host, mailer, send):
    mailer.failures = [ServerAway("away")] * 2
    send(NOW)
    mailer.failures.clear()
    assert set(rows(Kind.INVITATION, host).values_list("state", "begun_at")) == {(State.WAITING, None)}
    assert not rows(Kind.INVITATION, host, goes_with__isnull=False).due(NOW).exists()
    send(NOW + timedelta(hours=1))
    assert len(mailer.to(host.email)) == 1
    assert set(rows(Kind.INVITATION, host).values_list("state", flat=True)) == {State.SENT}


def test_an_email_that_is_put_off_can_be_taken_back_for_each_meeting(series, host, mailer, send):
    mailer.failures = [TryLater("busy")]
    send(NOW)
    changing.cancel_meeting(meeting=series[2], reason="", now=LATER)
    send(NOW + timedelta(hours=1))
    invitation = next(mail for mail in mailer.to(host.email) if mail.calendar.method == "PUBLISH")
    assert [one.uid for one in events(invitation)] == [series[0].uid, series[1].uid, series[3].uid]


def test_emails_that_are_due_together_go_in_the_order_of_their_people():
    # As a set of numbers these two come out the other way round.
    host, speaker = factories.member(pk=80_000_001), factories.member(pk=80_000_008)
    scheduling.schedule_meeting(
        host=host,
        details=details(speakers=(meeting_input.Speaker(speaker.email, speaker.name),)),
        now=NOW,
    )
    told = (
        Notification.objects.filter(kind=Kind.INVITATION).order_by("pk").values_list("person_id", flat=True)
    )
    assert list(told) == [host.pk, speaker.pk]


def test_no_mailbox_is_the_end_for_all_of_them_and_the_host_can_repeat_each(series, host, mailer, send):
    mailer.failures = [Refused("no such mailbox")]
    send(NOW)
    assert set(rows(Kind.INVITATION, host).values_list("state", "failure")) == {
        (State.FAILED, "no such mailbox")
    }
    rows(Kind.INVITATION, host, meeting=series[3]).update(state=State.WAITING)
    send(LATER)
    (mail,) = mailer.to(host.email)
    assert [one.uid for one in events(mail)] == [series[3].uid]


def test_a_worker_that_dies_in_mid_delivery_loses_none_of_them(series, host, mailer, send):
    lead = rows(Kind.INVITATION, host, goes_with=None).get()
    claimed = dispatching.claim_due(now=NOW, claim="dead", limit=100, urgency=Notification.Urgency.ANSWER)
    held = [one for one in claimed if one.pk == lead.pk]
    assert dispatching.begin(held, now=NOW) == held
    followers = rows(Kind.INVITATION, host, goes_with=lead)
    assert set(followers.values_list("state", "begun_at")) == {(State.WAITING, NOW)}
    changing.cancel_meeting(meeting=series[1], reason="", now=LATER)
    assert followers.filter(state=State.DROPPED).count() == 0, "it may be under way"
    send(LATER)
    assert set(rows(Kind.INVITATION, host).exclude(meeting=series[1]).values_list("state", flat=True)) == {
        State.SENT
    }


def test_an_earlier_change_that_was_not_sent_is_told_with_the_later_one(series, host, mailer, send):
    send(NOW)
    mailer.mails.clear()
    changing_series.change_following(
        meeting=series[0], details=moved(series[0], duration_minutes=90), now=LATER
    )
    again = Meeting.objects.get(pk=series[0].pk)
    changing_series.change_following(
        meeting=again, details=moved(again, duration_minutes=120), now=LATER + timedelta(seconds=1)
    )
    send(LATER + timedelta(minutes=1))
    (mail,) = mailer.to(host.email)
    assert mail.text.count("11:00–13:00") == 4
    assert mail.text.count("Previous time") == 4
    assert "11:00–12:30" not in mail.text


def test_the_preview_counts_each_person_as_often_as_they_get_an_email(series, host):
    factories.registration(meeting=series[1], state=Registration.State.CONFIRMED)
    new = {"duration_minutes": 90}
    effects = [
        change_preview.effects_of_change(meeting=each, details=moved(each, **new), now=LATER)
        for each in series
    ]
    changing_series.change_following(meeting=series[0], details=moved(series[0], **new), now=LATER)
    waiting = Notification.objects.filter(kind=Kind.CHANGE, state=State.WAITING)
    assert change_preview.emails_at_once(effects) == waiting.filter(goes_with=None).count()
    assert waiting.filter(goes_with=None).count() == 1 + 1 + 1


def test_whoever_takes_over_a_meeting_of_the_series_is_invited_to_it_alone(series, host, mailer, send):
    colleague = factories.member(company=host.company)
    factories.role(series[0], colleague, MeetingRole.Role.CO_HOST)
    send(NOW)
    assert not rows(Kind.INVITATION, colleague).filter(goes_with__isnull=False).exists()


# ---- registrations ---------------------------------------------------------------------------------------


def test_registering_for_a_series_is_one_email_with_all_its_dates_links_and_events(
    series, mailer, send, time_machine
):
    time_machine.move_to(LATER, tick=False)  # a link says when it was made
    registrations = registered_for_all(series)
    send(LATER)
    (mail,) = mailer.to("jonas@example.org")
    assert mail.subject == "You’re registered for 4 meetings: Heat from harbour water"
    assert mail.text.count("11:00–12:00") == 4
    assert mail.calendar.method == "PUBLISH"
    assert [one.uid for one in events(mail)] == [meeting.uid for meeting in series]
    assert "Your time zone: Vilnius." in mail.text
    links = [f"{settings.SITE_URL}{personal_link(one)}" for one in registrations]
    assert [one.location for one in events(mail)] == links
    assert all(link in mail.text and link in mail.html for link in links)


def test_a_full_part_is_named_in_the_same_email_and_has_no_event(series, mailer, send):
    Meeting.objects.filter(pk=series[1].pk).update(capacity=1)
    factories.registration(meeting=series[1], state=Registration.State.CONFIRMED)
    Meeting.objects.filter(pk=series[2].pk).update(registration="approval")
    registered_for_all(series)
    send(LATER)
    (mail,) = mailer.to("jonas@example.org")
    assert mail.subject == "Registration received: Heat from harbour water"
    assert mail.text.count("On the waitlist") == 1
    assert mail.text.count("Waiting for approval") == 1
    assert [one.uid for one in events(mail)] == [series[0].uid, series[3].uid]


def test_one_part_withdrawn_before_the_email_leaves_is_not_in_it(series, mailer, send):
    registrations = registered_for_all(series)
    registering.withdraw(registration=registrations[2], now=LATER)
    send(LATER)
    told = next(mail for mail in mailer.to("jonas@example.org") if mail.calendar.method == "PUBLISH")
    assert [one.uid for one in events(told)] == [series[0].uid, series[1].uid, series[3].uid]


def test_two_people_who_register_at_the_same_moment_get_each_their_own_email(series, mailer, send):
    registered_for_all(series)
    registered_for_all(series, email="paul@example.org", name="Paul")
    send(LATER)
    assert len(mailer.to("jonas@example.org")) == len(mailer.to("paul@example.org")) == 1


def test_a_move_of_several_is_one_email_to_whom_they_came_in_one(series, mailer, send):
    registered_for_all(series)
    send(LATER)
    mailer.mails.clear()
    changing_series.change_following(
        meeting=series[1], details=moved(series[1], local_day=date(2027, 1, 22)), now=LATER
    )
    send(LATER)
    (mail,) = mailer.to("jonas@example.org")
    assert mail.subject == "3 meetings changed: Heat from harbour water"
    assert mail.text.count("Previous time") == 3
    assert [one.sequence for one in events(mail)] == [1, 1, 1]


def test_a_move_of_one_is_an_invitation_to_it_and_so_is_every_further_change(series, mailer, send):
    """It enters the calendar by itself; from then on its calendar program follows."""
    registered_for_all(series)
    send(LATER)
    mailer.mails.clear()
    changing.change_meeting(
        meeting=series[1], details=moved(series[1], local_day=date(2027, 1, 22)), now=LATER
    )
    send(LATER)
    (mail,) = mailer.to("jonas@example.org")
    assert (mail.calendar.method, events(mail)[0].uid) == ("REQUEST", series[1].uid)
    mailer.mails.clear()
    changing_series.change_following(
        meeting=series[0], details=moved(series[0], duration_minutes=90), now=LATER + timedelta(hours=1)
    )
    send(LATER + timedelta(hours=1))
    methods = sorted((one.calendar.method, len(events(one))) for one in mailer.to("jonas@example.org"))
    assert methods == [("PUBLISH", 3), ("REQUEST", 1)]


def test_who_registered_for_each_meeting_alone_gets_an_invitation_for_each_move(series, mailer, send):
    applicant = registering.Applicant("jonas@example.org", "Jonas", is_verified=True)
    for minutes, meeting in enumerate(series):
        registering.register(meeting=meeting, applicant=applicant, now=LATER - timedelta(minutes=minutes))
    send(LATER)
    mailer.mails.clear()
    changing_series.change_following(
        meeting=series[0], details=moved(series[0], duration_minutes=90), now=LATER
    )
    send(LATER)
    assert [mail.calendar.method for mail in mailer.to("jonas@example.org")] == ["REQUEST"] * 4


def test_the_reminder_of_a_meeting_that_came_in_a_file_brings_its_invitation(series, mailer, send):
    registered_for_all(series)
    send(LATER)
    mailer.mails.clear()
    send(series[0].starts_at - timedelta(hours=24))
    (mail,) = mailer.to("jonas@example.org")
    (event,) = events(mail)
    assert (mail.calendar.method, event.uid, event.sequence) == ("REQUEST", series[0].uid, 0)
    assert dict(mail.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_reminder_of_a_meeting_that_came_as_an_invitation_brings_none(series, mailer, send):
    applicant = registering.Applicant("jonas@example.org", "Jonas", is_verified=True)
    registering.register(meeting=series[0], applicant=applicant, now=LATER)
    send(LATER)
    mailer.mails.clear()
    send(series[0].starts_at - timedelta(hours=24))
    (mail,) = mailer.to("jonas@example.org")
    assert mail.calendar is None


def test_using_one_of_the_links_confirms_the_address_for_every_part(series, mailer, send):
    registrations = registered_for_all(series, is_verified=False)
    send(LATER)
    (mail,) = mailer.to("jonas@example.org")
    assert "Confirm my registration" in mail.text
    other = factories.registration(meeting=series[0], person=factories.person(), verified_at=None)
    verifying.verify(registration=registrations[2], now=LATER)
    assert not Registration.objects.unverified().filter(person=registrations[0].person).exists()
    other.refresh_from_db()
    assert other.verified_at is None


def test_a_program_has_as_many_queries_for_ten_people_as_for_one(series, django_assert_max_num_queries):
    for number in range(10):
        registered_for_all(series, email=f"person{number}@example.net")
    with django_assert_max_num_queries(60):
        planning.plan_change(
            meeting=series[1], changed={"title"}, joined=set(), now=LATER + timedelta(hours=1)
        )


def test_who_got_them_alone_because_the_first_was_withdrawn_gets_each_change_alone(series, mailer, send):
    """The email that they were to go with did not leave: each went as an invitation."""
    registrations = registered_for_all(series)
    registering.withdraw(registration=registrations[0], now=LATER)
    send(LATER)
    mailer.mails.clear()
    changing_series.change_following(
        meeting=series[1], details=moved(series[1], duration_minutes=90), now=LATER + timedelta(hours=1)
    )
    send(LATER + timedelta(hours=1))
    assert [mail.calendar.method for mail in mailer.to("jonas@example.org")] == ["REQUEST"] * 3


def test_an_event_that_comes_back_in_a_file_outranks_its_cancellation(series, mailer, send):
    registrations = registered_for_all(series)
    send(LATER)
    for registration in registrations[:2]:
        registering.withdraw(registration=registration, now=LATER)
    send(LATER)
    cancelled = [events(mail)[0].sequence for mail in mailer.to("jonas@example.org")[1:]]
    registered_for_all(series)
    send(LATER)
    again = mailer.to("jonas@example.org")[-1]
    assert cancelled == [1, 1]
    assert [(one.uid, one.sequence) for one in events(again)] == [(one.uid, 2) for one in series[:2]]
