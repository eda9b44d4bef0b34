"""A mailbox read over IMAP, from a server of these tests that speaks TLS."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.utils.timezone import now

from meetings.models import CalendarReply, Registration
from notifications import imap, reply_addresses
from notifications.models import InboundMail, InboundMailbox
from tests import certificates
from tests.notifications.inbound.calendar_programs import decline, gmail, upcoming
from tests.notifications.inbound.imap_server import PASSWORD, USER, Folder, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
def url(folder: Folder, tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"
    monkeypatch.setattr(imap, "FIRST_PAUSE", 0.05)
    authority = certificates.authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    server = certificates.server(tmp_path, "127.0.0.1", signed_by=authority)
    with serving(folder, server.server_context()) as port:
        yield f"imaps://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/INBOX"


@pytest.fixture
def reading(url: str) -> Iterator[Callable[[], None]]:
    """Starts reading in a thread; it ends with the test."""
    stopped = threading.Event()
    threads: list[threading.Thread] = []

    def start() -> None:
        target = imap.read_until
        thread = threading.Thread(target=target, args=(stopped, imap.Mailbox.of(url)), kwargs={"clock": now})
        threads.append(thread)
        thread.start()

    yield start
    stopped.set()
    for thread in threads:
        thread.join()


def eventually(holds: Callable[[], bool]) -> None:
    """Waits for another thread; how long says nothing about the code."""
    for _attempt in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never held")


def state_of(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).state


def last_read() -> int:
    return InboundMailbox.objects.values_list("last_uid", flat=True).first() or 0


def test_what_lies_there_and_what_arrives_is_taken(folder: Folder, reading: Callable[[], None]) -> None:
    first, second = upcoming(), upcoming()
    folder.deliver(gmail(decline(first)), on=now().date())
    reading()
    eventually(lambda: last_read() == 1)
    assert state_of(first) == Registration.State.CANCELLED
    eventually(lambda: "IDLE" in folder.asked)
    folder.deliver(gmail(decline(second, message_id="<2@a>")), on=now().date())
    eventually(lambda: last_read() == 2)
    assert state_of(second) == Registration.State.CANCELLED


def test_the_mailbox_is_opened_for_reading_alone(folder: Folder, reading: Callable[[], None]) -> None:
    folder.deliver(gmail(decline(upcoming())), on=now().date())
    reading()
    eventually(lambda: last_read() == 1)
    assert 'EXAMINE "INBOX"' in folder.asked
    assert not [command for command in folder.asked if "STORE" in command or command.startswith("SELECT")]


def test_a_mailbox_of_10000_old_emails_is_not_read_through(
    folder: Folder, reading: Callable[[], None]
) -> None:
    for _number in range(10_000):
        folder.deliver(b"To: somebody@example.org\r\n\r\nHello", on=now().date() - timedelta(days=30))
    registration = upcoming()
    folder.deliver(gmail(decline(registration)), on=now().date())
    reading()
    eventually(lambda: last_read() == 10_001)
    assert state_of(registration) == Registration.State.CANCELLED
    assert sum("FETCH" in command for command in folder.asked) == 2  # its header, and itself


def test_emails_to_others_are_passed_over_by_their_header(
    folder: Folder, reading: Callable[[], None]
) -> None:
    folder.deliver(b"To: boss@example.org\r\nSubject: Secret\r\n\r\nSecret", on=now().date())
    reading()
    eventually(lambda: last_read() == 1)
    assert [command for command in folder.asked if "FETCH" in command] == [
        f"UID FETCH 1 (BODY.PEEK[HEADER]<0.{imap.LARGEST_HEADER}>)"
    ]
    assert not InboundMail.objects.exists()


def test_a_server_that_hangs_up_is_tried_again_and_nothing_is_lost_or_doubled(
    folder: Folder, reading: Callable[[], None]
) -> None:
    registrations = [upcoming() for _number in range(5)]
    for number, registration in enumerate(registrations):
        folder.deliver(gmail(decline(registration, message_id=f"<{number}@a>")), on=now().date())
    folder.hang_up_after = 8  # in the middle of the third
    reading()
    eventually(lambda: last_read() == 5)
    assert folder.hang_up_after is None
    assert sum(command.startswith("LOGIN") for command in folder.asked) == 2
    assert {state_of(one) for one in registrations} == {Registration.State.CANCELLED}
    assert InboundMail.objects.count() == CalendarReply.objects.count() == 5


def test_an_email_taken_and_not_noted_is_recognised(folder: Folder, reading: Callable[[], None]) -> None:
    """As after a crash between the two, or when the server counts its messages anew."""
    folder.deliver(gmail(decline(upcoming())), on=now().date())
    reading()
    eventually(lambda: last_read() == 1)
    InboundMailbox.objects.update(uid_validity=6, last_uid=99)
    folder.deliver(b"To: somebody@example.org\r\n\r\n", on=now().date())
    eventually(lambda: last_read() == 2)
    assert sum("BODY.PEEK[]" in command for command in folder.asked) == 2
    assert InboundMail.objects.count() == CalendarReply.objects.count() == 1


def test_a_server_without_idle_is_asked_now_and_then(
    folder: Folder, reading: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "LOOK_EVERY", 0.05)
    folder.idles = False
    reading()
    eventually(lambda: "NOOP" in folder.asked)
    registration = upcoming()
    folder.deliver(gmail(decline(registration)), on=now().date())
    eventually(lambda: last_read() == 1)
    assert state_of(registration) == Registration.State.CANCELLED


def test_a_server_whose_certificate_nobody_vouches_for_learns_no_password(
    folder: Folder, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    other = certificates.authority(tmp_path / "other")
    monkeypatch.setenv("SSL_CERT_FILE", str(other.file))
    stopped = threading.Event()
    thread = threading.Thread(
        target=imap.read_until, args=(stopped, imap.Mailbox.of(url)), kwargs={"clock": now}
    )
    thread.start()
    time.sleep(1)
    stopped.set()
    thread.join()
    assert folder.asked == []


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Delivered-To: {own}\r\nTo: other@example.org\r\n", True),
        ("X-Original-To: {own}\r\n", True),
        ("To: Webinars <{own}>, other@example.org\r\n", True),
        ("Cc: other@example.org,\r\n {own}\r\n", True),
        ("Subject: {own}\r\nTo: other@example.org\r\n", False),
        ("To: {own}x\r\n", False),
        ("To: " + "a@b," * 5_000 + "\r\n", False),
        ("", False),
    ],
)
def test_the_recipient_is_found_in_the_header(settings, header: str, *, found: bool) -> None:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"
    own = reply_addresses.reply_address("abc", 7)
    assert (imap.recipient_in(header.format(own=own).encode() + b"\r\n") == own) is found
