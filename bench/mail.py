"""2,000 reminders due in the same second: the product's worker, and Django's send_mail, to the same SMTP server.

The product claims, checks, renders (six languages, three zones, each with its own links), sends over four connections
and marks each row in the database. The peers send one finished text and HTML to 2,000 addresses and store nothing:
once with a new connection for each email, as `send_mail` does, and once over a persistent one. *Quick* is a server
that acknowledges at once; *real* needs 20 ms for each email, over REAL_CONNECTIONS connections for the product. One
worker; all in each round, one after the other; the result is the median of the rounds' ratios. Then MANY due at once,
against MAILS; the same for two worker processes that look for it every two seconds; claiming, against the ORM's claim;
a look for due rows while WAITING wait; a move of a meeting with REGISTERED people, against bulk_create of the same
rows; KILLS workers killed with -9 while they send; and the calendar event of one more guest, against icalendar's.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.utils.timezone import now
from icalendar import Calendar, Component, Event, vCalAddress, vText, vUri

from bench.seed import webinar  # sets Django up, and so comes before its models
from companies import zones
from companies.models import Person
from meetings import calendar, changing
from meetings.models import Meeting, Registration
from notifications import dispatching, outbox_rows, rendering
from notifications.mailer import CONNECTIONS, Server, SmtpMailer
from notifications.models import Notification
from tools.services import free_port

ROOT = Path(__file__).resolve().parent.parent
MAILS = int(os.environ.get("BENCH_MAILS", "2000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))  # for each peer
MANY = int(os.environ.get("BENCH_MANY_MAILS", "100000"))
REAL_CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "32"))
WAITING = int(os.environ.get("BENCH_WAITING", "1000000"))
REGISTERED = int(os.environ.get("BENCH_REGISTERED", "10000"))
EVENTS = 5000
WORKERS = 2
KILLS, KILLED_MAILS = 10, int(os.environ.get("BENCH_KILLED_MAILS", "20000"))
WORKERS_START_IN = timedelta(seconds=8)
WAIT_AT_MOST = 300  # seconds
SERVERS = {"quick": 0, "real": 20}  # milliseconds for each email
VARIANTS = ("product", "send_mail", "send_mail_kept")
LANGUAGES = ("en", "sv", "pl", "de", "da", "lt")
ZONES = ("Europe/Stockholm", "Europe/Vilnius", "Europe/Copenhagen")


@dataclass(frozen=True)
class Result:
    per_second: float
    cpu_ms: float  # of the sender, for each email


@contextlib.contextmanager
def sink(milliseconds: int, taken: Path | None = None) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "bench.peers.smtp_sink", str(port), str(milliseconds)]
    command += [str(taken)] if taken else []
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        process.stdout.readline()  # it listens
        yield port
    finally:
        process.terminate()
        process.wait()


def measured(send: Callable[[], int]) -> Result:
    began, cpu = time.perf_counter(), time.process_time()
    count = send()
    return Result(count / (time.perf_counter() - began), 1000 * (time.process_time() - cpu) / count)


# ---- the product -----------------------------------------------------------------------------------------


def plan_reminders(count: int) -> None:
    """One webinar in an hour, with a registration and a reminder for each recipient."""
    meeting = webinar()
    Meeting.objects.filter(pk=meeting.pk).update(
        state=Meeting.State.SCHEDULED,
        starts_at=meeting.starts_at + timedelta(hours=1),
        ends_at=meeting.starts_at + timedelta(hours=2),
    )
    people = Person.objects.bulk_create(
        Person(email=f"{meeting.pk}-{number}@bench.example", name=f"Person {number}", password="!")
        for number in range(count)
    )
    registrations = Registration.objects.bulk_create(
        Registration(
            meeting=meeting,
            person=person,
            state=Registration.State.CONFIRMED,
            name=person.name,
            language=LANGUAGES[number % len(LANGUAGES)],
            timezone=ZONES[number % 7 % len(ZONES)],
            registered_at=meeting.created_at - timedelta(days=number % 30),
            confirmed_at=meeting.created_at,
        )
        for number, person in enumerate(people)
    )
    Notification.objects.all().delete()
    Notification.objects.bulk_create(
        Notification(
            kind=Notification.Kind.REMINDER,
            minutes_before=60,
            person=registration.person,
            registration=registration,
            meeting=meeting,
            dedupe_key=f"reminder:60:rev0:{meeting.pk}",
            due_at=meeting.created_at,
            created_at=meeting.created_at,
        )
        for registration in registrations
    )


def remind(port: int, count: int, connections: int = CONNECTIONS) -> int:
    """Makes `count` of the reminders due again, and sends them."""
    moment = now()
    Notification.objects.update(state="waiting", due_at=moment + timedelta(days=1), begun_at=None)
    due = Notification.objects.order_by("pk").values("pk")[:count]
    Notification.objects.filter(pk__in=list(due.values_list("pk", flat=True))).update(due_at=moment)
    mailer = SmtpMailer(Server.of(f"smtp://127.0.0.1:{port}?connections={connections}"))
    stats = dispatching.send_all_due(clock=now, mailer=mailer, worker="bench")
    mailer.close()
    assert stats.sent == count, stats
    return count


def make_due(due_at: datetime) -> None:
    Notification.objects.update(state="waiting", due_at=due_at, begun_at=None, sent_at=None, claimed_by="")


def worker_process(port: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "send_due"], cwd=ROOT, env=environment, stdout=sys.stderr
    )


def by_two_workers(port: int) -> dict[str, float]:
    """Seconds until the first, and until all, have left."""
    due_at = now() + WORKERS_START_IN
    make_due(due_at)
    workers = [worker_process(port) for _ in range(WORKERS)]
    try:
        ends = time.monotonic() + WORKERS_START_IN.total_seconds() + WAIT_AT_MOST
        while Notification.objects.filter(state__in=["waiting", "sending"]).exists():
            assert time.monotonic() < ends, "they took too long"
            time.sleep(1)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    states = dict(Notification.objects.order_by().values_list("state").annotate(Count("pk")))
    assert states == {"sent": MANY}, states
    found = Notification.objects.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return {
        f"first_of_{MANY}_s": round((found["first"] - due_at).total_seconds(), 1),
        f"all_of_{MANY}_s": round((found["last"] - due_at).total_seconds(), 1),
    }


def killed() -> dict[str, int]:
    """KILLS times kill -9 while KILLED_MAILS leave, half of them of a kind that may come twice; then all the rest."""
    plan_reminders(KILLED_MAILS)
    half = list(Notification.objects.order_by("pk").values_list("pk", flat=True)[: KILLED_MAILS // 2])
    Notification.objects.filter(pk__in=half).update(kind="confirmation", minutes_before=None)
    make_due(now())
    with tempfile.TemporaryDirectory() as folder, sink(0, Path(folder, "taken")) as port:
        for number in range(KILLS):
            worker = worker_process(port)
            before = Path(folder, "taken").stat().st_size
            while Path(folder, "taken").stat().st_size == before:
                time.sleep(0.01)
            time.sleep(random.Random(number).uniform(0, 0.5))
            worker.kill()
            worker.wait()
        time.sleep(dispatching.STALE.total_seconds() + 1)
        worker = worker_process(port)
        while Notification.objects.filter(state__in=["waiting", "sending"]).exists():
            time.sleep(1)
        worker.terminate()
        worker.wait()
        taken = Counter(int(line) for line in Path(folder, "taken").read_bytes().split())
    states = dict(Notification.objects.values_list("pk", "state"))
    doubtful = {key for key, state in states.items() if state == "doubtful"}
    return {
        "killed_lost": sum(not taken[key] for key in states if key not in doubtful),
        "killed_reminders_twice": sum(taken[key] > 1 for key in states if key not in half),
        "killed_others_twice": sum(taken[key] > 1 for key in half),
        "killed_in_doubt": len(doubtful),
        "killed_most_uncertain": KILLS * CONNECTIONS * dispatching.SHARE,
    }


# ---- claiming and planning -------------------------------------------------------------------------------


def claim_ratio() -> float:
    """How many times longer the ORM takes to claim and read the same rows, a batch at a time."""
    return median(_all_claimed(_claim_by_orm) / _all_claimed(_claim) for _ in range(ROUNDS))


def _all_claimed(claim: Callable[[datetime], int]) -> float:
    moment = now()
    make_due(moment)
    count, began = 1, time.perf_counter()
    while count:
        count = claim(moment)
    return time.perf_counter() - began


def _claim(moment: datetime) -> int:
    reminder = Notification.Urgency.REMINDER
    claimed = dispatching.claim_due(
        now=moment, claim="bench", limit=dispatching.LARGEST_BATCH, urgency=reminder
    )
    return len(claimed)


@transaction.atomic
def _claim_by_orm(moment: datetime) -> int:
    due = Notification.objects.due(moment).filter(urgency=Notification.Urgency.REMINDER)
    about = ("person", "registration", "meeting__host", "meeting__host_company", "meeting__room")
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related(*about)
    rows = list(locked.order_by("due_at", "pk")[: dispatching.LARGEST_BATCH])
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(
        state="sending", claimed_at=moment, claimed_by="bench", begun_at=None
    )
    return len(rows)


def look_for_due() -> float:
    """Milliseconds of a look for due rows while many wait; median."""
    make_due(now() + timedelta(days=2))
    row, missing = Notification.objects.order_by("pk")[0], WAITING - Notification.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_notification (kind, person_id, meeting_id, registration_id, minutes_before,"
            " dedupe_key, revision, details, due_at, state, attempts, claimed_by, failure, drop_reason, created_at)"
            " SELECT kind, person_id, meeting_id, registration_id, minutes_before, 'waits:' || number,"
            " revision, details, due_at + number * interval '1 second', state, 0, '', '', '', created_at"
            " FROM notifications_notification, generate_series(1, %s) AS number WHERE id = %s",
            [missing, row.pk],
        )
        cursor.execute("ANALYZE notifications_notification")
    times = [_look() for _ in range(200)]
    Notification.objects.filter(dedupe_key__startswith="waits:").delete()
    return round(1000 * median(times), 2)


def _look() -> float:
    began, moment = time.perf_counter(), now()
    for urgency in Notification.Urgency:
        assert not dispatching.claim_due(now=moment, claim="bench", limit=100, urgency=urgency)
    return time.perf_counter() - began


def moving() -> dict[str, float]:
    """A move of a meeting, and how many times longer bulk_create takes for the rows that tell of the new time."""
    plan_reminders(REGISTERED)
    meeting = Meeting.objects.order_by("-created_at")[0]
    moment = now()
    zone = zones.zone(meeting.timezone)
    starts_at = datetime.combine((moment + timedelta(days=3)).date(), clock_time(9), zone)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        local_day=starts_at.date(),
        local_time=starts_at.time(),
        reminders=[1440, 60, 10],
    )
    meeting.refresh_from_db()
    Notification.objects.all().delete()
    addressees = outbox_rows.all_addressees(meeting)
    with transaction.atomic():
        outbox_rows.plan_reminders(meeting, addressees, moment)
    _tidy()
    began = time.perf_counter()
    changing.move_meeting(
        meeting=meeting,
        local_day=starts_at.date(),
        local_time=clock_time(12),
        timezone=meeting.timezone,
        duration_minutes=60,
        now=moment,
    )
    took = time.perf_counter() - began
    new = list(Notification.objects.filter(revision=1))
    cancelled = _seconds(lambda: changing.cancel_meeting(meeting=meeting, reason="", now=now()))
    Notification.objects.all().delete()
    _tidy()
    for row in new:
        row.pk = None
    by_bulk_create = _seconds(lambda: _bulk_create(new))
    print(
        f"a move of {REGISTERED} people writes {len(new)} rows: {took:.2f} s, bulk_create {by_bulk_create:.2f} s;"
        f" then cancelling it: {cancelled:.2f} s"
    )
    return {
        f"move_of_{REGISTERED}_s": round(took, 2),
        f"cancel_of_{REGISTERED}_s": round(cancelled, 2),
        f"move_of_{REGISTERED}_vs_bulk_create": round(by_bulk_create / took, 2),
    }


def _tidy() -> None:
    """As autovacuum has long done where rows were not made a moment ago."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notifications_notification")


