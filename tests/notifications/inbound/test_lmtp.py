"""The door for a mail server, with a real client over a real socket."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from meetings.models import CalendarReply, Registration
from notifications import lmtp
from notifications.models import InboundMail
from tests.notifications.inbound.calendar_programs import decline, exchange, gmail, upcoming

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def door(settings) -> Iterator[tuple[str, int]]:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(lmtp.listen("127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server.sockets[0].getsockname()
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture
def client(door: tuple[str, int]) -> Iterator[smtplib.LMTP]:
    with smtplib.LMTP(*door) as connected:
        yield connected


def test_an_accepted_email_has_taken_effect(client: smtplib.LMTP) -> None:
    registration = upcoming()
    written = decline(registration)
    assert client.sendmail(registration.person.email, [written.to], gmail(written)) == {}
    registration.refresh_from_db()
    assert registration.state == Registration.State.CANCELLED


def test_addresses_that_are_not_ours_are_refused_before_the_email_is_sent(client: smtplib.LMTP) -> None:
    client.ehlo_or_helo_if_needed()
    client.mail("somebody@example.org")
    for address in ("replies@example.com", "replies+m-abc-1-aaaaaaaaaaaaaaaa@example.org", "root@localhost"):
        assert client.rcpt(address)[0] == 550
    assert client.docmd("DATA")[0] == 503


def test_the_untagged_address_is_refused_after_an_email_that_is_no_complaint(client: smtplib.LMTP) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("a@example.org", ["replies@example.org"], gmail(decline(upcoming())))
    assert refused.value.smtp_code == 550


def test_recipients_come_one_at_a_time(client: smtplib.LMTP) -> None:
    """A second one is refused for now, so that a server sends it by itself."""
    first, second = decline(upcoming()), decline(upcoming())
    client.ehlo_or_helo_if_needed()
    client.mail("somebody@example.org")
    assert client.rcpt(first.to)[0] == 250
    assert client.rcpt(second.to)[0] == 452


def test_what_was_not_committed_comes_again_and_what_was_is_not_doubled(
    client: smtplib.LMTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = upcoming()
    written = decline(registration)

    with monkeypatch.context() as patch:
        # The transaction is at its end when the database goes away.
        patch.setattr(InboundMail, "save", _failing_the_second_time(InboundMail.save))
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@example.org", [written.to], gmail(written))
    assert refused.value.smtp_code == 451
    registration.refresh_from_db()
    assert registration.state == Registration.State.CONFIRMED
    assert not InboundMail.objects.exists()
    for _again in range(2):
        client.sendmail("a@example.org", [written.to], gmail(written))
    registration.refresh_from_db()
    assert registration.state == Registration.State.CANCELLED
    assert InboundMail.objects.count() == CalendarReply.objects.count() == 1


def _failing_the_second_time(save):  # type: ignore[no-untyped-def]
    """Inserting the row goes well, finishing it does not."""

    def wrapped(self: InboundMail, **kwargs: object) -> None:
        if not kwargs.get("force_insert"):
            raise OperationalError("the database system is shutting down")
        save(self, **kwargs)

    return wrapped


def test_an_email_that_cannot_be_taken_is_set_aside_and_the_next_one_goes_on(client: smtplib.LMTP) -> None:
    registration = upcoming()
    written = decline(registration)
    broken = gmail(written).replace(b"END:VEVENT", b"END:VTODO")
    client.sendmail("a@example.org", [written.to], broken)
    row = InboundMail.objects.get()
    assert (row.kind, row.problem) == ("unreadable", "The calendar part is broken.")
    assert row.content
    assert b"VTODO" in bytes(row.content)
    written = decline(registration, message_id="<2@a>")
    client.sendmail("a@example.org", [written.to], exchange(written))
    registration.refresh_from_db()
    assert registration.state == Registration.State.CANCELLED


def test_an_email_beyond_the_limit_is_refused_for_good(client: smtplib.LMTP) -> None:
    written = decline(upcoming())
    content = gmail(written) + b"x" * 70 + b"\r\n"
    content += (b"x" * 70 + b"\r\n") * (lmtp.LARGEST // 72)
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.sendmail("a@example.org", [written.to], content)
    assert refused.value.smtp_code == 552
    client.ehlo()
    client.mail("a@example.org")  # without saying how large it is
    client.rcpt(written.to)
    assert client.data(content)[0] == 552


def test_a_line_without_end_is_cut_off(door: tuple[str, int]) -> None:
    written = decline(upcoming())
    with smtplib.LMTP(*door) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("somebody@example.org")
        client.rcpt(written.to)
        assert client.docmd("DATA")[0] == 354
        with pytest.raises(smtplib.SMTPServerDisconnected):
            for _mebibyte in range(64):  # far more than the sockets' buffers hold
                client.send(b"x" * 1024 * 1024)


def test_more_connections_than_are_served_at_once_are_sent_away(door: tuple[str, int]) -> None:
    sockets = [socket.create_connection(door, timeout=10) for _ in range(lmtp.MOST_CONNECTIONS)]
    greetings = [one.recv(100) for one in sockets]
    assert all(greeting.startswith(b"220") for greeting in greetings)
    with socket.create_connection(door, timeout=10) as another:
        assert another.recv(100).startswith(b"421")
    for one in sockets:
        one.close()
