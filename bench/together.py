"""Fifty people without a browser and six pages in one webinar use its features at once: does everybody know the same?

`serve` with two web processes, PostgreSQL, Redis, Chromium and the people share the machine. Everybody writes, replies,
reacts, asks, votes and raises a hand; the host answers, pins, edits, deletes, gives the floor and runs timer, agenda
and links; two people on stage type. Slides, groups and interpretation take no part. In the end four things are
compared: what each was told since they came, what both processes show to somebody who comes now, what the pages show,
and what the database keeps. The result is how many differ. A letter's delay is the time from the moment before it is
sent to the moment a reader has it: the people as it arrives, two of the pages as it is in the page.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("SECRET_KEY", "so that seed and service sign alike")
from bench.seed import guest_tickets, host_ticket, webinar  # sets Django up, and so comes first  # isort: skip
from asgiref.sync import sync_to_async
from playwright.sync_api import Browser, Page, sync_playwright
from websockets.asyncio.client import connect
from websockets.typing import Origin

from bench.media import ARGUMENTS
from bench.storm import ROOT, product
from engagement.models import AgendaItem, PollVoter, Question, QuestionVote, Resource
from meetings import links
from meetings.models import Meeting, Registration
from rooms.models import Participant, RoomEvent
from tests.live_machine import known
from tests.rooms.people import RoomClient
from tools import services

PEOPLE, PAGES, TYPISTS = 50, 6, 2
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
LETTERS, A_SECOND = 60, 8.0
SETTLES = 3.0  # seconds: tallies and presence are told in ticks
OPTIONS = ["Sea", "Waste"]
DELETED = "This message was deleted."  # what a page shows in its place
KEEP_WHAT_IS_TYPED = """() => {
  window.typed = [];
  const look = () => {
    for (const each of document.querySelectorAll(":is([data-typing], [data-line]) .message__text"))
      window.typed.push([each.textContent.trim(), (performance.timeOrigin + performance.now()) / 1000]);
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""

Seen = list[tuple[str, float]]  # a text, and when it was there


@dataclass
class Letters:
    """When each was typed, and the delays with which it was read."""

    typed_at: dict[str, float] = field(default_factory=dict)  # by the text that ends with it
    by_people: list[float] = field(default_factory=list)
    by_pages: list[float] = field(default_factory=list)
    unread: int = 0

    def typed(self, text: str) -> None:
        self.typed_at[text] = time.time()

    def read(self, seen: Seen, delays: list[float]) -> None:
        """A longer text shows every letter of it."""
        for text, typed_at in self.typed_at.items():
            at = next((at for found, at in seen if found.startswith(text)), None)
            if at is None:
                self.unread += 1
            else:
                delays.append(at - typed_at)


class Somebody(RoomClient):
    """Knows of the room what it was told."""

    def __init__(self, socket: Any) -> None:
        self.knows: known.Known = {}
        self.seq = self.gaps = 0
        self.seen: Seen = []
        super().__init__(socket)

    def _keep(self, message: known.Event) -> None:
        super()._keep(message)
        if message.get("ev") == "welcome":
            self.knows, self.seq = known.from_snapshot(message), message["seq"]
        elif "ev" in message:
            if "seq" in message and message["ev"] != "resync":
                self.gaps += message["seq"] != self.seq + 1
                self.seq = message["seq"]
            known.apply(self.knows, message)
            if message["ev"] == "rtt.typing":
                self.seen += [(text, time.time()) for _version, text in self.knows["typed"].values()]
            elif message["ev"] == "rtt.committed":
                self.seen.append((message["text"], time.time()))


async def come(url: str, room: str, ticket: str) -> Somebody:
    address = f"{url.replace('http', 'ws', 1)}/ws/rooms/{room}/"
    somebody = Somebody(await connect(address, origin=Origin(url), max_size=None, compression=None))
    await somebody.socket.send(json.dumps({"do": "hello", "ticket": ticket, "since": None}))
    await somebody.receives("welcome")
    return somebody


class Crowd:
    """The host and fifty guests, two of whom are on stage and type."""

    host: Somebody
    people: list[Somebody]
    poll = question = ""

    def __init__(self, url: str, meeting: Meeting) -> None:
        self.url, self.meeting, self.letters = url, meeting, Letters()

    async def enter(self) -> None:
        host = await sync_to_async(host_ticket)(self.meeting)
        tickets = await sync_to_async(guest_tickets)(self.meeting, PEOPLE)
        entering = (come(self.url, self.meeting.room_id, ticket) for ticket in [host, *tickets])
        self.host, *self.people = await asyncio.gather(*entering)
        await asyncio.sleep(SETTLES)
        for typist in self.people[:TYPISTS]:
            await self.host.does("stage.invite", person=typist.id)
            await typist.receives("stage.joined")
        line = {"text_id": "first-line", "text": "Good morning"}  # pages have the tab from the first line on
        await self.people[0].does("rtt.type", version=1, **line)
        await self.people[0].does("rtt.commit", **line)
        created = await self.host.does("poll.create", kind="single", title="Which source?", options=OPTIONS)
        self.poll = created["poll"]
        await self.host.does("poll.open", poll=self.poll)
        asked = await self.people[-1].does("question.ask", text="How warm is it?")
        self.question = asked["question"]

    async def use_everything(self) -> None:
        typing = (self._type(typist, letter) for typist, letter in zip(self.people, "AB", strict=False))
        attending = (self._attend(number) for number in range(TYPISTS, PEOPLE))
        await asyncio.gather(*typing, *attending, self._host())

    async def _type(self, typist: Somebody, letter: str) -> None:
        text_id, text = f"typed-by-{letter}", ""
        for version in range(1, LETTERS + 1):
            text += letter if version == 1 else "x"
            self.letters.typed(text)
            await typist.does("rtt.type", text_id=text_id, version=version, text=text)
            await asyncio.sleep(1 / A_SECOND)
        await typist.does("rtt.commit", text_id=text_id, text=text)

    async def _attend(self, number: int) -> None:
        person = self.people[number]
        await asyncio.sleep(2 * number / PEOPLE)
        await person.does("poll.vote", poll=self.poll, choices=[1 + number % len(OPTIONS)])
        if person is not self.people[-1]:  # who asked
            await person.does("question.vote", question=self.question, up=True)
        for turn in range(ROUNDS):
            said = (await person.does("chat.send", text=f"Hello {turn} from {number}"))["message"]
            await person.does("chat.react", message=said, reaction="heart")
            await person.does("chat.send", text=f"And {turn} from {number}", reply_to=said)
            await person.does("reaction.send", reaction="applause")
            if number % 5 == turn:
                await person.does("hand.raise")
                await person.does("question.ask", text=f"What about {number}?")
                await person.does("chat.edit", message=said, text=f"Hello again from {number}")
            elif number % 5 == 4:
                await person.does("chat.delete", message=said)
            await asyncio.sleep(2)

    async def _host(self) -> None:
        host = self.host
        await host.does("timer.start", seconds=600, label="Questions")
        for turn in range(ROUNDS):
            said = (await host.does("chat.send", text=f"Welcome {turn}"))["message"]
            await host.does("chat.pin", message=said)
            item = {"title": {"en": f"Part {turn}"}, "minutes": 10, "speaker": ""}
            await host.does("agenda.add", content=item)
            await host.does("agenda.next")
            await host.does("resource.share", title=f"Link {turn}", url=f"https://example.org/{turn}")
            await asyncio.sleep(3)  # a room allows everybody two writes a second
            raised = sorted(host.knows["hands"])
            if raised:
                await host.does("hand.give_floor", person=raised[0])
                await host.does("stage.spotlight", person=raised[0])

    async def finish(self) -> None:
        await self.host.does("question.pin", question=self.question, on=True)
        await self.host.does("question.answer", question=self.question, text="Nine degrees.")
        await self.host.does("chat.send", text="That was all")
        for somebody in [self.host, *self.people]:
            await somebody.receives("chat.message", text="That was all")
        await asyncio.sleep(SETTLES)

    async def differences(self, kept: dict[str, Any]) -> list[str]:
        """Of what each knows to what both processes show, and of that to the database."""
        found = [f"{each.id} missed {each.gaps} events" for each in self.people if each.gaps]
        present = {each.id for each in [self.host, *self.people]}
        for _attempt in range(4):  # with two processes, that is both but for one in eight times
            ticket = (await sync_to_async(guest_tickets)(self.meeting, 1))[0]
            late = await come(self.url, self.meeting.room_id, ticket)
            there = known.shown(late.knows, present) | {"seq": late.seq}
            await late.close()
            found += different("a snapshot", of_database(there | {"messages": {}}), kept | {"messages": {}})
            for each in self.people:
                mine = known.shown(each.knows, present) | {"seq": each.seq}
                # A snapshot has the newest messages alone: all of them are compared with the database.
                found += different(each.id, of_database(mine), kept)
                found += different(each.id, without_messages(mine), without_messages(there))
        return found

    async def leave(self) -> None:
        await asyncio.gather(*(somebody.close() for somebody in [self.host, *self.people]))


def without_messages(shown: known.Known) -> known.Known:
    return {name: value for name, value in shown.items() if name not in {"messages", "reactions"}}


def of_database(shown: known.Known) -> dict[str, Any]:
    """What somebody knows, in the form of `kept`."""
    polls = [sum(option["votes"] for option in poll["results"]) for poll in shown["polls"].values()]
    return {
        "seq": shown["seq"],
        "messages": shown["messages"],
        "lines": shown["lines"],
        "questions": {key: (each["text"], each["votes"]) for key, each in shown["questions"].items()},
        "poll votes": sum(polls),
        "hands": len(shown["hands"]),
        "agenda": len(shown["agenda"]),
        "resources": set(shown["resources"]),
    }


def kept_of(room: str) -> dict[str, Any]:
    events = RoomEvent.objects.filter(room=room).order_by("seq")
    numbers = list(events.values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)), "the journal has a gap"
    said = [row for row in events.filter(ev="chat.message") if not row.payload.get("deleted")]
    votes = Counter(QuestionVote.objects.filter(question__room=room).values_list("question", flat=True))
    questions = Question.objects.filter(room=room)
    raised = Participant.objects.filter(room=room, hand_raised_at__isnull=False)
    return {
        "seq": len(numbers),
        "messages": {row.seq: row.payload["text"] for row in said},
        "lines": {row.seq: row.payload["text"] for row in events.filter(ev="rtt.committed")},
        "questions": {each.pk: (each.text, votes[each.pk]) for each in questions},
        "poll votes": PollVoter.objects.filter(poll__room=room).count(),
        "hands": raised.count(),
        "agenda": AgendaItem.objects.filter(room=room).count(),
        "resources": set(Resource.objects.filter(room=room).values_list("pk", flat=True)),
    }


def different(who: str, one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [f"{who}: {name}" for name in one if one[name] != other[name]]


# ---- pages -------------------------------------------------------------------------------------------------


def personal_paths(meeting: Meeting) -> list[str]:
    """Of guests who come with a browser."""
    guest_tickets(meeting, PEOPLE + PAGES)
    seats = Registration.objects.filter(meeting=meeting).order_by("-person__email")
    chosen = [seat for seat in seats if int(seat.name.split()[-1]) >= 1000 + PEOPLE]
    return [urlsplit(links.personal_link(seat)).path for seat in chosen]


def open_page(browser: Browser, url: str, room: str, path: str) -> Page:
    page = browser.new_context(base_url=url, locale="en-GB").new_page()
    page.set_default_timeout(30_000)
    page.goto(path)
    page.goto(f"/rooms/{room}/")
    page.locator("form#enter button.button--primary").click()
    page.locator("#say").wait_for()
    return page


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(re.escape(name))).click()


def use_page(page: Page, number: int, question: str) -> None:
    open_tab(page, "Chat")
    page.locator("#say").fill(f"Hello from page {number}")
    page.locator("#say").press("Enter")
    open_tab(page, "Polls")
    page.get_by_role("radio", name=OPTIONS[number % len(OPTIONS)]).check()
    page.get_by_role("button", name="Vote", exact=True).click()
    page.locator("[data-voted]").wait_for()
    open_tab(page, "Q&A")
    page.locator(f"[data-question='{question}'] button.question__votes").click()


def differences_of(page: Page, number: int, kept: dict[str, Any], question: str) -> list[str]:
    """Of what the page shows to the database."""
    open_tab(page, "Chat")
    texts = page.locator("[data-message] .message__text").all_text_contents()
    said: dict[str, Any] = {"messages": [text.strip() for text in texts if text.strip() != DELETED]}
    open_tab(page, "Q&A")
    said["questions"] = page.locator("[data-question]").count()
    upvotes = page.locator(f"[data-question='{question}'] .question__votes span").first.inner_text()
    said["upvotes"] = int(re.findall(r"\d+", upvotes)[0])
    open_tab(page, "Live text")
    lines = page.locator("[data-line] .message__text").all_text_contents()
    said["lines"] = [line.strip() for line in lines]
    newest = list(kept["messages"].values())[-len(said["messages"]) :]
    there: dict[str, Any] = {
        "messages": newest,
        "questions": len(kept["questions"]),
        "upvotes": kept["questions"][question][1],
        "lines": list(kept["lines"].values()),
    }
    return different(f"page {number}", said, there) if texts else [f"page {number}: no messages"]


# ---- all of it ---------------------------------------------------------------------------------------------


@contextmanager
def event_loop() -> Iterator[Any]:
    """The people's, in a thread: Playwright has the main one, in which Django then refuses to be called."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop)
    finally:
        asyncio.run_coroutine_threadsafe(end_tasks(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def end_tasks() -> None:
    """Those that are left after a failure."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def measure(browser: Browser, url: str, meeting: Meeting, paths: list[str], spawn: Any) -> dict[str, float]:
    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return spawn(work).result(90)

    crowd = Crowd(url, meeting)
    run(crowd.enter())
    pages = [open_page(browser, url, meeting.room_id, path) for path in paths]
    watching = pages[:2]
    for page in watching:
        open_tab(page, "Live text")
        page.evaluate(KEEP_WHAT_IS_TYPED)
    using = spawn(crowd.use_everything())
    for number, page in enumerate(pages[2:], start=2):
        use_page(page, number, crowd.question)
    using.result(90)
    for number, page in enumerate(watching):
        crowd.letters.read(page.evaluate("window.typed"), crowd.letters.by_pages)
        use_page(page, number, crowd.question)
    run(crowd.finish())
    kept = run(sync_to_async(kept_of)(meeting.room_id))
    found = run(crowd.differences(kept))
    for number, page in enumerate(pages):
        found += differences_of(page, number, kept, crowd.question)
    for person in crowd.people[TYPISTS:]:
        crowd.letters.read(person.seen, crowd.letters.by_people)
    run(crowd.leave())
    print(
        f"{kept['seq']} events, {len(kept['messages'])} messages, {kept['poll votes']} votes; "
        f"differences: {len(found)}"
    )
    for each, count in Counter(found).most_common(20):
        print(f"  {each} ({count})")
    letters = crowd.letters
    result = {"differences": float(len(found)), "letters_unread": float(letters.unread)}
    for readers, delays in {"people": letters.by_people, "pages": letters.by_pages}.items():
        cuts = quantiles(delays, n=100)
        print(f"{len(delays)} letters read by {readers}: p50 {cuts[49]:.3f} s, p95 {cuts[94]:.3f} s")
        result[f"live_text_p95_s_{readers}"] = cuts[94]
    return result


def main() -> None:
    if not os.environ.get("REDIS_URL"):
        raise SystemExit("This needs PostgreSQL and Redis: run it with `make bench NAME=together`.")
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    services.install_missing(["chromium"])
    meeting = webinar()
    paths = personal_paths(meeting)
    with (
        services.chromium() as chromium,
        product() as service,
        event_loop() as spawn,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium["CHROMIUM"], args=ARGUMENTS)
        found = measure(browser, service.url, meeting, paths, spawn)
        browser.close()
        print(f"errors in the service's log: {service.errors_logged}")
    print(json.dumps({"bench": "together", "ratios": {name: round(each, 3) for name, each in found.items()}}))


if __name__ == "__main__":
    main()
