"""Every loss of a right, on the real media server: the socket is closed, sound and picture end, no ticket and no page
brings the person back.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from google.protobuf.json_format import MessageToJson
from livekit import api
from livekit.protocol import rtc
from websockets.asyncio.client import ClientConnection, connect

from api.models import ApiToken
from companies import editing, sessions, signing_in
from companies.models import Person
from meetings import changing, registering, running
from meetings.meeting_input import details_of
from meetings.models import Meeting, MeetingRole, Registration
from rooms import admission, media, media_rights, presence_records
from rooms.media import livekit
from rooms.models import Participant, Presence
from tests import factories
from tests.rooms.people import RoomClient, closing, enter, eventually, open_socket
from tests.rooms.server import Server, serving
from tests.rooms.test_pages import with_seat
from tools import services

AT_ONCE = 10.0  # seconds; these rooms do not reauthorize periodically
NO_REAUTHORIZATION = "tests.rooms.no_reauthorization:application"


@dataclass
class Sfu:
    """A web process without periodic reauthorization, and a media server that calls its webhook."""

    server: Server
    redis_url: str
    connections: list[ClientConnection] = field(default_factory=list)

    async def joins(self, given: dict[str, Any]) -> ClientConnection:
        """As a browser does first: the signalling connection. Raises InvalidStatus when the token is refused."""
        address = f"{given['url']}/rtc?access_token={given['token']}&protocol=15&auto_subscribe=1"
        connection = await connect(address, max_size=None)
        self.connections.append(connection)
        await connection.recv()
        return connection

    async def carried(self, room_id: str) -> list[str]:
        return [each.identity for each in await media.participants_in(room_id)]

    async def carries_nobody(self, room_id: str, seconds: float = AT_ONCE) -> None:
        async with asyncio.timeout(seconds):
            while await self.carried(room_id):  # noqa: ASYNC110 - the media server does not call back
                await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def sfu_processes(
    django_db_setup: None, django_db_blocker: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, dict[str, str]]]:
    port = services.free_port()
    with contextlib.ExitStack() as stack:
        given = stack.enter_context(services.livekit(f"http://127.0.0.1:{port}"))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in {**given, "MEDIA": "sfu"}.items():
            patch.setenv(name, value)
        stack.enter_context(django_db_blocker.unblock())
        server = stack.enter_context(
            serving(tmp_path_factory.mktemp("sfu"), redis_url, port, NO_REAUTHORIZATION)
        )
        yield server, given


@pytest.fixture
async def sfu(
    transactional_db: None, sfu_processes: tuple[Server, dict[str, str]], redis_url: str
) -> AsyncIterator[Sfu]:
    server, given = sfu_processes
    with override_settings(MEDIA="sfu", REDIS_URL=redis_url, **given):
        here = Sfu(server, redis_url)
        yield here
        for connection in here.connections:
            await connection.close()


@dataclass
class Case:
    """An attendee of a live webinar who is signed in, and a host."""

    meeting: Meeting
    seat: Registration
    client: Client

    @property
    def person(self) -> Person:
        return self.seat.person

    @property
    def room_page(self) -> str:
        return reverse("room", args=[self.meeting.room_id])

    def ticket(self) -> dict[str, Any]:
        answer = self.client.post(reverse("room_ticket", args=[self.meeting.room_id]))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def elsewhere(self) -> Client:
        client = Client()
        client.force_login(self.person)
        return client


@pytest.fixture
def case(transactional_db: None) -> Case:
    now = timezone.now()
    starts_at = now.replace(second=0, microsecond=0)
    meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=starts_at, started_at=now)
    seat = factories.registration(meeting=meeting, person=factories.member())
    client = Client()
    client.force_login(seat.person)
    return Case(meeting, seat, client)


def withdraw(case: Case) -> None:
    registering.withdraw(registration=case.seat, by_person=True, now=timezone.now())


def close_account(case: Case) -> None:
    office = Client()
    office.force_login(factories.secretariat())
    fields = {"name": "Closed", "language": "en", "timezone": "Europe/Stockholm"}
    assert office.post(f"/admin/companies/person/{case.person.pk}/change/", fields).status_code == 302


def sign_out(case: Case) -> None:
    case.client.post("/account/logout/")


def sign_out_everywhere(case: Case) -> None:
    case.elsewhere().post(reverse("sessions"))


def sign_out_from_elsewhere(case: Case) -> None:
    own = sessions.active_sessions(timezone.now()).get(user=case.person).pk
    case.elsewhere().post(reverse("sessions"), {"session": own})


def change_address(case: Case) -> None:
    sessions.end_other_sessions(person=case.person, except_key="that of another browser")


def remove_by_host(case: Case) -> None:
    participant = Participant.objects.get(person=case.person)
    admission.turn_away(
        room_id=case.meeting.room_id,
        participant=participant.pk,
        admission=Participant.AdmissionStatus.REMOVED,
    )


@pytest.mark.parametrize(
    ("lose", "code"),
    [
        (withdraw, 4401),
        (close_account, 4401),
        (sign_out, 4402),
        (sign_out_everywhere, 4402),
        (sign_out_from_elsewhere, 4402),
        (change_address, 4402),
    ],
    ids=["withdrawn", "closed", "out", "everywhere", "elsewhere", "address"],
)
async def test_losing_access_closes_connection_media_and_page(
    case: Case, sfu: Sfu, lose: Callable[[Case], Any], code: int
) -> None:
    await loses_everything(case, sfu, lose, code)


@pytest.mark.parametrize(
    ("lose", "code"),
    [
        (lambda _case: Session.objects.all().delete(), 4402),
        (lambda case: Person.objects.filter(pk=case.person.pk).update(is_active=False), 4401),
    ],
    ids=["deleted", "inactive"],
)
async def test_a_loss_without_a_signal_is_found_by_reauthorization(
    case: Case, sfu: Sfu, own_server: Callable[..., Server], lose: Callable[[Case], Any], code: int
) -> None:
    looks_again = own_server(redis_url=sfu.redis_url)
    await loses_everything(case, Sfu(looks_again, sfu.redis_url, sfu.connections), lose, code)


async def loses_everything(case: Case, sfu: Sfu, lose: Callable[[Case], Any], code: int) -> None:
    visitor = await join_with_ticket(sfu, case)
    given = await visitor.does("media.token")
    await sfu.joins(given)
    assert await sfu.carried(case.meeting.room_id) == [f"{visitor.id}:{visitor.connection}"]
    kept = await sync_to_async(case.ticket)()
    await sync_to_async(lose)(case)
    assert await visitor.closed_with(AT_ONCE) == code
    await sfu.carries_nobody(case.meeting.room_id)
    await comes_back_in_vain(sfu, case.meeting.room_id, visitor, given)
    assert await opened_with(sfu, case, kept) == 4401
    assert (await sync_to_async(case.client.get)(case.room_page)).status_code == 403


async def comes_back_in_vain(sfu: Sfu, room_id: str, visitor: RoomClient, given: dict[str, Any]) -> None:
    """With the media server's token of before, which is valid for a minute more."""
    await sfu.joins(given)
    await sync_to_async(tell_of_newcomer)(room_id, f"{visitor.id}:{visitor.connection}")
    await sfu.carries_nobody(room_id)


