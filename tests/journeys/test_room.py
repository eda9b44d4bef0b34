"""Room: ticket, hello, join then snapshot, numbers without gaps, and no event lost when a process dies."""

import contextlib
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.journeys.conftest import Host
from tests.stack import TIMEOUT, Stack


class Guest:
    """One browser's socket, speaking the protocol."""

    def __init__(self, stack: Stack, host: Host, room: str, registration: str | None = None) -> None:
        self.stack, self.host, self.room, self.registration = stack, host, room, registration
        self.events: list[dict[str, Any]] = []
        self.number = 0
        self.socket: ClientConnection | None = None

    def enter(self, since: int | None = None) -> dict[str, Any]:
        self.events = []
        asked = {} if self.registration is None else {"registration": self.registration}
        ticket = self.host.api("POST", f"/rooms/{self.room}/tickets", asked)
        self.socket = connect(
            f"{self.stack.url.replace('http', 'ws')}{ticket['url']}",
            origin=self.stack.url,
            legacy=True,
            max_queue=None,  # with a full queue it answers no ping, and the server takes it for dead
        )
        self.socket.send(json.dumps({"do": "hello", "ticket": ticket["ticket"], "since": since}))
        return self.wait_for("welcome")

    def do(self, command: str, **fields: Any) -> dict[str, Any]:
        self.number += 1
        assert self.socket is not None
        self.socket.send(json.dumps({"id": self.number, "do": command, **fields}))
        return self._read(lambda frame: frame.get("re") == self.number)

    def wait_for(self, name: str, **fields: Any) -> dict[str, Any]:
        def fits(event: dict[str, Any]) -> bool:
            return event.get("ev") == name and all(event.get(key) == value for key, value in fields.items())

        return next((event for event in self.events if fits(event)), None) or self._read(fits)

    def _read(self, fits: Any) -> dict[str, Any]:
        assert self.socket is not None
        while True:
            frame = json.loads(self.socket.recv(timeout=TIMEOUT))
            found = None
            for part in frame if isinstance(frame, list) else [frame]:
                self.events.append(part)
                if found is None and fits(part):
                    found = part
            if found is not None:
                return found

    def numbers(self) -> list[int]:
        return [event["seq"] for event in self.events if "seq" in event and event["ev"] != "welcome"]

    def leave(self) -> None:
        if self.socket is not None:
            self.socket.close()


def live_meeting(host: Host, **fields: Any) -> tuple[str, str]:
    meeting = host.schedule(kind="project_meeting", **fields)
    host.api("POST", f"/meetings/{meeting['id']}/start")
    return meeting["id"], meeting["room_id"]


def guest(stack: Stack, host: Host, meeting: str, room: str, name: str) -> Guest:
    registration = host.register(meeting, f"{name}-{meeting}@example.org", name=name)
    return Guest(stack, host, room, registration["id"])


def test_everybody_hears_the_same_numbers_also_the_one_who_spoke(stack: Stack, host: Host) -> None:
    meeting, room = live_meeting(host)
    people = [
        guest(stack, host, meeting, room, f"g{number}") for number in range(6)
    ]  # over both web processes
    for each in people:
        each.enter()
    for number, each in enumerate(people):
        assert each.do("chat.send", text=f"said {number}")["ok"]
    for each in people:
        each.wait_for("chat.message", text="said 5")
    heard = [
        [(event["seq"], event["text"]) for event in each.events if event.get("ev") == "chat.message"]
        for each in people
    ]
    assert all(one == sorted(one) for one in heard)
    assert all(one[-5:] == heard[0][-5:] for one in heard)
    seqs = people[0].numbers()
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    for each in people:
        each.leave()


def test_who_was_away_asks_since_and_misses_nothing(stack: Stack, host: Host) -> None:
    meeting, room = live_meeting(host)
    stays, goes = guest(stack, host, meeting, room, "stays"), guest(stack, host, meeting, room, "goes")
    stays.enter()
    last = goes.enter()["seq"]
    goes.leave()
    for number in range(5):
        stays.do("chat.send", text=f"while away {number}")
    missed = goes.enter(since=last)["missed"]
    assert [event["text"] for event in missed if event["ev"] == "chat.message"] == [
        f"while away {n}" for n in range(5)
    ]
    stays.leave()
    goes.leave()


