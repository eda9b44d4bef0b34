"""The weekly email: to whom, when, with what; once a week whatever happens, and nothing where there is nothing new."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Person
from meetings.models import Meeting
from notifications import digests, mornings, unsubscribing
from notifications.digest_content import content_for
from notifications.models import DigestSchedule, Notification, Preference
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # 08:00 in Stockholm
WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def ada():
    return make.member(email="ada@example.org", wants_digest=True)


def webinar(published=MONDAY - DAY, **fields):
    return make.meeting(published_at=published, **fields)


def planned():
    return Notification.objects.filter(kind=Kind.DIGEST)


def run(*moments):
    return [digests.plan_due(now=moment) for moment in moments]


# ---- when ------------------------------------------------------------------------------------------------


def test_it_comes_on_tuesday_at_eight_in_the_readers_own_zone(ada, send, mailer):
    webinar(title={"en": "Heat pumps"})
    assert run(MONDAY, TUESDAY - timedelta(minutes=1), TUESDAY) == [0, 0, 1]
    send(TUESDAY)
    (mail,) = mailer.to("ada@example.org")
    assert "Heat pumps" in mail.text
    assert dict(mail.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("zone", "utc_hour"), [("Europe/Vilnius", 6), ("Europe/London", 8), ("America/New_York", 13)]
)
def test_each_zone_has_its_own_morning(zone, utc_hour):
    assert mornings.next_tuesday(MONDAY, zone) == datetime(2026, 12, 1, utc_hour, tzinfo=UTC)


def test_the_hour_stays_when_the_clocks_change():
    before = datetime(2027, 3, 25, 12, tzinfo=UTC)
    assert mornings.next_tuesday(before, "Europe/Stockholm") == datetime(2027, 3, 30, 6, tzinfo=UTC)


def test_only_who_asked_for_it_gets_it():
    make.member()
    make.member(wants_digest=True, is_active=False)
    webinar()
    assert run(MONDAY, TUESDAY) == [0, 0]
    assert not DigestSchedule.objects.exists()


def test_a_new_account_does_not_get_it():
    assert make.person().wants_digest is False


def test_nothing_new_is_no_email(ada, send):
    assert run(MONDAY, TUESDAY) == [0, 0]
    webinar(published=TUESDAY + DAY)
    assert run(TUESDAY + HOUR, TUESDAY + WEEK) == [0, 1]
    send(TUESDAY + WEEK)
    assert run(TUESDAY + 2 * WEEK) == [0]


def test_each_webinar_is_told_once(ada, send):
    first = webinar()
    run(MONDAY, TUESDAY)
    send(TUESDAY)
    second = webinar(published=TUESDAY + DAY)
    run(TUESDAY + WEEK)
    told = planned().order_by("pk").values_list("details__meetings", flat=True)
    assert list(told) == [[first.pk], [second.pk]]


# ---- once ------------------------------------------------------------------------------------------------


def test_two_schedulers_plan_one(ada):
    webinar()
    assert run(MONDAY, TUESDAY, TUESDAY) == [0, 1, 0]
    DigestSchedule.objects.update(due_at=TUESDAY)  # as another process read it before
    run(TUESDAY)
    assert planned().count() == 1


def test_after_an_outage_of_the_scheduler_one_comes_and_not_one_for_each_week(ada, send):
    webinar()
    run(MONDAY)
    back = TUESDAY + 3 * WEEK + 6 * HOUR  # in the afternoon: the next morning
    assert run(back, back + HOUR) == [0, 0]
    assert run(TUESDAY + 3 * WEEK + DAY) == [1]
    send(TUESDAY + 3 * WEEK + DAY)
    assert run(TUESDAY + 3 * WEEK + DAY + HOUR, TUESDAY + 4 * WEEK) == [0, 0]
    assert DigestSchedule.objects.get().due_at == TUESDAY + 5 * WEEK


def test_a_late_one_of_a_monday_is_that_weeks_and_the_next_comes_a_week_later(ada, send, mailer):
    first = webinar()
    run(MONDAY - 2 * WEEK)
    assert run(MONDAY - 5 * HOUR) == [1]
    assert DigestSchedule.objects.get().due_at == TUESDAY + WEEK
    second = webinar(published=MONDAY)
    assert run(TUESDAY, TUESDAY + WEEK) == [0, 1]
    send(TUESDAY + WEEK)
    assert set(planned().get(state="sent").details["meetings"]) == {first.pk, second.pk}


def test_what_a_week_that_had_its_email_could_not_tell_comes_in_the_next(ada, send):
    first = webinar()
    run(MONDAY, TUESDAY)
    second = webinar(published=TUESDAY + HOUR)
    DigestSchedule.objects.update(due_at=TUESDAY + DAY)
    assert run(TUESDAY + DAY) == [0]
    assert planned().get().state == "waiting"
    assert planned().get().details["meetings"] == [first.pk]
    send(TUESDAY + DAY)
    run(TUESDAY + WEEK)
    assert planned().latest("pk").details["meetings"] == [second.pk]


def test_one_whose_time_zone_is_not_known_any_more_reads_the_default_one(ada, send, mailer):
    Person.objects.filter(pk=ada.pk).update(timezone="US/Pacific-New")
    webinar()
    assert run(MONDAY, TUESDAY) == [0, 1]
    send(TUESDAY)
    assert "Your time zone: Stockholm." in mailer.to("ada@example.org")[0].text


def test_one_that_cannot_be_planned_stops_nobody_elses(ada):
    bo = make.member(wants_digest=True)
    webinar()
    run(MONDAY)
    broken = {"kind": Kind.DIGEST, "person": ada, "dedupe_key": "digest:broken", "details": {"since": "?"}}
    Notification.objects.create(**broken, due_at=TUESDAY, created_at=TUESDAY)
    assert run(TUESDAY) == [1]
    assert planned().exclude(dedupe_key="digest:broken").get().person == bo
    assert DigestSchedule.objects.get(person=ada).due_at == TUESDAY


def test_a_late_one_does_not_come_at_the_weekend(ada):
    webinar()
    run(MONDAY)
    saturday = TUESDAY + 4 * DAY
    assert run(saturday, saturday + DAY, saturday + 2 * DAY) == [0, 0, 1]


def test_after_an_outage_of_the_mail_server_one_leaves_that_tells_of_both_weeks(ada, send, mailer):
    first = webinar()
    run(MONDAY, TUESDAY)
    second = webinar(published=TUESDAY + DAY)
    run(TUESDAY + WEEK)
    send(TUESDAY + WEEK)
    assert len(mailer.to("ada@example.org")) == 1
    assert set(planned().get(state="sent").details["meetings"]) == {first.pk, second.pk}
    assert planned().get(state="dropped").drop_reason == "told_later"


def test_a_worker_that_dies_in_mid_delivery_sends_it_to_nobody_twice(ada, send, mailer):
    webinar()
    run(MONDAY, TUESDAY)
    planned().update(state="sending", claimed_at=TUESDAY, claimed_by="gone", begun_at=TUESDAY, attempts=1)
    send(TUESDAY + HOUR)
    assert planned().get().state == "doubtful"
    assert not mailer.mails


def test_turning_it_off_and_on_again_sends_no_second_one_this_week(ada):
    webinar()
    run(MONDAY, TUESDAY)
    unsubscribing.turn_off(person=ada, preference=Preference.DIGEST, now=NOW)
    run(TUESDAY + HOUR)
    assert not DigestSchedule.objects.exists()
    unsubscribing.turn_on(person=ada, preference=Preference.DIGEST, now=TUESDAY + HOUR)
    run(TUESDAY + 2 * HOUR, TUESDAY + DAY)
    assert planned().count() == 1
    assert DigestSchedule.objects.get().due_at == TUESDAY + WEEK


def test_who_says_no_before_it_leaves_does_not_get_it(ada, send, mailer):
    webinar()
    run(MONDAY, TUESDAY)
    unsubscribing.turn_off(person=ada, preference=Preference.DIGEST, now=NOW)
    send(TUESDAY)
    assert not mailer.mails
    assert planned().get().drop_reason == "digest_off"


# ---- what ------------------------------------------------------------------------------------------------


def told(person, since=None, now=TUESDAY):
    found = content_for(person, since=since, now=now)
    return {one.pk for one in found.meetings}, {one.pk for one in found.recordings}


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"languages": ["en"]}, True),
        ({"languages": ["pl"]}, True),
        ({"languages": ["sv"]}, False),
        ({"languages": ["sv"], "interpreted_into": ["pl"]}, True),
        ({"state": "cancelled"}, False),
        ({"state": "draft"}, False),
        ({"starts_at": TUESDAY - DAY}, False),
        ({"visibility": "invited"}, False),
        ({"visibility": "members"}, True),
        ({"registration": "closed"}, False),
        ({"kind": "project_meeting"}, False),
    ],
)
def test_webinars_that_the_person_understands_and_may_attend(fields, is_told):
    person = make.member(language="pl")
    meeting = webinar(**fields)
    assert told(person)[0] == ({meeting.pk} if is_told else set())


def test_not_what_is_theirs_already(ada):
    for register in (make.registration, make.invitation):
        register(person=ada, meeting=webinar())
    webinar(host=ada)
    assert told(ada) == (set(), set())


def test_what_fits_the_fields_and_needs_of_their_company(ada):
    heat, wind, sea = (make.topic(slug=name) for name in ("heat", "wind", "sea"))
    ada.company.topics.add(heat)
    make.need(ada.company, en="Turbines").topics.add(wind)
    hosts = [make.company() for _ in range(4)]
    hosts[0].topics.add(heat)
    make.offer(hosts[1], en="Turbines").topics.add(wind)
    hosts[2].topics.add(sea)
    fits = [webinar(host_company=host) for host in hosts]
    assert told(ada)[0] == {fits[0].pk, fits[1].pk, fits[3].pk}  # the last says nothing of its field


def recording(**fields):
    meeting = make.meeting(state="ended", started_at=MONDAY - WEEK, starts_at=MONDAY - WEEK)
    given = {"state": "published", "visibility": "public", "published_at": MONDAY, "meeting": meeting}
    return make.recording(**{**given, **fields})


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({}, True),
        ({"language": "pl"}, True),
        ({"language": "sv"}, False),
        ({"visibility": "registered"}, False),
        ({"visibility": "members"}, True),
        ({"state": "ready", "published_at": None}, False),
        ({"published_at": MONDAY - timedelta(days=40)}, False),
        ({"expires_at": MONDAY}, False),
    ],
)
def test_recordings_that_the_person_understands_and_may_watch(fields, is_told):
    person = make.member(language="pl")
    made = recording(**fields)
    assert told(person)[1] == ({made.pk} if is_told else set())


def test_a_series_is_one_entry_and_what_has_no_place_is_said(ada, send, mailer):
    series = make.series()
    starts = make.STARTS_AT
    dates = [
        webinar(series=series, series_position=number + 1, starts_at=starts + number * DAY)
        for number in range(12)
    ]
    other = webinar(starts_at=starts + 60 * DAY)
    found = content_for(ada, since=None, now=TUESDAY)
    assert [one.pk for one in found.meetings] == [dates[0].pk, other.pk]
    assert not found.has_more_meetings
    assert not found.has_more_recordings
    for _ in range(7):
        webinar()
    for _ in range(6):
        recording()
    run(MONDAY, TUESDAY)
    send(TUESDAY)
    (mail,) = mailer.to("ada@example.org")
    assert "There are more new webinars in the schedule." in mail.text
    assert "There are more new recordings." in mail.text


def test_who_sees_everything_is_not_told_of_what_is_for_others_alone():
    person = make.secretariat()
    companies = [make.company(), make.company()]
    webinar(visibility="invited")
    for fields in (
        {"kind": "project_meeting", "room": make.room(companies=companies)},
        {"visibility": "invited"},
    ):
        meeting = make.meeting(
            state="ended", started_at=MONDAY - WEEK, starts_at=MONDAY - WEEK, ended_at=MONDAY - WEEK, **fields
        )
        recording(meeting=meeting, visibility="registered")
    recording(visibility="hosts")
    shown = recording(visibility="members")
    assert told(person) == (set(), {shown.pk})


def test_what_is_cancelled_before_it_leaves_is_not_told(ada, send, mailer):
    kept, gone = webinar(title={"en": "Kept"}), webinar(title={"en": "Gone"})
    run(MONDAY, TUESDAY)
    Meeting.objects.filter(pk=gone.pk).update(state="cancelled", cancelled_at=TUESDAY)
    send(TUESDAY)
    (mail,) = mailer.mails
    assert "Kept" in mail.text
    assert "Gone" not in mail.text
    Meeting.objects.filter(pk=kept.pk).update(state="cancelled", cancelled_at=TUESDAY)
    planned().update(state="waiting", sent_at=None)
    send(TUESDAY)
    assert planned().get().drop_reason == "nothing_new"


def test_neither_the_row_nor_the_work_grows_with_history(ada):
    def weeks(count):
        for _ in range(count):
            webinar()
            recording()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            content = content_for(ada, since=MONDAY - 2 * DAY, now=TUESDAY)
        return len(queries), len(content.meetings), len(content.recordings)

    weeks(2)
    few = weeks(9)
    assert few[1:] == (8, 5)
    assert weeks(60) == few
    run(MONDAY, TUESDAY)
    details = planned().get().details
    assert (len(details["meetings"]), len(details["recordings"])) == (8, 5)


def test_the_scheduler_plans_them_every_minute():
    (entry,) = [
        one
        for one in django_settings.CELERY_BEAT_SCHEDULE.values()
        if one["task"] == "notifications.tasks.plan_digests"
    ]
    assert entry["schedule"].run_every <= timedelta(minutes=1)
    from notifications.tasks import plan_digests

    make.member(wants_digest=True)
    plan_digests()
    assert DigestSchedule.objects.count() == 1
    call_command("check")