async def join_with_ticket(sfu: Sfu, case: Case, ticket: dict[str, Any] | None = None) -> RoomClient:
    ticket = ticket or await sync_to_async(case.ticket)()
    visitor = await open_socket(sfu.server, case.meeting.room_id)
    await visitor.socket.send(json.dumps({"do": "hello", "ticket": ticket["ticket"]}))
    await visitor.receives("welcome")
    return visitor


async def opened_with(sfu: Sfu, case: Case, ticket: dict[str, Any]) -> int | None:
    """How the socket is closed that this ticket opens."""
    visitor = await open_socket(sfu.server, case.meeting.room_id)
    await visitor.socket.send(json.dumps({"do": "hello", "ticket": ticket["ticket"]}))
    return await visitor.closed_with(10)


async def test_sound_and_picture_end_after_the_presence(case: Case, sfu: Sfu) -> None:
    """Or who comes back in between with the token of before would be found present, and stay."""
    visitor = await join_with_ticket(sfu, case)
    await sfu.joins(await visitor.does("media.token"))
    writing = transaction.atomic()
    await sync_to_async(writing.__enter__)()
    try:
        await Presence.objects.filter(connection=visitor.connection).aupdate(seen_at=timezone.now())
        await visitor.close()
        with pytest.raises(TimeoutError):
            await sfu.carries_nobody(case.meeting.room_id, seconds=1)
    finally:
        await sync_to_async(writing.__exit__)(None, None, None)
    await sfu.carries_nobody(case.meeting.room_id)
    assert not await Presence.objects.present().aexists()


