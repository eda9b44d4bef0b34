"""Random commands of all features by several people in two processes, with breaks: everybody knows the same in the end.

What each client knows, from its snapshot and every event after it, is compared with the snapshot that the other process
gives to the same person, and what was acknowledged with the database. `LIVE_MACHINE_ROOMS` and `LIVE_MACHINE_STEPS` (in
each of them) say how long it goes on; `-s` or the report's properties say how many steps ran.
"""

import asyncio
import contextlib
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from random import Random
from typing import Any, TypeVar

from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from websockets import ConnectionClosed

import tests.rooms.conftest  # noqa: F401 - puts an SQLite database into a file
from companies.models import Person
from engagement.models import (
    AgendaItem,
    MessageReaction,
    PollVoter,
    Question,
    QuestionVote,
    ReactionTotal,
    Resource,
)
from meetings.models import Meeting, Registration
from rooms.messages import ERRORS
from rooms.models import Room, RoomEvent
from tests import factories
from tests.live_machine import chosen, known
from tests.rooms.people import RoomClient, open_socket, ticket_for
from tests.rooms.server import Server

ROOMS = int(os.environ.get("LIVE_MACHINE_ROOMS", "3"))
STEPS = int(os.environ.get("LIVE_MACHINE_STEPS", "30"))
SETTLES = 20.0  # seconds: a tally, or a text that lost an edit, comes within five
GUESTS = 3
SEEDS = st.integers(0, 2**32 - 1)
ran: Counter[str] = Counter()

T = TypeVar("T")
Work = Callable[[Coroutine[Any, Any, T]], T]


