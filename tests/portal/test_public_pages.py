"""The public pages: the schedule, a meeting, registering for it, and one's own registrations."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from api import rate_limits as counters
from api.models import ApiToken
from companies import process_cache
from companies.models import Person
from meetings import access
from meetings.links import personal_link
from meetings.models import Meeting, Registration
from portal import rate_limits
from portal.forms import likely_country
from recordings import expecting
from recordings.models import Recording
from rooms.models import Presence
from tests import factories
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FORM = {"name": "Rasa", "company": "", "country": "LT", "language": "en"}


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        counters.memory_limiter.cache_clear()
        counters.redis_limiter.cache_clear()
        yield


def registered_client(registration: Registration) -> Client:
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    return client


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(response: HttpResponse) -> str:
    """The visible text, in one line."""
    without_tags = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(without_tags.split())


def shown(response: Any) -> list[Meeting]:
    return [card.meeting for day in response.context["days"] for card in day.cards]


# ---- the schedule ----------------------------------------------------------------------------------------


def test_the_schedule_lists_upcoming_meetings_by_day_in_the_readers_time_zone() -> None:
    late = factories.meeting(starts_at=datetime(2027, 1, 14, 23, 30, tzinfo=UTC), title={"en": "Night shift"})
    factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - DAY)
    stockholm = Client().get(reverse("schedule"))
    assert [day.heading for day in stockholm.context["days"]] == ["Friday 15 January 2027"]
    client = Client()
    client.cookies["timezone"] = "Europe/London"
    london = client.get(reverse("schedule"))
    assert [day.heading for day in london.context["days"]] == ["Thursday 14 January 2027"]
    assert shown(london) == [late]
    assert "23:30 to 00:30 00:30 in Stockholm" in text_of(london)


def test_the_time_on_site_comes_before_the_readers_own(client: Client) -> None:
    there = {"format": "on_site", "address": "Danės g. 1", "timezone": "Europe/Vilnius"}
    meeting = factories.meeting(**there)
    night = factories.meeting(starts_at=datetime(2027, 1, 14, 22, 30, tzinfo=UTC), **there)
    schedule = text_of(client.get(reverse("schedule")))
    assert "11:00 to 12:00 10:00 in Stockholm" in schedule
    assert "Fri 15 January 00:30 to 01:30 23:30 in Stockholm" in schedule  # under the reader's Thursday
    page = text_of(client.get(meeting.get_absolute_url()))
    assert "local time (Vilnius) 11:00–12:00 your time (Stockholm) 10:00–11:00" in page
    assert "Friday 15 January 2027 local time (Vilnius) 00:30" in text_of(
        client.get(night.get_absolute_url())
    )
    client.cookies["timezone"] = "Europe/Vilnius"
    for of_there in (meeting.get_absolute_url(), reverse("schedule")):
        assert "Stockholm" not in text_of(client.get(of_there)).replace("Stockholm, your time", "")
    Meeting.objects.update(format="both")
    client.cookies["timezone"] = "Europe/Stockholm"
    assert "10:00 to 11:00 11:00 in Vilnius" in text_of(client.get(reverse("schedule")))


@pytest.mark.parametrize(
    ("starts_at", "vilnius", "copenhagen", "london"),
    [
        (datetime(2027, 3, 26, 8, 0, tzinfo=UTC), "10:00", "09:00", "08:00"),
        (datetime(2027, 3, 29, 7, 0, tzinfo=UTC), "10:00", "09:00", "08:00"),
        (datetime(2027, 10, 29, 7, 0, tzinfo=UTC), "10:00", "09:00", "08:00"),
        (datetime(2027, 11, 1, 8, 0, tzinfo=UTC), "10:00", "09:00", "08:00"),
        (datetime(2028, 2, 29, 8, 0, tzinfo=UTC), "10:00", "09:00", "08:00"),
    ],
)
def test_a_time_in_vilnius_is_shown_in_other_zones_before_and_after_daylight_saving(
    starts_at: datetime, vilnius: str, copenhagen: str, london: str
) -> None:
    meeting = factories.meeting(starts_at=starts_at, timezone="Europe/Vilnius")
    for zone, hour in (("Europe/Copenhagen", copenhagen), ("Europe/London", london)):
        client = Client()
        client.cookies["timezone"] = zone
        page = text_of(client.get(meeting.get_absolute_url()))
        assert f"your time ({zone.split('/')[1]}) {hour}–" in page
        assert f"host’s time (Vilnius) {vilnius}–" in page


def test_each_filter_is_in_the_query_string() -> None:
    danish = factories.company(country="DK", city="Rønne")
    programme = factories.programme(slug="sea")
    visit = factories.meeting(kind=Meeting.Kind.SITE_VISIT, languages=["da"], host_company=danish)
    talk = factories.meeting(
        title={"lt": "Šiluma iš uosto"},
        languages=["lt"],
        interpreted_into=["de"],
        starts_at=STARTS_AT + 30 * DAY,
    )
    part = factories.meeting(programme=programme, starts_at=STARTS_AT + DAY)

    def found(query: str) -> list[Meeting]:
        return shown(Client().get(f"{reverse('schedule')}?{query}"))

    assert found("") == [visit, part, talk]
    assert found("k=site_visit") == [visit]
    assert found("l=de") == [talk]
    assert found("l=da&l=lt") == [visit, talk]
    assert found("c=DK") == [visit]
    assert found("p=sea") == [part]
    assert found("m=2027-02") == [talk]
    assert found("q=siluma") == [talk]
    assert found("q=RØNNE") == [visit]
    assert found("q=siluma&k=site_visit") == []


def test_each_choice_shows_how_many_meetings_it_would_leave() -> None:
    factories.meeting(languages=["sv"], interpreted_into=["en"])
    factories.meeting(languages=["en"])
    choices = Client().get(reverse("schedule") + "?l=sv").context["choices"]
    assert [(choice.value, choice.count) for choice in choices.languages] == [("en", 2), ("sv", 1)]
    assert [(choice.value, choice.count) for choice in choices.kinds] == [("webinar", 1)]
    swedish = Client(headers={"accept-language": "sv"}).get(reverse("schedule") + "?q=heat")
    assert [chip.label for chip in swedish.context["choices"].chips] == ["”heat”"]


def test_the_filters_for_own_and_past_meetings() -> None:
    person = factories.member()
    mine, other = factories.meeting(), factories.meeting(starts_at=STARTS_AT + DAY)
    factories.registration(meeting=mine, person=person)
    past = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - DAY)
    client = client_of(person)
    assert shown(client.get(reverse("schedule"))) == [mine, other]
    assert shown(client.get(reverse("schedule") + "?mine=1")) == [mine]
    assert shown(client.get(reverse("schedule") + "?when=past")) == [past]


def test_the_schedule_keeps_a_meeting_that_runs_late_and_a_cancelled_one() -> None:
    late = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - 3 * DAY / 24)
    cancelled = factories.meeting(state=Meeting.State.CANCELLED)
    factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - DAY / 24, ended_at=NOW)
    assert shown(Client().get(reverse("schedule"))) == [late, cancelled]


def test_strangers_see_no_drafts_and_no_meetings_for_members_or_invited_people() -> None:
    for number, fields in enumerate(
        (
            {"state": Meeting.State.DRAFT},
            {"visibility": Meeting.Visibility.INVITED},
            {"visibility": Meeting.Visibility.MEMBERS},
        )
    ):
        hidden = factories.meeting(title={"en": f"Secret {number}"}, **fields)
        assert Client().get(hidden.get_absolute_url()).status_code == 404
        assert Client().get(reverse("register", args=[hidden.pk])).status_code == 404
    for page in ("schedule", "home"):
        assert "Secret" not in Client().get(reverse(page)).content.decode()
    guest = factories.person()
    assert "Secret" not in client_of(guest).get(reverse("schedule")).content.decode()
    assert "Secret 2" in client_of(factories.member()).get(reverse("schedule")).content.decode()


def test_the_schedule_takes_as_many_queries_for_many_meetings_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person = factories.member()
    client = client_of(person)

    def row(state: str, number: int) -> None:
        meeting = factories.meeting(
            state=state,
            starts_at=NOW + number * timedelta(hours=1),
            series=factories.series(),
            series_position=1,
            programme=factories.programme(),
            host_company=factories.company(),
        )
        factories.registration(meeting=meeting, person=person)

    row(Meeting.State.SCHEDULED, 1)
    row(Meeting.State.LIVE, 0)
    before = _queries_of(client)
    with django_assert_num_queries(5):  # everything cached between requests is there by now
        client.get(reverse("schedule"))
    for number in range(2, 9):
        row(Meeting.State.SCHEDULED, number)
    assert _queries_of(client) == before


def _queries_of(client: Client) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    process_cache.clear_all()
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("schedule"))
    return len(queries)


def test_a_month_grid_shows_all_meetings_of_the_month() -> None:
    past = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - 2 * DAY, title={"en": "Been"})
    coming = factories.meeting(starts_at=NOW + DAY)
    factories.meeting(starts_at=STARTS_AT)
    response = Client().get(reverse("schedule") + "?view=month")
    filled = {
        cell.day.day: [card.meeting for card in cards]
        for week in response.context["grid"]
        for cell, cards in week
        if cards
    }
    assert filled == {1: [past], 4: [coming]}
    assert "m=2027-01" in response.context["month"].later
    empty = Client().get(reverse("schedule") + "?view=month&m=2026-10")
    assert "No meetings in this month." in text_of(empty)


def test_a_long_schedule_is_paged() -> None:
    for number in range(31):
        factories.meeting(starts_at=STARTS_AT + number * DAY)
    assert len(shown(Client().get(reverse("schedule")))) == 30
    assert len(shown(Client().get(reverse("schedule") + "?page=2"))) == 1
    assert len(shown(Client().get(reverse("schedule") + "?page=99999"))) == 1


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "l=xx&k=%F0%9F%8C%8A",
        "page=-1",
        "page=²",
        "page=9999999999",
        "m=2027-13",
        "m=0000-01",
        "m=9999-12",
        "p=%00",
        "c=%27",
    ],
)
def test_a_query_string_that_makes_no_sense_is_no_error(query: str) -> None:
    factories.meeting()
    assert Client().get(f"{reverse('schedule')}?{query}").status_code == 200


def test_an_empty_schedule_says_what_to_do() -> None:
    assert "No meetings are published at the moment" in text_of(Client().get(reverse("schedule")))
    assert "Remove a filter" in text_of(Client().get(reverse("schedule") + "?k=lecture"))


def test_the_export_is_safe_to_open_in_a_spreadsheet() -> None:
    factories.meeting(title={"en": '=HYPERLINK("http://evil.example")'})
    response = Client().get(reverse("schedule") + "?export=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    line = response.content.decode("utf-8-sig").splitlines()[1]
    assert line.startswith("2027-01-14T10:00+01:00,2027-01-14T11:00+01:00,Europe/Stockholm,webinar,")
    assert ",=HYPERLINK" not in line
    assert ',"=HYPERLINK' not in line


# ---- the page of a meeting -------------------------------------------------------------------------------


def test_an_upcoming_meeting_shows_when_where_for_whom_and_how_many_seats_are_left() -> None:
    meeting = factories.meeting(
        timezone="Europe/Vilnius",
        capacity=3,
        record=True,
        interpreted_into=["lt"],
        interpretation_how="Headsets on site",
        host_company=factories.company(),
    )
    factories.registration(meeting=meeting)
    page = text_of(Client().get(meeting.get_absolute_url()))
    assert "Thursday 14 January 2027 your time (Stockholm) 10:00–11:00" in page
    assert "host’s time (Vilnius) 11:00–12:00" in page
    assert "2 of 3 seats left" in page
    assert "Interpretation planned Lithuanian Headsets on site" in page
    assert "This meeting will be recorded" in page


@pytest.mark.parametrize(("language", "hours"), [("da", "10.00–11.00"), ("sv", "10:00–11:00")])
def test_a_time_is_written_as_in_the_readers_language(language: str, hours: str) -> None:
    page = text_of(Client(headers={"accept-language": language}).get(factories.meeting().get_absolute_url()))
    assert hours in page


def test_no_reminder_is_promised_while_the_host_still_decides() -> None:
    for mode, is_promised in (("open", True), ("approval", False)):
        client, meeting = Client(), factories.meeting(registration=mode)
        page = text_of(client.post(reverse("register", args=[meeting.pk]), typed(), follow=True))
        assert "Check your email" in page
        assert ("A reminder by email." in page) == is_promised


def test_the_form_has_four_fields_and_one_for_a_signed_in_person_without_a_name() -> None:
    meeting = factories.meeting()
    assert [f.name for f in Client().get(meeting.get_absolute_url()).context["form"].shown_fields] == [
        "name",
        "email",
        "company",
        "country",
    ]
    for name, fields in (("Elin", []), ("", ["name"])):
        client = client_of(factories.member(name=name))
        form = client.get(meeting.get_absolute_url()).context["form"]
        assert [field.name for field in form.shown_fields] == fields


def test_a_text_that_is_not_translated_says_so_and_names_its_language() -> None:
    meeting = factories.meeting(title={"lt": "Šiluma"}, description={"lt": "Dvi žiemos."})
    html = Client().get(meeting.get_absolute_url()).content.decode()
    assert '<h1><span lang="lt">Šiluma</span> <small class="soft">(Lithuanian)</small></h1>' in html
    assert "Not translated yet. Shown in Lithuanian." in html


def test_a_live_meeting_admits_registered_people() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - timedelta(minutes=20))
    registration = factories.registration(meeting=meeting)
    Presence.objects.create(
        room=meeting.room, person=registration.person, connection="a", process="p", joined_at=NOW, seen_at=NOW
    )
    room = reverse("room", args=[meeting.room_id])
    registered = registered_client(registration).get(meeting.get_absolute_url())
    assert room in registered.content.decode()
    assert "LIVE for 20 minutes" in text_of(registered)
    assert "1 person in the room" in text_of(registered)
    stranger = Client().get(meeting.get_absolute_url())
    assert room not in stranger.content.decode()
    assert stranger.context["form"] is not None


def test_only_a_visitor_is_told_that_the_browser_does_not_know_them() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    cancelled = factories.registration(meeting=meeting, person=factories.member(), state="cancelled")
    member = Client()
    member.force_login(cancelled.person)
    room = reverse("room", args=[meeting.room_id])
    assert "recognise you" in Client().get(room).text
    assert "recognise you" not in member.get(room).text
    assert "Registered with another address? Use the link in your email." in member.get(room).text


def test_the_page_of_a_past_meeting_shows_the_totals_of_its_attendance_report() -> None:
    """A guest's company is that of their registration, and a connection of zero seconds is no attendance."""
    meeting = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - DAY)
    guest = factories.registration(meeting=meeting, company_name="Baltijos vėjas").person
    start = meeting.starts_at
    for person, minutes in ((guest, 50), (factories.member(), 0)):
        factories.presence(
            room=meeting.room, person=person, joined_at=start, left_at=start + timedelta(minutes=minutes)
        )
    assert "60 minutes · 1 person · 1 company" in text_of(Client().get(meeting.get_absolute_url()))


