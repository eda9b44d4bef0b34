import csv
import io
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.ids import new_id
from meetings import changing, meeting_input
from meetings.models import Meeting, MeetingRole, Registration, Series
from rooms.models import Presence
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def host():
    return factories.member(name="Rasa Petrauskienė", timezone="Europe/Vilnius")


@pytest.fixture
def client_of(client):
    def signed_in(person):
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def page(client_of, host):
    return client_of(host)


def typed(**fields):
    given = {
        "kind": "webinar",
        "title_en": "Heat from harbour water",
        "local_day": "2027-01-14",
        "local_time": "11:00",
        "duration_minutes": "60",
        "timezone": "Europe/Vilnius",
        "languages": ["en"],
        "format": "online",
        "visibility": "public",
        "registration": "open",
        "reminders": ["1440", "60", "10"],
        "do": "publish",
    }
    return {name: value for name, value in (given | fields).items() if value is not None}


def typed_again(meeting, **fields):
    return typed(do="save", host_company=meeting.host_company_id or "", **fields)


# ---- scheduling ------------------------------------------------------------------------------------------


def test_a_member_schedules_a_webinar_by_the_form(page, host):
    form = page.get(reverse("new_meeting"))
    assert form.status_code == 200
    answer = page.post(
        reverse("new_meeting"),
        typed(
            title_sv="Värme ur hamnvatten", speakers="Katrin Brüggemann <katrin@example.org>", capacity="120"
        ),
    )
    meeting = Meeting.objects.get()
    assert answer.headers["Location"] == reverse("host_meeting", args=[meeting.pk])
    assert meeting.title == {"en": "Heat from harbour water", "sv": "Värme ur hamnvatten"}
    assert (meeting.host, meeting.state, meeting.capacity) == (host, "scheduled", 120)
    assert meeting.starts_at == factories.STARTS_AT
    assert [(role.person.email, role.role) for role in meeting.roles.all()] == [
        ("katrin@example.org", "speaker")
    ]
    assert page.get(answer.headers["Location"]).status_code == 200


def test_a_draft_is_kept_and_published_later(page):
    page.post(reverse("new_meeting"), typed(do="draft"))
    meeting = Meeting.objects.get()
    assert meeting.state == "draft"
    assert "Only its hosts see this draft" in page.get(reverse("host_meeting", args=[meeting.pk])).text
    page.post(reverse("publish_meeting", args=[meeting.pk]))
    meeting.refresh_from_db()
    assert meeting.state == "scheduled"


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"local_day": "2027-03-28", "local_time": "03:30"}, "local_time", "there is no such hour"),
        ({"local_day": "2027-10-31", "local_time": "03:30"}, "local_time", "comes twice"),
        (
            {"local_day": "2027-03-28", "local_time": "01:30", "timezone": "Europe/London"},
            "local_time",
            "there is no such hour",
        ),
        ({"local_day": "2020-01-01"}, "local_day", "has passed"),
        ({"title_en": ""}, "title_en", "at least one language"),
        ({"format": "both"}, "address", "address"),
        ({"speakers": "Elin <elin@havslund.example>\nNils Åkerlund"}, "speakers", "Line 2: “Nils Åkerlund”"),
        ({"languages": None}, "languages", "required"),
        ({"capacity": "none"}, "capacity", "whole number"),
        ({"timezone": "Mars/Base"}, "timezone", "Mars/Base"),
        ({"frequency": "weekly"}, "count", "how many times"),
        ({"frequency": "weekly", "count": "61"}, "count", "60"),
        ({"frequency": "daily", "count": "3", "weekdays": ["1"]}, "weekdays", "weekly"),
        ({"local_day": "9999-12-31", "frequency": "monthly", "count": "20"}, "local_day", "out of reach"),
        ({"host_company": "999999"}, "host_company", "valid choice"),
        ({"room": "nosuchroom"}, "room", "valid choice"),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(page, fields, name, words):
    answer = page.post(reverse("new_meeting"), typed(description_en="Two winters in Klaipėda", **fields))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[name])
    assert "Two winters in Klaipėda" in answer.text
    assert Meeting.objects.count() == 0


