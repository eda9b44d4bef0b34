"""A host's pages: registrations, attendance, the steps of a meeting, and who may open them."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.ids import new_id
from meetings.models import Meeting, MeetingRole, Registration
from rooms.models import Presence
from tests import factories
from tests.meetings.inputs import typed

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


# ---- steps -----------------------------------------------------------------------------------------------


def test_cancelling_shows_its_effects_first(page, host):
    meeting = factories.meeting(host=host)
    factories.registration(meeting=meeting, person=factories.person(language="pl"))
    address = reverse("cancel_meeting", args=[meeting.pk])
    asked = " ".join(page.get(address).text.split())
    assert "2 people will get an email" in asked
    assert "Polish (1)" in asked
    page.post(address, {"reason": "Ice in the harbour"})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason, meeting.revision) == ("cancelled", "Ice in the harbour", 1)
    assert page.post(address, {"reason": ""}).status_code == 422


def test_cancelling_names_no_number_on_its_button_while_later_meetings_can_be_chosen(page, host):
    series = factories.series()
    parts = [factories.meeting(host=host, series=series, series_position=number) for number in (1, 2)]
    for part in (parts[0], parts[1], parts[1]):
        factories.registration(meeting=part)
    shown = " ".join(page.get(reverse("cancel_meeting", args=[parts[0].pk])).text.split())
    assert "Cancel and tell everyone" in shown
    assert "If you cancel them, too, 3 more emails go out." in shown
    alone = page.get(reverse("cancel_meeting", args=[parts[1].pk])).text
    assert "Cancel meeting and notify 3 people" in alone
    assert "Cancel and tell everyone" not in alone


def test_a_meeting_of_a_series_leads_to_its_neighbours_that_the_visitor_hosts(page, host):
    series = factories.series()
    owners = (host, host, factories.member(), host)
    parts = [
        factories.meeting(host=owner, series=series, series_position=number)
        for number, owner in enumerate(owners, start=1)
    ]
    shown = page.get(reverse("host_meeting", args=[parts[1].pk])).text
    for neighbour, is_linked in ((parts[0], True), (parts[2], False), (parts[3], True)):
        assert (f'href="{reverse("host_meeting", args=[neighbour.pk])}"' in shown) is is_linked
    assert f'href="{series.get_absolute_url()}"' in shown
    alone = factories.meeting(host=host)
    assert "The whole series" not in page.get(reverse("host_meeting", args=[alone.pk])).text


@pytest.mark.parametrize(
    ("minutes", "how", "classes"),
    [
        (29, "online", "button button--small"),
        (29, "on_site", "button button--primary button--small"),
        (31, "online", None),
    ],
)
def test_a_meeting_is_started_from_its_page_shortly_before_its_time(page, host, minutes, how, classes):
    meeting = factories.meeting(
        host=host, starts_at=NOW + timedelta(minutes=minutes), format=how, address="Quay 1"
    )
    shown = page.get(reverse("host_meeting", args=[meeting.pk])).text
    link = f'href="{reverse("start_meeting", args=[meeting.pk])}"'
    assert (link in shown) is (classes is not None)
    assert shown.count("button--primary button--small") == 1
    if classes is not None:
        assert f'<a class="{classes}" {link}' in shown


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
    assert "No one started this meeting." in page.get(reverse("host_meeting", args=[missed.pk])).text
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
    assert "is not waiting for approval" in str(list(again.context["messages"])[-1])


def test_registrations_are_searched_and_filtered_by_the_url(page, host):
    meeting = factories.meeting(host=host)
    factories.registration(meeting=meeting, name="Elin Sandberg", company_name="Havslund Energi AB")
    factories.registration(meeting=meeting, name="Tomasz Wiśniewski", state="pending")
    address = reverse("host_meeting", args=[meeting.pk])
    assert [seat.name for seat in page.get(address, {"q": "havslund"}).context["page"]] == ["Elin Sandberg"]
    assert [seat.name for seat in page.get(address, {"state": "pending"}).context["page"]] == [
        "Tomasz Wiśniewski"
    ]
    assert len(page.get(address, {"state": "nonsense", "page": "x"}).context["page"].object_list) == 2
    assert "No matches" in page.get(address, {"q": "nobody of this name"}).text


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


def test_the_attendance_page_counts_and_filters(page, host):
    meeting = factories.meeting(host=host, state=Meeting.State.ENDED)
    came(meeting, factories.member(name="Elin Sandberg"), 0, 60)
    came(meeting, factories.member(name="Søren Kjærgaard"), 0, 20)
    address = reverse("attendance", args=[meeting.pk])
    shown = page.get(address)
    assert "at least 50% of the meeting (30 minutes)" in shown.text
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
        "",
    ]


def test_an_empty_attendance_page_explains_itself(page, host):
    meeting = factories.meeting(host=host)
    assert "No one has joined yet" in page.get(reverse("attendance", args=[meeting.pk])).text


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


# ---- who may ---------------------------------------------------------------------------------------------


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
