"""Notifications in browsers: encrypted for one browser, told once, checked again, and gone with a browser that is gone.

The push service is a server of the test's own, and the browser a key pair: it decrypts what arrives as a browser would.
"""

import base64
import hashlib
import json
import os
import resource
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from py_vapid import Vapid02

from companies import sessions
from companies.models import Person
from meetings import changing, registering, running
from meetings.models import Meeting
from notifications import messaging, push_keys, push_service, pushing, unsubscribing
from notifications.messaging import WrittenMessage
from notifications.models import HostMessage, Notification, Preference, PushMessage, PushSubscription
from notifications.push_service import PushService, Target, TryLater
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from webinar_service.celery import app as celery_app
from webinar_service.management.commands import serve
from webinar_service.management.commands.serve import children_for

pytestmark = pytest.mark.django_db
State = PushMessage.State
KEY = push_keys.new_key()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DUE = STARTS_AT - HOUR  # when the second reminder is


# ---- the peer ---------------------------------------------------------------------------------------------


@dataclass
class Arrived:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Peer:
    """A push service: keeps what it gets, and answers what the test has set, by path; by default 201."""

    address: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)

    def answer(self, path: str, *answers: tuple[int, dict[str, str]]) -> None:
        self.answers[path] = list(answers)


class Browser:
    """Has the private key of its subscription, which no push service and no attacker on the way has."""

    def __init__(self, peer: Peer, person: Person, name: str = "one") -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.path = f"/push/{name}"
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.target = Target(f"{peer.address}{self.path}", encoded(point), encoded(self.secret))
        self.peer = peer
        pushing.turn_on(person=person, target=self.target, browser="Firefox", now=NOW)

    def shown(self) -> list[dict[str, str]]:
        """What it could decrypt (RFC 8188 and 8291)."""
        own = [one.body for one in self.peer.arrived if one.path == self.path]
        return [
            json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret)) for body in own
        ]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            peer.arrived.append(Arrived(self.path, named, body))
            planned = peer.answers.get(self.path, [])
            status, headers = planned.pop(0) if planned else (201, {})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    peer.address = f"http://127.0.0.1:{server.server_port}"
    settings.PUSH_SERVICES = [peer.address]
    settings.VAPID_PRIVATE_KEY = KEY
    settings.CONTACT_EMAIL = "secretariat@example.org"
    yield peer
    server.shutdown()
    server.server_close()
    thread.join()


def push(now: datetime) -> int:
    with time_machine.travel(now, tick=False):
        return pushing.send_all_due(clock=lambda: now, service=PushService())


def registered(meeting: Meeting | None = None, **fields: Any) -> Person:
    """Somebody with a confirmed registration and its reminders."""
    person = make.person(email="ieva@example.org", **fields)
    applicant = registering.Applicant(
        email=person.email, name="Ieva", language="lt", timezone="Europe/Vilnius"
    )
    registering.register(meeting=meeting or make.meeting(), applicant=applicant, now=NOW)
    return person


def states() -> list[str]:
    return list(PushMessage.objects.order_by("pk").values_list("state", flat=True))


# ---- what arrives -----------------------------------------------------------------------------------------


def test_a_reminder_arrives_beside_its_email_once_and_only_its_browser_can_read_it(peer: Peer) -> None:
    meeting = make.meeting(title={"en": "Heat from the sea", "lt": "Šiluma iš jūros"})
    browser = Browser(peer, registered(meeting))
    assert push(DUE - MINUTE) == 0
    assert push(DUE) == 1
    assert push(DUE + MINUTE) == 0
    (shown,) = browser.shown()
    assert shown["title"] == "Šiluma iš jūros"
    assert "11:00" in shown["body"]  # in Vilnius
    assert shown["lang"] == "lt"
    assert "/j/" in shown["url"]
    (arrived,) = peer.arrived
    assert b"iluma" not in arrived.body
    assert arrived.headers["content-encoding"] == "aes128gcm"
    assert (arrived.headers["ttl"], arrived.headers["urgency"]) == ("900", "high")
    assert (
        Notification.objects.get(kind="reminder", minutes_before=60).state == "waiting"
    )  # its email is its own