def test_after_the_end_the_recording_replaces_the_form() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - DAY, record=True)
    member = factories.member()
    Presence.objects.create(
        room=meeting.room,
        person=member,
        connection="a",
        process="p",
        joined_at=meeting.starts_at,
        seen_at=meeting.ends_at,
        left_at=meeting.ends_at,
    )
    page = text_of(Client().get(meeting.get_absolute_url()))
    assert "60 minutes · 1 person · 1 company" in page
    assert "This meeting is over" in page
    recording = factories.recording(
        meeting=meeting, state=Recording.State.PUBLISHED, visibility="public", duration_seconds=3120
    )
    page = Client().get(meeting.get_absolute_url()).content.decode()
    assert recording.get_absolute_url() in page
    assert "52 minutes" in page


def test_a_short_recording_is_as_many_seconds_long_as_it_is() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - DAY, record=True)
    published = {"state": Recording.State.PUBLISHED, "visibility": "public"}
    factories.recording(meeting=meeting, duration_seconds=24, **published)
    assert "<li>24 seconds</li>" in Client().get(meeting.get_absolute_url()).text


def test_a_recording_for_hosts_is_not_offered_to_others() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - DAY, record=True)
    recording = factories.recording(meeting=meeting, state=Recording.State.PUBLISHED, visibility="hosts")
    assert recording.get_absolute_url() not in Client().get(meeting.get_absolute_url()).content.decode()


