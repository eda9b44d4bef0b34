"""After a meeting: thanks to those who came, the recording to those who did not; once, and only where wanted."""

from datetime import timedelta

import pytest
from django.urls import reverse

from meetings import running
from meetings.models import Meeting
from notifications import messaging, outbox, planning_afterwards, unsubscribing
from notifications.models import HostMessage, Notification, Preference
from recordings import publishing
from rooms.models import Participant
from tests import factories as make
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
HOUR = timedelta(hours=1)
ENDED_AT = STARTS_AT + HOUR


def somebody(name, **fields):
    return make.person(email=f"{name}@example.org", name=name.capitalize(), **fields)


@pytest.fixture
def meeting():
    """Live: Ada, Cleo (waitlisted) and a speaker who registered, too, are in the room; Bo is not."""
    meeting = make.meeting(state="live", started_at=STARTS_AT, format="online")
    speaker = somebody("speaker")
    make.role(meeting, speaker)
    for person, state in (
        (somebody("ada"), "confirmed"),
        (somebody("bo"), "confirmed"),
        (somebody("cleo"), "waitlisted"),
        (speaker, "confirmed"),
    ):
        make.registration(meeting=meeting, person=person, state=state)
        if person.name != "Bo":
            left = STARTS_AT + timedelta(minutes=2)
            make.presence(room=meeting.room, person=person, joined_at=STARTS_AT, left_at=left)
    return meeting


def end(meeting, now=ENDED_AT):
    running.end_meeting(meeting=meeting, now=now)
    meeting.refresh_from_db()


def recording(meeting, **fields):
    return make.recording(meeting=meeting, state="ready", **fields)


def names(**about):
    rows = Notification.objects.filter(**about).select_related("person")
    return sorted(row.person.name for row in rows)


def test_those_who_came_are_thanked_an_hour_later(meeting, send, mailer):
    end(meeting)
    last = meeting.ended_at
    assert names(kind=Kind.THANKS, due_at=last + HOUR) == ["Ada"]
    send(last + HOUR - timedelta(seconds=1))
    assert not mailer.to("ada@example.org")
    for _ in range(2):
        send(last + HOUR)
    (mail,) = mailer.to("ada@example.org")
    assert mail.subject == "Thanks for joining: Heat from harbour water"
    assert not mailer.to("bo@example.org")


def test_those_who_did_not_get_the_recording_in_place_of_the_plain_notice(meeting, send, mailer):
    end(meeting)
    publishing.publish(recording=recording(meeting), now=ENDED_AT + HOUR)
    assert names(kind=Kind.MISSED) == ["Bo"]
    assert "Bo" not in names(kind=Kind.RECORDING)
    assert "Ada" in names(kind=Kind.RECORDING)
    send(ENDED_AT + HOUR)
    (mail,) = mailer.to("bo@example.org")
    assert mail.subject == "We missed you: Heat from harbour water"
    assert "Watch the recording" in mail.text


def test_publishing_it_again_or_a_second_one_says_it_only_once(meeting, send, mailer):
    end(meeting)
    first = recording(meeting)
    publishing.publish(recording=first, now=ENDED_AT + HOUR)
    send(ENDED_AT + HOUR)
    publishing.unpublish(recording=first, now=ENDED_AT + HOUR)
    planning_afterwards.set_follow_ups(meeting=meeting, on=False, now=ENDED_AT + HOUR)
    publishing.publish(recording=first, now=ENDED_AT + HOUR)
    assert len(names(recording=first, person__name="Bo")) == 1
    planning_afterwards.set_follow_ups(meeting=meeting, on=True, now=ENDED_AT + HOUR)
    publishing.publish(recording=recording(meeting), now=ENDED_AT + HOUR)
    publishing.publish(recording=recording(meeting), now=ENDED_AT + 2 * HOUR)
    assert names(kind=Kind.MISSED) == ["Bo"]


@pytest.mark.parametrize("format_", ["on_site", "both"])
def test_nobody_is_missed_or_thanked_where_it_is_not_known_who_came(meeting, format_):
    Meeting.objects.filter(pk=meeting.pk).update(format=format_)
    end(meeting)
    publishing.publish(recording=recording(meeting), now=ENDED_AT + HOUR)
    assert not names(kind__in=[Kind.THANKS, Kind.MISSED])
    assert "Bo" in names(kind=Kind.RECORDING)


def test_a_meeting_that_nobody_started_missed_nobody():
    meeting = make.meeting()
    make.registration(meeting=meeting)
    running.miss_meeting(meeting=meeting, now=ENDED_AT)
    publishing.publish(recording=recording(meeting), now=ENDED_AT + HOUR)
    assert not names(kind__in=[Kind.THANKS, Kind.MISSED])