def test_the_push_service_can_check_who_sends(peer: Peer) -> None:
    Browser(peer, registered())
    with time_machine.travel(DUE, tick=False):
        pushing.send_all_due(clock=lambda: DUE, service=PushService())
        scheme, _space, rest = peer.arrived[0].headers["authorization"].partition(" ")
        assert scheme == "vapid"
        assert Vapid02.verify(f"vapid {rest}")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
    claims = json.loads(base64.urlsafe_b64decode(given["t"].split(".")[1] + "=="))
    assert given["k"] == push_keys.public_key(KEY)
    assert claims["aud"] == peer.address
    assert claims["sub"] == "mailto:secretariat@example.org"


def test_everybody_hears_that_it_is_live_but_whoever_started_it(peer: Peer) -> None:
    meeting = make.meeting()
    browser = Browser(peer, registered(meeting))
    speaker = make.person()
    make.role(meeting, speaker)
    make.registration(meeting=meeting, person=(waitlisted := make.person()), state="waitlisted")
    others = [
        Browser(peer, one, f"other{number}") for number, one in enumerate([speaker, waitlisted, meeting.host])
    ]
    Browser(peer, make.person(), "stranger")
    running.start_meeting(meeting=meeting, now=STARTS_AT)
    assert push(STARTS_AT) == 2
    assert browser.shown()[0]["body"] == "Susitikimas jau vyksta."  # its reader's language
    assert [[shown["body"] for shown in one.shown()] for one in others] == [
        ["This meeting is live now."],
        [],
        [],
    ]


def test_the_operator_is_told_where_nobody_sends(peer: Peer, client: Client) -> None:
    meeting = make.meeting(reminders=[])
    Browser(peer, registered(meeting))
    running.start_meeting(meeting=meeting, now=STARTS_AT)
    with time_machine.travel(STARTS_AT + 4 * MINUTE, tick=False):
        assert client.get("/readyz").json()["push"] == "ok"
    with time_machine.travel(STARTS_AT + 6 * MINUTE, tick=False):
        says = client.get("/readyz").json()["push"]
    assert says == "the oldest due notification waits for 360 s: is send_pushes running?"
    push(STARTS_AT + 6 * MINUTE)
    with time_machine.travel(STARTS_AT + 6 * MINUTE, tick=False):
        assert client.get("/readyz").json()["push"] == "ok"


def test_that_it_is_live_is_told_only_as_long_as_it_is(peer: Peer) -> None:
    meeting = make.meeting(reminders=[])
    Browser(peer, registered(meeting))
    running.start_meeting(meeting=meeting, now=STARTS_AT)
    running.end_meeting(meeting=Meeting.objects.get(pk=meeting.pk), now=STARTS_AT + MINUTE)
    assert push(STARTS_AT + 2 * MINUTE) == 0
    assert PushMessage.objects.get(dedupe_key=f"live:{meeting.pk}").state == State.DROPPED


@pytest.mark.parametrize("is_urgent", [True, False])
def test_a_hosts_message_goes_to_browsers_when_it_is_urgent(peer: Peer, is_urgent: bool) -> None:
    meeting = make.meeting()
    browser = Browser(peer, registered(meeting))
    written = WrittenMessage(
        audience=HostMessage.Audience.EVERYONE,
        subject={"en": "Other room"},
        text={"en": "We are in room 5."},
        is_urgent=is_urgent,
    )
    messaging.send_message(meeting=meeting, written=written, by=meeting.host, now=NOW)
    assert push(NOW) == is_urgent
    assert [one["body"] for one in browser.shown()] == ["Other room"] * is_urgent


def test_each_of_ones_browsers_is_told(peer: Peer) -> None:
    person = registered()
    browsers = [Browser(peer, person, f"b{number}") for number in range(3)]
    assert push(DUE) == 3
    assert [len(one.shown()) for one in browsers] == [1, 1, 1]


# ---- what does not ----------------------------------------------------------------------------------------