async def test_a_person_removed_by_a_host_cannot_join_again(case: Case, sfu: Sfu) -> None:
    host = await enter(sfu.server, case.meeting, case.meeting.host)
    visitor = await join_with_ticket(sfu, case)
    async with closing(host):
        given = await visitor.does("media.token")
        await sfu.joins(given)
        kept = await sync_to_async(case.ticket)()
        await host.does("stage.remove", person=visitor.id, from_room=True)
        assert await visitor.closed_with(AT_ONCE) == 4403
        await sfu.carries_nobody(case.meeting.room_id)
        await comes_back_in_vain(sfu, case.meeting.room_id, visitor, given)
    assert await opened_with(sfu, case, kept) == 4403
    assert (await sync_to_async(case.client.get)(case.room_page)).status_code == 403


async def test_a_person_denied_in_the_waiting_room_has_no_media(case: Case, sfu: Sfu) -> None:
    await Meeting.objects.filter(pk=case.meeting.pk).aupdate(lobby=True)
    host = await enter(sfu.server, case.meeting, case.meeting.host)
    visitor = await join_with_ticket(sfu, case)
    async with closing(host):
        assert (await visitor.asks("media.token"))["error"] == "not_allowed"
        await host.does("lobby.deny", person=visitor.id)
        assert await visitor.closed_with(AT_ONCE) == 4403


async def test_an_admitted_person_may_join_the_media_server_at_once(case: Case, sfu: Sfu) -> None:
    await Meeting.objects.filter(pk=case.meeting.pk).aupdate(lobby=True)
    host = await enter(sfu.server, case.meeting, case.meeting.host)
    visitor = await join_with_ticket(sfu, case)
    async with closing(host, visitor):
        await host.does("lobby.admit", all=True)
        await visitor.receives("admitted")
        await visitor.does("media.token")
        presence = await Presence.objects.aget(connection=visitor.connection)
        assert presence.left_at is None


@pytest.mark.parametrize("way", ["person", "company"])
async def test_who_no_longer_belongs_to_a_project_room_is_out_of_its_media(
    transactional_db: None, sfu: Sfu, own_server: Callable[..., Server], way: str
) -> None:
    """Somebody leaves a company, with a signal; a company leaves the room, which is found by looking again."""
    ours, theirs = [await sync_to_async(factories.company)() for _each in range(2)]
    room = await sync_to_async(factories.room)(companies=[ours, theirs])
    leaves, stays = [await sync_to_async(factories.member)(company=each) for each in (theirs, ours)]
    server = sfu.server if way == "person" else own_server(redis_url=sfu.redis_url)
    visitor, partner = await enter(server, room, leaves), await enter(server, room, stays)
    async with closing(visitor, partner):
        given = await visitor.does("media.token")
        await sfu.joins(given)
        if way == "person":
            await sync_to_async(editing.remove_person)(company=theirs, person=leaves, now=timezone.now())
        else:
            await sync_to_async(room.companies.remove)(theirs)
        assert await visitor.closed_with(AT_ONCE) == 4401
        await sfu.carries_nobody(room.pk)
        await comes_back_in_vain(sfu, room.pk, visitor, given)
        await partner.does("media.token")


async def test_a_lock_puts_nobody_out_who_is_inside(case: Case, sfu: Sfu) -> None:
    host = await enter(sfu.server, case.meeting, case.meeting.host)
    visitor = await join_with_ticket(sfu, case)
    async with closing(host, visitor):
        await sfu.joins(await visitor.does("media.token"))
        await host.does("room.lock")
        await visitor.receives("room.locked", on=True)
        assert await sync_to_async(media_rights.reconcile)() == 0
        identity = f"{visitor.id}:{visitor.connection}"
        await sync_to_async(tell_of_newcomer)(case.meeting.room_id, identity)
        assert await sfu.carried(case.meeting.room_id) == [identity]
        await visitor.does("media.token")


