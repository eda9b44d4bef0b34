"""2,000 people in one room vote within ten seconds: how long until the tally has each vote, and whether one is lost.

The server has one core for itself, the crowd, PostgreSQL and Redis the other, as in `live`. Everybody sees the results
while people vote, so each tally goes to everybody. A vote is in the tally of its own number: votes are counted in the
order in which they are sent, but for those of the same twentieth of a second.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import psycopg
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.live import ROOT, leave_first_core_to_the_server, served

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "2000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
OPTIONS = ["Harbour water", "Waste heat", "Geothermal"]
WATCHED = 20  # voters, besides the host, whose tallies are timed


@dataclass
class Heard:
    """Tallies as one person gets them: the number of voters, and when."""

    tallies: list[tuple[int, float]] = field(default_factory=list)

    def delay(self, number: int, sent_at: float) -> float | None:
        """Seconds until the tally with so many votes; None when none has come."""
        return next((at - sent_at for voters, at in self.tallies if voters >= number), None)


class Voter(WSListener):
    def __init__(self) -> None:
        super().__init__()
        self.welcomed = asyncio.get_running_loop().create_future()
        self.replies: dict[int, dict[str, Any]] = {}
        self.replied_at: dict[int, float] = {}
        self.closed: dict[str, Any] | None = None
        self.heard: Heard | None = None
        self.changed = asyncio.Event()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        payload, now = frame.get_payload_as_bytes(), time.monotonic()
        if b'"re":' in payload or b'"welcome"' in payload or self.heard is not None:
            content = json.loads(payload)
            for each in content if isinstance(content, list) else [content]:
                self.read(each, now)

    def read(self, message: dict[str, Any], now: float) -> None:
        if "re" in message:
            self.replies[message["re"]], self.replied_at[message["re"]] = message, now
            self.changed.set()
        elif message["ev"] == "welcome":
            self.welcomed.set_result(None)
        elif message["ev"] == "poll.tally" and self.heard is not None:
            self.heard.tallies.append((message["voters"], now))
            self.changed.set()
        elif message["ev"] == "poll.closed":
            self.closed = message
            self.changed.set()

    def send(self, number: int, **command: Any) -> None:
        self.transport.send(WSMsgType.TEXT, json.dumps({"id": number, **command}).encode())

    async def until(self, found: Any, seconds: float = 60) -> Any:
        async with asyncio.timeout(seconds):
            while not (answer := found()):
                self.changed.clear()
                await self.changed.wait()
        return answer

    async def ask(self, number: int, **command: Any) -> dict[str, Any]:
        self.send(number, **command)
        answer: dict[str, Any] = await self.until(lambda: self.replies.get(number))
        if not answer.get("ok"):
            raise RuntimeError(str(answer))
        return answer


async def enter(url: str, ticket: str) -> Voter:
    _transport, voter = await ws_connect(Voter, url, extra_headers={"Origin": url.replace("ws", "http", 1)})
    voter.send(0, do="hello", ticket=ticket)
    await asyncio.wait_for(voter.welcomed, 60)
    return voter


async def enter_all(url: str, tickets: list[str]) -> list[Voter]:
    voters: list[Voter] = []
    for start in range(0, len(tickets), 50):
        voters += await asyncio.gather(*(enter(url, ticket) for ticket in tickets[start : start + 50]))
    return voters


@dataclass(frozen=True)
class Measured:
    replies_ms: list[float]
    tallies_ms: list[float]
    tallies: int
    transactions: int
    lost: int


async def measure(url: str, host_ticket: str, tickets: list[str]) -> Measured:
    host = await enter(url, host_ticket)
    voters = await enter_all(url, tickets)
    await asyncio.sleep(2)
    watched = [host, *voters[:: max(1, len(voters) // WATCHED)]]
    for each in watched:
        each.heard = Heard()
    created = await host.ask(1, do="poll.create", kind="single", title="Which source?", options=OPTIONS)
    poll = created["poll"]
    await host.ask(2, do="poll.open", poll=poll)
    before, sent = transactions(), await vote_all(voters, poll)
    assert host.heard is not None
    heard = host.heard
    await host.until(lambda: heard.tallies and heard.tallies[-1][0] == len(voters))
    await asyncio.sleep(1)
    spent = transactions() - before
    await host.ask(3, do="poll.close", poll=poll)
    closed = await host.until(lambda: host.closed)
    counted = sum(each["votes"] for each in closed["results"])
    acknowledged = sum(bool(voter.replies.get(1, {}).get("ok")) for voter in voters)
    delays = [
        each.heard.delay(number, at)
        for each in watched
        if each.heard is not None
        for number, at in enumerate(sent, start=1)
    ]
    for voter in voters:
        voter.transport.disconnect()
    return Measured(
        replies_ms=[1000 * (voter.replied_at[1] - at) for voter, at in zip(voters, sent, strict=True)],
        tallies_ms=[1000 * each for each in delays if each is not None],
        tallies=len(heard.tallies),
        transactions=spent,
        lost=max(acknowledged, len(voters)) - counted + sum(each is None for each in delays),
    )


async def vote_all(voters: list[Voter], poll: str) -> list[float]:
    """Evenly over the time; returns when each was sent."""
    sent, began = [], time.monotonic()
    for place, voter in enumerate(voters):
        await asyncio.sleep(max(0.0, began + place * SECONDS / len(voters) - time.monotonic()))
        sent.append(time.monotonic())
        voter.send(1, do="poll.vote", poll=poll, choices=[1 + place % len(OPTIONS)])
    for voter in voters:
        await voter.until(lambda voter=voter: voter.replies.get(1))
    return sent


def transactions() -> int:
    """Of this database so far; its statistics are at most a second old."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        row = connection.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def main() -> None:
    if not os.environ.get("REDIS_URL"):
        raise SystemExit("This needs PostgreSQL and Redis: run it with `make bench NAME=votes`.")
    os.environ.setdefault("PORT", "8000")
    leave_first_core_to_the_server()
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    with served("product") as (port, _pid):
        seed = [sys.executable, "-m", "bench.seed", str(PEOPLE)]
        made = json.loads(subprocess.run(seed, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        url = f"ws://127.0.0.1:{port}/ws/rooms/{made['room']}/"
        show(uvloop.run(measure(url, made["host"], made["tickets"])))


def show(found: Measured) -> None:
    replies, tallies = quantiles(found.replies_ms, n=100), quantiles(found.tallies_ms, n=100)
    per_tally = found.transactions / found.tallies
    print(f"{PEOPLE} votes within {SECONDS:.0f} s, lost: {found.lost}")
    print(f"reply after p50 {replies[49]:.0f} ms, p99 {replies[98]:.0f} ms")
    print(f"in everybody's tally after p50 {tallies[49]:.0f} ms, p99 {tallies[98]:.0f} ms")
    print(
        f"{found.tallies} tallies; {per_tally:.1f} transactions for each, with those of presence and access"
    )
    ratios = {
        "votes_lost": found.lost,
        "reply_p99_ms": round(replies[98]),
        "tally_p50_ms": round(tallies[49]),
        "tally_p99_ms": round(tallies[98]),
        "transactions_per_tally": round(per_tally, 2),
    }
    print(json.dumps({"bench": "votes", "ratios": ratios}))


if __name__ == "__main__":
    main()