def test_nothing_is_told_of_a_cancelled_moved_or_left_meeting(peer: Peer) -> None:
    for what in ("cancel", "move", "withdraw"):
        Person.objects.filter(email="ieva@example.org").update(email=f"{what}@example.org")
        meeting = make.meeting()
        person = registered(meeting)
        Browser(peer, person, what)
        pushing.plan_reminders(now=DUE)  # the tick was there before the change
        match what:
            case "cancel":
                changing.cancel_meeting(meeting=meeting, reason="", now=DUE)
            case "move":
                changing.move_meeting(
                    meeting=meeting,
                    local_day=date(2027, 1, 20),
                    local_time=time(10),
                    timezone="Europe/Stockholm",
                    duration_minutes=60,
                    now=DUE,
                )
            case "withdraw":
                registering.withdraw(registration=meeting.registrations.get(), now=DUE)
    assert PushMessage.objects.count() == 3
    assert push(DUE) == 0
    assert set(states()) == {State.DROPPED}
    assert not peer.arrived


def test_whoever_turned_email_reminders_off_still_gets_them_in_the_browser(
    peer: Peer, send: Any, mailer: Any
) -> None:
    person = registered()
    browser = Browser(peer, person)
    unsubscribing.turn_off(person=person, preference=Preference.REMINDERS, now=NOW)
    send(DUE)
    assert push(DUE) == 1
    assert len(browser.shown()) == 1
    assert not [mail for mail in mailer.mails if "List-Unsubscribe" in dict(mail.headers)]


def test_a_closed_account_hears_nothing(peer: Peer) -> None:
    person = registered()
    Browser(peer, person)
    pushing.plan_reminders(now=DUE)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert push(DUE) == 0
    assert states() == [State.DROPPED]


def test_what_is_late_is_of_no_use(peer: Peer) -> None:
    Browser(peer, registered())
    pushing.plan_reminders(now=DUE)
    assert push(DUE + 16 * MINUTE) == 0
    assert states() == [State.DROPPED]


def test_a_browser_that_comes_later_is_not_told_of_the_past(peer: Peer) -> None:
    person = registered()
    Browser(peer, person)
    assert push(DUE + 20 * MINUTE) == 0
    assert states() == []


def test_without_a_key_nothing_is_planned_and_the_page_says_so(
    peer: Peer, settings: Any, client: Client
) -> None:
    meeting = make.meeting()
    person = registered(meeting)
    Browser(peer, person)
    settings.VAPID_PRIVATE_KEY = ""
    running.start_meeting(meeting=meeting, now=STARTS_AT)
    assert push(STARTS_AT) == 0
    assert states() == []
    client.force_login(person)
    text = client.get("/profile/notifications/").text
    assert "aren’t set up on this service" in text
    assert "data-push=" not in text


# ---- what the push service answers ------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410, 401, 403])
def test_a_browser_that_is_gone_is_forgotten(peer: Peer, status: int) -> None:
    person = registered()
    gone, other = Browser(peer, person, "gone"), Browser(peer, person, "other")
    peer.answer(gone.path, (status, {}))
    assert push(DUE) == 1
    assert [one.endpoint for one in PushSubscription.objects.all()] == [other.target.endpoint]


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [(429, {"Retry-After": "120"}, 120), (429, {}, 20), (500, {}, 20), (503, {"Retry-After": "x"}, 20)],
)
def test_a_push_service_that_is_busy_gets_it_later(
    peer: Peer, status: int, headers: dict[str, str], wait: int
) -> None:
    browser = Browser(peer, registered())
    peer.answer(browser.path, (status, headers))
    assert push(DUE) == 0
    assert push(DUE + timedelta(seconds=wait - 1)) == 0
    assert len(peer.arrived) == 1
    assert push(DUE + timedelta(seconds=wait)) == 1
    assert len(peer.arrived) == 2
    assert states() == [State.SENT]


@pytest.mark.parametrize("status", [400, 413, 301, 307])
def test_what_is_refused_or_redirected_is_not_tried_again(peer: Peer, status: int) -> None:
    browser = Browser(peer, registered())
    elsewhere = {"Location": f"{peer.address}/elsewhere"}
    peer.answer(browser.path, (status, elsewhere))
    assert push(DUE) == 0
    assert push(DUE + 10 * MINUTE) == 0
    assert [one.path for one in peer.arrived] == [browser.path]
    assert states() == [State.FAILED]


