"""During an outage of the mail server emails only wait; then all are sent at once, the urgent first."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from notifications import dispatching, outage, sign_in_mail
from notifications.mailer import Server, ServerAway, SmtpMailer, shared_mailer
from notifications.models import MailServer, Notification
from tests.factories import NOW, STARTS_AT
from tests.notifications.conftest import parsed
from tests.notifications.test_delivery import Receiver
from tests.notifications.test_dispatching import row

pytestmark = pytest.mark.django_db
Kind, State = Notification.Kind, Notification.State
TICK = timedelta(seconds=2)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp(port: int) -> Iterator[SmtpMailer]:
    mailer = SmtpMailer(Server.of(f"smtp://127.0.0.1:{port}"))
    yield mailer
    mailer.close()


@contextlib.contextmanager
def serving(port: int, receiver: Receiver, server_class=SMTP, **options) -> Iterator[Receiver]:
    class Running(Controller):
        def factory(self):
            return server_class(self.handler, **self.SMTP_kwargs)

    running = Running(receiver, hostname="127.0.0.1", port=port, **options)
    running.start()
    try:
        yield receiver
    finally:
        running.stop()


def tick(mailer, moment, **options):
    return dispatching.send_all_due(clock=lambda: moment, mailer=mailer, worker="test", **options)


def away_for(mailer, length, *, begins=NOW):
    """Runs ticks through an outage; returns the time at which it ends."""
    moment = begins
    while moment < begins + length:
        tick(mailer, moment)
        moment += TICK
    return moment


def order_of(receiver, rows):
    """The rows in the order in which their emails arrived."""
    ids = [str(parsed(content)["Message-ID"]) for content in receiver.taken]
    return [row for each in ids for row in rows if f"notification-{row.pk}@" in each]


# ---- away ------------------------------------------------------------------------------------------------


def test_emails_that_met_an_outage_are_sent_right_after_it_the_urgent_first(smtp, port):
    recording, reminder, change = row(Kind.RECORDING), row(Kind.REMINDER), row(Kind.CHANGE)
    confirmation = row(due_at=NOW + timedelta(seconds=100))
    back = away_for(smtp, timedelta(minutes=10))
    for each in (recording, reminder, change, confirmation):
        each.refresh_from_db()
        assert (each.state, each.attempts, each.put_off_until) == (State.WAITING, 0, None)
    assert change.due_at == NOW
    with serving(port, Receiver()) as receiver:
        assert tick(smtp, back).sent == 4
    rows = [change, confirmation, reminder, recording]
    assert order_of(receiver, rows) == rows
    assert not MailServer.objects.filter(away_since__isnull=False).exists()


def test_a_server_that_is_away_is_tried_alone_and_by_one_worker_at_a_time(smtp, port):
    for _ in range(5):
        row()
    assert tick(smtp, NOW).server_is_away
    other = SmtpMailer(smtp.server)
    assert outage.is_server_reachable(other, clock=lambda: NOW + timedelta(seconds=1)) is False
    with serving(port, Receiver()) as receiver:
        early = NOW + outage.PROBE_EVERY - timedelta(milliseconds=1)
        assert (tick(smtp, early).sent, receiver.greetings) == (0, 0)
        MailServer.objects.update(probe_at=early + outage.LONGEST_PROBE)  # another worker is probing
        assert (tick(smtp, early + TICK).sent, receiver.greetings) == (0, 0)
        assert tick(smtp, early + outage.LONGEST_PROBE).sent == 5
    other.close()


class WatchedWhileItTries(SmtpMailer):
    """During its own probe another worker asks whether to send."""

    other_may_try: bool | None = None

    def check(self):
        other = SmtpMailer(self.server)
        self.other_may_try = outage.is_server_reachable(other, clock=lambda: NOW + outage.PROBE_EVERY)
        other.close()
        super().check()


def test_while_one_worker_tries_the_server_no_other_does(port):
    trying = WatchedWhileItTries(Server.of(f"smtp://127.0.0.1:{port}"))
    outage.note_away(trying, ServerAway("away"), now=NOW)
    with serving(port, Receiver()) as receiver:
        assert outage.is_server_reachable(trying, clock=lambda: NOW + outage.PROBE_EVERY)
    assert (trying.other_may_try, receiver.greetings) == (False, 1)
    trying.close()


def test_a_reminder_that_became_irrelevant_meanwhile_is_dropped(smtp, port):
    reminder, confirmation = row(Kind.REMINDER), row()
    away_for(smtp, timedelta(seconds=10), begins=STARTS_AT - timedelta(seconds=10))
    with serving(port, Receiver()) as receiver:
        tick(smtp, STARTS_AT)
    reminder.refresh_from_db()
    confirmation.refresh_from_db()
    assert (reminder.state, reminder.drop_reason) == (State.DROPPED, Notification.DropReason.TOO_LATE)
    assert (confirmation.state, len(receiver.taken)) == (State.SENT, 1)


class ClosedForNow(SMTP):
    """Temporarily accepts nobody (RFC 5321 3.8)."""

    async def _handle_client(self):
        await self.push("421 4.3.2 down for maintenance")
        self.transport.close()


class Silent(SMTP):
    async def _handle_client(self):
        await asyncio.sleep(30)


class NoSenders(SMTP):
    async def smtp_MAIL(self, arg):
        await self.push("452 4.3.1 Insufficient system storage")


@pytest.mark.parametrize("kind_of_server", [ClosedForNow, Silent, NoSenders])
def test_a_server_that_takes_nothing_leaves_every_mail_as_it_was(kind_of_server, smtp, port, monkeypatch):
    monkeypatch.setattr("notifications.mailer.REPLY_TIMEOUT", 0.3)
    rows = [row() for _ in range(5)]
    with serving(port, Receiver(), kind_of_server):
        back = away_for(smtp, timedelta(seconds=8))
    for each in rows:
        each.refresh_from_db()
        assert (each.state, each.attempts, each.put_off_until) == (State.WAITING, 0, None)
    with serving(port, Receiver()) as receiver:
        assert tick(smtp, back).sent == 5
    assert len(receiver.taken) == 5


def test_wrong_credentials_are_tried_seldom_and_right_ones_at_once(port):
    logins = []

    def authenticate(server, session, envelope, mechanism, login):
        logins.append(login.password)
        return AuthResult(success=login.password == b"right", handled=False)

    options = {
        "authenticator": authenticate,
        "auth_required": True,
        "auth_require_tls": False,
        "auth_exclude_mechanism": ["LOGIN"],
    }
    wrong, right = (
        SmtpMailer(Server.of(f"smtp://user:{word}@127.0.0.1:{port}")) for word in ("wrong", "right")
    )
    notification = row()
    with serving(port, Receiver(), **options):
        back = away_for(wrong, timedelta(minutes=2))
        notification.refresh_from_db()
        assert (notification.state, notification.attempts) == (State.WAITING, 0)
        tried = len(logins)
        assert tried <= 1 + 1 + 4  # the email, the probe after it, one every half minute
        assert tick(right, back).sent == 1
    right.close()


def test_a_server_that_answers_and_takes_no_mail_at_all_is_not_worn_out(smtp, port):
    rows = [row() for _ in range(4)]
    with serving(port, Receiver(rcpt_answers=["421 busy"] * 40)) as receiver:
        moment, tried = NOW, []
        while moment < NOW + timedelta(seconds=60):
            before = len(receiver.rcpt_answers)
            tick(smtp, moment)
            tried.append(before - len(receiver.rcpt_answers))
            moment += TICK
        assert tried[0] == 1, "the others are not tried in vain"
        assert max(tried) == 2, "one mail, and once more over a new connection"
        assert not receiver.taken
        receiver.rcpt_answers.clear()
        back = moment
        while moment <= back + timedelta(minutes=1):
            tick(smtp, moment)
            moment += TICK
        assert len(receiver.taken) == 4
    assert set(
        Notification.objects.filter(pk__in=[each.pk for each in rows]).values_list("state", flat=True)
    ) == {State.SENT}


def test_greylisting_of_one_recipient_holds_up_nobody_else(smtp, port):
    put_off, others = row(), [row() for _ in range(3)]
    with serving(port, Receiver(rcpt_answers=["450 greylisted"])) as receiver:
        assert tick(smtp, NOW).sent == len(others)
        put_off.refresh_from_db()
        pause = put_off.put_off_until - NOW
        assert dispatching.FIRST_PAUSE <= pause < 1.25 * dispatching.FIRST_PAUSE
        assert tick(smtp, put_off.put_off_until).sent == 1
    assert len(receiver.taken) == 4


def test_an_outage_of_one_server_says_nothing_about_another(smtp, port):
    row()
    assert tick(smtp, NOW).server_is_away
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        elsewhere = probe.getsockname()[1]
    moved = SmtpMailer(Server.of(f"smtp://127.0.0.1:{elsewhere}"))
    with serving(elsewhere, Receiver()):
        assert tick(moved, NOW).sent == 1
    moved.close()


def test_what_a_worker_had_claimed_when_the_database_went_away_leaves_soon(smtp, port):
    row(state=State.SENDING, claimed_by="gone", claimed_at=NOW)
    with serving(port, Receiver()):
        assert tick(smtp, NOW + timedelta(seconds=15)).sent == 0
        assert tick(smtp, NOW + timedelta(seconds=15) + TICK).sent == 1


def test_a_code_is_not_waited_for_while_a_worker_knows_the_server_to_be_away(settings, port, client):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    mailer, moment = shared_mailer(), sign_in_mail.now()
    row(due_at=moment)
    tick(mailer, moment)
    content = sign_in_mail.compose("account/email/unknown_account", {})
    mail = sign_in_mail.mail_from_content(content, reference="account-1", recipient=("", "elin@example.org"))
    with serving(port, Receiver()) as receiver:
        with pytest.raises(ServerAway):
            sign_in_mail._deliver(mail)
        assert receiver.greetings == 0
        # The worker that reported it has stopped: the code is tried.
        MailServer.objects.update(probe_at=moment - outage.LONGEST_PROBE)
        sign_in_mail._deliver(mail)
    assert len(receiver.taken) == 1


# ---- order -----------------------------------------------------------------------------------------------


def test_a_flood_of_changes_does_not_hold_a_reminder_for_long(mailer):
    for number in range(8):
        row(Kind.CHANGE, due_at=NOW - timedelta(minutes=10 - number))
    reminder = row(Kind.REMINDER)
    tick(mailer, NOW, batch=2)
    places = [mail.reference for mail in mailer.mails]
    assert places.index(f"notification-{reminder.pk}") == 2 * (dispatching.REMINDERS_EVERY - 1)


def test_of_one_urgency_what_is_due_the_longest_leaves_first(mailer):
    rows = {minutes: row(due_at=NOW - timedelta(minutes=minutes)) for minutes in (2, 5, 1, 4, 3)}
    tick(mailer, NOW, batch=2)
    longest_first = [f"notification-{rows[minutes].pk}" for minutes in (5, 4, 3, 2, 1)]
    assert [mail.reference for mail in mailer.mails] == longest_first


@pytest.mark.parametrize(
    ("kind", "urgency"),
    [
        (kind, 1 if kind == Kind.REMINDER else 2 if kind.startswith(("recording", "invited")) else 0)
        if kind not in {Kind.HOST_MESSAGE, Kind.THANKS, Kind.MISSED, Kind.DIGEST, Kind.NEWSLETTER}
        else (kind, 2)
        for kind in Kind
    ],
)
def test_each_kind_has_its_urgency(kind, urgency):
    notification = row(kind)
    notification.refresh_from_db()
    assert notification.urgency == urgency
