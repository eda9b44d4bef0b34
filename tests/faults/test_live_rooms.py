"""Faults while people are in a room: what was acknowledged is there once, and all are shown the same in the end."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from redis import Redis

from engagement.models import Poll, PollOption, PollVoter, QuestionVote
from meetings.models import Meeting
from rooms.models import Participant, Room, RoomEvent
from tests import stack as product
from tests.faults.test_votes import answered
from tests.journeys.conftest import make_host
from tests.journeys.test_room import Guest, guest
from tests.journeys.test_room import live_meeting as live_meeting_of
from tests.rooms.conftest import guest_of, live_meeting, live_webinar, own_redis, own_server
from tests.rooms.people import RoomClient, closing, enter
from tests.rooms.server import Server
from tools import services

__all__ = ["live_meeting", "live_webinar", "own_redis", "own_server"]  # fixtures
PEOPLE = 8
TURNS = 3


@dataclass
class Said:
    """What was acknowledged: numbers of messages and lines by their texts."""

    messages: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    hands: set[str] = field(default_factory=set)
    voters: set[int] = field(default_factory=set)
    upvoters: set[str] = field(default_factory=set)


# ---- a web process is killed ---------------------------------------------------------------------------------


async def test_a_process_killed_while_people_write_loses_nothing_acknowledged(
    live_meeting: Meeting,
    own_server: Callable[..., Server],
) -> None:
    """Chat, live text and the timer, in the middle of a storm."""
    server = await sync_to_async(own_server)()
    seats = [await sync_to_async(guest_of)(live_meeting) for _ in range(PEOPLE)]
    host = await enter(server, live_meeting, live_meeting.host)
    guests = [await enter(server, live_meeting, seat.person, seat=seat) for seat in seats]
    async with closing(host, *guests):
        await host.does("timer.start", seconds=600, label="Pitch")
        timer = await host.receives("timer.started")
        sent = [
            (client, *each, await client.sends(each[0], **each[1]))
            for turn in range(TURNS)
            for number, client in enumerate(guests)
            for each in writings(number, turn)
        ]
        first = sent[0][0]
        await first.until(lambda: first.answers.get(sent[0][3]))
        await sync_to_async(server.kill)()
        replies = [await answered(client, number) for client, _do, _fields, number in sent]
    said = acknowledged(sent, replies)
    assert said.messages
    await sync_to_async(check_writings)(live_meeting.room_id, said, is_all=False)
    await sync_to_async(server.start)()
    host = await enter(server, live_meeting, live_meeting.host)
    back = [await enter(server, live_meeting, seat.person, seat=seat) for seat in seats]
    async with closing(host, *back):
        assert host.welcome["snapshot"]["timer"]["ends_at"] == timer["ends_at"]
        for number, client in enumerate(back):
            for turn in range(TURNS):
                for do, fields in writings(number, turn):
                    await again(client, do, fields, said)
    await sync_to_async(check_writings)(live_meeting.room_id, said, is_all=True)


def writings(number: int, turn: int) -> list[tuple[str, dict[str, Any]]]:
    key = f"person-{number}-{turn}"
    return [
        ("chat.send", {"text": f"message {key}", "client_id": key}),
        ("rtt.commit", {"text": f"line {key}", "text_id": key}),
    ]


def acknowledged(sent: list[Any], replies: list[dict[str, Any] | None]) -> Said:
    said = Said()
    for (_client, _do, fields, _number), reply in zip(sent, replies, strict=True):
        if reply is not None and reply.get("ok"):
            keep(said, fields["text"], reply)
    return said


def keep(said: Said, text: str, reply: dict[str, Any]) -> None:
    """A text sent again keeps the number of the first time."""
    numbers = said.messages if "message" in reply else said.lines
    number = reply.get("message", reply.get("line"))
    assert numbers.setdefault(text, number) == number, text


async def again(client: RoomClient, do: str, fields: dict[str, Any], said: Said) -> None:
    """Until it is not too fast."""
    for _attempt in range(60):
        reply = await client.asks(do, **fields)
        if reply.get("ok"):
            keep(said, fields["text"], reply)
            return
        assert reply["error"] in {"too_fast", "unavailable"}, reply
        await asyncio.sleep(0.6)
    raise AssertionError(f"{do} is not possible again")


def check_writings(room: str, said: Said, *, is_all: bool) -> None:
    """What was acknowledged is there; nothing twice, and no number is missing."""
    rows = list(RoomEvent.objects.filter(room=room).order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, Room.objects.get(pk=room).last_seq + 1))
    for ev, numbers in (("chat.message", said.messages), ("rtt.committed", said.lines)):
        stored = [(row.payload["text"], row.seq) for row in rows if row.ev == ev]
        assert len({text for text, _seq in stored}) == len(stored)
        assert set(numbers.items()) <= set(stored)
        assert len(stored) == PEOPLE * TURNS or not is_all


# ---- Redis ---------------------------------------------------------------------------------------------------


@dataclass
class Redises:
    """A Redis that can be stopped, frozen and emptied."""

    url: str
    kill: Callable[[], None]
    start: Callable[[int], object]

    def break_it(self, how: str) -> None:
        if how == "emptied":
            with Redis.from_url(self.url) as redis:
                redis.flushall()
        elif how == "stopped":
            self.kill()
        else:
            with Redis.from_url(self.url) as redis:
                self.pid = redis.info()["process_id"]
            os.kill(self.pid, signal.SIGSTOP)

    def mend(self, how: str) -> None:
        if how == "stopped":
            self.start(int(self.url.rsplit(":", 1)[1].split("/")[0]))
        elif how == "frozen":
            os.kill(self.pid, signal.SIGCONT)


@pytest.mark.parametrize("how", ["stopped", "frozen", "emptied"])
async def test_a_fault_of_redis_while_people_take_part_loses_nothing(
    how: str,
    live_webinar: Meeting,
    own_server: Callable[..., Server],
    own_redis: Callable[..., Any],
) -> None:
    """They chat, raise hands, vote and upvote in two processes."""
    redis = Redises(*own_redis(), own_redis)
    servers = [await sync_to_async(own_server)(redis_url=redis.url) for _ in range(2)]
    host = await enter(servers[0], live_webinar, live_webinar.host)
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(PEOPLE)]
    guests = [
        await enter(servers[number % 2], live_webinar, seat.person, seat=seat)
        for number, seat in enumerate(seats)
    ]
    async with closing(host, *guests):
        poll = (await host.does("poll.create", kind="single", title="Which?", options=["a", "b"]))["poll"]
        await host.does("poll.open", poll=poll)
        question = (await host.does("question.ask", text="How warm?"))["question"]
        for each in guests:
            await each.receives("poll.opened", id=poll)
            await each.receives("question.asked", id=question)
        said, broken = Said(), asyncio.Event()
        work = [
            asyncio.create_task(take_part(client, number, said, broken, poll, question))
            for number, client in enumerate(guests)
        ]
        await guests[0].receives("chat.message")
        await sync_to_async(redis.break_it)(how)
        broken.set()
        await asyncio.gather(*work)
        await sync_to_async(redis.mend)(how)
        said.voters = {seat.person_id for seat in seats}
        await host.does("chat.send", text="it is over", client_id="it-is-over")
        for each in (host, *guests):
            await each.receives("chat.message", text="it is over")
            assert each.numbers == list(range(each.numbers[0], each.numbers[0] + len(each.numbers)))
            for text, number in said.messages.items():
                assert len(each.all("chat.message", text=text, id=number)) == 1
        for server in servers:
            await shows(server, live_webinar, said, poll, question)
    await sync_to_async(check_votes)(live_webinar.room_id, said, poll, question)


async def take_part(
    client: RoomClient, number: int, said: Said, broken: asyncio.Event, poll: str, question: str
) -> None:
    for turn in range(TURNS):
        key = f"person-{number}-{turn}"
        await again(client, "chat.send", {"text": f"message {key}", "client_id": key}, said)
        if turn == 0:
            await broken.wait()
            await client.does("hand.raise")
            said.hands.add(client.id)
            await client.does("poll.vote", poll=poll, choices=[1 + number % 2])
            await client.does("question.vote", question=question, up=True)
            said.upvoters.add(client.id)


async def shows(server: Server, meeting: Meeting, said: Said, poll: str, question: str) -> None:
    """Counters of the other process come some seconds later when a message between them was lost."""
    shown: dict[str, Any] = {}
    for _attempt in range(40):
        late = await enter(server, meeting, meeting.host)
        await late.close()
        snapshot = late.welcome["snapshot"]
        polls = {each["id"]: each for each in snapshot["polls"]}
        questions = {each["id"]: each for each in snapshot["questions"]}
        shown = {
            "hands": {each["id"] for each in snapshot["hands"]},
            "votes": sorted(each["votes"] for each in polls[poll]["results"]),
            "upvotes": questions[question]["votes"],
        }
        if shown == {"hands": said.hands, "votes": [PEOPLE // 2] * 2, "upvotes": PEOPLE}:
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"{said.hands} {shown}")


def check_votes(room: str, said: Said, poll: str, question: str) -> None:
    texts = [row.payload["text"] for row in RoomEvent.objects.filter(room=room, ev="chat.message")]
    assert sorted(texts) == sorted([*said.messages, "it is over"])
    assert Participant.objects.filter(room=room, hand_raised_at__isnull=False).count() == len(said.hands)
    assert set(PollVoter.objects.filter(poll=poll).values_list("person", flat=True)) == said.voters
    assert Poll.objects.get(pk=poll).voters == len(said.voters)
    assert sum(PollOption.objects.filter(poll=poll).values_list("votes", flat=True)) == len(said.voters)
    assert QuestionVote.objects.filter(question=question).count() == len(said.upvoters)


# ---- PostgreSQL ----------------------------------------------------------------------------------------------


@dataclass
class Cluster:
    """A PostgreSQL of the test's own."""

    url: str
    again: "subprocess.Popen[bytes] | None" = None

    def stop(self) -> Callable[[], None]:
        """A fast shutdown: connections are cut, transactions rolled back. Returns what starts it again."""
        with psycopg.connect(self.url) as connection:
            stat = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
        pid = int(stat.rpartition(")")[2].split()[1])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().strip("\0").split("\0")
        folder, owner = Path(f"/proc/{pid}/cwd").resolve(), Path(f"/proc/{pid}").owner()
        os.kill(pid, signal.SIGINT)
        os.waitpid(pid, 0)

        def start() -> None:
            user = owner if os.geteuid() == 0 else None
            for _attempt in range(300):
                # It ends again while another process has an outgoing connection from its port.
                if self.again is None or self.again.poll() is not None:
                    with (folder / "log").open("ab") as log:
                        self.again = subprocess.Popen(
                            command,
                            cwd=folder,
                            user=user,
                            group=user,
                            stdout=log,
                            stderr=log,
                            start_new_session=True,
                        )
                with contextlib.suppress(psycopg.OperationalError):
                    psycopg.connect(self.url).close()
                    return
                time.sleep(0.1)
            raise AssertionError((folder / "log").read_text()[-2000:])

        return start

    def close(self) -> None:
        if self.again is not None:
            self.again.send_signal(signal.SIGINT)
            self.again.wait(30)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    with services.postgres() as started:
        monkeypatch.setenv("DATABASE_URL", started["DATABASE_URL"])
        found = Cluster(started["DATABASE_URL"])
        yield found
        found.close()


