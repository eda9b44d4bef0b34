"""The cost of pages, beside a Django view that answers "ok" behind the same middleware, in the same process and run.

A site with so many companies, upcoming meetings, recordings and articles (`BENCH_ROWS`, by default 300) is visited
by somebody without an account whose browser has set its time zone; the room by a guest with a personal link.
Each round requests all pages in turn; the result is the median over all requests. Time is that of one request from
the first middleware to the response, with its queries to PostgreSQL; `CPU` is this process's alone.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

os.environ.setdefault("LOG_LEVEL", "WARNING")

from bench.seed import webinar  # sets Django up, and so comes before its models  # isort: skip
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils.timezone import now

from companies.models import Company, Need, Offer, Person
from meetings import access
from meetings.models import Meeting, Registration
from news.models import Article
from recordings.models import Recording
from rooms.models import Room

ROOT = Path(__file__).resolve().parent.parent
SIZES = [int(number) for number in os.environ.get("BENCH_ROWS", "1,3,300").split(",")]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "30"))
TITLE = {"en": "Heat from harbour water", "sv": "Värme ur hamnens vatten"}


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare)]


@dataclass
class Timed:
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    queries: int = 0

    @property
    def milliseconds(self) -> float:
        return 1000 * median(self.seconds)

    @property
    def cpu_milliseconds(self) -> float:
        return 1000 * sum(self.cpu) / len(self.cpu)


# ---- the site --------------------------------------------------------------------------------------------


def fill(count: int, host: Person) -> None:
    """So many companies, upcoming meetings, recordings and articles, including those that exist already."""
    have = Meeting.objects.filter(state=Meeting.State.SCHEDULED).count()
    for number in range(have, count):
        company = a_company(number)
        a_meeting(number, host, company)
        a_recording(number, host, company)
        an_article(number)


def a_company(number: int) -> Company:
    moment = now()
    company = Company.objects.create(
        slug=f"firm-{number}",
        name=f"Firm {number}",
        country="SE",
        city="Kalmar",
        summary=TITLE,
        created_at=moment,
        updated_at=moment,
    )
    for kind in (Offer, Need):
        kind.objects.create(company=company, title=TITLE, created_at=moment)
    return company


def a_meeting(number: int, host: Person, company: Company) -> Meeting:
    starts_at = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=6 * number + 20)
    return saved(host, company, starts_at, state=Meeting.State.SCHEDULED, capacity=100)


def a_recording(number: int, host: Person, company: Company) -> None:
    starts_at = now() - timedelta(days=2, hours=6 * number)
    ended = {"state": Meeting.State.ENDED, "started_at": starts_at}
    meeting = saved(host, company, starts_at, **ended, ended_at=starts_at + timedelta(hours=1))
    Recording.objects.create(
        meeting=meeting,
        room=meeting.room,
        state=Recording.State.PUBLISHED,
        source=Recording.Source.UPLOAD,
        visibility=Recording.Visibility.PUBLIC,
        language="en",
        duration_seconds=3000,
        created_at=starts_at,
        state_changed_at=starts_at,
        published_at=starts_at,
    )


def an_article(number: int) -> None:
    moment = now() - timedelta(days=number)
    words = {"title": TITLE, "summary": TITLE, "body": TITLE}
    stamps = {"published_at": moment, "created_at": moment, "updated_at": moment}
    Article.objects.create(slug=f"article-{number}", **words, **stamps)


def saved(host: Person, company: Company, starts_at: datetime, **given: object) -> Meeting:
    meeting = Meeting(
        kind=Meeting.Kind.WEBINAR,
        title=TITLE,
        description={"en": "Two winters of **measurements** from three harbours.\n\n* one\n* two"},
        host=host,
        host_company=company,
        room=Room.objects.create(created_at=starts_at),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        local_day=starts_at.date(),
        local_time=starts_at.time(),
        languages=["en"],
        created_at=starts_at,
        published_at=starts_at,
        **given,
    )
    meeting.uid = Meeting.new_uid(meeting.pk)
    meeting.save()
    return meeting


def guest_of(meeting: Meeting) -> str:
    """The session of a browser that opened a personal link."""
    person, _made = Person.objects.get_or_create(email="guest@bench.example", defaults={"name": "Guest"})
    registration = Registration.objects.create(
        meeting=meeting, person=person, state="confirmed", name="Guest", registered_at=now()
    )
    session = SessionStore()
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    return str(session.session_key)


# ---- requests ---------------------------------------------------------------------------------------------


def asking() -> Callable[[str, str], HttpResponse]:
    handler, factory = BaseHandler(), RequestFactory(headers={"accept-language": "sv"})
    handler.load_middleware()

    def ask(address: str, session: str) -> HttpResponse:
        factory.cookies.clear()
        factory.cookies["timezone"] = "Europe/Vilnius"
        if session:
            factory.cookies["sessionid"] = session
        request = factory.get(address, HTTP_HOST="127.0.0.1")
        if address == "/bare/":
            request.urlconf = "bench.pages"
        return handler.get_response(request)

    return ask


def measured(addresses: dict[str, tuple[str, str]]) -> dict[str, Timed]:
    ask, found = asking(), {name: Timed() for name in addresses}
    for name, asked in addresses.items():  # warm the caches, and check the responses
        for _once in range(2):
            with CaptureQueriesContext(connection) as queries:
                response = ask(*asked)
        assert response.status_code == 200, (name, response.status_code)
        found[name].queries = len(queries)
    connection.force_debug_cursor = False
    for _round in range(ROUNDS):
        for name, asked in addresses.items():
            began, cpu = time.perf_counter(), time.process_time()
            ask(*asked)
            found[name].seconds.append(time.perf_counter() - began)
            found[name].cpu.append(time.process_time() - cpu)
    return found


def main() -> None:
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    live = webinar()
    guest = guest_of(live)
    results = {}
    for size in SIZES:
        fill(size, live.host)
        connection.cursor().execute("ANALYZE")
        upcoming = Meeting.objects.filter(state=Meeting.State.SCHEDULED).order_by("starts_at")[0]
        addresses = {
            "bare": ("/bare/", ""),
            "home": ("/", ""),
            "schedule": ("/schedule/", ""),
            "meeting": (f"/meetings/{upcoming.pk}/", ""),
            "room": (f"/rooms/{live.room_id}/", guest),
            "recordings": ("/recordings/", ""),
            "directory": ("/companies/", ""),
            "search": ("/companies/?q=v%C3%A4rmepump", ""),
        }
        results[size] = measured(addresses)
    show(results)


def show(results: dict[int, dict[str, Timed]]) -> None:
    print(f"{'':12}" + "".join(f"{size:>9} rows: ms    CPU  queries" for size in results))
    for name in results[SIZES[0]]:
        cells = (found[name] for found in results.values())
        print(
            f"{name:12}"
            + "".join(
                f"{one.milliseconds:17.2f} {one.cpu_milliseconds:6.2f} {one.queries:8}" for one in cells
            )
        )
    most = results[SIZES[-1]]
    ratios = {
        f"{name}_vs_bare": round(one.milliseconds / most["bare"].milliseconds, 2)
        for name, one in most.items()
        if name != "bare"
    }
    print(json.dumps({"bench": "pages", "ratios": ratios}))