@transaction.atomic
def _bulk_create(rows: list[Notification]) -> None:
    Notification.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


# ---- the peers -------------------------------------------------------------------------------------------


def send_mails(port: int, *, kept: bool) -> int:
    """Sends the text and HTML of one reminder again and again for SECONDS."""
    mail = rendering.mail_of(Notification.objects.order_by("pk")[0], now=now())
    connection = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port)
    if kept:
        connection.open()
    count, ends = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < ends:
        to = [f"guest{count}@bench.example"]
        send_mail(mail.subject, mail.text, mail.sender[1], to, html_message=mail.html, connection=connection)
        count += 1
    connection.close()
    return count


# ---- one run ---------------------------------------------------------------------------------------------


def one_round(ports: dict[str, int]) -> dict[tuple[str, str], Result]:
    found = {}
    for server, port in ports.items():
        connections = CONNECTIONS if server == "quick" else REAL_CONNECTIONS
        found[server, "product"] = measured(lambda: remind(port, MAILS, connections))  # noqa: B023 - called at once
        found[server, "send_mail"] = measured(lambda: send_mails(port, kept=False))  # noqa: B023
        found[server, "send_mail_kept"] = measured(lambda: send_mails(port, kept=True))  # noqa: B023
    return found


def main() -> None:
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    plan_reminders(MAILS)
    with contextlib.ExitStack() as running:
        ports = {name: running.enter_context(sink(pause)) for name, pause in SERVERS.items()}
        remind(ports["quick"], min(MAILS, 200))  # warm: templates, catalogues of six languages
        rounds = []
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            rounds.append(one_round(ports))
        plan_reminders(MANY)
        many = measured(lambda: remind(ports["quick"], MANY))
        others = by_two_workers(ports["quick"])
    others["claim_vs_orm"] = round(claim_ratio(), 2)
    others[f"look_among_{WAITING}_ms"] = look_for_due()
    others |= moving()
    others |= killed()
    show(rounds, many, calendar_ratio(), others)


