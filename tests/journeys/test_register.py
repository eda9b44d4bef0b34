"""Registering: under a lock, an email with a calendar event, a link that becomes a cookie."""

import http.cookiejar
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.journeys.conftest import Host
from tests.stack import Stack, calendar_of, links_in, text_of

SESSION_REGISTRATIONS, PEOPLE = 10, 100


def test_a_hundred_simultaneous_registrations_for_ten_seats_confirm_exactly_ten(
    stack: Stack, host: Host
) -> None:
    meeting = host.schedule(capacity=SESSION_REGISTRATIONS)["id"]
    together = threading.Barrier(20)

    def register(number: int) -> str:
        if number < 20:
            together.wait()
        return str(host.register(meeting, f"rush{number}@example.org")["state"])

    with ThreadPoolExecutor(20) as pool:
        states = Counter(pool.map(register, range(PEOPLE)))
    assert states == {"confirmed": SESSION_REGISTRATIONS, "waitlisted": PEOPLE - SESSION_REGISTRATIONS}


def test_the_email_has_the_readers_time_first_and_the_hosts_beside_it(stack: Stack, host: Host) -> None:
    meeting = host.schedule(starts_at="2030-01-10T10:00", timezone="Europe/Stockholm")["id"]
    host.register(meeting, "vilnius@example.org", timezone="Europe/Vilnius")
    text = text_of(stack.postbox.wait_for("vilnius@example.org"))
    assert text.index("11:00") < text.index("10:00")


def test_the_link_in_the_email_becomes_a_cookie_and_leaves_the_url(stack: Stack, host: Host) -> None:
    meeting = host.schedule()["id"]
    registration = host.register(meeting, "guest@example.org")
    mail = stack.postbox.wait_for("guest@example.org")
    link = next(link for link in links_in(mail) if "/j/" in link)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(link) as page:
        assert urllib.parse.urlsplit(page.url).path == f"/registrations/{registration['id']}/"
        assert link.rsplit("/j/")[1] not in page.read().decode()
    outsider = urllib.request.build_opener()
    try:
        outsider.open(page.url)
    except urllib.error.HTTPError as refused:
        assert refused.code == 404
    else:
        raise AssertionError("a clean address without the cookie opened somebody's seat")


def test_a_scanner_that_opens_every_link_changes_nothing(stack: Stack, host: Host) -> None:
    meeting = host.schedule()["id"]
    registration = host.register(meeting, "scanned@example.org")
    mail = stack.postbox.wait_for("scanned@example.org")
    for link in links_in(mail):
        if link.startswith(stack.url):
            stack.get(link.removeprefix(stack.url))
    assert stack.sql("SELECT state FROM meetings_registration WHERE id = %s", registration["id"]) == [
        ("confirmed",)
    ]


def test_withdrawing_sends_a_cancel_and_moves_the_list(stack: Stack, host: Host) -> None:
    meeting = host.schedule(capacity=1)["id"]
    first = host.register(meeting, "leaves@example.org")
    host.register(meeting, "waits@example.org")
    stack.postbox.wait_for("leaves@example.org")
    stack.postbox.wait_for("waits@example.org")  # sent before the next state would drop it
    host.api("DELETE", f"/registrations/{first['id']}")
    cancel = calendar_of(stack.postbox.wait_for("leaves@example.org", count=2))
    assert "METHOD:CANCEL" in cancel
    stack.postbox.wait_for(
        "waits@example.org", count=2
    )  # an email about the waitlist, then one about the offered seat
    assert stack.sql(
        "SELECT state FROM meetings_registration WHERE meeting_id = %s AND state <> 'cancelled'", meeting
    ) == [("offered",)]