def test_a_cancelled_meeting_says_why() -> None:
    meeting = factories.meeting(state=Meeting.State.CANCELLED, cancel_reason="The speaker is ill.")
    response = Client().get(meeting.get_absolute_url())
    assert "The speaker is ill." in text_of(response)
    assert response.context["form"] is None


def test_only_its_host_sees_a_draft() -> None:
    draft = factories.meeting(state=Meeting.State.DRAFT)
    assert Client().get(draft.get_absolute_url()).status_code == 404
    assert client_of(factories.member()).get(draft.get_absolute_url()).status_code == 404
    assert "Only the hosts and the secretariat can see this page" in text_of(
        client_of(draft.host).get(draft.get_absolute_url())
    )


# ---- registering -----------------------------------------------------------------------------------------


def typed(**fields: str) -> dict[str, str]:
    given = {"name": "Rasa", "email": "rasa@example.org", "company": "", "country": "LT", "language": "lt"}
    return given | fields


def test_a_guest_registers_and_is_asked_to_check_their_email() -> None:
    meeting = factories.meeting()
    client = Client()
    client.cookies["timezone"] = "Europe/Vilnius"
    response = client.post(reverse("register", args=[meeting.pk]), typed(company="Marių Šiluma"), follow=True)
    registration = Registration.objects.get()
    assert (registration.email, registration.language) == ("rasa@example.org", "lt")
    assert (registration.timezone, registration.country) == ("Europe/Vilnius", "LT")
    assert response.redirect_chain == [(reverse("register", args=[meeting.pk]), 302)]
    assert "We’re sending your personal link to rasa@example.org" in text_of(response)
    # Nothing has shown yet that the address is theirs: only the link in the email opens the registration.
    assert client.get(reverse("registration", args=[registration.pk])).status_code == 404