def test_nobody_bypasses_the_waiting_room(stack: Stack, host: Host) -> None:
    meeting, room = live_meeting(host, lobby=True)
    leader, waits = Guest(stack, host, room), guest(stack, host, meeting, room, "waits")
    leader.enter()
    leader.do("chat.send", text="before")
    welcome = waits.enter()
    assert (welcome["you"]["admission"], welcome["snapshot"], welcome["missed"]) == ("waiting", None, None)
    assert waits.do("chat.send", text="let me in")["error"] == "not_allowed"
    leader.do("chat.send", text="not for the lobby")
    leader.do("lobby.admit", person=welcome["you"]["id"])
    inside = waits.wait_for("admitted")
    assert [message["text"] for message in inside["snapshot"]["messages"]] == ["before", "not for the lobby"]
    assert not [event for event in waits.events if event.get("ev") == "chat.message"]
    leader.leave()
    waits.leave()


def test_who_was_removed_stays_out(stack: Stack, host: Host) -> None:
    meeting, room = live_meeting(host)
    leader, loud = Guest(stack, host, room), guest(stack, host, meeting, room, "loud")
    leader.enter()
    you = loud.enter()["you"]["id"]
    assert leader.do("stage.remove", person=you, from_room=True)["ok"]
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            loud._read(lambda _frame: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
    with pytest.raises(AssertionError, match="403"):
        loud.enter()
    leader.leave()


def test_a_killed_web_process_loses_nothing_and_leaves_no_ghost(stack: Stack, host: Host) -> None:
    meeting, room = live_meeting(host)
    people = [guest(stack, host, meeting, room, f"k{number}") for number in range(6)]
    for each in people:
        each.enter()
    people[0].do("chat.send", text="before the end")
    workers = stack.children("web")
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    os.kill(workers[1], signal.SIGKILL)
    assert stack.get("/healthz")[0] == 200, "who asks meanwhile waits for the next process"
    welcome = people[0].enter()
    assert [message["text"] for message in welcome["snapshot"]["messages"]][-1] == "before the end"
    assert people[0].do("chat.send", text="after the end")["ok"]
    stack.wait_until(
        lambda: (
            stack.sql("SELECT count(*) FROM rooms_presence WHERE room_id = %s AND left_at IS NULL", room)
            == [(1,)]
        ),
        seconds=60,
        what="the presences of the dead process to be closed",
    )
    people[0].leave()


def test_only_web_processes_take_connections(stack: Stack) -> None:
    """A worker that finishes its tasks after the end of `serve` must not keep the port from the next `serve`."""
    listening = f":{int(stack.environment['PORT']):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = {row[9] for row in rows if row[1].endswith(listening) and row[3] == "0A"}
    assert holders(stack.children("web"), inode) == 2
    assert stack.children("worker")
    assert stack.children("media")
    assert stack.children("scheduler")
    assert (
        holders([*stack.children("worker"), *stack.children("media"), *stack.children("scheduler")], inode)
        == 0
    )


def holders(processes: list[int], inode: str) -> int:
    """How many of the processes have this socket open."""
    found = 0
    for pid in processes:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found += str(descriptor.readlink()) == f"socket:[{inode}]"
    return found


def test_attendance_counts_each_person_once(stack: Stack, host: Host) -> None:
    meeting, room = live_meeting(host)
    twice = guest(stack, host, meeting, room, "twice")
    second_tab = Guest(stack, host, room, twice.registration)
    twice.enter()
    second_tab.enter()
    twice.leave()
    second_tab.do("ping")
    second_tab.leave()
    host.api("POST", f"/meetings/{meeting}/end")
    shown = host.api("GET", f"/meetings/{meeting}/attendance")
    assert [(one["name"], len(one["intervals"])) for one in shown["items"]] == [("twice", 1)]
    assert 0 < shown["items"][0]["share"] <= 1
