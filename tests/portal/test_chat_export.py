"""The chat as a file: what everybody saw and what went to the hosts, for hosts alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engagement.chat.reacting import PendingReaction, write_reactions
from engagement.chat.reading import Reader
from engagement.chat.saying import PendingMessage, write_messages
from meetings.models import Meeting
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import Room
from tests import factories

pytestmark = pytest.mark.django_db

FILES = ["chat_csv", "chat_text"]


def say(meeting: Meeting, text: str, *, ago: timedelta = timedelta(), **options: Any) -> None:
    sender = PersonRef(id="p1", name="Åsa", company="Heat AB")
    sent = PendingMessage(meeting.room_id, text, sender, meeting.host_id, **options)
    (outcome,) = write_messages([sent], timezone.now() - ago)
    assert isinstance(outcome, int)


def exported(client: Client, name: str, meeting: Meeting) -> str:
    return client.get(reverse(name, args=[meeting.pk])).content.decode()


@pytest.mark.parametrize("name", FILES)
def test_private_and_held_messages_are_not_in_the_file(client: Client, name: str) -> None:
    meeting = factories.meeting()
    say(meeting, "for all")
    say(meeting, "=1+1")
    say(meeting, "to the hosts", to="hosts")
    say(meeting, "not approved", held=True)
    say(meeting, "between us", to=PersonRef(id="p2", name="Ola"))
    client.force_login(meeting.host)
    text = exported(client, name, meeting)
    assert text.index("for all") < text.index("to the hosts")
    assert "Åsa" in text
    assert "not approved" not in text
    assert "between us" not in text
    assert ",=1+1" not in text


@pytest.mark.parametrize("name", FILES)
def test_reactions_are_in_the_file(client: Client, name: str) -> None:
    meeting = factories.meeting()
    say(meeting, "for all")
    for reactions in (["heart", "laugh"], ["heart"]):
        participant = factories.participant(room=meeting.room)
        reader = Reader(public_id(participant.pk), is_host=False)
        write_reactions(
            [
                PendingReaction(meeting.room_id, 1, participant.pk, each, is_on=True, reader=reader)
                for each in reactions
            ]
        )
    client.force_login(meeting.host)
    assert "Thank you: 2, Funny: 1" in exported(client, name, meeting)


@pytest.mark.parametrize("name", FILES)
def test_of_a_shared_room_only_this_meeting_is_in_it(client: Client, name: str) -> None:
    now = timezone.now()
    meeting = factories.meeting(
        state=Meeting.State.ENDED, started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1)
    )
    Room.objects.filter(pk=meeting.room_id).update(kind=Room.Kind.PROJECT)
    for text, hours in (("before", 3), ("during", 1.5), ("after", 0)):
        say(meeting, text, ago=timedelta(hours=hours))
    client.force_login(meeting.host)
    text = exported(client, name, meeting)
    assert "during" in text
    assert "before" not in text
    assert "after" not in text


@pytest.mark.parametrize("name", FILES)
def test_only_hosts_get_the_file(client: Client, name: str) -> None:
    meeting = factories.meeting()
    client.force_login(factories.person())
    assert client.get(reverse(name, args=[meeting.pk])).status_code == 403