def test_a_restart_of_postgresql_while_people_take_part_loses_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    with product.running(tmp_path) as stack:
        host = make_host(stack, "host@example.org")
        meeting, room = live_meeting_of(host)
        leader = Guest(stack, host, room)
        people = [guest(stack, host, meeting, room, f"p{number}") for number in range(4)]
        for each in (leader, *people):
            each.enter()
        poll = leader.do("poll.create", kind="single", title="Which?", options=["a", "b"])["poll"]
        assert leader.do("poll.open", poll=poll)["ok"]
        said = Said()
        for number, each in enumerate(people):
            write_until_kept(each, f"before {number}", said, attempts=1)
            assert each.do("hand.raise")["ok"]
        start = cluster.stop()
        refused = people[0].do("chat.send", text="meanwhile", client_id="key-meanwhile")
        assert refused["error"] == "unavailable"
        assert people[0].do("poll.vote", poll=poll, choices=[1])["error"] == "unavailable"
        start()
        write_until_kept(people[0], "meanwhile", said)
        for number, each in enumerate(people):
            write_until_kept(each, f"after {number}", said)
            code = vote_until_counted(each, poll)
            assert code in {"", "already_voted"}
        for each in (leader, *people):
            for text in said.messages:
                each.wait_for("chat.message", text=text)
            assert each.numbers() == list(range(each.numbers()[0], each.numbers()[0] + len(each.numbers())))
        last = leader.numbers()[-1]
        stored = stack.sql(
            "SELECT payload->>'text', seq FROM rooms_roomevent WHERE room_id = %s AND ev = 'chat.message'",
            room,
        )
        assert sorted(stored) == sorted(said.messages.items())
        assert stack.sql("SELECT last_seq FROM rooms_room WHERE id = %s", room)[0][0] >= last
        assert stack.sql("SELECT voters FROM engagement_poll WHERE id = %s", poll) == [(4,)]
        assert stack.sql("SELECT count(*) FROM engagement_pollvoter WHERE poll_id = %s", poll) == [(4,)]
        hands = "SELECT count(*) FROM rooms_participant WHERE room_id = %s AND hand_raised_at IS NOT NULL"
        assert stack.sql(hands, room) == [(4,)]
        for each in (leader, *people):
            each.leave()


def write_until_kept(guest: Guest, text: str, said: Said, attempts: int = 60) -> None:
    """As the page does: the same message again, until it is confirmed."""
    key = f"key-{text.replace(' ', '-')}"
    for _attempt in range(attempts):
        reply = guest.do("chat.send", text=text, client_id=key)
        if reply.get("ok"):
            keep(said, text, reply)
            return
        time.sleep(0.5)
    raise AssertionError(reply)


def vote_until_counted(guest: Guest, poll: str) -> str:
    for _attempt in range(60):
        reply = guest.do("poll.vote", poll=poll, choices=[1])
        if reply.get("error") != "unavailable":
            return str(reply.get("error", ""))
        time.sleep(0.5)
    raise AssertionError(reply)