@contextlib.contextmanager
def event_loop() -> Iterator[Work[Any]]:
    """The clients' loop, in a thread: the machine's rules are ordinary functions."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Visitor:
    """A person, their present connection, and what it has told them."""

    def __init__(self, meeting: Meeting, person: Person, seat: Registration | None) -> None:
        self.meeting, self.person, self.seat = meeting, person, seat
        self.client: RoomClient | None = None
        self.known: known.Known | None = None
        self.read = 0  # events of the client
        self.seq = 0
        self.may: set[str] = set()
        self.is_out = False  # denied, removed, or not let in

    def ticket(self) -> str:
        return ticket_for(self.meeting.room, self.person, self.seat)

    def take(self, pool: chosen.Pool) -> None:
        """Applies what arrived since the last time, and checks that no number is missing or comes twice."""
        if self.client is None:
            return
        while self.read < len(self.client.events):
            event = self.client.events[self.read]
            self.read += 1
            self._take(event)
            chosen.learn(pool, event)

    def _take(self, event: known.Event) -> None:
        if "you" in event:
            self.may = set(event["you"]["may"])
        if event["ev"] in {"welcome", "admitted"}:
            self._enter(event)
        elif self.known is not None:
            if "seq" in event and event["ev"] != "resync":
                assert event["seq"] == self.seq + 1, (event, self.seq)
                self.seq = event["seq"]
            known.apply(self.known, event)

    def _enter(self, event: known.Event) -> None:
        if event["snapshot"] is None:
            self.known = None
        elif self.known is not None and event.get("missed") is not None:
            for missed in event["missed"]:
                assert missed["seq"] == self.seq + 1, (missed, self.seq)
                self.seq = missed["seq"]
                known.apply(self.known, missed)
            known.keep_ephemeral(self.known, event)
        else:
            self.known = known.from_snapshot(event)
        self.seq = event["seq"]


async def come(server: Server, room: str, ticket: str, since: int | None) -> RoomClient | None:
    """None for somebody who is not let in."""
    client = await open_socket(server, room)
    await client.socket.send(json.dumps({"do": "hello", "ticket": ticket, "since": since}))
    await client.until(lambda: client.all("welcome") or client._reader.done())
    return client if client.all("welcome") else None


class LiveMachine(RuleBasedStateMachine):
    servers: tuple[Server, Server]
    work: Work[Any]

    @initialize(is_webinar=st.booleans())
    def open_room(self, is_webinar: bool) -> None:
        now = timezone.now()
        kind = Meeting.Kind.WEBINAR if is_webinar else Meeting.Kind.PROJECT_MEETING
        self.meeting = factories.meeting(kind=kind, state=Meeting.State.LIVE, starts_at=now, started_at=now)
        seats = [factories.registration(meeting=self.meeting) for _ in range(GUESTS)]
        people = [(self.meeting.host, None), *((seat.person, seat) for seat in seats)]
        self.visitors = [Visitor(self.meeting, person, seat) for person, seat in people]
        self.pool = chosen.new_pool()
        self.acknowledged: dict[str, list[Any]] = {
            name: [] for name in ("message", "line", "question", "poll_vote", "item", "resource", "removed")
        }
        self.upvotes: dict[tuple[str, str], bool] = {}
        for number, visitor in enumerate(self.visitors):
            self._connect(visitor, number % 2, None)
        self.pool["person"] = [visitor.client.id for visitor in self.visitors if visitor.client] + ["p999999"]
        self.pool["to"] = ["everybody", "everybody", "hosts", *self.pool["person"]]

    def _connect(self, visitor: Visitor, process: int, since: int | None) -> None:
        room = self.meeting.room_id
        visitor.client, visitor.read = (
            self.work(come(self.servers[process], room, visitor.ticket(), since)),
            0,
        )
        visitor.is_out = visitor.client is None
        if since is None:
            visitor.known = None
        visitor.take(self.pool)

    # ---- rules -------------------------------------------------------------------------------------------

    @rule(
        whose=st.lists(st.sampled_from([0, 0, *range(GUESTS + 1)]), min_size=1, max_size=6),
        seed=SEEDS,
    )
    def send(self, whose: list[int], seed: int) -> None:
        """One after the other; the host (0) most."""
        random = self._random(seed)
        for who in whose:
            self._send(who, random)

    @rule(seed=SEEDS)
    def send_at_once(self, seed: int) -> None:
        """All of them, without waiting for each other."""
        random = self._random(seed)
        here = [visitor for visitor in self.visitors if self._is_here(visitor)]
        commands = [chosen.command(random, self.pool, visitor.may) for visitor in here]
        self._ask(list(zip(here, commands, strict=True)))

    @rule(seed=SEEDS, who=st.integers(0, GUESTS))
    def type_letters(self, seed: int, who: int) -> None:
        random = self._random(seed)
        visitor, text_id = self.visitors[who], f"typed-{who}-{random.randrange(3)}"
        texts = [{"text": random.choice(chosen.TEXTS)}, {"edits": [{"at": 0, "insert": "y"}]}]
        for fields in texts:
            version = ran["typed"] = ran["typed"] + 1
            if self._is_here(visitor):
                self._ask([(visitor, ("rtt.type", {"text_id": text_id, "version": version, **fields}))])

    @rule(
        who=st.integers(0, GUESTS),
        process=st.integers(0, 1),
        with_since=st.booleans(),
        meanwhile=st.integers(0, 4),
        seed=SEEDS,
    )
    def reconnect(self, who: int, process: int, with_since: bool, meanwhile: int, seed: int) -> None:
        """In either process, after something has happened."""
        random = self._random(seed)
        visitor = self.visitors[who]
        if visitor.client is not None:
            self.work(visitor.client.close())
            visitor.take(self.pool)
        visitor.client = None
        for _ in range(meanwhile):
            self._send(random.randrange(GUESTS + 1), random)
        since = visitor.seq if with_since and visitor.known is not None else None
        self._connect(visitor, process, since)
        ran["breaks"] += 1

    def _random(self, seed: int) -> Random:
        """Seeds are mostly small: those of different steps must not choose the same."""
        return Random(f"{seed} {ran['steps']}")

    def _is_here(self, visitor: Visitor) -> bool:
        return visitor.client is not None and not visitor.client._reader.done()

    def _send(self, who: int, random: Random) -> None:
        visitor = self.visitors[who]
        if self._is_here(visitor):
            self._ask([(visitor, chosen.command(random, self.pool, visitor.may))])

    def _ask(self, commands: list[tuple[Visitor, tuple[str, dict[str, Any]]]]) -> None:
        answers = self.work(_ask_all([(visitor.client, *command) for visitor, command in commands]))
        for (visitor, (do, fields)), answer in zip(commands, answers, strict=True):
            ran["steps"] += 1
            if answer is None:  # this command, or one of another person, has closed the socket
                continue
            assert answer.get("ok") or answer["error"] in ERRORS.keys() - {
                "unavailable",
                "unknown_command",
                "bad_frame",
            }, (do, fields, answer)
            ran[answer.get("error", "acknowledged")] += 1
            if answer.get("ok"):
                ran[do] += 1
                self._keep(visitor, do, fields, answer)
        for visitor in self.visitors:
            visitor.take(self.pool)

    def _keep(self, visitor: Visitor, do: str, fields: dict[str, Any], answer: dict[str, Any]) -> None:
        name = {
            "chat.send": "message",
            "chat.approve": "message",
            "rtt.commit": "line",
            "question.ask": "question",
            "agenda.add": "item",
            "resource.share": "resource",
        }.get(do)
        if name is not None:
            self.acknowledged[name].append(answer[name])
        elif do in {"agenda.remove", "resource.remove"}:
            self.acknowledged["removed"].append(fields["item" if do == "agenda.remove" else "resource"])
        elif do == "poll.vote":
            self.acknowledged["poll_vote"].append((visitor.person.pk, fields["poll"]))
        elif do == "question.vote":
            self.upvotes[(visitor.client.id, fields["question"])] = fields["up"]  # type: ignore[union-attr]

    # ---- the end -----------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._compare_with_snapshots()
            self._compare_with_database()
            ran["rooms"] += 1
        finally:
            for visitor in self.visitors:
                if visitor.client is not None:
                    self.work(visitor.client.close())

    def _compare_with_snapshots(self) -> None:
        """Until all agree: tallies, presence and repaired texts come some time later."""
        differing: dict[str, Any] = {}
        for _attempt in range(int(SETTLES / 0.5)):
            differing = self._differing()
            if not differing:
                return
            self.work(asyncio.sleep(0.5))
        raise AssertionError(f"not what the room shows: {differing}")

    def _differing(self) -> dict[str, Any]:
        """Between what each client knows and what each process shows to the same person."""
        here = [visitor for visitor in self.visitors if self._is_here(visitor) and visitor.known is not None]
        present = {visitor.client.id for visitor in here if visitor.client}
        asked = [(visitor, process, visitor.ticket()) for visitor in here for process in (0, 1)]
        welcomes = self.work(self._welcomes([(process, ticket) for _visitor, process, ticket in asked]))
        found: dict[str, Any] = {}
        for (visitor, process, _ticket), welcome in zip(asked, welcomes, strict=True):
            visitor.take(self.pool)
            if welcome is None or welcome["snapshot"] is None or visitor.known is None:  # removed meanwhile
                continue
            mine = known.shown(visitor.known, present) | {"seq": visitor.seq}
            there = known.shown(known.from_snapshot(welcome), present) | {"seq": welcome["seq"]}
            for name in mine:
                if mine[name] != there[name]:
                    found[f"{visitor.person}, process {process}: {name}"] = (mine[name], there[name])
        return found

    async def _welcomes(self, asked: list[tuple[int, str]]) -> list[known.Event | None]:
        room = self.meeting.room_id
        fresh = await asyncio.gather(
            *(come(self.servers[process], room, ticket, None) for process, ticket in asked)
        )
        await asyncio.gather(*(client.close() for client in fresh if client is not None))
        return [client.welcome if client is not None else None for client in fresh]

    def _compare_with_database(self) -> None:
        room = self.meeting.room_id
        rows = list(RoomEvent.objects.filter(room=room).order_by("seq"))
        assert [row.seq for row in rows] == list(range(1, Room.objects.get(pk=room).last_seq + 1))
        for ev, name in (("chat.message", "message"), ("rtt.committed", "line")):
            assert sorted(row.seq for row in rows if row.ev == ev) == sorted(set(self.acknowledged[name])), (
                name
            )
        asked = [row.payload["id"] for row in rows if row.ev == "question.asked"]
        stored = set(Question.objects.filter(room=room).values_list("pk", flat=True))
        assert stored <= set(self.acknowledged["question"])
        deleted = {row.payload["id"] for row in rows if row.ev == "question.deleted"}
        assert set(self.acknowledged["question"]) - deleted == stored, asked
        for model, name in ((AgendaItem, "item"), (Resource, "resource")):
            kept = set(self.acknowledged[name]) - set(self.acknowledged["removed"])
            assert set(model.objects.filter(room=room).values_list("pk", flat=True)) == kept, name
        votes = set(PollVoter.objects.filter(poll__room=room).values_list("person", "poll"))
        assert votes == set(self.acknowledged["poll_vote"])
        assert len(votes) == len(self.acknowledged["poll_vote"])
        for total in ReactionTotal.objects.filter(message__room=room):
            reactions = MessageReaction.objects.filter(message=total.message_id).values_list(
                "reaction", flat=True
            )
            assert total.counts == Counter(reactions)
        for question in Question.objects.filter(room=room):
            assert question.votes == QuestionVote.objects.filter(question=question).count()


async def _ask_all(commands: list[tuple[RoomClient, str, dict[str, Any]]]) -> list[dict[str, Any] | None]:
    return list(await asyncio.gather(*(_ask(*each) for each in commands)))


async def _ask(client: RoomClient, do: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    """The reply; None when the socket closes instead."""
    try:
        number = await client.sends(do, **fields)
    except ConnectionClosed:
        return None
    await client.until(lambda: number in client.answers or client._reader.done())
    assert not client.undeclared
    return client.answers.get(number)


def test_everybody_knows_the_same_whatever_happens(
    transactional_db: None,
    two_servers: tuple[Server, Server],
    record_property: Callable[[str, object], None],
) -> None:
    ran.clear()
    with event_loop() as work:
        LiveMachine.servers, LiveMachine.work = two_servers, staticmethod(work)
        run_state_machine_as_test(
            LiveMachine,
            settings=settings(
                max_examples=ROOMS,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize="LIVE_MACHINE_ROOMS" not in os.environ,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    for name, count in sorted(ran.items()):
        record_property(name, count)
    print("the live machine ran:", dict(sorted(ran.items())))
    assert ran["rooms"] >= 1
    assert ran["acknowledged"] > 0
