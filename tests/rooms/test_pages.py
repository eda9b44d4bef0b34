"""The pages around the live room, and project rooms."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from companies.models import Person
from meetings import access
from meetings.models import Meeting, Registration
from projects import access as project_access
from projects import creating
from rooms import translations
from rooms.models import Participant, Room, RoomEvent
from tests import factories

pytestmark = pytest.mark.django_db

SCRIPTS = Path(__file__).resolve().parents[2] / "frontend" / "src"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def with_seat(registration: Registration) -> Client:
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    return client


def page_of(body: str) -> dict[str, object]:
    found = re.search(r'<script id="room-page" type="application/json">(.*?)</script>', body)
    assert found is not None
    return json.loads(found[1])


# ---- the green room ------------------------------------------------------------------------------------------


def test_a_guest_with_a_seat_finds_the_green_room_under_the_name_they_registered_with() -> None:
    meeting = factories.meeting(starts_at=timezone.now() + timedelta(minutes=12))
    seat = factories.registration(meeting=meeting, name="Žygimantas Vaitkūnas")
    response = with_seat(seat).get(reverse("room", args=[meeting.room_id]))
    page = page_of(response.content.decode())
    assert response.status_code == 200
    assert page["name"] == "Žygimantas Vaitkūnas"
    assert page["maySpeak"] is False
    assert page["ticketUrl"] == reverse("room_ticket", args=[meeting.room_id])
    assert page["signInUrl"] == f"/account/login/?next=%2Frooms%2F{meeting.room_id}%2F"
    assert page["isSignedIn"] is False


def test_a_speaker_may_speak_and_is_told_that_the_meeting_is_recorded() -> None:
    meeting = factories.meeting(record=True)
    speaker = factories.member()
    factories.role(meeting, speaker)
    body = signed_in(speaker).get(reverse("room", args=[meeting.room_id])).content.decode()
    assert page_of(body)["maySpeak"] is page_of(body)["isSignedIn"] is True
    assert "This meeting will be recorded." in body


def test_before_the_start_a_host_is_not_told_to_wait_for_the_host() -> None:
    meeting = factories.meeting(starts_at=timezone.now() - timedelta(minutes=2))
    speaker = factories.member()
    factories.role(meeting, speaker)
    said = {
        person.pk: signed_in(person).get(reverse("room", args=[meeting.room_id])).content.decode()
        for person in (meeting.host, speaker)
    }
    assert "The meeting has not started yet." in said[meeting.host.pk]
    assert "The host hasn’t started the meeting yet." not in said[meeting.host.pk]
    assert "The host hasn’t started the meeting yet. You can wait inside." in said[speaker.pk]


def test_everybody_may_speak_in_a_meeting_that_is_no_webinar() -> None:
    meeting = factories.meeting(kind=Meeting.Kind.PROJECT_MEETING)
    seat = factories.registration(meeting=meeting)
    body = with_seat(seat).get(reverse("room", args=[meeting.room_id])).content.decode()
    assert page_of(body)["maySpeak"] is True


def test_the_other_clock_stands_beside_the_readers_own_only_where_it_differs() -> None:
    reader = factories.member(timezone="Europe/Stockholm")
    there = factories.meeting(timezone="Europe/Vilnius")
    here = factories.meeting(timezone="Europe/Copenhagen")
    for meeting in (there, here):
        factories.registration(meeting=meeting, person=reader)
    client = signed_in(reader)
    assert "(Vilnius)" in client.get(reverse("room", args=[there.room_id])).content.decode()
    assert "(Copenhagen)" not in client.get(reverse("room", args=[here.room_id])).content.decode()


def test_without_a_seat_the_page_leads_to_registering() -> None:
    meeting = factories.meeting()
    response = Client().get(reverse("room", args=[meeting.room_id]))
    body = response.content.decode()
    assert response.status_code == 403
    assert reverse("register", args=[meeting.pk]) in body
    assert "room-page" not in body


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (Registration.State.WAITLISTED, "You’re on the waitlist."),
        (Registration.State.PENDING, "The host still needs to approve"),
    ],
)
def test_a_seat_that_is_not_confirmed_says_what_it_waits_for(state: str, said: str) -> None:
    seat = factories.registration(state=state)
    response = with_seat(seat).get(reverse("room", args=[seat.meeting.room_id]))
    assert response.status_code == 403
    assert said in response.content.decode()


def test_who_waits_reads_about_the_meeting() -> None:
    seat = factories.registration(
        meeting=factories.meeting(description={"en": "Agenda\n\n* Heat <b>pumps</b>"})
    )
    address = reverse("room", args=[seat.meeting.room_id])
    body = with_seat(seat).get(address).content.decode()
    about = body.partition('<template id="about-meeting">')[2].partition("</template>")[0]
    assert "Agenda" in about
    assert "<b>" not in about
    Meeting.objects.update(description={})
    assert "about-meeting" not in with_seat(seat).get(address).content.decode()


def test_who_was_turned_away_is_told_so_and_gets_no_green_room() -> None:
    seat = factories.registration()
    Participant.objects.create(
        room=seat.meeting.room,
        person=seat.person,
        name="x",
        admission=Participant.AdmissionStatus.REMOVED,
        first_seen_at=timezone.now(),
    )
    response = with_seat(seat).get(reverse("room", args=[seat.meeting.room_id]))
    assert response.status_code == 403
    assert "room-page" not in response.content.decode()


def test_the_room_of_a_meeting_that_is_over_leads_to_its_page() -> None:
    seat = factories.registration(meeting=factories.meeting(state=Meeting.State.ENDED))
    body = with_seat(seat).get(reverse("room", args=[seat.meeting.room_id])).content.decode()
    assert reverse("meeting", args=[seat.meeting_id]) in body
    assert "room-page" not in body


def test_the_room_of_a_cancelled_meeting_leads_to_its_page() -> None:
    meeting = factories.meeting(state=Meeting.State.CANCELLED)
    response = Client().get(reverse("room", args=[meeting.room_id]))
    assert response.headers["Location"] == reverse("meeting", args=[meeting.pk])


def test_a_cancelled_meeting_by_invitation_tells_a_stranger_nothing() -> None:
    meeting = factories.meeting(state=Meeting.State.CANCELLED, visibility=Meeting.Visibility.INVITED)
    assert Client().get(reverse("room", args=[meeting.room_id])).status_code == 404


@pytest.mark.parametrize("address", ["room", "sound_check"])
def test_the_pages_hold_no_inline_style_and_no_script_but_data(address: str) -> None:
    seat = factories.registration()
    arguments = [seat.meeting.room_id] if address == "room" else []
    response = with_seat(seat).get(reverse(address, args=arguments))
    body = response.content.decode()
    assert "style=" not in body
    assert {kind for kind in re.findall(r"<script([^>]*)>", body) if "src=" not in kind} == {
        ' id="room-page" type="application/json"',
        ' id="room-words" type="application/json"',
    }


def test_the_sound_check_is_open_to_anybody_and_enters_no_room() -> None:
    body = Client().get(reverse("sound_check")).content.decode()
    page = page_of(body)
    assert page["room"] == ""
    assert page["ticketUrl"] == ""


def test_a_relay_is_lent_only_to_those_who_are_known(settings: Any) -> None:
    settings.TURN_URL, settings.TURN_SECRET = "turn:relay.example:3478", "s"
    anybody = page_of(Client().get(reverse("sound_check")).content.decode())
    known = page_of(signed_in(factories.member()).get(reverse("sound_check")).content.decode())
    assert anybody["iceServers"] == []
    assert known["iceServers"] != []


# ---- words ---------------------------------------------------------------------------------------------------


def keys_in_scripts(function: str) -> set[str]:
    scripts = [*(SCRIPTS / "room").rglob("*.ts"), SCRIPTS / "room.ts"]
    return {
        key for script in scripts for key in re.findall(rf'\b{function}\(\s*"([a-z_.]+)"', script.read_text())
    }


def test_every_word_of_the_scripts_is_written_here_and_none_in_vain() -> None:
    here = translations.room_translations()
    assert set(here["words"]) == keys_in_scripts("t")
    assert set(here["plurals"]) == keys_in_scripts("tn")


@pytest.mark.parametrize(
    ("language", "categories"),
    [
        ("en", {"one", "other"}),
        ("sv", {"one", "other"}),
        ("pl", {"one", "few", "many", "other"}),
        ("de", {"one", "other"}),
        ("da", {"one", "other"}),
        ("lt", {"one", "few", "many", "other"}),
    ],
)
def test_counted_words_have_a_form_for_each_category_of_the_language(
    language: str, categories: set[str]
) -> None:
    with translation.override(language):
        here = translations.room_translations()
    assert here["language"] == language
    assert {frozenset(forms) for forms in here["plurals"].values()} == {frozenset(categories)}


# ---- read once for everybody ---------------------------------------------------------------------------------


def entry(meeting: Meeting) -> access.MeetingAccess:
    return access.meeting_access(access.Visitor(meeting.host), meeting.room_id)


def reads_of_meetings(meeting: Meeting) -> int:
    with CaptureQueriesContext(connection) as queries:
        entry(meeting)
    return sum('ORDER BY CASE WHEN "meetings_meeting"."state"' in query["sql"] for query in queries)


def test_the_meeting_of_a_room_is_read_once_for_all_who_come() -> None:
    one, other = factories.meeting(), factories.meeting()
    assert [reads_of_meetings(one), reads_of_meetings(one)] == [1, 0]
    assert [entry(each).meeting for each in (one, other, one)] == [one, other, one]


def test_a_change_of_the_meeting_is_in_its_room_at_once() -> None:
    meeting = factories.meeting()
    entry(meeting)
    Meeting.objects.filter(pk=meeting.pk).update(title={"en": "Glaciers"}, lobby=True)
    found = entry(meeting).meeting
    assert found is not None
    assert (found.title, found.lobby) == ({"en": "Glaciers"}, True)


def test_what_one_visitor_does_to_their_copy_is_not_anothers() -> None:
    meeting = factories.meeting()
    found = entry(meeting).meeting
    assert found is not None
    found.state = Meeting.State.CANCELLED
    again = entry(meeting).meeting
    assert again is not None
    assert again.state == Meeting.State.SCHEDULED


# ---- project rooms -------------------------------------------------------------------------------------------


def test_a_project_room_belongs_to_all_its_companies() -> None:
    ours, theirs = factories.member(), factories.member()
    assert ours.company is not None
    assert theirs.company is not None
    room = creating.create_project_room(
        by=ours,
        title={"en": "Collectors"},
        purpose={},
        companies=[ours.company, theirs.company],
        now=timezone.now(),
    )
    for person in (ours, theirs):
        assert project_access.reader_of(access.Visitor(person=person), room.pk).project == room


@pytest.mark.parametrize("code", ["no_title", "too_few_companies", "own_company_missing"])
def test_a_project_room_needs_a_title_two_companies_and_the_own_one(code: str) -> None:
    person = factories.member()
    assert person.company is not None
    companies = {
        "no_title": [person.company, factories.company()],
        "too_few_companies": [person.company, person.company],
        "own_company_missing": [factories.company(), factories.company()],
    }[code]
    with pytest.raises(creating.UnableToCreateRoom) as refusal:
        creating.create_project_room(
            by=person,
            title={} if code == "no_title" else {"en": "x"},
            purpose={},
            companies=companies,
            now=timezone.now(),
        )
    assert refusal.value.code == code
    assert not Room.objects.filter(kind=Room.Kind.PROJECT).exists()


def test_a_room_is_opened_by_the_form_with_its_own_company_in_it() -> None:
    person, partner = factories.member(), factories.company()
    response = signed_in(person).post(
        reverse("new_project_room"),
        {"title_en": "Collectors", "title_pl": "Kolektory", "partners": [partner.pk]},
    )
    room = Room.objects.get(kind=Room.Kind.PROJECT)
    assert response.headers["Location"] == reverse("project_room", args=[room.pk])
    assert room.project.title == {"en": "Collectors", "pl": "Kolektory"}
    assert set(room.companies.all()) == {person.company, partner}


def test_a_room_without_a_partner_is_refused_and_what_was_typed_stays() -> None:
    body = (
        signed_in(factories.member())
        .post(reverse("new_project_room"), {"title_en": "Collectors"})
        .content.decode()
    )
    assert "Choose at least one other." in body
    assert 'value="Collectors"' in body
    assert not Room.objects.exists()


def test_a_guest_cannot_open_a_room() -> None:
    assert signed_in(factories.person()).get(reverse("new_project_room")).status_code == 403


@pytest.fixture
def project_room() -> Room:
    room = factories.room(
        companies=[factories.company(name="Havslund"), factories.company(name="Żuławy Solar")]
    )
    room.project.title = {"en": "Floating collectors"}
    room.project.save()
    return room


@pytest.mark.parametrize("address", ["project_room", "room"])
@pytest.mark.parametrize("who", ["nobody", "stranger", "secretariat"])
def test_strangers_learn_nothing_of_a_project_room(project_room: Room, address: str, who: str) -> None:
    clients = {
        "nobody": Client,
        "stranger": lambda: signed_in(factories.member()),
        "secretariat": lambda: signed_in(factories.secretariat()),
    }
    client = clients[who]()
    there = client.get(reverse(address, args=[project_room.pk]))
    nowhere = client.get(reverse(address, args=["zzzzzzzzzzzz"]))
    assert there.status_code == nowhere.status_code
    assert there.status_code in {302, 404}
    assert "Floating collectors" not in there.content.decode()


def test_the_list_of_rooms_holds_only_those_of_the_own_company(project_room: Room) -> None:
    member = factories.member(company=project_room.companies.get(name="Havslund"))
    assert "Floating collectors" in signed_in(member).get(reverse("project_rooms")).content.decode()
    assert (
        "Floating collectors"
        not in signed_in(factories.member()).get(reverse("project_rooms")).content.decode()
    )


def test_the_list_of_rooms_takes_as_many_queries_for_three_rooms_as_for_one(project_room: Room) -> None:
    company = project_room.companies.get(name="Havslund")
    client = signed_in(factories.member(company=company))
    factories.meeting(room=project_room, visibility=Meeting.Visibility.INVITED)
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("project_rooms"))
        counts.append(len(queries))
        for _room in range(2):
            another = factories.room(companies=[company, factories.company()])
            factories.meeting(room=another, visibility=Meeting.Visibility.INVITED)
    assert counts[0] == counts[1]


def test_a_rooms_page_remembers_meetings_attendance_and_what_was_said(project_room: Room) -> None:
    company = project_room.companies.get(name="Havslund")
    member = factories.member(company=company, name="Elin Sandberg")
    start = timezone.now() - timedelta(days=3)
    past = factories.meeting(
        room=project_room,
        kind=Meeting.Kind.PROJECT_MEETING,
        title={"en": "Anchors and ice"},
        state=Meeting.State.ENDED,
        visibility=Meeting.Visibility.INVITED,
        starts_at=start,
    )
    project_room.presences.create(
        person=member,
        connection="c1",
        process="p",
        joined_at=start,
        seen_at=start + timedelta(minutes=40),
        left_at=start + timedelta(minutes=40),
    )
    said = {
        "from": {"id": "1", "name": "Elin Sandberg", "company": "Havslund"},
        "text": "Screw anchors <hold> in clay",
    }
    RoomEvent.objects.create(room=project_room, seq=1, ev="chat.message", payload=said, at=start)
    RoomEvent.objects.create(
        room=project_room, seq=2, ev="chat.message", payload={**said, "text": "", "deleted": True}, at=start
    )
    body = signed_in(member).get(reverse("project_room", args=[project_room.pk])).content.decode()
    assert reverse("meeting", args=[past.pk]) in body
    assert "1 person attended" in body
    assert "40 minutes" in body
    assert body.count("Screw anchors &lt;hold&gt; in clay") == 1
    assert body.count('id="m') - body.count('id="main') == 1
    assert reverse("new_meeting") + f"?room={project_room.pk}" in body


def test_older_messages_are_read_page_by_page(project_room: Room) -> None:
    member = factories.member(company=project_room.companies.get(name="Havslund"))
    RoomEvent.objects.bulk_create(
        RoomEvent(
            room=project_room,
            seq=number,
            ev="chat.message",
            payload={"from": {"id": "1", "name": "E"}, "text": f"message {number}."},
            at=timezone.now(),
        )
        for number in range(1, 61)
    )
    client, address = signed_in(member), reverse("project_room", args=[project_room.pk])
    newest = client.get(address).content.decode()
    assert "message 60." in newest
    assert "message 10." not in newest
    assert "?before=11#chat" in newest
    earlier = client.get(address, {"before": "11"}).content.decode()
    assert "message 10." in earlier
    assert "message 11." not in earlier


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²"])
def test_a_page_of_messages_that_cannot_be_is_the_newest(project_room: Room, before: str) -> None:
    member = factories.member(company=project_room.companies.get(name="Havslund"))
    address = reverse("project_room", args=[project_room.pk])
    assert signed_in(member).get(address, {"before": before}).status_code == 200