def test_the_answer_is_the_same_for_a_registered_address_and_for_that_of_a_member() -> None:
    meeting = factories.meeting(capacity=2)
    factories.registration(meeting=meeting, person=factories.person(email="seated@example.org"))
    factories.member(email="member@example.org")
    answers = set()
    for email in ("seated@example.org", "member@example.org", "unknown@example.org"):
        client = Client()
        response = client.post(reverse("register", args=[meeting.pk]), typed(email=email), follow=True)
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
        page = re.sub(r'nonce="[^"]+"', "", page)
        answers.add((response.status_code, page.replace(email, "ADDRESS")))
        meeting.registrations.exclude(person__email="seated@example.org").delete()
    assert len(answers) == 1


def test_registering_twice_keeps_one_registration() -> None:
    meeting = factories.meeting()
    for _time in range(2):
        Client().post(reverse("register", args=[meeting.pk]), typed())
    assert meeting.registrations.count() == 1


def test_a_signed_in_person_is_registered_at_once() -> None:
    meeting = factories.meeting(record=True)
    person = factories.member(email="elin@example.org", name="Elin Sandberg")
    client = client_of(person)
    response = client.post(reverse("register", args=[meeting.pk]), {"language": "sv"}, follow=True)
    registration = Registration.objects.get()
    assert (registration.person, registration.language, registration.company) == (
        person,
        "sv",
        person.company,
    )
    assert response.redirect_chain == [(reverse("registration", args=[registration.pk]), 302)]
    page = text_of(response)
    assert "You’re registered" in page
    assert "Wednesday 13 January, 10:00 A reminder by email." in page
    assert "Thursday 14 January, 09:45 The room opens." in page
    assert "The room is open." not in page
    again = client.post(reverse("register", args=[meeting.pk]), {"language": "sv"})
    assert again["Location"] == reverse("registration", args=[registration.pk])


@pytest.mark.parametrize("is_project", [False, True])
def test_a_room_that_is_open_is_not_said_to_open_at_a_time_that_has_passed(is_project: bool) -> None:
    room = factories.room(companies=[factories.company(), factories.company()]) if is_project else None
    fields = {"room": room} if room else {}
    meeting = factories.meeting(
        starts_at=NOW + (DAY if is_project else timedelta(minutes=14)), reminders=[10], **fields
    )
    registration = factories.registration(meeting=meeting)
    page = text_of(registered_client(registration).get(reverse("registration", args=[registration.pk])))
    assert "Now The room is open." in page
    assert "The room opens" not in page
    assert "A reminder by email." in page


def test_the_page_of_a_meeting_in_a_project_room_says_that_the_room_is_always_open() -> None:
    room = factories.room(companies=[factories.company(), factories.company()])
    meeting = factories.meeting(starts_at=NOW + DAY, room=room)
    registration = factories.registration(meeting=meeting)
    page = text_of(registered_client(registration).get(meeting.get_absolute_url()))
    assert "The room is always open." in page
    assert "15 minutes before" not in page


def test_a_guest_who_used_a_link_registers_for_another_meeting_without_opening_another_email() -> None:
    first = factories.registration(person=factories.person(email="rasa@example.org", name="Rasa"))
    client = registered_client(first)
    meeting = factories.meeting()
    form = client.get(meeting.get_absolute_url()).context["form"]
    assert (form["name"].value(), form["email"].value()) == ("Rasa", "rasa@example.org")
    response = client.post(reverse("register", args=[meeting.pk]), typed(), follow=True)
    assert "You’re registered" in text_of(response)


def test_typing_another_persons_address_does_not_open_their_registration() -> None:
    meeting = factories.meeting()
    host_seat = factories.registration(meeting=meeting, person=factories.member(email="boss@example.org"))
    own = factories.registration(person=factories.person(email="rasa@example.org"))
    client = registered_client(own)
    client.post(reverse("register", args=[meeting.pk]), typed(email="boss@example.org"))
    assert client.session[access.SESSION_REGISTRATIONS] == [own.pk]
    assert client.get(reverse("registration", args=[host_seat.pk])).status_code == 404


def test_errors_are_shown_at_their_fields_and_nothing_typed_is_lost() -> None:
    meeting = factories.meeting()
    response = Client().post(reverse("register", args=[meeting.pk]), typed(email="rasa@", name="Rasa P."))
    assert response.status_code == 422
    html = response.content.decode()
    assert 'value="Rasa P."' in html
    assert 'value="rasa@"' in html
    assert 'aria-invalid="true"' in html
    assert not Registration.objects.exists()


def test_with_htmx_the_form_stays_in_place_and_the_next_page_replaces_the_whole_page() -> None:
    meeting = factories.meeting()
    address, htmx = reverse("register", args=[meeting.pk]), {"HX-Request": "true"}
    wrong = Client().post(address, typed(email="rasa@"), headers=htmx)
    assert wrong.status_code == 422
    assert '<aside class="split__aside" id="register"' in wrong.content.decode()
    right = Client().post(address, typed(), headers=htmx)
    assert (right.status_code, right["HX-Redirect"]) == (200, address)