async def test_revoking_an_api_token_closes_the_connection_it_opened(case: Case, sfu: Sfu) -> None:
    def ticket_by_key() -> tuple[dict[str, Any], dict[str, Any], Client]:
        scopes = ["rooms:enter"]
        key = signing_in.make_api_token(person=case.person, name="", scopes=scopes, now=timezone.now())
        program = Client(headers={"authorization": f"Bearer {key}"})
        address = f"/api/v1/rooms/{case.meeting.room_id}/tickets"
        one, two = (program.post(address, content_type="application/json").json() for _ in range(2))
        return one, two, program

    ticket, kept, program = await sync_to_async(ticket_by_key)()
    visitor = await join_with_ticket(sfu, case, ticket)
    await sfu.joins(await visitor.does("media.token"))
    revoke = sync_to_async(signing_in.revoke_api_tokens)
    await revoke(tokens=ApiToken.objects.all(), now=timezone.now())
    assert await visitor.closed_with(AT_ONCE) == 4401
    await sfu.carries_nobody(case.meeting.room_id)
    assert await opened_with(sfu, case, kept) == 4401
    address = f"/api/v1/rooms/{case.meeting.room_id}/tickets"
    assert (await sync_to_async(program.post)(address)).status_code == 401


async def test_a_sign_out_leaves_another_browser_of_the_person_in(case: Case, sfu: Sfu) -> None:
    visitor = await join_with_ticket(sfu, case)
    other = Case(case.meeting, case.seat, await sync_to_async(case.elsewhere)())
    stays = await join_with_ticket(sfu, other)
    async with closing(stays):
        await sync_to_async(sign_out)(case)
        assert await visitor.closed_with(AT_ONCE) == 4402
        await stays.does("ping")


async def test_the_page_learns_whether_its_sign_in_has_ended(case: Case) -> None:
    address = reverse("room_ticket", args=[case.meeting.room_id])
    await sync_to_async(sign_out)(case)
    refused = await sync_to_async(case.client.post)(address)
    assert (refused.status_code, refused.json()["signed_in"]) == (403, False)
    await sync_to_async(withdraw)(case)
    signed_in = await sync_to_async(case.elsewhere)()
    refused = await sync_to_async(signed_in.post)(address)
    assert (refused.status_code, refused.json()["signed_in"]) == (403, True)


async def test_a_guest_is_not_asked_to_sign_in(case: Case, sfu: Sfu) -> None:
    """Their page tries once more, and the link lets them in again."""
    guest = await sync_to_async(with_seat)(case.seat)
    visitor = await join_with_ticket(sfu, Case(case.meeting, case.seat, guest))
    await sync_to_async(sign_out_everywhere)(case)
    assert await visitor.closed_with(AT_ONCE) == 4401


async def test_a_ticket_opens_one_socket(case: Case, sfu: Sfu) -> None:
    ticket = await sync_to_async(case.ticket)()
    visitor = await join_with_ticket(sfu, case, ticket)
    assert await opened_with(sfu, case, ticket) == 4401
    await visitor.close()
    assert await opened_with(sfu, case, ticket) == 4401


async def test_the_end_of_the_meeting_closes_the_media_room(case: Case, sfu: Sfu) -> None:
    visitor = await join_with_ticket(sfu, case)
    async with closing(visitor):
        given = await visitor.does("media.token")
        await sfu.joins(given)
        await sync_to_async(running.end_meeting)(meeting=case.meeting, now=timezone.now())
        await sfu.carries_nobody(case.meeting.room_id)
        assert case.meeting.room_id not in await media.rooms()
        assert (await visitor.asks("media.token"))["error"] == "not_now"
        await sfu.joins(given)  # LiveKit opens the room anew for a token that is not past its minute
        await sync_to_async(media_rights.reconcile)()
        await sfu.carries_nobody(case.meeting.room_id)
    page = await sync_to_async(case.client.get)(case.room_page)
    assert page.templates[0].name == "portal/room/ended.html"