def test_a_push_service_that_cannot_be_reached_gets_it_later(peer: Peer, settings: Any) -> None:
    person = registered()
    target = Target("http://127.0.0.1:1/push/one", make.push_subscription().p256dh, "tBHItJI5svbpez7KI4CCXg")
    settings.PUSH_SERVICES = ["http://127.0.0.1:1"]
    pushing.turn_on(person=person, target=target, browser="", now=NOW)
    assert push(DUE) == 0
    row = PushMessage.objects.get()
    assert (row.state, row.next_at) == (State.WAITING, DUE + timedelta(seconds=20))


def test_one_of_a_worker_that_died_is_not_sent_again(peer: Peer) -> None:
    Browser(peer, registered())
    pushing.plan_reminders(now=DUE)
    PushMessage.objects.update(state=State.SENDING, claimed_at=DUE)
    assert push(DUE + timedelta(seconds=61)) == 0
    assert states() == [State.DOUBTFUL]


def test_no_more_is_claimed_than_is_told_of_before_it_counts_as_lost(peer: Peer) -> None:
    meeting = make.meeting()
    for number in range(3 * pushing.THREADS):
        PushMessage.objects.create(
            subscription=make.push_subscription(),
            meeting=meeting,
            dedupe_key=str(number),
            due_at=NOW,
            next_at=NOW,
        )
    assert len(pushing._claim(NOW)) == pushing.THREADS
    assert timedelta(seconds=2 * sum(push_service.TIMEOUT)) < pushing.STALE


def test_who_stops_it_waits_for_no_more_than_has_begun(peer: Peer) -> None:
    browser = Browser(peer, registered())
    with time_machine.travel(DUE, tick=False):
        pushing.send_all_due(clock=lambda: DUE, service=PushService(), is_stopping=lambda: True)
    assert browser.shown() == []
    assert states() == [State.WAITING]


