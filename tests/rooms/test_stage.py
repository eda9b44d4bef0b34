"""The stage, WebRTC signalling, published media, start, end and recording of the meeting."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings.models import Meeting, MeetingRole, Registration
from recordings import expecting
from recordings.models import Recording
from rooms.models import Participant
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of


async def test_an_attendee_is_invited_to_the_stage_and_leaves_it(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    off = {"microphone": False, "camera": True}
    assert (await guest.asks("media.state", **off))["error"] == "not_allowed"
    assert (await guest.asks("stage.leave"))["error"] == "not_allowed"
    await guest.does("hand.raise")
    await host.does("stage.invite", person=guest.id)
    await guest.receives("stage.joined")
    you = await guest.receives("you")
    assert you["you"]["on_stage"] is True
    assert "media.state" in you["you"]["may"]
    await host.receives("hand.lowered")
    await guest.does("media.state", **off)
    shown = await host.until(lambda: [event for event in host.all("person") if event["person"]["camera"]])
    assert shown[0]["person"]["id"] == guest.id
    await guest.does("stage.leave")
    await host.receives("stage.left")
    assert (await guest.asks("media.state", **off))["error"] == "not_allowed"


async def test_a_host_removes_somebody_from_the_stage(live_meeting: Meeting, join: Join) -> None:
    host, guest = await join(live_meeting, live_meeting.host), await join(live_meeting)
    assert guest.welcome["you"]["on_stage"] is True
    assert (await guest.asks("stage.remove", person=host.id))["error"] == "not_allowed"
    await host.does("stage.remove", person=guest.id)
    assert (await guest.receives("stage.left"))["person"]["id"] == guest.id
    assert (await host.asks("stage.remove", person=guest.id))["error"] == "not_found"


async def test_a_request_to_mute_reaches_only_that_person(live_meeting: Meeting, join: Join) -> None:
    host, guest, other = (
        await join(live_meeting, live_meeting.host),
        await join(live_meeting),
        await join(live_meeting),
    )
    await host.does("stage.mute", person=guest.id)
    assert (await guest.receives("mute.requested"))["by"]["id"] == host.id
    await other.does("ping")
    assert not other.all("mute.requested")


async def test_all_are_muted_but_the_hosts_and_who_waits(live_meeting: Meeting, join: Join) -> None:
    await Meeting.objects.filter(pk=live_meeting.pk).aupdate(lobby=True)
    host, guest, other = (
        await join(live_meeting, live_meeting.host),
        await join(live_meeting),
        await join(live_meeting),
    )
    person = await sync_to_async(factories.person)()
    await sync_to_async(factories.role)(live_meeting, person, "co_host")
    co_host = await join(live_meeting, person)
    await host.does("lobby.admit", all=True)
    for admitted in (guest, other):
        await admitted.receives("admitted")
    waiting = await join(live_meeting)
    assert waiting.welcome["you"]["admission"] == "waiting"
    assert (await host.asks("stage.mute"))["error"] == "bad_field"
    assert (await host.asks("stage.mute", person=guest.id, all=True))["error"] == "bad_field"
    assert (await guest.asks("stage.mute", all=True))["error"] == "not_allowed"
    await co_host.does("stage.mute", all=True)
    for muted in (guest, other):
        assert (await muted.receives("mute.requested"))["by"]["id"] == co_host.id
    for spared in (host, co_host, waiting):
        await spared.does("ping")
        assert not spared.all("mute.requested")


async def test_signals_reach_one_connection_alone(live_meeting: Meeting, join: Join) -> None:
    host = await join(live_meeting, live_meeting.host)
    seat = await sync_to_async(guest_of)(live_meeting)
    guest = await join(live_meeting, seat.person, seat=seat)
    second_tab = await join(live_meeting, seat.person, seat=seat)
    to = guest.welcome["you"]["connection"]
    await host.does("signal.send", to=to, description={"type": "offer", "sdp": "v=0"})
    signal = await guest.receives("signal")
    assert signal["from"] == host.welcome["you"]["connection"]
    assert signal["person"] == host.id
    assert signal["description"] == {"type": "offer", "sdp": "v=0"}
    await second_tab.does("ping")
    assert not second_tab.all("signal")
    assert (await host.asks("signal.send", to="nobody", candidate={}))["error"] == "not_found"
    assert (await host.asks("signal.send", to=to))["error"] == "bad_field"


async def test_in_a_webinar_signals_go_only_from_or_to_the_stage(live_webinar: Meeting, join: Join) -> None:
    host, one, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    await one.does("signal.send", to=host.welcome["you"]["connection"], description={"type": "offer"})
    await host.receives("signal")
    answer = await one.asks(
        "signal.send", to=other.welcome["you"]["connection"], description={"type": "offer"}
    )
    assert answer["error"] == "not_allowed"


@IN_ONE_FORM
async def test_a_mesh_carries_six_cameras(live_meeting: Meeting, join: Join) -> None:
    people = [await join(live_meeting) for _ in range(7)]
    for person in people[:6]:
        await person.does("media.state", microphone=True, camera=True)
    assert (await people[6].asks("media.state", microphone=True, camera=True))["error"] == "not_now"
    await people[6].does("media.state", microphone=True, camera=False)
    await people[0].does("media.state", microphone=True, camera=False)
    await people[6].does("media.state", microphone=True, camera=True)


@IN_ONE_FORM
async def test_without_a_media_server_there_is_no_token(live_meeting: Meeting, join: Join) -> None:
    guest = await join(live_meeting)
    assert (await guest.asks("media.token"))["error"] == "unavailable"


async def test_a_meeting_is_started_and_ended_in_the_room(scheduled_webinar: Meeting, join: Join) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    assert (await host.asks("meeting.end"))["error"] == "not_now"
    await host.does("meeting.start")
    await host.receives("meeting.started", meeting=scheduled_webinar.pk)
    assert "meeting.end" in (await host.receives("you"))["you"]["may"]
    assert (await host.asks("meeting.start"))["error"] == "not_now"
    guest = await join(scheduled_webinar)
    assert (await guest.asks("meeting.end"))["error"] == "not_allowed"
    await host.does("meeting.end")
    await guest.receives("meeting.ended")
    assert (await guest.asks("chat.send", text="still here"))["error"] == "not_now"
    meeting = await Meeting.objects.aget(pk=scheduled_webinar.pk)
    assert meeting.state == Meeting.State.ENDED


async def test_a_recording_is_started_and_stopped_in_the_room(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await guest.asks("recording.start"))["error"] == "not_allowed"
    assert (await host.asks("recording.stop"))["error"] == "not_now"
    answer = await host.does("recording.start")
    recording = await Recording.objects.select_related("upload").aget(pk=answer["recording"])
    assert answer["upload"] == f"/uploads/{recording.upload.pk}/"
    assert (await guest.receives("recording.started"))["recording"] == recording.pk
    assert (await host.asks("recording.start"))["error"] == "not_now"
    late = await join(live_webinar)
    assert late.welcome["room"]["recording"] is True
    await host.does("recording.stop")
    await guest.receives("recording.stopped")


async def test_hosts_are_reminded_of_an_announced_recording_until_it_begins(
    live_webinar: Meeting, join: Join
) -> None:
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(record=True)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    room = guest.welcome["room"]
    assert (room["recording"], room["recording_planned"]) == (False, True)
    assert "recording.skip" in host.welcome["you"]["may"]
    assert "recording.skip" not in guest.welcome["you"]["may"]
    await host.does("recording.start")
    assert "recording.skip" not in (await host.receives("you"))["you"]["may"]
    await host.does("recording.stop")
    again = await join(live_webinar, live_webinar.host)
    assert again.welcome["room"]["recording_planned"] is False
    assert (await again.asks("recording.skip"))["error"] == "not_now"


async def test_an_announced_recording_that_is_not_made_is_promised_to_nobody_any_more(
    live_webinar: Meeting, join: Join
) -> None:
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(record=True)
    await sync_to_async(expecting.expect_recordings)(now=timezone.now())
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await guest.asks("recording.skip"))["error"] == "not_allowed"
    await host.does("recording.skip")
    assert (await guest.receives("recording.skipped"))["meeting"] == live_webinar.pk
    await live_webinar.arefresh_from_db()
    assert live_webinar.record is False
    assert not await Recording.objects.aexists()
    assert (await host.asks("recording.skip"))["error"] == "not_now"
    assert (await host.does("recording.start"))["recording"]  # it may still be recorded


async def test_a_speaker_joins_on_stage(live_webinar: Meeting, join: Join) -> None:
    speaker = factories.person
    person = await sync_to_async(speaker)()
    await sync_to_async(factories.role)(live_webinar, person)
    visitor = await join(live_webinar, person)
    assert visitor.welcome["you"]["role"] == "speaker"
    assert visitor.welcome["you"]["on_stage"] is True
    assert (await visitor.asks("stage.invite", person=visitor.id))["error"] == "not_allowed"


@IN_ONE_FORM
async def test_removing_a_role_removes_its_rights(live_webinar: Meeting, join: Join) -> None:
    person = await sync_to_async(factories.person)()
    role = await sync_to_async(factories.role)(live_webinar, person, "co_host")
    visitor = await join(live_webinar, person)
    assert "meeting.end" in visitor.welcome["you"]["may"]
    role.role = "speaker"
    await role.asave()
    you = await visitor.receives("you")
    assert you["you"]["role"] == "speaker"
    assert (await visitor.asks("meeting.end"))["error"] == "not_allowed"


@IN_ONE_FORM
async def test_a_role_brings_on_stage_and_losing_it_off(live_webinar: Meeting, join: Join) -> None:
    def speaker_with_a_seat() -> tuple[Registration, MeetingRole]:
        seat = guest_of(live_webinar)
        return seat, factories.role(live_webinar, seat.person)

    seat, role = await sync_to_async(speaker_with_a_seat)()
    speaker = await join(live_webinar, seat.person)
    assert speaker.welcome["you"]["on_stage"] is True
    await role.adelete()
    left = await speaker.receives("stage.left")
    assert left["person"]["id"] == speaker.id
    you = await speaker.until(lambda: [each for each in speaker.all("you") if not each["you"]["on_stage"]])
    assert you[0]["you"]["role"] == "attendee"
    assert (await speaker.asks("media.state", microphone=True, camera=True))["error"] == "not_allowed"
    await sync_to_async(factories.role)(live_webinar, seat.person)
    joined = await speaker.receives("stage.joined")
    assert joined["person"]["role"] == "speaker"


@IN_ONE_FORM
async def test_a_new_host_gets_the_list_of_the_waiting_room(live_webinar: Meeting, join: Join) -> None:
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(lobby=True)
    person = await sync_to_async(factories.person)()
    role = await sync_to_async(factories.role)(live_webinar, person)
    speaker, waiting = await join(live_webinar, person), await join(live_webinar)
    role.role = "co_host"
    await role.asave()
    told = await speaker.receives("admitted", seconds=15)
    assert [one["id"] for one in told["snapshot"]["waiting"]] == [waiting.id]
    await speaker.does("lobby.admit", person=waiting.id)


@IN_ONE_FORM
async def test_a_co_host_cannot_remove_the_host(live_webinar: Meeting, join: Join) -> None:
    person = await sync_to_async(factories.person)()
    await sync_to_async(factories.role)(live_webinar, person, "co_host")
    host, co_host = await join(live_webinar, live_webinar.host), await join(live_webinar, person)
    answer = await co_host.asks("stage.remove", person=host.id, from_room=True)
    assert answer["error"] == "not_allowed"
    await host.does("stage.remove", person=co_host.id, from_room=True)
    assert await co_host.closed_with() == 4403


@IN_ONE_FORM
@pytest.mark.parametrize("do", ["lobby.admit", "lobby.deny", "stage.invite", "stage.mute", "stage.remove"])
async def test_attendees_may_not_send_commands_of_hosts(live_webinar: Meeting, join: Join, do: str) -> None:
    guest = await join(live_webinar)
    fields = {"all": True} if do == "lobby.admit" else {"person": guest.id}
    assert (await guest.asks(do, **fields))["error"] == "not_allowed"
    participant = await Participant.objects.aget(person__registrations__meeting=live_webinar)
    assert participant.admission == Participant.AdmissionStatus.ADMITTED


@IN_ONE_FORM
async def test_a_speaker_by_link_stays_as_long_as_they_are_on_the_stage(
    live_webinar: Meeting, join: Join
) -> None:
    person = await sync_to_async(factories.person)()
    role = await sync_to_async(factories.role)(live_webinar, person)
    visitor = await join(live_webinar, person, signed_in=False)
    role.role = MeetingRole.Role.INTERPRETER  # reauthorized, and still in the room
    await role.asave()
    you = await visitor.until(
        lambda: [each for each in visitor.all("you") if each["you"]["role"] == "interpreter"]
    )
    assert you[0]["you"]["on_stage"] is True
    await role.adelete()
    assert await visitor.closed_with() == 4401