def test_a_field_that_is_missing_altogether_is_an_error_and_no_traceback(page):
    assert page.post(reverse("new_meeting"), {}).status_code == 422
    assert page.post(reverse("new_meeting"), {"local_day": "x" * 9000, "interval": "\x00"}).status_code == 422


def test_a_series_by_the_form(page):
    page.post(reverse("new_meeting"), typed(frequency="weekly", interval="2", weekdays=["1", "3"], count="4"))
    days = list(Meeting.objects.order_by("starts_at").values_list("local_day", flat=True))
    assert days == [date(2027, 1, 14), date(2027, 1, 26), date(2027, 1, 28), date(2027, 2, 9)]
    assert Series.objects.get().interval == 2


def test_a_series_over_the_change_of_clocks_names_the_day_of_the_missing_hour(page):
    answer = page.post(
        reverse("new_meeting"),
        typed(local_day="2027-03-21", local_time="03:30", frequency="weekly", count="3"),
    )
    assert "28 March 2027" in answer.context["form"].errors["local_time"][0]


def test_a_project_room_is_offered_to_its_own_people_alone(client_of, host):
    own = factories.room(companies=[host.company, factories.company()])
    other = factories.room(companies=[factories.company(), factories.company()])
    page = client_of(host)
    form = page.get(reverse("new_meeting"), {"room": own.pk}).context["form"]
    assert form.initial["room"] == own
    assert list(form.fields["room"].queryset) == [own]
    assert "room" not in page.get(reverse("new_meeting"), {"room": other.pk}).context["form"].initial
    assert page.post(reverse("new_meeting"), typed(room=other.pk)).status_code == 422
    page.post(reverse("new_meeting"), typed(room=own.pk))
    assert (Meeting.objects.get().room, Meeting.objects.get().visibility) == (own, "invited")


def test_a_conflict_is_shown_before_saving_and_may_be_confirmed(page, host):
    busy = factories.meeting(host=host, title={"en": "Quay meeting"})
    answer = page.post(reverse("new_meeting"), typed())
    assert answer.status_code == 200
    assert "Quay meeting" in answer.text
    assert list(Meeting.objects.all()) == [busy]
    page.post(reverse("new_meeting"), typed(confirmed=answer.context["mark"]))
    assert Meeting.objects.count() == 2


def test_what_was_confirmed_is_what_was_shown(page, host):
    factories.meeting(host=host)
    mark = page.post(reverse("new_meeting"), typed()).context["mark"]
    again = page.post(reverse("new_meeting"), typed(confirmed=mark, local_time="11:15"))
    assert again.status_code == 200
    assert again.context["preview"] is not None
    assert Meeting.objects.count() == 1


def test_conflicts_say_nothing_of_meetings_that_the_host_may_not_see_nor_of_other_peoples_seats(page):
    speaker = factories.member(email="katrin@example.org")
    secret = factories.meeting(
        host=speaker,
        title={"en": "Secret merger"},
        visibility="invited",
        room=factories.room(companies=[speaker.company]),
    )
    elsewhere = factories.meeting(title={"en": "Where Katrin listens"})
    factories.registration(meeting=elsewhere, person=speaker)
    answer = page.post(reverse("new_meeting"), typed(speakers="katrin@example.org", do="preview"))
    assert answer.context["preview"].conflicts == []
    assert str(secret) not in answer.text
    assert str(elsewhere) not in answer.text


# ---- changing --------------------------------------------------------------------------------------------