def test_a_push_service_that_does_not_answer_is_asked_only_once_a_minute(peer: Peer, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
    settings.PUSH_SERVICES = [f"http://127.0.0.1:{port}", peer.address]
    away = Target(f"http://127.0.0.1:{port}/push/one", given()["p256dh"], given()["auth"])
    service = PushService()
    for reason in ("ConnectionError", "did not answer others"):
        with pytest.raises(TryLater, match=reason):
            service.deliver(away, "{}", lasts=60, topic="one")
    other = Browser(peer, make.person())
    service.deliver(other.target, "{}", lasts=60, topic="one")
    assert len(peer.arrived) == 1


def test_a_push_service_that_answers_badly_is_there(peer: Peer) -> None:
    browser, service = Browser(peer, make.person()), PushService()
    peer.answer(browser.path, (503, {}), (503, {}))
    for _attempt in range(2):
        with pytest.raises(TryLater, match="503"):
            service.deliver(browser.target, "{}", lasts=60, topic="one")


def test_notifying_browsers_is_a_process_of_its_own_where_it_is_on(settings: Any) -> None:
    options = {"host": "127.0.0.1", "port": 8000, "workers": 1, "only": None}
    for key in ("", KEY):
        settings.VAPID_PRIVATE_KEY = key
        assert ("push" in [child.name for child in children_for(options)]) == bool(key)
    assert not [name for name in celery_app.tasks if "push" in name]
    settings.VAPID_PRIVATE_KEY = ""
    with pytest.raises(CommandError, match="VAPID_PRIVATE_KEY"):
        call_command("send_pushes")


def test_planning_again_reads_no_reminder_that_is_planned(peer: Peer) -> None:
    Browser(peer, registered())
    pushing.plan_reminders(now=DUE)
    with CaptureQueriesContext(connection) as asked:
        pushing.plan_reminders(now=DUE + MINUTE)
    assert not [one["sql"] for one in asked if one["sql"].startswith("INSERT")]
    assert PushMessage.objects.count() == 1


def test_two_workers_send_it_once(peer: Peer) -> None:
    Browser(peer, registered())
    pushing.plan_reminders(now=DUE)
    assert len(pushing._claim(DUE)) == 1
    assert pushing._claim(DUE) == []


# ---- turning it on and off --------------------------------------------------------------------------------

ON, OFF, PAGE = "/profile/notifications/on/", "/profile/notifications/off/", "/profile/notifications/"


def given(**fields: str) -> dict[str, str]:
    known = make.push_subscription()
    known.delete()
    return {"endpoint": known.endpoint, "p256dh": known.p256dh, "auth": known.auth, **fields}


@pytest.fixture
def signed_in(client: Client, settings: Any) -> Client:
    settings.VAPID_PRIVATE_KEY = KEY
    client.force_login(make.person(email="ieva@example.org"))
    return client


def test_a_browser_is_turned_on_listed_and_turned_off(signed_in: Client) -> None:
    assert push_keys.public_key(KEY) in signed_in.get(PAGE).text
    answer = signed_in.post(
        ON,
        given(),
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
    )
    assert answer.status_code == 201
    assert "Firefox, Linux" in signed_in.get(PAGE).text
    signed_in.post(ON, {**given(), "endpoint": PushSubscription.objects.get().endpoint})  # again: once
    stranger = make.push_subscription()
    for key in (stranger.pk, "x", "9" * 30):
        assert signed_in.post(OFF, {"browser": key}).status_code == 302
    assert PushSubscription.objects.count() == 2
    signed_in.post(OFF, {"browser": PushSubscription.objects.exclude(pk=stranger.pk).get().pk})
    assert list(PushSubscription.objects.all()) == [stranger]


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.services.mozilla.com/a",
        "https://127.0.0.1/a",
        "https://10.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        "https://push.services.mozilla.com.example.org/a",
        "https://evilpush.services.mozilla.com.evil/a",
        "https://evil-push.apple.com/a",
        "https://push.apple.com@127.0.0.1/a",
        "https://user:secret@web.push.apple.com/a",
        "https://web.push.apple.com:8443/a",
        "https://web.push.apple.com:x/a",
        "https://localhost\\.push.services.mozilla.com/a",
        "https://10.0.0.5\\@web.push.apple.com/a",
        "https://localhost\t\\.push.apple.com/a",
        "https://localhost%5c.push.apple.com/a",
        "https://[::1].push.apple.com/a",
        "file:///etc/passwd",
        "//web.push.apple.com/a",
        "",
        "https://web.push.apple.com/" + "a" * 1000,
    ],
)
def test_nobody_sends_this_server_anywhere_but_to_known_push_services(
    signed_in: Client, endpoint: str
) -> None:
    assert signed_in.post(ON, given(endpoint=endpoint)).status_code == 422
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://db5p.notify.windows.com/w/?token=abc",
        "https://web.push.apple.com/abc",
    ],
)
def test_the_push_services_of_the_four_browsers_are_known(signed_in: Client, endpoint: str) -> None:
    assert signed_in.post(ON, given(endpoint=endpoint)).status_code == 201


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("p256dh", "AAAA"), ("auth", "AAAA"), ("auth", "\u00e4"), ("p256dh", "")),
        ("p256dh", encoded(b"\x04" + b"\x01" * 64)),  # no point of the curve
    ],
)
def test_keys_that_are_none_are_refused(signed_in: Client, name: str, value: str) -> None:
    assert signed_in.post(ON, given(**{name: value})).status_code == 422


