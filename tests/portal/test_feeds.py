"""Calendar feeds and the calendar file of one meeting, over HTTP."""

from datetime import timedelta

import pytest
from django.urls import reverse

from meetings import calendar
from meetings.calendar import Method
from meetings.models import Meeting
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def only(content: bytes) -> calendar.ParsedEvent:
    (event,) = calendar.parse(content)
    return event


def test_the_calendar_of_a_public_meeting_is_for_anybody(client):
    meeting = make.meeting()
    answer = client.get(reverse("meeting_calendar", args=[meeting.pk]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert only(answer.content).uid == meeting.uid
    assert only(answer.content).method == Method.PUBLISH


@pytest.mark.parametrize("fields", [{"visibility": "invited"}, {"visibility": "members"}, {"state": "draft"}])
def test_the_calendar_of_a_hidden_meeting_does_not_exist(client, fields):
    meeting = make.meeting(**fields)
    assert client.get(reverse("meeting_calendar", args=[meeting.pk])).status_code == 404


def test_even_its_host_gets_no_calendar_of_a_draft(client):
    meeting = make.meeting(state="draft")
    client.force_login(meeting.host)
    assert client.get(reverse("meeting_calendar", args=[meeting.pk])).status_code == 404


def test_the_calendar_of_a_cancelled_meeting_has_status_cancelled(client):
    meeting = make.meeting(state="cancelled", revision=2)
    facts = only(client.get(reverse("meeting_calendar", args=[meeting.pk])).content)
    assert (facts.status, facts.sequence) == ("CANCELLED", 2)


@pytest.fixture
def soon(time_machine):
    time_machine.move_to(NOW)


def test_a_feed_has_the_meetings_that_its_person_hosts_speaks_in_or_is_registered_for(client, soon):
    owner = make.member()
    hosted = make.meeting(host=owner)
    spoken = make.role(make.meeting(), owner).meeting
    attended = make.registration(person=owner).meeting
    of_room = make.meeting(room=make.room(companies=[owner.company, make.company()]), visibility="invited")
    for_others = make.registration().meeting
    waits = make.registration(person=owner, state="pending").meeting
    draft = make.meeting(host=owner, state="draft")
    old = make.meeting(host=owner, starts_at=NOW - timedelta(days=120))
    answer = client.get(reverse("calendar_feed", args=[owner.calendar_key]))
    uids = {facts.uid for facts in calendar.parse(answer.content)}
    assert uids == {meeting.uid for meeting in (hosted, spoken, attended, of_room)}
    assert not uids & {meeting.uid for meeting in (for_others, waits, draft, old)}
    assert "private" in answer["Cache-Control"]


def test_a_feed_that_has_not_changed_is_not_sent_again(client, soon):
    registration = make.registration()
    address = reverse("calendar_feed", args=[registration.person.calendar_key])
    first = client.get(address)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    Meeting.objects.update(revision=1)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_a_feed_by_an_unknown_or_renewed_secret_does_not_exist(client):
    person = make.person()
    old = reverse("calendar_feed", args=[person.calendar_key])
    person.calendar_key = "renewed"
    person.save()
    assert client.get(old).status_code == 404
    assert client.get(reverse("calendar_feed", args=["guess"])).status_code == 404
    person.is_active = False
    person.save()
    assert client.get(reverse("calendar_feed", args=["renewed"])).status_code == 404


def test_a_feed_takes_as_many_queries_for_three_meetings_as_for_one(
    client, soon, django_assert_max_num_queries
):
    owner = make.member()
    make.registration(person=owner)
    address = reverse("calendar_feed", args=[owner.calendar_key])
    with django_assert_max_num_queries(8):
        client.get(address)
    make.registration(person=owner)
    make.registration(person=owner)
    with django_assert_max_num_queries(8):
        assert len(calendar.parse(client.get(address).content)) == 3