def test_a_full_meeting_offers_the_waitlist() -> None:
    meeting = factories.meeting(capacity=1)
    factories.registration(meeting=meeting)
    assert "Join the waitlist" in text_of(Client().get(meeting.get_absolute_url()))
    client = client_of(factories.member())
    response = client.post(reverse("register", args=[meeting.pk]), {"language": "en"}, follow=True)
    assert "You’re number 1 on the waitlist" in text_of(response)


def test_registering_for_a_meeting_that_was_closed_in_the_meantime_is_refused() -> None:
    meeting = factories.meeting(registration=Meeting.RegistrationMode.CLOSED)
    response = Client().post(reverse("register", args=[meeting.pk]), typed())
    assert response.status_code == 409
    assert "Registration for this meeting is closed." in text_of(response)


def asked_by_a_program(meeting: Meeting, email: str) -> Any:
    ApiToken.objects.get_or_create(
        person=meeting.host,
        key_hash=ApiToken.hash_of("of the host"),
        defaults={"scopes": ["registrations:write"], "created_at": NOW},
    )
    address = f"/api/v1/meetings/{meeting.pk}/registrations"
    said = {"email": email, "name": "Rasa"}
    headers = {"Authorization": "Bearer of the host", "Accept-Language": "en"}
    return Client().post(address, said, content_type="application/json", headers=headers)


def test_from_the_end_of_a_meeting_nobody_registers_whatever_a_page_still_shows() -> None:
    meeting = factories.meeting(series=factories.series(), starts_at=STARTS_AT)
    series = meeting.series
    assert series is not None
    by_page, by_series = (
        reverse("register", args=[meeting.pk]),
        reverse("register_for_series", args=[series.pk]),
    )
    with time_machine.travel(meeting.ends_at - timedelta(seconds=1), tick=False) as clock:
        for page, action in ((meeting, by_page), (series, by_series)):
            assert f'action="{action}"' in Client().get(page.get_absolute_url()).content.decode()
        assert Client().post(by_page, typed(email="one@example.org")).status_code == 302
        assert Client().post(by_series, typed(email="two@example.org")).status_code == 302
        assert asked_by_a_program(meeting, "three@example.org").status_code == 201
        clock.move_to(meeting.ends_at)
        for action, words in (
            (by_page, "This meeting is over."),
            (by_series, "No meeting in this series is open for registration."),
        ):
            refused = Client(headers={"Accept-Language": "en"}).post(action, typed(email="late@example.org"))
            assert refused.status_code == 409
            assert words in text_of(refused)
        refused = asked_by_a_program(meeting, "late@example.org")
        assert (refused.status_code, refused.json()["code"]) == (409, "ended")
        assert not Person.objects.filter(email="late@example.org").exists()
        assert Registration.objects.count() == 3
        # One that goes on past its time takes people until it is ended.
        Meeting.objects.update(state=Meeting.State.LIVE, started_at=STARTS_AT)
        assert Client().post(by_page, typed(email="late@example.org")).status_code == 302


@pytest.mark.parametrize("of_series", [False, True])
def test_a_filled_hidden_field_asks_to_confirm_and_never_claims_success(of_series: bool) -> None:
    series = factories.series()
    meeting = factories.meeting(series=series, starts_at=NOW + 3 * DAY)
    name, of = ("register_for_series", series.pk) if of_series else ("register", meeting.pk)
    client, address = Client(), reverse(name, args=[of])
    asked = client.post(address, typed(leave_empty="http://spam.example"))
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Please tick the box below" in text_of(asked)
    assert 'value="rasa@example.org"' in page
    assert 'name="is_person"' in page
    assert "spam.example" not in page
    assert not Registration.objects.exists()
    client.post(address, typed(leave_empty="http://spam.example", is_person="on"))
    assert Registration.objects.get().email == "rasa@example.org"


def test_the_hidden_field_has_a_name_that_no_password_manager_knows() -> None:
    page = Client().get(reverse("register", args=[factories.meeting().pk])).content.decode()
    (trap,) = re.findall(r'<input[^>]*name="leave_empty"[^>]*>', page)
    known = 'url|website|company|organi|phone|address|title|username|email|name="name'
    assert not re.search(known, trap)
    for ignored_by in ('autocomplete="off"', "data-1p-ignore", "data-bwignore", 'data-lpignore="true"'):
        assert ignored_by in trap
    assert 'name="is_person"' not in page


@pytest.mark.parametrize("of_series", [False, True])
def test_a_form_sent_without_the_csrf_cookie_is_shown_again_as_typed(of_series: bool) -> None:
    meeting = factories.meeting(series=factories.series(), starts_at=NOW + 3 * DAY)
    client = Client(enforce_csrf_checks=True)
    address = (
        reverse("register_for_series", args=[meeting.series_id])
        if of_series
        else reverse("register", args=[meeting.pk])
    )
    answer = client.post(address, typed(company="Marių Šiluma"))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'id="register"' in page
    assert 'value="rasa@example.org"' in page
    assert "Marių Šiluma" in page
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    client.post(address, typed(company="Marių Šiluma", csrfmiddlewaretoken=token))
    assert Registration.objects.get().email == "rasa@example.org"