def test_a_host_who_turned_them_off_sends_none(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(follow_ups=False)
    end(meeting)
    publishing.publish(recording=recording(meeting), now=ENDED_AT + HOUR)
    assert not names(kind__in=[Kind.THANKS, Kind.MISSED])
    assert "Bo" in names(kind=Kind.RECORDING)


def test_a_host_turns_them_off_and_on_again_on_the_page_of_emails(meeting, client, send, mailer):
    end(meeting)
    publishing.publish(recording=recording(meeting), now=ENDED_AT)
    client.force_login(meeting.host)
    page = reverse("delivery_report", args=[meeting.pk])
    assert "Turn these emails off" in client.get(page).text
    client.post(page, {"do": "off"})
    assert names(kind=Kind.THANKS, drop_reason="host_turned_off") == ["Ada"]
    assert not names(kind=Kind.MISSED)
    assert "Bo" in names(kind=Kind.RECORDING)
    planning_afterwards.set_follow_ups(meeting=meeting, on=True, now=ENDED_AT + HOUR)
    assert names(kind=Kind.THANKS, state="waiting") == ["Ada"]
    planning_afterwards.set_follow_ups(meeting=meeting, on=False, now=ENDED_AT + HOUR)
    planning_afterwards.set_follow_ups(meeting=meeting, on=True, now=ENDED_AT + timedelta(days=2))
    assert not names(kind=Kind.THANKS, state="waiting")


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_said_no_to_emails_after_meetings_gets_none(meeting, send, mailer, when):
    people = [role.person for role in meeting.registrations.all()]

    def say_no():
        for person in people:
            unsubscribing.turn_off(person=person, preference=Preference.FOLLOW_UPS, now=NOW)

    if when == "before":
        say_no()
    bystander = make.registration(meeting=meeting, person=somebody("dora"))
    end(meeting)
    publishing.publish(recording=recording(meeting), now=ENDED_AT)
    written = messaging.WrittenMessage(
        audience=HostMessage.Audience.EVERYONE, subject={"en": "Slides"}, text={"en": "They are online."}
    )
    message = messaging.send_message(
        meeting=meeting, written=written, by=meeting.host, now=ENDED_AT + timedelta(minutes=1)
    )
    if when == "after":
        say_no()
    send(ENDED_AT + 2 * HOUR)
    assert not [one.recipient for one in mailer.mails if one.recipient[1] in {p.email for p in people}]
    theirs = message.notifications.exclude(person=bystander.person)
    assert {row.drop_reason for row in theirs} == (set() if when == "before" else {"follow_ups_off"})


def test_a_host_is_not_promised_readers_who_said_no(meeting):
    end(meeting)
    written = messaging.WrittenMessage(
        audience=HostMessage.Audience.ATTENDED, subject={"en": "Slides"}, text={"en": "They are online."}
    )

    def readers():
        found = messaging.preview(
            meeting=meeting, written=written, by=meeting.host, now=ENDED_AT + timedelta(minutes=1)
        )
        return sum(one.number for one in found)

    assert readers() == 3
    people = {one.person.name: one.person for one in meeting.registrations.all()}
    unsubscribing.turn_off(person=people["Ada"], preference=Preference.FOLLOW_UPS, now=NOW)
    assert readers() == 2
    for person in people.values():
        unsubscribing.turn_off(person=person, preference=Preference.FOLLOW_UPS, now=NOW)
    with pytest.raises(messaging.UnableToMessage) as refused:
        readers()
    assert refused.value.code == "nobody"
    assert "turned off emails after meetings" in refused.value.message


def test_what_is_written_while_it_still_runs_is_no_follow_up(send, mailer):
    meeting = make.meeting(state="live", started_at=STARTS_AT, format="online")
    make.registration(meeting=meeting, person=somebody("ada", wants_follow_ups=False))
    written = messaging.WrittenMessage(
        audience=HostMessage.Audience.EVERYONE, subject={"en": "Time"}, text={"en": "We go on."}
    )
    overrun = ENDED_AT + timedelta(minutes=5)
    messaging.send_message(meeting=meeting, written=written, by=meeting.host, now=overrun)
    send(overrun)
    assert len(mailer.to("ada@example.org")) == 1


def test_what_a_host_writes_before_the_end_is_no_follow_up(send, mailer):
    meeting = make.meeting()
    person = somebody("ada", wants_follow_ups=False)
    make.registration(meeting=meeting, person=person)
    written = messaging.WrittenMessage(
        audience=HostMessage.Audience.EVERYONE, subject={"en": "Link"}, text={"en": "It has changed."}
    )
    messaging.send_message(meeting=meeting, written=written, by=meeting.host, now=make.NOW)
    send(make.NOW)
    assert len(mailer.to("ada@example.org")) == 1


def test_who_cancelled_after_the_end_or_whose_thanks_are_days_late_gets_none(meeting, send, mailer):
    end(meeting)
    send(ENDED_AT + timedelta(days=3))
    assert Notification.objects.get(kind=Kind.THANKS).drop_reason == "too_late"


def test_thanks_that_are_sent_again_weeks_later_are_late_all_the_same(meeting, send, mailer):
    end(meeting)
    Notification.objects.filter(kind=Kind.THANKS).update(state="failed", failure="no such mailbox")
    weeks_later = ENDED_AT + timedelta(days=25)
    keys = list(Notification.objects.filter(kind=Kind.THANKS).values_list("pk", flat=True))
    assert outbox.send_again(keys=keys, by=meeting.host, now=weeks_later) == 1
    send(weeks_later)
    assert Notification.objects.get(kind=Kind.THANKS).drop_reason == "too_late"
    assert not mailer.to("ada@example.org")


def test_what_the_secretariat_stopped_does_not_come_back(meeting):
    end(meeting)
    keys = list(Notification.objects.filter(kind=Kind.THANKS).values_list("pk", flat=True))
    outbox.drop(keys=keys, by=make.secretariat())
    for is_on in (False, True):
        planning_afterwards.set_follow_ups(meeting=meeting, on=is_on, now=ENDED_AT)
    assert names(kind=Kind.THANKS, drop_reason="by_operator") == ["Ada"]
    assert not names(kind=Kind.THANKS, state="waiting")


def test_a_failed_we_missed_you_sent_again_tells_of_the_recording_once_they_are_off(meeting, send, mailer):
    end(meeting)
    publishing.publish(recording=recording(meeting), now=ENDED_AT)
    Notification.objects.filter(kind=Kind.MISSED).update(state="failed", failure="no such mailbox")
    planning_afterwards.set_follow_ups(meeting=meeting, on=False, now=ENDED_AT)
    keys = list(Notification.objects.filter(state="failed").values_list("pk", flat=True))
    assert outbox.send_again(keys=keys, by=meeting.host, now=ENDED_AT) == 1
    send(ENDED_AT)
    (mail,) = mailer.to("bo@example.org")
    assert mail.subject == "Recording: Heat from harbour water"


def test_whom_a_host_removed_is_not_thanked(meeting):
    ada = meeting.registrations.get(person__name="Ada").person
    eva = somebody("eva")
    make.registration(meeting=meeting, person=eva)
    make.presence(room=meeting.room, person=eva, joined_at=STARTS_AT, left_at=ENDED_AT)
    for person, admission in ((ada, "removed"), (eva, "admitted")):
        Participant.objects.filter(room=meeting.room, person=person).delete()
        make.participant(room=meeting.room, person=person, admission=admission)
    end(meeting)
    assert names(kind=Kind.THANKS) == ["Eva"]


@pytest.mark.parametrize("is_published", [True, False])
def test_thanks_promise_a_recording_only_until_it_was_announced(meeting, send, mailer, is_published):
    Meeting.objects.filter(pk=meeting.pk).update(record=True)
    end(meeting)
    made = recording(meeting)
    if is_published:
        publishing.publish(recording=made, now=ENDED_AT)
    send(ENDED_AT + HOUR)
    thanks = next(one for one in mailer.to("ada@example.org") if one.subject.startswith("Thanks"))
    assert ("When the recording is available, we’ll email you." in thanks.text) is not is_published


@pytest.mark.parametrize("has_some", [True, False])
def test_thanks_speak_of_links_and_documents_only_where_there_are_some(meeting, send, mailer, has_some):
    if has_some:
        make.resource(meeting)
    end(meeting)
    send(ENDED_AT + HOUR)
    (thanks,) = mailer.to("ada@example.org")
    assert ("Links and documents that the host has shared" in thanks.text) is has_some


def test_a_worker_that_dies_in_mid_delivery_thanks_nobody_twice(meeting, send, mailer):
    end(meeting)
    due = ENDED_AT + HOUR
    Notification.objects.filter(kind=Kind.THANKS).update(
        state="sending", claimed_at=due, claimed_by="gone", begun_at=due, attempts=1
    )
    send(due + HOUR)
    assert Notification.objects.get(kind=Kind.THANKS).state == "doubtful"
    assert not mailer.to("ada@example.org")


def test_asking_once_more_who_came_does_not_cost_more_with_more_people(django_assert_max_num_queries):
    meeting = make.meeting(state="live", started_at=STARTS_AT)
    for _ in range(40):
        person = make.person()
        make.registration(meeting=meeting, person=person)
        make.presence(room=meeting.room, person=person, joined_at=STARTS_AT, left_at=ENDED_AT)
    meeting.state, meeting.ended_at = "ended", ENDED_AT
    meeting.save()
    with django_assert_max_num_queries(25):
        planning_afterwards.plan_thanks(meeting=meeting, now=ENDED_AT)
    assert Notification.objects.filter(kind=Kind.THANKS).count() == 40
