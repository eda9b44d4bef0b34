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


# ---- feeds for everybody ---------------------------------------------------------------------------------


def uids(response):
    return {event.uid for event in calendar.parse(response.content)}


@pytest.fixture
def three(soon):
    """Of one company, programme and series, and one of others; and what is not for everybody."""
    company, programme, series = make.company(country="PL"), make.programme(), make.series()
    found = {
        "company": make.meeting(host_company=company, languages=["pl"]),
        "programme": make.meeting(programme=programme, kind="site_visit", languages=["de"]),
        "series": make.meeting(series=series, series_position=1, state="cancelled"),
    }
    for hidden in ({"visibility": "invited"}, {"visibility": "members"}, {"state": "draft"}):
        make.meeting(host_company=company, programme=programme, series=series, series_position=2, **hidden)
    make.meeting(host_company=company, starts_at=NOW - timedelta(days=120))
    return company, programme, series, found


def test_a_company_a_programme_and_a_series_have_a_feed_each_of_what_anybody_may_see(client, three):
    company, programme, series, found = three
    for name, key in (("company", company.slug), ("programme", programme.slug), ("series", series.pk)):
        response = client.get(reverse(f"{name}_calendar", args=[key]))
        assert uids(response) == {found[name].uid}, name
        assert response["Cache-Control"] == "public, max-age=900"
        assert b"REFRESH-INTERVAL;VALUE=DURATION:PT3H" in response.content
        assert b"X-PUBLISHED-TTL:PT3H" in response.content


def test_what_is_cancelled_stays_in_a_feed_as_cancelled(client, three):
    (event,) = calendar.parse(client.get(reverse("series_calendar", args=[three[2].pk])).content)
    assert event.status == "CANCELLED"


def test_the_host_sees_no_more_in_a_feed_for_everybody(client, three):
    company, _programme, _series, found = three
    client.force_login(Meeting.objects.filter(visibility="invited").get().host)
    assert uids(client.get(reverse("company_calendar", args=[company.slug]))) == {found["company"].uid}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["company", "programme", "series"]),
        ("?l=pl", ["company"]),
        ("?l=pl&l=de", ["company", "programme"]),
        ("?c=PL", ["company"]),
        ("?k=site_visit", ["programme"]),
        ("?q=no+such+words", []),
        ("?when=past&view=month&m=2030-01&page=7&mine=1", ["company", "programme", "series"]),
    ],
)
def test_the_schedules_feed_takes_the_filters_of_its_page(client, three, query, names):
    response = client.get(reverse("schedule_calendar") + query)
    assert uids(response) == {three[3][name].uid for name in names}


def test_a_feed_for_everybody_follows_a_change_and_is_304_before(client, three):
    address = reverse("series_calendar", args=[three[2].pk])
    first = client.get(address)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    Meeting.objects.filter(pk=three[3]["series"].pk).update(revision=5)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_address_names_the_language_because_programs_name_none(client, soon):
    series = make.series(title={"en": "Heat", "sv": "Värme"})
    make.meeting(series=series, series_position=1, title={"en": "Heat", "sv": "Värme"})
    address = reverse("series_calendar", args=[series.pk])
    assert "SUMMARY:Värme" in client.get(f"{address}?lang=sv").content.decode()
    assert "SUMMARY:Heat" in client.get(f"{address}?lang=xx").content.decode()


@pytest.mark.parametrize(
    ("name", "key"),
    [("series", "hidden"), ("programme", "draft"), ("company", "unlisted"), ("series", "none")],
)
def test_a_feed_of_something_hidden_does_not_exist(client, name, key):
    series = make.series(id="hidden")
    make.meeting(series=series, series_position=1, visibility="invited")
    make.programme(slug="draft", is_published=False)
    make.company(slug="unlisted", is_listed=False)
    assert client.get(reverse(f"{name}_calendar", args=[key])).status_code == 404


def test_pages_offer_the_subscription_where_people_look(client, three):
    company, programme = three[:2]
    for page, feed in (
        (reverse("schedule") + "?l=pl", "/schedule/calendar.ics?l=pl&amp;lang=en"),
        (programme.get_absolute_url(), f"/programmes/{programme.slug}/calendar.ics?lang=en"),
        (company.get_absolute_url(), f"/companies/{company.slug}/calendar.ics?lang=en"),
    ):
        html = client.get(page).content.decode()
        assert html.count(f"webcal://127.0.0.1:8000{feed}") == 1, page
        assert f'value="http://127.0.0.1:8000{feed}"' in html, page
        assert "calendar.google.com/calendar/render?cid=webcal" in html, page


def test_ones_own_feed_has_the_same_buttons(client, soon):
    owner = make.member()
    client.force_login(owner)
    for page in ("my_meetings", "profile"):
        html = client.get(reverse(page)).content.decode()
        assert html.count(f"webcal://127.0.0.1:8000/calendar/{owner.calendar_key}.ics") == 1, page