async def test_removing_a_role_removes_the_right_to_publish(case: Case, sfu: Sfu) -> None:
    await MeetingRole.objects.acreate(meeting=case.meeting, person=case.person, role="speaker")
    visitor = await join_with_ticket(sfu, case)
    async with closing(visitor):
        given = await visitor.does("media.token")
        joined = await sfu.joins(given)
        assert [each.right.may_publish for each in await media.participants_in(case.meeting.room_id)] == [
            True
        ]
        await sync_to_async(take_role_away)(case)
        await visitor.until(lambda: [you for you in visitor.all("you") if not you["you"]["on_stage"]])
        await publishing_is(case, may=False)
        await joined.close()
        await sfu.joins(given)  # the token of before says that it may
        await sync_to_async(media_rights.reconcile)()
        await publishing_is(case, may=False)


@pytest.mark.parametrize("way", ["by a host", "by themselves"])
async def test_leaving_the_stage_removes_the_right_to_publish(case: Case, sfu: Sfu, way: str) -> None:
    host = await enter(sfu.server, case.meeting, case.meeting.host)
    visitor = await join_with_ticket(sfu, case)
    async with closing(host, visitor):
        await host.does("stage.invite", person=visitor.id)
        await visitor.receives("stage.joined")
        await sfu.joins(await visitor.does("media.token"))
        await publishing_is(case, may=True)
        if way == "by a host":
            await host.does("stage.remove", person=visitor.id)
        else:
            await visitor.does("stage.leave")
        await publishing_is(case, may=False)


async def publishes(joined: ClientConnection, *sources: api.TrackSource) -> list[str]:
    """What the media server lets in of a client of somebody's own that offers these in turn; the last one it does."""
    for source in sources:
        track = rtc.AddTrackRequest(
            cid=api.TrackSource.Name(source),
            name="interpretation:sv",
            type=api.TrackType.AUDIO,
            source=source,
        )
        await joined.send(rtc.SignalRequest(add_track=track).SerializeToString())
    let_in: list[str] = []
    async with asyncio.timeout(AT_ONCE):
        while api.TrackSource.Name(sources[-1]) not in let_in:
            answer = rtc.SignalResponse.FromString(bytes(await joined.recv(decode=False)))
            if answer.HasField("track_published"):
                let_in.append(answer.track_published.cid)
    return let_in


MICROPHONE, VOICE = api.TrackSource.MICROPHONE, api.TrackSource.UNKNOWN


async def test_a_channel_is_for_its_interpreters_alone_and_they_have_no_microphone(
    case: Case, sfu: Sfu
) -> None:
    await MeetingRole.objects.acreate(meeting=case.meeting, person=case.person, role="interpreter")
    host = await enter(sfu.server, case.meeting, case.meeting.host)
    visitor = await join_with_ticket(sfu, case)
    async with closing(host, visitor):
        await host.does("interpretation.open", language="sv")
        of_host = await sfu.joins(await host.does("media.token"))
        assert await publishes(of_host, VOICE, MICROPHONE) == ["MICROPHONE"]
        without = await sfu.joins(await visitor.does("media.token"))
        assert await publishes(without, VOICE, MICROPHONE) == ["MICROPHONE"]
        await visitor.does("interpretation.take", language="sv")
        await in_channel_is(case, of_host=False, of_interpreter=True)
        assert await publishes(without, MICROPHONE, VOICE) == ["UNKNOWN"]
        await without.close()
        again = await sfu.joins(await visitor.does("media.token"))
        assert await publishes(again, MICROPHONE, VOICE) == ["UNKNOWN"]
        assert await sync_to_async(media_rights.reconcile)() == 0

        await host.does("interpretation.assign", person=visitor.id, language=None)
        await in_channel_is(case, of_host=False, of_interpreter=False)
        assert await publishes(again, VOICE, MICROPHONE) == ["MICROPHONE"]


async def test_a_channel_that_the_media_server_missed_is_found(case: Case, sfu: Sfu) -> None:
    await MeetingRole.objects.acreate(meeting=case.meeting, person=case.person, role="interpreter")
    host = await enter(sfu.server, case.meeting, case.meeting.host)
    visitor = await join_with_ticket(sfu, case)
    async with closing(host, visitor):
        await host.does("interpretation.open", language="sv")
        old = await visitor.does("media.token")  # of the time before the channel
        await visitor.does("interpretation.take", language="sv")
        await sfu.joins(old)
        await sync_to_async(media_rights.reconcile)()
        await in_channel_is(case, of_interpreter=True)