def calendar_ratio() -> float:
    """How many times longer icalendar takes for one more guest's event than the product."""
    meeting = Meeting.objects.order_by("pk")[0]
    event = calendar.MailedEvent(calendar.Method.REQUEST, meeting, language="en")
    organizer, guest = (
        calendar.Address("post@bench.example", "Bench"),
        calendar.Guest("guest@bench.example", "Guest"),
    )
    link, stamp = f"{settings.SITE_URL}/j/abc.def/", meeting.created_at
    ours = seconds(
        lambda: event.for_guest(link=link, organizer=organizer, guest=guest, stamp=stamp, sequence=1), EVENTS
    )
    built = Calendar.from_ical(
        event.for_guest(link=link, organizer=organizer, guest=guest, stamp=stamp, sequence=1)
    ).walk("VEVENT")[0]
    return seconds(lambda: by_icalendar(built, link), EVENTS // 20) / ours


def by_icalendar(model: Component, link: str) -> bytes:
    """The same properties, added one by one."""
    event, whole = Event(), Calendar()
    for name in ("dtstamp", "dtstart", "dtend", "last-modified"):
        event.add(name, model.decoded(name))
    for name in ("uid", "sequence", "summary", "location", "description", "status", "transp"):
        event.add(name, str(model[name]) if name != "sequence" else int(model[name]))
    event.add("url", vUri(link))
    for name, address in (("organizer", "post@bench.example"), ("attendee", "guest@bench.example")):
        mailbox = vCalAddress(f"mailto:{address}")
        mailbox.params.update({"CN": vText("Guest"), "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED"})
        event.add(name, mailbox, encode=False)
    for name, value in (("prodid", "-//Bench//EN"), ("version", "2.0"), ("method", "REQUEST")):
        whole.add(name, value)
    whole.add_component(event)
    return bytes(whole.to_ical())


def seconds(build: Callable[[], object], times: int) -> float:
    """Of CPU, for each."""
    began = time.process_time()
    for _ in range(times):
        build()
    return (time.process_time() - began) / times


def show(
    rounds: list[dict[tuple[str, str], Result]],
    many: Result,
    calendar_times: float,
    others: dict[str, float],
) -> None:
    print(f"{MAILS} reminders due at once, one worker")
    print(f"{'server':<8}{'sender':<18}{'mails/s':>10}{'CPU ms each':>14}{f'{MAILS} take s':>16}")
    for server in SERVERS:
        for variant in VARIANTS:
            each = [found[server, variant] for found in rounds]
            rate = median(result.per_second for result in each)
            cpu = median(result.cpu_ms for result in each)
            print(f"{server:<8}{variant:<18}{rate:>10,.0f}{cpu:>14.2f}{MAILS / rate:>16.1f}")
    takes = MANY / many.per_second
    print(f"{'quick':<8}{f'product, {MANY}':<18}{many.per_second:>10,.0f}{many.cpu_ms:>14.2f}{takes:>16.1f}")
    few = median(found["quick", "product"].per_second for found in rounds)
    flat = {f"flat_{MANY}_vs_{MAILS}": round(many.per_second / few, 3)}
    found = {**ratios(rounds), **flat, **others, "calendar_vs_icalendar": round(calendar_times, 1)}
    print(json.dumps({"bench": "mail", "ratios": found}))


def ratios(rounds: list[dict[tuple[str, str], Result]]) -> dict[str, float]:
    """Above 1 the product is better."""
    return {
        f"{server}_{MAILS}_vs_{peer}": round(
            median(found[server, "product"].per_second / found[server, peer].per_second for found in rounds),
            3,
        )
        for server in SERVERS
        for peer in VARIANTS[1:]
    }