def test_too_many_registrations_are_rate_limited_and_keep_what_was_typed(settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    meeting, client = factories.meeting(), Client()
    address = reverse("register", args=[meeting.pk])
    answers = [
        client.post(address, typed()).status_code for _time in range(rate_limits.PER_EMAIL_ADDRESS.amount)
    ]
    assert set(answers) == {302}
    response = client.post(address, typed(name="Rasa P."))
    assert response.status_code == 429
    assert response["Retry-After"] == "600"
    assert 'value="Rasa P."' in response.content.decode()
    assert client.post(address, typed(email="other@example.org")).status_code == 302
    settings.RATE_LIMITS = False
    assert client.post(address, typed()).status_code == 302


def test_one_address_on_the_net_registers_only_so_often_for_however_many_meetings(settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    most, each = rate_limits.PER_CLIENT_ADDRESS.amount, rate_limits.PER_NETWORK_AND_MEETING.amount - 5
    addresses = [reverse("register", args=[factories.meeting().pk]) for _meeting in range(most // each + 1)]

    def status(number: int, network: str = "203.0.113.5") -> int:
        who = typed(email=f"guest{number}@example.org")
        return Client(REMOTE_ADDR=network).post(addresses[number // each], who).status_code

    assert {status(number) for number in range(most)} == {302}
    assert status(most) == 429
    assert status(most, "198.51.100.1") == 302


def test_people_can_register_while_rate_limit_storage_is_down(settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, "redis://127.0.0.1:1/0"
    assert Client().post(reverse("register", args=[factories.meeting().pk]), typed()).status_code == 302
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("timezone", "language", "country"),
    [
        ("Europe/Vilnius", "en", "LT"),
        ("Europe/Vilnius", "lt", "LT"),
        ("Europe/Stockholm", "sv", "SE"),
        ("Europe/Stockholm", "en", "SE"),
        ("Europe/Stockholm", "lt", "LT"),
        ("Europe/London", "sv", "SE"),
        ("Europe/London", "en", ""),
    ],
)
def test_the_country_offered_is_that_of_the_language_else_of_the_zone(
    timezone: str, language: str, country: str
) -> None:
    assert likely_country(language=language, timezone=timezone) == country


# ---- the personal link -----------------------------------------------------------------------------------


def test_the_personal_link_redirects_to_an_address_without_the_token_and_changes_nothing() -> None:
    registration = factories.registration(state=Registration.State.OFFERED)
    before = Registration.objects.filter(pk=registration.pk).values().get()
    client = Client()
    for method in (client.head, client.get):
        response = method(personal_link(registration))
        assert (response.status_code, response["Location"]) == (
            302,
            reverse("registration", args=[registration.pk]),
        )
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
    assert Registration.objects.filter(pk=registration.pk).values().get() == before
    assert client.get(reverse("registration", args=[registration.pk])).status_code == 200
    assert client.post(personal_link(registration)).status_code == 405


@pytest.mark.parametrize(
    ("starts_in", "state", "opens"),
    [
        (timedelta(minutes=15), "scheduled", True),
        (timedelta(minutes=16), "scheduled", False),
        (-DAY / 48, "live", True),
    ],
)
def test_the_link_leads_into_the_room_when_it_is_open(starts_in: timedelta, state: str, opens: bool) -> None:
    meeting = factories.meeting(starts_at=NOW + starts_in, state=state)
    registration = factories.registration(meeting=meeting)
    there = (
        reverse("room", args=[meeting.room_id]) if opens else reverse("registration", args=[registration.pk])
    )
    assert Client().get(personal_link(registration))["Location"] == there


def test_the_link_of_somebody_on_the_waitlist_does_not_lead_into_the_room() -> None:
    meeting = factories.meeting(starts_at=NOW - DAY / 48, state=Meeting.State.LIVE)
    waiting = factories.registration(meeting=meeting, state=Registration.State.WAITLISTED)
    assert Client().get(personal_link(waiting))["Location"] == reverse("registration", args=[waiting.pk])


def test_the_link_in_the_email_about_a_recording_leads_to_it_while_it_can_be_watched() -> None:
    recording = factories.recording(state="published", visibility="registered")
    registration = factories.registration(meeting=recording.meeting)
    of_others = factories.recording(state="published", visibility="registered")
    page = reverse("registration", args=[registration.pk])
    link = personal_link(registration, recording=recording.pk)
    assert Client().get(link)["Location"] == reverse("recording", args=[recording.pk])
    assert Client().get(personal_link(registration))["Location"] == page
    for another in (of_others.pk, "none", "a\x00b", "²"):
        assert Client().get(personal_link(registration, recording=another))["Location"] == page
    recording.visibility = "hosts"
    recording.save()
    assert Client().get(link)["Location"] == page


def test_an_invalid_link_gets_a_page_that_says_what_to_do() -> None:
    response = Client().get(reverse("personal_link", args=["abc.def.ghi"]))
    assert response.status_code == 404
    assert "Your registration isn’t affected" in text_of(response)
    assert response["Referrer-Policy"] == "no-referrer"


# ---- one registration ------------------------------------------------------------------------------------


def test_only_its_person_and_the_host_see_a_registration() -> None:
    registration = factories.registration()
    page = reverse("registration", args=[registration.pk])
    assert registered_client(registration).get(page).status_code == 200
    assert client_of(registration.meeting.host).get(page).status_code == 200
    for stranger in (Client(), client_of(factories.member()), registered_client(factories.registration())):
        assert stranger.get(page).status_code == 404


def test_withdrawing_asks_first_and_then_frees_the_seat() -> None:
    registration = factories.registration()
    client = registered_client(registration)
    address = reverse("withdraw", args=[registration.pk])
    assert "Cancel your registration?" in text_of(client.get(address))
    registration.refresh_from_db()
    assert registration.state == Registration.State.CONFIRMED
    response = client.post(address, follow=True)
    registration.refresh_from_db()
    assert registration.state == Registration.State.CANCELLED
    assert "You’re no longer registered" in text_of(response)
    assert "This registration is already cancelled." in text_of(client.post(address, follow=True))
    assert client.get(address)["Location"] == reverse("registration", args=[registration.pk])


@pytest.mark.parametrize(
    ("meeting", "state", "says", "leads_to"),
    [
        ({}, "confirmed", "Your seat was released. You can register again", "Register again"),
        ({}, "waitlisted", "You can register again while seats are available.", "Register again"),
        ({"capacity": 1}, "confirmed", "The meeting is full at the moment.", "Join the waitlist"),
        ({"registration": "closed"}, "confirmed", "The host isn’t taking any more registrations", ""),
        ({"visibility": "members"}, "confirmed", "You’re no longer registered", ""),
    ],
)
def test_who_cancelled_reads_what_is_possible_now(
    meeting: dict[str, Any], state: str, says: str, leads_to: str
) -> None:
    registration = factories.registration(
        meeting=factories.meeting(**meeting), state=state, confirmed_at=NOW if state == "confirmed" else None
    )
    if meeting.get("capacity"):
        factories.registration(meeting=registration.meeting, state="waitlisted")
    client = registered_client(registration)
    page = client.post(reverse("withdraw", args=[registration.pk]), follow=True)
    assert says in text_of(page)
    for label in ("Register again", "Join the waitlist"):
        assert (label in text_of(page)) == (label == leads_to)
    assert f'href="{reverse("schedule")}">See upcoming meetings' in page.content.decode()
    shown = reverse("register", args=[registration.meeting_id]) in page.content.decode()
    assert shown == bool(leads_to)


def test_who_cancelled_and_registers_again_gets_the_form_and_then_a_way_to_the_new_registration() -> None:
    meeting = factories.meeting()
    client = Client()
    register = reverse("register", args=[meeting.pk])
    client.post(register, {**FORM, "email": "new@example.org"})
    assert "Check your email" in text_of(client.get(register))
    registration = Registration.objects.get()
    client.get(personal_link(registration))
    client.post(reverse("withdraw", args=[registration.pk]))
    assert 'name="email"' in client.get(register).content.decode()
    client.post(register, {**FORM, "email": "new@example.org"})
    again = Registration.objects.active().get()
    client.get(personal_link(again))
    old = client.get(reverse("registration", args=[registration.pk]))
    assert "You have registered for this meeting again." in text_of(old)
    assert reverse("registration", args=[again.pk]) in old.content.decode()


def test_a_known_guest_registers_and_joins_at_once_without_another_email() -> None:
    guest = factories.registration()
    client = registered_client(guest)
    live = factories.meeting(starts_at=NOW - DAY / 48, state=Meeting.State.LIVE)
    registered = client.post(
        reverse("register", args=[live.pk]), {**FORM, "email": guest.person.email}, follow=True
    )
    room = reverse("room", args=[live.room_id])
    first, again = registered, client.get(registered.request["PATH_INFO"])
    assert "data-focus" in first.content.decode()
    assert "data-focus" not in again.content.decode()
    others = (
        client.get(reverse(name, args=args)) for name, args in (("my_meetings", []), ("meeting", [live.pk]))
    )
    for page in (first, again, *others):
        assert f'href="{room}">Join now' in page.content.decode()
    assert client.get(room).status_code == 200


def test_an_offered_seat_is_accepted_by_a_button() -> None:
    registration = factories.registration(state=Registration.State.OFFERED)
    client = registered_client(registration)
    assert "We’re holding it for you until" in text_of(
        client.get(reverse("registration", args=[registration.pk]))
    )
    assert client.get(reverse("accept_offer", args=[registration.pk])).status_code == 405
    host = client_of(registration.meeting.host)
    assert host.post(reverse("accept_offer", args=[registration.pk])).status_code == 403
    response = client.post(reverse("accept_offer", args=[registration.pk]), follow=True)
    assert "You’re registered." in text_of(response)
    registration.refresh_from_db()
    assert registration.state == Registration.State.CONFIRMED


def test_links_to_web_calendars_hold_no_personal_link() -> None:
    registration = factories.registration()
    page = registered_client(registration).get(reverse("registration", args=[registration.pk]))
    google = page.context["calendars"]["google"]
    assert "dates=20270114T090000Z%2F20270114T100000Z" in google
    assert registration.pk not in google
    assert "%2Fj%2F" not in google


# ---- series and programmes -------------------------------------------------------------------------------


def test_one_form_registers_for_all_parts_of_a_series() -> None:
    series = factories.series()
    first = factories.meeting(series=series, series_position=1)
    factories.meeting(series=series, series_position=2, starts_at=STARTS_AT + 7 * DAY)
    hidden = factories.meeting(series=series, series_position=3, visibility=Meeting.Visibility.INVITED)
    client = Client()
    assert "Register for 2 meetings" in text_of(client.get(series.get_absolute_url()))
    response = client.post(reverse("register_for_series", args=[series.pk]), typed(), follow=True)
    assert "We’re sending you one email about all parts" in text_of(response)
    assert Registration.objects.count() == 2
    assert not hidden.registrations.exists()
    signed_in = client_of(first.host)
    response = signed_in.post(
        reverse("register_for_series", args=[series.pk]), {"language": "en"}, follow=True
    )
    assert response.redirect_chain == [(series.get_absolute_url(), 302)]


def test_a_series_without_visible_meetings_is_not_found() -> None:
    series = factories.series()
    factories.meeting(series=series, visibility=Meeting.Visibility.INVITED)
    assert Client().get(series.get_absolute_url()).status_code == 404
    assert Client().post(reverse("register_for_series", args=[series.pk]), typed()).status_code == 404


def test_a_programme_lists_its_meetings_and_its_series() -> None:
    programme = factories.programme(title={"en": "Heat from the sea"})
    series = factories.series()
    meeting = factories.meeting(programme=programme, series=series, series_position=1)
    unpublished = factories.programme(is_published=False, title={"en": "Secret programme"})
    response = Client().get(programme.get_absolute_url())
    assert shown(response) == [meeting]
    assert series.get_absolute_url() in response.content.decode()
    assert Client().get(unpublished.get_absolute_url()).status_code == 404
    overview = text_of(Client().get(reverse("programmes")))
    assert "Heat from the sea" in overview
    assert "1 upcoming meeting" in overview
    assert "Secret programme" not in overview


# ---- my meetings -----------------------------------------------------------------------------------------


def test_my_meetings_need_a_session_or_a_registration() -> None:
    anonymous = Client().get(reverse("my_meetings"))
    assert (anonymous.status_code, anonymous["Location"]) == (302, "/account/login/?next=/my/meetings/")
    registration = factories.registration()
    page = registered_client(registration).get(reverse("my_meetings"))
    assert shown(page) == [registration.meeting]
    assert page.context["feed"] == ""


def test_my_meetings_list_registrations_roles_project_rooms_and_drafts() -> None:
    company = factories.company()
    person = factories.person(company=company)
    hosted = factories.meeting(host=person)
    draft = factories.meeting(host=person, state=Meeting.State.DRAFT, title={"en": "Half an idea"})
    spoken = factories.meeting()
    factories.role(spoken, person)
    room = factories.room(companies=[company, factories.company()])
    project = factories.meeting(room=room, visibility=Meeting.Visibility.INVITED)
    factories.meeting()
    client = client_of(person)
    assert set(shown(client.get(reverse("my_meetings")))) == {hosted, spoken, project}
    hosting = client.get(reverse("my_meetings") + "?show=hosting")
    assert "Half an idea" in text_of(hosting)
    assert [card.meeting for card in hosting.context["drafts"]] == [draft]
    assert person.calendar_key in hosting.context["feed"]


# ---- the first page --------------------------------------------------------------------------------------


def test_the_first_page_tells_strangers_what_the_service_is_and_what_is_live() -> None:
    live = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - DAY / 24, title={"en": "On the air"})
    coming = factories.meeting()
    response = Client().get(reverse("home"))
    assert [card.meeting for card in response.context["next"]] == [live]
    assert shown(response) == [coming]
    assert "Join a webinar" in text_of(response)


def test_the_first_page_shows_one_own_meetings_first() -> None:
    own = factories.meeting(starts_at=STARTS_AT + DAY)
    sooner = factories.meeting()
    registration = factories.registration(meeting=own)
    response = registered_client(registration).get(reverse("home"))
    assert [card.meeting for card in response.context["next"]] == [own]
    assert shown(response) == [sooner]
    assert "What’s next" in text_of(response)


@pytest.mark.parametrize("language", ["en", "sv", "pl", "de", "da", "lt"])
def test_every_page_renders_in_every_language(language: str) -> None:
    series = factories.series()
    meeting = factories.meeting(series=series, series_position=1, programme=factories.programme(), capacity=5)
    registration = factories.registration(meeting=meeting)
    client = registered_client(registration)
    client.cookies["django_language"] = language
    for address in (
        reverse("home"),
        reverse("schedule"),
        reverse("programmes"),
        reverse("my_meetings"),
        meeting.get_absolute_url(),
        series.get_absolute_url(),
        meeting.programme.get_absolute_url() if meeting.programme else "/",
        reverse("registration", args=[registration.pk]),
        reverse("withdraw", args=[registration.pk]),
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.parametrize("kind", Meeting.Kind.values)
@pytest.mark.parametrize("state", [state for state in Meeting.State.values if state != "draft"])
@pytest.mark.parametrize("registration", Meeting.RegistrationMode.values)
def test_every_meeting_has_a_page_and_a_form_in_every_state(kind: str, state: str, registration: str) -> None:
    given = {"kind": kind, "state": state, "registration": registration, "capacity": 1}
    meeting = factories.meeting(**given)  # the factory sets the times of the state
    for address in (reverse("meeting", args=[meeting.pk]), reverse("register", args=[meeting.pk])):
        assert Client().get(address).status_code in {200, 302, 410}, address
        asked = Client().post(reverse("register", args=[meeting.pk]), {"email": "no address"})
        assert asked.status_code in {302, 409, 410, 422}


def test_a_live_meeting_is_said_to_be_recorded_only_while_it_is() -> None:
    meeting = factories.meeting(starts_at=NOW - DAY / 48, state=Meeting.State.LIVE, record=True)
    seat = factories.registration(meeting=meeting)
    pages = (meeting.get_absolute_url(), reverse("room", args=[meeting.room_id]))
    being = ("This meeting is recorded.", "This meeting is being recorded now.")
    planned = ("This meeting will be recorded.", "This meeting will be recorded.")
    for address, now, later in zip(pages, being, planned, strict=True):
        shown = text_of(registered_client(seat).get(address))
        assert later in shown
        assert now not in shown
    recording = factories.recording(meeting=meeting, state="capturing")
    for address, now in zip(pages, being, strict=True):
        assert now in text_of(registered_client(seat).get(address))
    Recording.objects.filter(pk=recording.pk).delete()
    Meeting.objects.filter(pk=meeting.pk).update(record=False)
    for address, now, later in zip(pages, being, planned, strict=True):
        shown = text_of(registered_client(seat).get(address))
        assert now not in shown
        assert later not in shown


def test_a_meeting_that_nobody_started_promises_no_recording() -> None:
    meeting = factories.meeting(starts_at=NOW - DAY, state="ended", started_at=None, record=True)
    seat = factories.registration(meeting=meeting)
    assert "No one started this meeting." in text_of(registered_client(seat).get(meeting.get_absolute_url()))
    page = text_of(registered_client(seat).get(reverse("registration", args=[seat.pk])))
    assert "Recording details is not here yet" not in page


def test_a_recording_that_the_host_skipped_is_not_called_unplanned() -> None:
    meeting = factories.meeting(starts_at=NOW - DAY, state="live", record=True)
    seat = factories.registration(meeting=meeting)
    expecting.skip_recording(meeting=meeting, now=NOW)
    Meeting.objects.filter(pk=meeting.pk).update(state="ended", ended_at=NOW)
    page = text_of(registered_client(seat).get(meeting.get_absolute_url()))
    assert "There’s no recording of this meeting to watch." in page