def test_a_move_shows_who_will_be_told_and_is_made_when_confirmed(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius")
    for zone in ("Europe/Copenhagen", "Europe/Copenhagen", "Europe/London"):
        factories.registration(meeting=meeting, person=factories.person(timezone=zone, language="da"))
    address = reverse("edit_meeting", args=[meeting.pk])
    answer = page.post(address, typed_again(meeting, local_time="14:00"))
    text = " ".join(answer.text.split())
    assert "4 people get one mail" in text
    assert "3 Danish" in text
    assert ">13:00–14:00</time> for 2 people in Copenhagen" in text
    assert ">12:00–13:00</time> for 1 person in London" in text
    assert "Move it and tell 4 people" in text
    meeting.refresh_from_db()
    assert meeting.revision == 0
    page.post(address, typed_again(meeting, local_time="14:00", confirmed=answer.context["mark"]))
    meeting.refresh_from_db()
    assert (meeting.revision, meeting.local_time) == (1, time(14))
    assert meeting.starts_at == factories.STARTS_AT + timedelta(hours=3)


def test_a_move_into_the_night_of_somebody_says_so(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius")
    factories.registration(meeting=meeting, person=factories.person(timezone="Europe/London"))
    answer = page.post(reverse("edit_meeting", args=[meeting.pk]), typed_again(meeting, local_time="08:00"))
    assert "It is night for 1 person in London" in answer.text


def test_a_change_that_tells_nobody_is_saved_at_once(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius")
    factories.registration(meeting=meeting)
    page.post(
        reverse("edit_meeting", args=[meeting.pk]),
        typed_again(meeting, description_en="New words", record="on"),
    )
    meeting.refresh_from_db()
    assert (meeting.description, meeting.record, meeting.revision) == ({"en": "New words"}, True, 0)


def test_the_edit_form_gives_back_what_the_meeting_is(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", reminders=[1440, 45])
    factories.role(meeting, factories.person(name="Paweł Nowicki", email="pawel@example.org"), "interpreter")
    form = page.get(reverse("edit_meeting", args=[meeting.pk])).context["form"]
    shown = {field.name: field.value() for field in form if field.value() not in (None, "", [], False)}
    page.post(
        reverse("edit_meeting", args=[meeting.pk]),
        {**shown, "do": "save"} | {"host_company": "", "programme": ""},
    )
    after = Meeting.objects.get()
    assert (after.revision, after.reminders, after.starts_at) == (0, [1440, 45], meeting.starts_at)
    assert [(role.person.email, role.role) for role in after.roles.all()] == [
        ("pawel@example.org", "interpreter")
    ]


def test_moving_a_meeting_of_a_series_may_take_the_later_ones_along(page, host):
    page.post(reverse("new_meeting"), typed(frequency="weekly", count="3"))
    second = Meeting.objects.get(series_position=2)
    again = typed_again(second, local_day="2027-01-22", local_time="13:00", following="on")
    answer = page.post(reverse("edit_meeting", args=[second.pk]), again)
    assert "1 later meeting of the series moves, too" in " ".join(answer.text.split())
    page.post(reverse("edit_meeting", args=[second.pk]), {**again, "confirmed": answer.context["mark"]})
    moved = list(Meeting.objects.order_by("series_position").values_list("local_day", "local_time"))
    assert moved == [
        (date(2027, 1, 14), time(11)),
        (date(2027, 1, 22), time(13)),
        (date(2027, 1, 29), time(13)),
    ]


def test_a_cancelled_meeting_refuses_a_change_in_words(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", state=Meeting.State.CANCELLED)
    answer = page.post(reverse("edit_meeting", args=[meeting.pk]), typed_again(meeting, local_time="15:00"))
    assert answer.status_code == 422
    assert "cancelled meeting stays" in answer.text


def test_cancelling_says_what_it_will_do_and_does_it(page, host):
    meeting = factories.meeting(host=host)
    factories.registration(meeting=meeting, person=factories.person(language="pl"))
    address = reverse("cancel_meeting", args=[meeting.pk])
    asked = " ".join(page.get(address).text.split())
    assert "2 people get one mail" in asked
    assert "1 Polish" in asked
    page.post(address, {"reason": "Ice in the harbour"})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason, meeting.revision) == ("cancelled", "Ice in the harbour", 1)
    assert page.post(address, {"reason": ""}).status_code == 422


def test_cancelling_a_draft_deletes_it(page, host):
    meeting = factories.meeting(host=host, state=Meeting.State.DRAFT)
    assert "Delete this draft?" in page.get(reverse("cancel_meeting", args=[meeting.pk])).text
    page.post(reverse("cancel_meeting", args=[meeting.pk]))
    assert Meeting.objects.count() == 0


def test_start_and_end_ask_by_get_and_do_by_post(page, host):
    meeting = factories.meeting(host=host)
    for name, before, after in (("start_meeting", "scheduled", "live"), ("end_meeting", "live", "ended")):
        assert page.get(reverse(name, args=[meeting.pk])).status_code == 200
        assert Meeting.objects.get().state == before
        page.post(reverse(name, args=[meeting.pk]))
        assert Meeting.objects.get().state == after
    said = page.post(reverse("end_meeting", args=[meeting.pk]), follow=True)
    assert "Only a live meeting can be ended." in said.text


def test_a_live_meeting_is_extended_by_a_button_and_a_missed_one_says_so(page, host):
    meeting = factories.meeting(host=host, state="live", starts_at=factories.NOW)
    assert "ends automatically at 12:50" in page.get(reverse("host_meeting", args=[meeting.pk])).text
    said = page.post(reverse("extend_meeting", args=[meeting.pk]), follow=True).text
    assert "The meeting has been extended." in said
    assert "ends automatically at 13:05" in said
    missed = factories.meeting(host=host, state="ended", started_at=None)
    assert "Nobody started this meeting." in page.get(reverse("host_meeting", args=[missed.pk])).text
    said = page.post(reverse("extend_meeting", args=[missed.pk]), follow=True).text
    assert "Only a live meeting can be extended." in said


# ---- registrations ---------------------------------------------------------------------------------------


def test_the_host_approves_and_refuses(page, host):
    meeting = factories.meeting(host=host, registration="approval")
    first, second = (factories.registration(meeting=meeting, state="pending") for _ in range(2))
    assert page.get(reverse("approve_registration", args=[first.pk])).status_code == 200
    page.post(reverse("approve_registration", args=[first.pk]))
    page.post(reverse("refuse_registration", args=[second.pk]))
    assert set(Registration.objects.values_list("pk", "state")) == {
        (first.pk, "confirmed"),
        (second.pk, "cancelled"),
    }
    again = page.post(reverse("approve_registration", args=[first.pk]), follow=True)
    assert "does not wait" in str(list(again.context["messages"])[-1])


def test_registrations_are_searched_and_filtered_by_the_address(page, host):
    meeting = factories.meeting(host=host)
    factories.registration(meeting=meeting, name="Elin Sandberg", company_name="Havslund Energi AB")
    factories.registration(meeting=meeting, name="Tomasz Wiśniewski", state="pending")
    address = reverse("host_meeting", args=[meeting.pk])
    assert [seat.name for seat in page.get(address, {"q": "havslund"}).context["page"]] == ["Elin Sandberg"]
    assert [seat.name for seat in page.get(address, {"state": "pending"}).context["page"]] == [
        "Tomasz Wiśniewski"
    ]
    assert len(page.get(address, {"state": "nonsense", "page": "x"}).context["page"].object_list) == 2
    assert "Nobody fits" in page.get(address, {"q": "nobody of this name"}).text


def test_the_export_of_registrations_is_safe_in_a_spreadsheet_and_follows_the_filter(page, host):
    meeting = factories.meeting(host=host)
    factories.registration(meeting=meeting, name="=HYPERLINK(1)", answers={"diet": "@SUM(1)"})
    factories.registration(meeting=meeting, name="Žygimantas", state="waitlisted")
    answer = page.get(reverse("registrations_csv", args=[meeting.pk]), {"state": "confirmed"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert rows[0][-1] == "diet"
    assert rows[1][-1] == "'@SUM(1)"


@pytest.mark.parametrize("name", ["host_meeting", "attendance", "registrations_csv", "attendance_csv"])
def test_one_row_and_three_take_the_same_number_of_queries(page, host, name):
    meeting = factories.meeting(host=host, state=Meeting.State.ENDED)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            seated = factories.member()
            factories.registration(meeting=meeting, person=seated)
            factories.role(meeting, factories.member())
            factories.recording(meeting=meeting, state="published")
            came(meeting, seated, 0, 50)
        with CaptureQueriesContext(connection) as counted:
            page.get(reverse(name, args=[meeting.pk]))
        counts.append(len(counted))
    assert counts[0] == counts[1]


# ---- attendance ------------------------------------------------------------------------------------------


def came(meeting, person, joined, left):
    Presence.objects.create(
        room=meeting.room,
        person=person,
        connection=new_id(),
        process="web",
        joined_at=meeting.starts_at + timedelta(minutes=joined),
        seen_at=meeting.starts_at + timedelta(minutes=left),
        left_at=meeting.starts_at + timedelta(minutes=left),
    )


def test_the_attendance_page_counts_filters_and_says_how(page, host):
    meeting = factories.meeting(host=host, state=Meeting.State.ENDED)
    came(meeting, factories.member(name="Elin Sandberg"), 0, 60)
    came(meeting, factories.member(name="Søren Kjærgaard"), 0, 20)
    address = reverse("attendance", args=[meeting.pk])
    shown = page.get(address)
    assert "50 % of the meeting or more, which is 30 minutes" in shown.text
    assert [(one.name, one.counted) for one in shown.context["shown"]] == [
        ("Elin Sandberg", True),
        ("Søren Kjærgaard", False),
    ]
    assert [one.name for one in page.get(address, {"counted": "no"}).context["shown"]] == ["Søren Kjærgaard"]
    assert [one.name for one in page.get(address, {"q": "søren"}).context["shown"]] == ["Søren Kjærgaard"]
    lower = page.get(address, {"threshold": "33"}).context["attendance"]
    assert len(lower.counted) == 2
    assert page.get(address, {"threshold": "0", "counted": "maybe"}).status_code == 200


def test_the_attendance_file_holds_the_rows_of_the_page(page, host):
    meeting = factories.meeting(host=host, state=Meeting.State.ENDED)
    came(
        meeting, factories.member(name="+Elin", company=factories.company(name="-Firm", country="LT")), 0, 60
    )
    came(meeting, factories.member(name="Søren"), 0, 20)
    answer = page.get(reverse("attendance_csv", args=[meeting.pk]), {"counted": "yes"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == "'+Elin"
    assert rows[1][2:] == [
        "'-Firm",
        "LT",
        "2027-01-14 09:00:00",
        "2027-01-14 10:00:00",
        "1",
        "60",
        "100",
        "yes",
    ]


def test_an_empty_attendance_page_teaches(page, host):
    meeting = factories.meeting(host=host)
    assert "Nobody was in the room yet" in page.get(reverse("attendance", args=[meeting.pk])).text


# ---- who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "1999-12-31", "9999-12-31"])
def test_a_day_out_of_reach_is_said_at_its_field(page, host, day):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", description={})
    factories.registration(meeting=meeting)
    answer = page.post(reverse("edit_meeting", args=[meeting.pk]), typed_again(meeting, local_day=day))
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["local_day"]) == 1


# ---- signed out in the meantime ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://testserver/meetings/x/host/?page=2", "/meetings/x/host/%3Fpage%3D2"),
        ("https://elsewhere.example/meetings/x/host/", "/"),
        ("", "/"),
    ],
)
def test_signing_in_after_a_button_leads_back_to_its_page(client, host, before, after):
    """The button's own address has no page: it would end on an empty 405."""
    meeting = factories.meeting(host=host, state="live", starts_at=NOW)
    answer = client.post(reverse("extend_meeting", args=[meeting.pk]), headers={"referer": before})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/account/login/?next={after}")


# ---- two tabs ------------------------------------------------------------------------------------------------


def version_on(page, address):
    return page.get(address).context["form"].read_version


def test_an_older_tab_does_not_undo_in_silence_what_another_saved(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", description={})
    address = reverse("edit_meeting", args=[meeting.pk])
    older = version_on(page, address)
    moved = typed_again(meeting, local_time="15:00", read_version=older, title_en="Newer")
    shown = page.post(address, moved)
    assert page.post(address, {**moved, "confirmed": shown.context.get("mark", "")}).status_code == 302
    stale = typed_again(meeting, title_en="Older", read_version=older)
    refused = page.post(address, stale)
    assert refused.status_code == 422
    meeting.refresh_from_db()
    assert (meeting.title, meeting.local_time) == ({"en": "Newer"}, time(15))
    (said,) = refused.context["form"].non_field_errors()
    assert "Starts at" in said
    assert 'value="Older"' in refused.content.decode()
    # Read and sent again, it is what the host wants.
    wanted = {**stale, "read_version": refused.context["form"].read_version}
    shown = page.post(address, wanted)
    assert page.post(address, {**wanted, "confirmed": shown.context["mark"]}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.local_time) == ({"en": "Older"}, time(11))


def test_a_form_sent_twice_by_mistake_is_no_conflict(page, host):
    meeting = factories.meeting(
        host=host, timezone="Europe/Vilnius", description={}, host_company=host.company
    )
    address = reverse("edit_meeting", args=[meeting.pk])
    sent = typed_again(meeting, title_en="Newer", read_version=version_on(page, address))
    sent["confirmed"] = page.post(address, {**sent, "do": "preview"}).context["mark"]
    assert [page.post(address, {**sent, "do": "preview"}).status_code for _ in range(2)] == [302, 302]


def test_a_change_in_between_reading_and_saving_is_refused_under_the_lock(host):
    meeting = factories.meeting(host=host, description={})
    read = meeting_input.details_of(meeting)
    changing.change_meeting(meeting=meeting, details=replace(read, capacity=5), now=NOW)
    with pytest.raises(changing.UnableToChange):
        changing.change_meeting(meeting=meeting, details=replace(read, capacity=7), now=NOW, expected=read)
    meeting.refresh_from_db()
    assert meeting.capacity == 5


GET_PAGES = ["edit_meeting", "host_meeting", "attendance", "attendance_csv", "registrations_csv"]
STEPS = ["publish_meeting", "cancel_meeting", "start_meeting", "end_meeting"]


@pytest.mark.parametrize("name", [*GET_PAGES, *STEPS])
def test_only_hosts_reach_the_pages_of_a_host(client, client_of, host, name):
    meeting = factories.meeting(host=host)
    hidden = factories.meeting(visibility="invited")
    colleague = factories.member(company=host.company)
    co_host, speaker, guest = factories.person(), factories.person(), factories.person()
    factories.role(meeting, co_host, MeetingRole.Role.CO_HOST)
    factories.role(meeting, speaker)
    factories.registration(meeting=meeting, person=guest)
    address = reverse(name, args=[meeting.pk])
    assert client.get(address).headers["Location"].startswith(reverse("account_login"))
    for person, status in (
        (host, 200),
        (co_host, 200),
        (factories.secretariat(), 200),
        (colleague, 403),
        (speaker, 403),
        (guest, 403),
        (factories.member(), 403),
    ):
        assert client_of(person).get(address).status_code == status
    assert client_of(factories.member()).get(reverse(name, args=[hidden.pk])).status_code == 404


@pytest.mark.parametrize("name", STEPS)
def test_a_stranger_changes_nothing_by_post(client, client_of, host, name):
    meeting = factories.meeting(host=host)
    stranger = client_of(factories.member())
    assert stranger.post(reverse(name, args=[meeting.pk])).status_code == 403
    client.logout()
    assert client.post(reverse(name, args=[meeting.pk])).status_code == 302
    assert Meeting.objects.get().state == "scheduled"


@pytest.mark.parametrize("name", ["approve_registration", "refuse_registration"])
def test_only_hosts_decide_about_registrations(client, client_of, host, name):
    meeting = factories.meeting(host=host, registration="approval")
    holder = factories.member()
    seat = factories.registration(meeting=meeting, person=holder, state="pending")
    address = reverse(name, args=[seat.pk])
    assert client.post(address).status_code == 302
    assert client_of(holder).post(address).status_code == 403
    assert client_of(factories.member(company=host.company)).post(address).status_code == 404
    assert client_of(factories.member()).post(address).status_code == 404
    assert Registration.objects.get().state == "pending"


def test_a_guest_may_not_schedule(client, client_of):
    assert client.get(reverse("new_meeting")).status_code == 302
    assert client_of(factories.person()).get(reverse("new_meeting")).status_code == 403
    assert client_of(factories.person()).post(reverse("new_meeting"), typed()).status_code == 403
    assert client_of(factories.secretariat()).get(reverse("new_meeting")).status_code == 200