def test_an_address_no_longer_known_is_not_sent_to(settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = KEY
    target = Target("http://127.0.0.1:1/", given()["p256dh"], given()["auth"])
    with pytest.raises(push_service.Gone):
        PushService().deliver(target, "{}", lasts=60, topic="one")


def test_signing_out_ends_it_in_that_browser_alone(signed_in: Client) -> None:
    signed_in.post(ON, given())
    other = make.push_subscription(person=Person.objects.get(email="ieva@example.org"), session=4711)
    signed_in.post("/account/logout/")
    assert list(PushSubscription.objects.all()) == [other]


def test_signing_another_browser_out_ends_it_there(signed_in: Client) -> None:
    signed_in.post(ON, given())
    person = Person.objects.get(email="ieva@example.org")
    elsewhere = Client()
    elsewhere.force_login(person)
    kept = elsewhere.get(PAGE) and elsewhere.session.session_key
    with transaction.atomic():
        sessions.end_other_sessions(person=person, except_key=kept)
    assert not PushSubscription.objects.exists()


def test_signing_out_everywhere_ends_it_in_every_browser(signed_in: Client) -> None:
    signed_in.post(ON, given())
    person = Person.objects.get(email="ieva@example.org")
    make.push_subscription(person=person)  # its session has lapsed
    stranger = make.push_subscription()
    sessions.sign_out_everywhere(person=person)
    assert list(PushSubscription.objects.all()) == [stranger]


def test_a_browser_knows_itself_in_the_list(signed_in: Client) -> None:
    signed_in.post(ON, given())
    endpoint = PushSubscription.objects.get().endpoint
    text = signed_in.get(PAGE).text
    assert f'data-push-browser="{hashlib.sha256(endpoint.encode()).hexdigest()}"' in text
    assert endpoint not in text


def test_a_shared_browser_belongs_to_whom_turned_it_on_last() -> None:
    target = Target("https://web.push.apple.com/a", "key", "secret")
    first, second = make.person(), make.person()
    for person in (first, second):
        pushing.turn_on(person=person, target=target, browser="", now=NOW)
    assert PushSubscription.objects.get().person == second


def test_a_person_has_at_most_ten_browsers() -> None:
    person = make.person()
    for number in range(12):
        target = Target(f"https://web.push.apple.com/{number}", "key", "secret")
        pushing.turn_on(person=person, target=target, browser="", now=NOW + number * MINUTE)
    kept = {one.endpoint.rpartition("/")[2] for one in PushSubscription.objects.all()}
    assert kept == {str(number) for number in range(2, 12)}


def test_a_browser_that_gets_another_address_stays_on() -> None:
    """Its worker has no form token, and nobody need be signed in."""
    client, new, theirs = Client(enforce_csrf_checks=True), given(), make.push_subscription(browser="Firefox")
    before = {"person": theirs.person_id, "session": theirs.session, "browser": theirs.browser}
    sent = {"endpoint": "https://web.push.apple.com/new", "p256dh": new["p256dh"], "auth": new["auth"]}
    assert (
        client.post("/push/moved/", {**sent, "former": "https://web.push.apple.com/unknown"}).status_code
        == 404
    )
    assert client.post("/push/moved/", {**sent, "former": theirs.endpoint}).status_code == 200
    (row,) = PushSubscription.objects.values("person", "session", "browser", "endpoint", "p256dh", "auth")
    assert row == {**before, **sent}
    elsewhere = {**sent, "former": sent["endpoint"], "endpoint": "https://intranet.example.org/"}
    assert client.post("/push/moved/", elsewhere).status_code == 422
    assert "/push/moved/" in client.get("/push/worker.js").content.decode()


def test_the_worker_sees_no_page(client: Client) -> None:
    answer = client.get("/push/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer
    assert client.get("/push/").status_code == 404


def test_serve_makes_a_key_once_that_only_its_user_reads(tmp_path: Path) -> None:
    path = tmp_path / "var" / "vapid_key"
    key = push_keys.kept_key(path)
    assert push_keys.kept_key(path) == path.read_text() == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(base64.urlsafe_b64decode(push_keys.public_key(key) + "=")) == 65


def test_the_processes_of_the_first_serve_have_its_key(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.VAPID_PRIVATE_KEY = tmp_path, ""
    serve.have_push_key()
    assert (tmp_path / "vapid_key").read_text() == settings.VAPID_PRIVATE_KEY
    assert push_service.is_on()
    settings.VAPID_PRIVATE_KEY = KEY
    serve.have_push_key()
    assert settings.VAPID_PRIVATE_KEY == KEY


def test_the_first_serve_has_the_key_that_it_makes(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR, settings.VAPID_PRIVATE_KEY = tmp_path, ""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CommandError, match="in use"):
            call_command("serve", host="127.0.0.1", port=taken.getsockname()[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert (tmp_path / "vapid_key").read_text() == settings.VAPID_PRIVATE_KEY
    assert push_service.is_on()


def test_old_rows_go_after_thirty_days() -> None:
    meeting = make.meeting()
    for age in (29, 31):
        due_at = NOW - age * DAY
        PushMessage.objects.create(
            subscription=make.push_subscription(),
            meeting=meeting,
            dedupe_key="live",
            due_at=due_at,
            next_at=due_at,
        )
    assert pushing.delete_old(NOW, 10) == 1
