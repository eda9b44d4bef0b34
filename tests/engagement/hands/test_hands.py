"""Hands are raised once, are in the snapshot, and are lowered by their person, a host, or by coming on stage."""

import pytest
from django.utils import timezone

from engagement.hands import raising
from meetings.models import Meeting
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import Participant, RoomEvent
from tests import factories
from tests.rooms.conftest import Join


async def test_hands_are_raised_and_lowered(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await guest.does("hand.raise")
    await guest.does("hand.raise")
    raised = await host.receives("hand.raised")
    assert raised["person"]["id"] == guest.id
    late = await join(live_webinar)
    assert [person["id"] for person in late.welcome["snapshot"]["hands"]] == [guest.id]
    assert (await late.asks("hand.lower", person=guest.id))["error"] == "not_allowed"
    await host.does("hand.lower", person=guest.id)
    await guest.receives("hand.lowered")
    assert len(host.all("hand.raised")) == 1


async def test_coming_on_stage_lowers_the_hand_first(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await guest.does("hand.raise")
    await host.does("stage.invite", person=guest.id)
    lowered, joined = await host.receives("hand.lowered"), await host.receives("stage.joined")
    assert lowered["person"]["id"] == joined["person"]["id"] == guest.id
    assert lowered["seq"] + 1 == joined["seq"]


@pytest.mark.django_db
def test_a_hand_is_raised_once_and_written_once() -> None:
    seat, now = factories.registration(), timezone.now()
    room = seat.meeting.room
    here = Participant.objects.create(
        room=room, person=seat.person, name="A", admission="admitted", first_seen_at=now
    )
    person_ref = PersonRef(id=public_id(here.pk), name="A")

    def does(flow: object) -> bool:
        return flow(room_id=room.pk, person_ref=person_ref, by=seat.person_id, now=now)  # type: ignore[operator]

    assert does(raising.raise_hand) is True
    assert does(raising.raise_hand) is False
    assert does(raising.lower_hand) is True
    assert [event.ev for event in RoomEvent.objects.all()] == ["hand.raised", "hand.lowered"]