async def in_channel_is(case: Case, **expected: bool) -> None:
    async with asyncio.timeout(AT_ONCE):
        while await in_channel(case) != sorted(expected.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def in_channel(case: Case) -> list[bool]:
    return sorted(each.right.in_channel for each in await media.participants_in(case.meeting.room_id))


def take_role_away(case: Case) -> None:
    details = replace(details_of(case.meeting), speakers=())
    changing.change_meeting(meeting=case.meeting, details=details, now=timezone.now())


async def publishing_is(case: Case, *, may: bool) -> None:
    async with asyncio.timeout(AT_ONCE):
        while [each.right.may_publish for each in await media.participants_in(case.meeting.room_id)] != [may]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


# ---- what nobody heard of is found -----------------------------------------------------------------------


async def test_an_old_token_lets_nobody_stay(case: Case, sfu: Sfu) -> None:
    """Also one that LiveKit renewed for a connection that is gone."""
    visitor = await join_with_ticket(sfu, case)
    given = await visitor.does("media.token")
    await visitor.close()
    await eventually(lambda: not Presence.objects.present().exists())
    await sfu.joins(given)
    assert await sync_to_async(media_rights.reconcile)() == 1
    await sfu.carries_nobody(case.meeting.room_id)


async def test_the_media_server_asks_about_whoever_comes_in(case: Case, sfu: Sfu) -> None:
    visitor = await join_with_ticket(sfu, case)
    given = await visitor.does("media.token")
    await sfu.joins(given)
    identity = f"{visitor.id}:{visitor.connection}"
    await sync_to_async(tell_of_newcomer)(case.meeting.room_id, identity)
    assert await sfu.carried(case.meeting.room_id) == [identity]
    await visitor.close()
    await eventually(lambda: not Presence.objects.present().exists())
    await sfu.joins(given)
    await sync_to_async(tell_of_newcomer)(case.meeting.room_id, identity)
    await sfu.carries_nobody(case.meeting.room_id)


def tell_of_newcomer(room_id: str, identity: str) -> None:
    """The message that LiveKit sends once sound and picture run, signed by the key it shares with us."""
    event = api.WebhookEvent(event="participant_joined", id="EV_1")
    event.room.name, event.participant.identity = room_id, identity
    body = MessageToJson(event).encode()
    keys = (settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET)
    token = api.AccessToken(*keys).with_sha256(base64.b64encode(hashlib.sha256(body).digest()).decode())
    headers = {"Authorization": token.to_jwt()}
    answer = Client(headers=headers).post("/webhooks/livekit/", body, content_type="application/webhook+json")
    assert answer.status_code == 204


async def test_the_media_server_is_put_right_after_a_web_process_died(
    case: Case, sfu: Sfu, own_server: Callable[..., Server]
) -> None:
    doomed = own_server(redis_url=sfu.redis_url)
    visitor = await join_with_ticket(Sfu(doomed, sfu.redis_url), case)
    await sfu.joins(await visitor.does("media.token"))
    doomed.kill()
    assert await sync_to_async(media_rights.reconcile)() == 0
    later = timezone.now() + presence_records.SILENT_FOR + timedelta(seconds=1)
    await sync_to_async(presence_records.close_lost)(now=later)
    assert await sync_to_async(media_rights.reconcile)() == 1
    await sfu.carries_nobody(case.meeting.room_id)


async def test_what_is_right_is_left_alone(case: Case, sfu: Sfu) -> None:
    visitor = await join_with_ticket(sfu, case)
    async with closing(visitor):
        await sfu.joins(await visitor.does("media.token"))
        foreign = livekit.token(room_id="of-another-service", identity="somebody", name="", may_publish=True)
        await sfu.joins(foreign)
        assert await sync_to_async(media_rights.reconcile)() == 0
        assert await sfu.carried("of-another-service") == ["somebody"]
        assert len(await sfu.carried(case.meeting.room_id)) == 1


def test_a_media_server_that_is_away_stops_nothing(db: None, settings: Any) -> None:
    settings.MEDIA, settings.LIVEKIT_URL = "sfu", f"ws://127.0.0.1:{services.free_port()}"
    settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET = "key", "secret" * 8
    assert media_rights.reconcile() == 0
    with pytest.raises(media.MediaServerUnavailable):
        async_to_sync(media.remove)(room_id="room", person="p1", connection="c")
