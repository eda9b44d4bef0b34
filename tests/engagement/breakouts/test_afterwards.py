"""What remains of breakout rooms: attendance with the groups, the chat for hosts, and nobody's name after ten years."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from attendance.report import attendance_of
from companies.languages import in_language
from engagement.chat.saying import PendingMessage, write_messages
from meetings import anonymising, closing
from meetings.models import Meeting
from rooms import policy
from rooms.messages import PersonRef
from rooms.models import Participant, Presence, Room
from rooms.policy import policy_for
from tests import factories
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def group_room(meeting: Meeting, name: str = "Red") -> Room:
    made = factories.breakout_round(meeting, name=name, state="closed", closed_at=NOW)
    return made.groups.get().room


def present(room: Room, person: Any, joined: float, left: float, start: datetime = STARTS_AT) -> None:
    factories.presence(
        room=room, person=person, joined_at=start + joined * MINUTE, left_at=start + left * MINUTE
    )


def test_minutes_in_a_group_are_minutes_of_the_meeting_and_count_once() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED)
    red, blue, person = group_room(meeting), group_room(meeting, "Blue"), factories.person()
    present(meeting.room, person, 0, 20)
    present(blue, person, 15, 30)
    present(red, person, 30, 40)
    present(blue, person, 40, 45)
    only = attendance_of(meeting, STARTS_AT + timedelta(hours=2)).attendees[0]
    assert (only.minutes, only.groups, len(only.intervals)) == (45, ("Blue", "Red"), 1)


def test_the_report_names_the_groups(client: Client) -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED)
    person = factories.person(name="Ieva")
    present(meeting.room, person, 0, 30)
    present(group_room(meeting, "Heat pumps"), person, 10, 20)
    client.force_login(meeting.host)
    page = client.get(reverse("attendance", args=[meeting.pk])).content.decode()
    assert "Breakout room: Heat pumps" in page
    file = client.get(reverse("attendance_csv", args=[meeting.pk])).content.decode("utf-8-sig")
    assert file.strip().splitlines()[1].endswith(",Heat pumps")


def test_a_group_without_a_name_is_called_by_its_number_in_each_reader_s_language(client: Client) -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED)
    room, person = group_room(meeting, ""), factories.person()
    assert (room.label, room.number) == ("", 1)
    present(room, person, 10, 20)
    sender = PersonRef(id="p1", name="Åsa", company="Heat AB")
    write_messages([PendingMessage(room.pk, "Quiet?", sender, person.pk)], STARTS_AT + 12 * MINUTE)
    client.force_login(meeting.host)
    for language, name in (("en", "Group 1"), ("lt", "1 grupė"), ("pl", "Grupa 1"), ("sv", "Grupp 1")):
        client.cookies["django_language"] = language
        for address in ("attendance", "attendance_csv", "chat_csv", "chat_text"):
            assert name in client.get(reverse(address, args=[meeting.pk])).text, address
        with translation.override(language):
            titles = policy.titles(Room.objects.filter(pk=room.pk))
            assert str(in_language(titles[room.pk])).endswith(f" – {name}")
            assert str(in_language(policy_for(room).describe(room).title)) == name


def test_a_meeting_goes_on_while_somebody_is_in_a_group() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW, duration=timedelta(hours=1))
    person, red = factories.person(), group_room(meeting)
    present(meeting.room, person, 0, 2, NOW)
    inside = factories.presence(room=red, person=person, joined_at=NOW + MINUTE)
    assert closing.end_due_meetings(now=NOW + 20 * MINUTE) == 0
    Presence.objects.filter(pk=inside.pk).update(left_at=NOW + 25 * MINUTE)
    assert closing.end_due_meetings(now=NOW + 34 * MINUTE) == 0
    assert closing.end_due_meetings(now=NOW + 36 * MINUTE) == 1
    meeting.refresh_from_db()
    assert meeting.ended_at == NOW + 25 * MINUTE


def test_after_ten_years_nobody_is_named_in_a_group_either() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED)
    person, red = factories.person(), group_room(meeting)
    present(red, person, 0, 30)
    factories.participant(room=red, person=person)
    assert anonymising.anonymise(meeting.pk, now=NOW)
    assert Presence.objects.get().person != person
    assert not Participant.objects.filter(room=red).exists()
    assert attendance_of(meeting, NOW).attendees[0].minutes == 30


@pytest.mark.parametrize("name", ["chat_csv", "chat_text"])
def test_hosts_get_the_chat_of_the_groups_with_their_names(client: Client, name: str) -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED)
    other = factories.meeting()
    sender = PersonRef(id="p1", name="Åsa")
    rooms = {"for all": meeting.room, "in the group": group_room(meeting), "elsewhere": group_room(other)}
    for text, room in rooms.items():
        (outcome,) = write_messages([PendingMessage(room.pk, text, sender, meeting.host_id)], NOW)
        assert isinstance(outcome, int)
    client.force_login(meeting.host)
    file = client.get(reverse(name, args=[meeting.pk])).content.decode()
    assert file.index("for all") < file.index("in the group")
    assert "Red" in file
    assert "elsewhere" not in file


def test_the_page_of_a_group_leads_to_the_main_room(client: Client) -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    row = factories.breakout_round(meeting)
    group = row.groups.get().room_id
    client.force_login(meeting.host)
    assert client.get(reverse("room", args=[group])).headers["Location"] == reverse(
        "room", args=[meeting.room_id]
    )
    answer = client.post(reverse("room_ticket", args=[group]))
    assert answer.json()["url"] == f"/ws/rooms/{group}/"
    client.force_login(factories.person())
    assert client.get(reverse("room", args=[group])).status_code == 404
    assert client.post(reverse("room_ticket", args=[group])).status_code == 404
    row.state = "closed"
    row.save()
    client.force_login(meeting.host)
    assert client.get(reverse("room", args=[group])).status_code == 404
