"""Delivery to a real SMTP server on the loopback, also one that refuses, defers or disconnects; and to files."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from meetings.models import Registration
from notifications import dispatching, mailer
from notifications.mailer import FileMailer, InDoubt, Refused, Server, ServerAway, SmtpMailer, TryLater
from notifications.mime import WrittenBody
from notifications.models import Notification, SuppressedAddress
from tests.factories import NOW
from tests.notifications.conftest import parsed
from tests.notifications.test_dispatching import row, state_of
from tests.notifications.test_rendering import plain_mail

State = Notification.State
TOO_MANY = "421 4.7.0 too many connections"


@dataclass
class Receiver:
    """Stores what it gets. `answers` replace the acknowledgement of RCPT or DATA, in order."""

    taken: list[bytes] = field(default_factory=list)
    greetings: int = 0
    rcpt_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    hang_up_at: str = ""
    refuse_after: int = 0  # connections; the next one is cut
    most_connections: int = 0  # the next one gets 421
    is_pipelining: bool = False
    answers_together: int = 0  # how many emails after the first it waits for before it acknowledges each
    under_way: int = 0
    most_at_once: int = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        if self.refuse_after and self.greetings >= self.refuse_after:
            server.transport.abort()
            return responses
        if self.most_connections and self.greetings >= self.most_connections:
            return [TOO_MANY]
        self.greetings += 1
        session.host_name = hostname
        return [*responses[:-1], *["250-PIPELINING"] * self.is_pipelining, responses[-1]]

    async def handle_HELO(self, server, session, envelope, hostname):
        return TOO_MANY if self.most_connections else f"250 {hostname}"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.hang_up_at == "MAIL":
            return self._hang_up(server)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.hang_up_at == "RCPT":
            return self._hang_up(server)
        if self.rcpt_answers and (answer := self.rcpt_answers.pop(0)) != "250 OK":
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.hang_up_at == "DATA":
            self.taken.append(envelope.content)  # stored, but never acknowledged
            return self._hang_up(server)
        if self.data_answers:
            return self.data_answers.pop(0)
        await self._others(bool(self.taken))
        self.taken.append(envelope.content)
        return "250 OK"

    async def _others(self, wait):
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        for _ in range(500 if wait else 0):
            if self.most_at_once >= self.answers_together:
                break
            await asyncio.sleep(0.01)
        self.under_way -= 1

    def _hang_up(self, server) -> str:
        self.hang_up_at = ""
        server.transport.abort()
        return "421 gone"


class LocalController(Controller):
    """On a port that the system chooses."""

    def __init__(self, receiver, **options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        super().__init__(receiver, hostname="127.0.0.1", port=port, **options)


@pytest.fixture(params=[False, True], ids=["step by step", "pipelining"])
def receiver(request) -> Receiver:
    return Receiver(is_pipelining=request.param)


@pytest.fixture
def controller(receiver: Receiver) -> Iterator[LocalController]:
    running = LocalController(receiver)
    running.start()
    yield running
    if running.server is not None:
        running.stop()


@pytest.fixture
def smtp(controller: LocalController) -> Iterator[SmtpMailer]:
    mailer = SmtpMailer(Server.of(f"smtp://127.0.0.1:{controller.port}"))
    yield mailer
    mailer.close()


# ---- SMTP ------------------------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(smtp, receiver):
    smtp.deliver(plain_mail(body=WrittenBody("Hello\n.\n..two\nŽygimantas\n", "")), now=NOW)
    message = parsed(receiver.taken[0])
    assert message["To"] == "Elin <elin@example.org>"
    assert message.get_body(("plain",)).get_content().splitlines() == ["Hello", ".", "..two", "Žygimantas"]


def test_the_connection_is_kept_between_mails(smtp, receiver):
    for _ in range(5):
        smtp.deliver(plain_mail(), now=NOW)
    assert (len(receiver.taken), receiver.greetings) == (5, 1)


def test_a_connection_that_the_server_has_closed_is_reopened(smtp, receiver):
    smtp.deliver(plain_mail(), now=NOW)
    receiver.hang_up_at = "MAIL"
    smtp.deliver(plain_mail(), now=NOW)
    assert (len(receiver.taken), receiver.greetings) == (2, 2)


def test_an_idle_connection_is_not_trusted(smtp, receiver, monkeypatch):
    smtp.deliver(plain_mail(), now=NOW)
    monkeypatch.setattr(mailer, "IDLE_TIMEOUT", 0.0)
    smtp.deliver(plain_mail(), now=NOW)
    assert receiver.greetings == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("450 mailbox busy", TryLater),
        ("452 too many", TryLater),
        ("421 shutting down", ServerAway),
        ("550 no such user", Refused),
        ("553 not allowed", Refused),
    ],
)
@pytest.mark.parametrize("step", ["rcpt_answers", "data_answers"])
def test_the_servers_reply_decides_whether_it_is_tried_again(step, answer, kind, smtp, receiver):
    getattr(receiver, step).append(answer)
    with pytest.raises(kind) as raised:
        smtp.deliver(plain_mail(), now=NOW)
    assert type(raised.value) is kind
    assert answer in str(raised.value)
    assert "elin@example.org" not in str(raised.value)


def test_after_a_refusal_the_next_mail_goes_over_the_same_connection(smtp, receiver):
    receiver.rcpt_answers.append("550 no such user")
    with pytest.raises(Refused):
        smtp.deliver(plain_mail(), now=NOW)
    smtp.deliver(plain_mail(), now=NOW)
    assert (len(receiver.taken), receiver.greetings) == (1, 1)


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_connection_lost_before_the_mail_was_whole_means_not_delivered(step, smtp, receiver):
    receiver.hang_up_at = step
    with pytest.raises(ServerAway):
        smtp.deliver(plain_mail(), now=NOW)
    assert not receiver.taken


def test_a_connection_lost_before_the_acknowledgement_leaves_the_email_in_doubt(smtp, receiver):
    receiver.hang_up_at = "DATA"
    with pytest.raises(InDoubt):
        smtp.deliver(plain_mail(), now=NOW)
    smtp.deliver(plain_mail(), now=NOW)
    assert len(receiver.taken) == 2


# ---- one after the other over a connection ---------------------------------------------------------------


def three_mails():
    return [plain_mail(reference=f"notification-{number}") for number in (1, 2, 3)]


def outcomes_of(smtp, mails):
    return [type(outcome) for outcome in smtp.deliver_each(iter(mails), now=NOW)]


def numbers_taken(receiver):
    return [parsed(content)["Message-ID"][14] for content in receiver.taken]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"data_answers": ["550 spam"]}, Refused),
        ({"data_answers": ["452 later"]}, TryLater),
        ({"rcpt_answers": ["550 no such user"]}, Refused),
        ({"rcpt_answers": ["250 OK", "450 busy"]}, TryLater),
    ],
)
def test_what_becomes_of_one_email_changes_nothing_for_the_next(answers, problem, smtp, receiver):
    for name, given in answers.items():
        setattr(receiver, name, list(given))
    refused = sum(len(given) for given in answers.values()) - 1
    found = outcomes_of(smtp, three_mails())
    assert found == [problem if number == refused else type(None) for number in range(3)]
    assert numbers_taken(receiver) == [n for n in "123" if n != str(refused + 1)]
    assert receiver.greetings == 1


def test_an_email_announced_over_a_connection_that_is_lost_goes_over_another(smtp, receiver):
    receiver.hang_up_at = "DATA"  # stored, but never acknowledged
    assert outcomes_of(smtp, three_mails()) == [InDoubt, type(None), type(None)]
    assert numbers_taken(receiver) == ["1", "2", "3"]
    assert receiver.greetings == 2


def test_a_reply_that_answers_something_else_leaves_the_email_in_doubt(smtp, receiver):
    receiver.data_answers.append("354 go on")
    assert outcomes_of(smtp, three_mails()) == [InDoubt, type(None), type(None)]
    assert (numbers_taken(receiver), receiver.greetings) == (["2", "3"], 2)


def test_an_email_that_was_announced_alone_was_not_sent(smtp, receiver):
    """Whoever reads the outcomes stops after the first."""
    outcomes = smtp.deliver_each(iter(three_mails()), now=NOW)
    assert next(outcomes) is None
    outcomes.close()
    smtp.deliver(plain_mail(reference="notification-4"), now=NOW)
    assert numbers_taken(receiver) == ["1", "4"]


def test_where_the_server_pipelines_an_email_is_announced_with_the_end_of_the_one_before():
    """It acknowledges an email only when it has read the announcement of the next, of which no content came yet."""
    seen = []

    def until(connection, end):
        said = b""
        while not said.endswith(end):
            said += connection.recv(65536)
        return said

    def converse():
        connection, _address = listening.accept()
        with connection:
            connection.settimeout(10)
            connection.sendall(b"220 there\r\n")
            until(connection, b"\r\n")
            connection.sendall(b"250-there\r\n250 PIPELINING\r\n")
            until(connection, b"DATA\r\n")
            connection.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n")
            seen.append(until(connection, b"\r\nDATA\r\n"))
            connection.sendall(b"250 taken\r\n250 ok\r\n250 ok\r\n354 go on\r\n")
            seen.append(until(connection, b"\r\n.\r\n"))
            connection.sendall(b"250 taken\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as executor:
        talking = executor.submit(converse)
        smtp = SmtpMailer(Server.of(f"smtp://127.0.0.1:{listening.getsockname()[1]}"))
        assert outcomes_of(smtp, three_mails()[:2]) == [type(None)] * 2
        talking.result()
    first, _end, announcement = seen[0].partition(b"\r\n.\r\n")
    assert b"notification-1@" in first
    assert announcement.startswith(b"MAIL FROM:<")
    assert announcement.count(b"\r\n") == 3
    assert b"notification-2@" in seen[1]


# ---- connecting ------------------------------------------------------------------------------------------


def test_no_server_at_all_is_an_answer_too(controller):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(ServerAway):
        SmtpMailer(Server.of(f"smtp://127.0.0.1:{port}")).deliver(plain_mail(), now=NOW)


def test_an_address_that_cannot_be_written_is_refused_before_anything_is_sent(smtp, receiver):
    with pytest.raises(Refused):
        smtp.deliver(plain_mail(recipient=("", "two@example.org, three@example.org")), now=NOW)
    assert receiver.greetings == 0


def test_signing_in_to_the_mail_server(receiver):
    asked = []

    def authenticate(server, session, envelope, mechanism, login):
        asked.append((login.login, login.password))
        return AuthResult(success=login.password == b"p@ss/word", handled=False)

    running = LocalController(
        receiver,
        authenticator=authenticate,
        auth_require_tls=False,
        auth_required=True,
        auth_exclude_mechanism=["LOGIN"],
    )
    running.start()
    try:
        SmtpMailer(Server.of(f"smtp://elin:p%40ss%2Fword@127.0.0.1:{running.port}")).deliver(
            plain_mail(), now=NOW
        )
        assert len(receiver.taken) == 1
        with pytest.raises(ServerAway):
            SmtpMailer(Server.of(f"smtp://elin:wrong@127.0.0.1:{running.port}")).deliver(
                plain_mail(), now=NOW
            )
    finally:
        running.stop()
    assert (b"elin", b"p@ss/word") in asked


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 25, "smtp")),
        ("smtps://u:p@mail.example.org", Server("mail.example.org", 465, "smtps", "u", "p")),
        ("smtp://mail.example.org?connections=9", Server("mail.example.org", 25, "smtp", connections=9)),
        (
            "smtp+tls://u%40x:p@mail.example.org:2525",
            Server("mail.example.org", 2525, "smtp+tls", "u@x", "p"),
        ),
    ],
)
def test_what_an_address_of_a_mail_server_means(url, server):
    assert Server.of(url) == server


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://mail.example.org", "smtp://", "mail.example.org:25"),
        *(f"smtp://mail.example.org?connections={wrong}" for wrong in ("0", "51", "-1", "many")),
    ],
)
def test_an_invalid_url_of_a_mail_server_is_refused(url):
    with pytest.raises(ValueError, match="EMAIL_URL"):
        Server.of(url)


def test_a_server_that_asks_for_tls_and_has_none_gets_no_mail(controller, receiver):
    with pytest.raises(ServerAway):
        SmtpMailer(Server.of(f"smtp+tls://127.0.0.1:{controller.port}")).deliver(plain_mail(), now=NOW)
    assert not receiver.taken


# ---- the outbox over SMTP --------------------------------------------------------------------------------


def send_over(smtp: SmtpMailer):
    return dispatching.send_all_due(clock=lambda: NOW, mailer=smtp, worker="test")


@pytest.mark.django_db
def test_the_outbox_leaves_over_kept_connections_as_many_as_are_allowed(controller, receiver):
    smtp = SmtpMailer(Server.of(f"smtp://127.0.0.1:{controller.port}?connections=3"))
    for count in (12, 24):
        for _ in range(12):
            row()
        assert send_over(smtp).sent == 12
        assert len(receiver.taken) == count
        assert receiver.greetings <= 3
    smtp.close()


@pytest.mark.django_db
def test_emails_are_sent_concurrently_to_a_slow_server(smtp, receiver):
    """The server acknowledges three only when all have arrived; sent one after the other, none would be."""
    for _ in range(4):
        row()
    receiver.answers_together = 3
    assert send_over(smtp).sent == 4
    assert receiver.most_at_once == 3


@pytest.mark.django_db
def test_a_server_that_wants_fewer_connections_gets_every_mail_once(smtp, receiver):
    rows, moment = [row() for _ in range(12)], NOW
    receiver.refuse_after = 2
    for _ in range(6):
        dispatching.send_all_due(clock=lambda at=moment: at, mailer=smtp, worker="test")
        moment += timedelta(minutes=2)
    ids = [parsed(content)["Message-ID"] for content in receiver.taken]
    assert len(ids) == len(set(ids)) == 12
    assert {state_of(each) for each in rows} == {State.SENT}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "after"),
    [(Notification.Kind.REMINDER, State.DOUBTFUL), (Notification.Kind.CHANGE, State.WAITING)],
)
def test_a_server_that_goes_away_between_mail_and_acknowledgement(kind, after, smtp, receiver):
    notification = row(kind)
    receiver.hang_up_at = "DATA"
    send_over(smtp)
    assert state_of(notification) == after


@pytest.mark.django_db
def test_a_server_that_goes_away_in_mid_mail_loses_and_doubles_nothing(smtp, receiver):
    rows = [row(Notification.Kind.REMINDER) for _ in range(4)]
    smtp.deliver(plain_mail(), now=NOW)
    receiver.hang_up_at = "RCPT"  # met by the first, which is sent alone over the kept connection
    assert send_over(smtp).sent == 4
    subjects = [parsed(content)["Message-ID"] for content in receiver.taken[1:]]
    assert len(subjects) == len(set(subjects)) == 4
    assert {state_of(each) for each in rows} == {State.SENT}


@pytest.mark.django_db
def test_what_a_slow_server_leaves_untried_waits_as_it_was(smtp, receiver, monkeypatch):
    monkeypatch.setattr(dispatching, "START_WITHIN", 0.0)
    monkeypatch.setattr(dispatching, "GROUP_TAKES", (60.0, 60.0))  # groups grow, whatever the machine
    rows = [row(Notification.Kind.REMINDER) for _ in range(40)]
    assert send_over(smtp).sent == 40
    assert len({parsed(content)["Message-ID"] for content in receiver.taken}) == len(receiver.taken) == 40
    again = Notification.objects.filter(pk__in=[each.pk for each in rows])
    assert set(again.values_list("state", "attempts", "failure")) == {(State.SENT, 1, "")}


@pytest.mark.django_db
def test_a_server_that_goes_away_in_mid_group_leaves_the_rest_waiting_as_it_was(
    smtp, controller, monkeypatch
):
    monkeypatch.setattr(dispatching, "GROUP_TAKES", (60.0, 60.0))
    rows = [row(Notification.Kind.REMINDER) for _ in range(40)]
    deliver_each = smtp.deliver_each

    def until_it_stops(mails):
        for mail in mails:
            if mail.reference == f"notification-{rows[20].pk}":
                controller.stop()
            yield mail

    monkeypatch.setattr(
        smtp, "deliver_each", lambda mails, *, now: deliver_each(until_it_stops(mails), now=now)
    )
    assert send_over(smtp).server_is_away
    again = Notification.objects.filter(pk__in=[each.pk for each in rows])
    untried = again.filter(state=State.WAITING, begun_at=None)
    assert set(untried.values_list("attempts", "put_off_until")) == {(0, None)}
    in_doubt = again.filter(state=State.DOUBTFUL).count()
    assert again.filter(state=State.SENT).count() + untried.count() + in_doubt == 40
    assert in_doubt <= smtp.max_connections
    assert untried.count() >= 40 - 20 - smtp.max_connections


@pytest.mark.django_db
def test_a_server_that_accepts_fewer_connections_gets_all_over_those(smtp, receiver):
    receiver.most_connections = 2
    rows = [row() for _ in range(30)]
    stats = send_over(smtp)
    # What a refused connection gives back when the others have nothing left to do waits for the next group.
    assert (stats.sent, stats.failed) == (30, 0)
    assert {state_of(each) for each in rows} == {State.SENT}
    assert smtp.max_connections == 2


@pytest.mark.django_db
def test_greylisting_delays_and_a_refusal_shows(smtp, receiver, monkeypatch):
    monkeypatch.setattr(SmtpMailer, "max_connections", 1)
    first, second, third = row(), row(), row()
    receiver.rcpt_answers += ["451 greylisted", "550 no such user"]
    stats = send_over(smtp)
    assert (stats.put_off, stats.failed, stats.sent) == (1, 1, 1)
    assert [state_of(each) for each in (first, second, third)] == [State.WAITING, State.FAILED, State.SENT]


def test_the_receiver_speaks_smtp_as_servers_do(controller):
    """The other tests rely on it."""
    assert isinstance(controller.factory(), SMTP)
    assert asyncio.iscoroutinefunction(Receiver.handle_DATA)


# ---- files -----------------------------------------------------------------------------------------------


def test_without_a_mail_server_a_mail_is_a_file(mail_dir):
    mailer.new_mailer().deliver(plain_mail(), now=NOW)
    (path,) = mail_dir.iterdir()
    assert path.name == "20261203T092000.000000-notification-7.eml"
    assert parsed(path.read_bytes())["Subject"] == "You’re registered"


def test_a_folder_that_cannot_be_written_is_an_answer_too(tmp_path):
    (tmp_path / "mail").write_text("a file in its place")
    with pytest.raises(ServerAway):
        FileMailer(tmp_path / "mail").deliver(plain_mail(), now=NOW)


def test_the_shared_mailer_follows_the_settings(settings, tmp_path):
    settings.EMAIL_URL, settings.MAIL_DIR = "", tmp_path
    assert mailer.shared_mailer() is mailer.shared_mailer()
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert isinstance(mailer.shared_mailer(), SmtpMailer)


# ---- addresses that do not exist --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "is_suppressed"),
    [
        ("550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown", True),
        ("550-5.1.1 The email account that you tried to reach does not exist.\r\n550 5.1.1 Learn more", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", True),
        ("556 5.1.10 Recipient address has null MX", True),
        ("550 5.1.1: no such user", True),
        ("550-5.1.1\r\n550 no such user", True),
        ("550 5.1.1.2 no status", False),
        ("550 no such user", False),
        ("550 5.7.1 Our policy: see 5.1.1", False),
        ("552 5.2.2 Mailbox full", False),
        ("554 5.7.26 Not authenticated", False),
        ("450 4.1.1 Try again", False),
        ("550 5.1.1junk", False),
    ],
)
@pytest.mark.django_db
def test_only_an_address_that_does_not_exist_is_suppressed(receiver, smtp, answer, is_suppressed):
    notification, later = row(), row(due_at=NOW + timedelta(minutes=1), dedupe_key="later")
    Notification.objects.filter(pk=later.pk).update(person=notification.person)
    Registration.objects.filter(pk=later.registration_id).update(person=notification.person)
    receiver.rcpt_answers.append(answer)
    dispatching.send_all_due(clock=lambda: NOW, mailer=smtp, worker="test")
    assert SuppressedAddress.objects.filter(email=notification.person.email).exists() is is_suppressed
    if answer.startswith("55"):
        assert state_of(notification) == State.FAILED
        assert "ada@example.org" not in notification.failure
    after = NOW + timedelta(hours=1)
    dispatching.send_all_due(clock=lambda: after, mailer=smtp, worker="test")
    assert state_of(later) == (State.DROPPED if is_suppressed else State.SENT)
    if is_suppressed:
        assert later.drop_reason == "undeliverable"


@pytest.mark.django_db
def test_what_the_server_says_of_the_whole_email_says_nothing_of_the_address(receiver, smtp):
    notification = row()
    receiver.data_answers.append("550 5.1.1 said too late")
    dispatching.send_all_due(clock=lambda: NOW, mailer=smtp, worker="test")
    assert state_of(notification) == State.FAILED
    assert not SuppressedAddress.objects.exists()
