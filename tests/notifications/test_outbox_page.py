"""The secretariat's pages of the outbox: what is due and what did not arrive, and each email without its secrets."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.links import personal_link
from notifications import messaging, outage, outbox, reply_addresses
from notifications.links import unsubscribe_link
from notifications.mailer import ServerAway, shared_mailer
from notifications.messaging import WrittenMessage
from notifications.models import HostMessage, MailServer, Notification
from tests import factories as make
from tests.factories import NOW
from tests.notifications.conftest import parsed
from tests.notifications.test_dispatching import row

pytestmark = pytest.mark.django_db
Kind, State = Notification.Kind, Notification.State
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAGE = "/secretariat/emails/"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(client):
    client.force_login(make.secretariat())
    return client


def in_state(state, kind=Kind.CONFIRMATION, **fields):
    more = {State.SENT: {"sent_at": NOW}, State.DROPPED: {"drop_reason": "too_late"}}.get(state, {})
    return row(kind, state=state, **{**more, **fields})


def state_of(notification):
    notification.refresh_from_db()
    return notification.state


def test_each_kind_with_what_is_due_planned_and_lost(page):
    due, _planned = row(due_at=NOW - HOUR), row(due_at=NOW + HOUR)
    for state in (State.SENT, State.FAILED, State.DOUBTFUL, State.DROPPED):
        in_state(state)
    in_state(State.SENT, due_at=NOW - 2 * DAY)
    in_state(State.FAILED, Kind.REMINDER, due_at=NOW - 20 * DAY)
    confirmation, reminder = page.get(PAGE).context["figures"]
    assert (confirmation.due, confirmation.oldest_due_at, confirmation.planned) == (1, due.due_at, 1)
    assert confirmation.by_state == {"sent": 1, "failed": 1, "doubtful": 1, "dropped": 1}
    assert (reminder.kind, reminder.by_state) == (Kind.REMINDER, {"failed": 1})


def test_due_emails_are_counted_by_age(page):
    for age in (timedelta(seconds=5), 5 * MINUTE, 30 * MINUTE, 5 * HOUR, 2 * DAY):
        row(due_at=NOW - age)
    row(due_at=NOW - DAY, put_off_until=NOW + HOUR)  # by its recipient's server
    assert [count for _age, count in page.get(PAGE).context["ages"]] == [4, 3, 2, 1]


def test_a_mail_server_that_is_away_is_said_with_since_when_and_why(page):
    assert "The mail server is accepting emails." in page.get(PAGE).text
    outage.note_away(
        shared_mailer(), ServerAway("The mail server cannot be reached: refused"), now=NOW - HOUR
    )
    assert MailServer.objects.exists()
    text = page.get(PAGE).text
    assert "The mail server has not accepted emails since" in text
    assert "cannot be reached: refused" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"failed", "doubtful"}),
        ({"state": "due"}, {"due"}),
        ({"state": "planned"}, {"planned"}),
        ({"state": "sent"}, {"sent"}),
        ({"state": "failed", "kind": "reminder"}, set()),
        ({"q": "ADA@example"}, {"failed"}),
        ({"q": "nobody"}, set()),
        ({"state": "nonsense", "kind": "nonsense", "page": "x"}, {"failed", "doubtful"}),
    ],
)
def test_the_list_finds_what_is_asked_for(page, query, found):
    rows = {
        "due": row(due_at=NOW),
        "planned": row(due_at=NOW + DAY),
        "sent": in_state(State.SENT),
        "failed": in_state(State.FAILED),
        "doubtful": in_state(State.DOUBTFUL),
    }
    type(rows["failed"].person).objects.filter(pk=rows["failed"].person_id).update(email="ada@example.org")
    answer = page.get(PAGE, query)
    assert {one.pk for one in answer.context["page"]} == {rows[name].pk for name in found}


# ---- again, and not ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "do", "becomes"),
    [
        (State.FAILED, "again", State.WAITING),
        (State.DOUBTFUL, "again", State.WAITING),
        (State.SENT, "again", State.SENT),
        (State.DROPPED, "again", State.DROPPED),
        (State.WAITING, "drop", State.DROPPED),
        (State.FAILED, "drop", State.DROPPED),
        (State.DOUBTFUL, "drop", State.DROPPED),
        (State.SENT, "drop", State.SENT),
        (State.SENDING, "drop", State.SENDING),
    ],
)
def test_an_email_is_sent_again_or_dropped_only_where_that_is_possible(page, state, do, becomes):
    notification, other = in_state(state), in_state(State.FAILED)
    assert page.post(PAGE, {"email": notification.pk, "do": do}).status_code == 302
    assert state_of(notification) == becomes
    assert state_of(other) == State.FAILED


def test_what_is_sent_again_is_checked_again(page, send, mailer):
    notification = in_state(State.FAILED)
    type(notification.registration).objects.update(state="cancelled", cancelled_at=NOW)
    page.post(PAGE, {"email": notification.pk, "do": "again"})
    send(NOW)
    assert not mailer.mails
    assert state_of(notification) == State.DROPPED


def test_what_was_dropped_is_not_sent_and_says_by_whom(page, send, mailer):
    notification = row()
    page.post(PAGE, {"email": notification.pk, "do": "drop"})
    send(NOW)
    assert not mailer.mails
    notification.refresh_from_db()
    assert notification.drop_reason == "by_operator"


def test_all_that_the_filter_finds_are_sent_again_up_to_a_limit(page, monkeypatch):
    failed, reminder = [in_state(State.FAILED) for _ in range(3)], in_state(State.FAILED, Kind.REMINDER)
    monkeypatch.setattr(outbox, "MOST_AT_ONCE", 2)
    address = f"{PAGE}?state=failed&kind=confirmation"
    assert page.post(address, {"email": "all", "do": "again"})["Location"] == address
    assert [state_of(one) for one in failed].count(State.WAITING) == 2
    assert state_of(reminder) == State.FAILED


@pytest.mark.parametrize("sent", [{}, {"email": "x", "do": "again"}, {"email": "1", "do": "burn"}])
def test_made_up_requests_change_nothing(page, sent):
    notification = in_state(State.FAILED)
    assert page.post(PAGE, sent).status_code == 404
    assert state_of(notification) == State.FAILED


# ---- one email --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("are_read", [False, True])
def test_every_kind_of_email_is_shown_without_a_secret(page, kind, are_read, settings):
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org" if are_read else ""
    settings.INBOUND_EMAIL_URL = "lmtp://127.0.0.1:2424" if are_read else ""
    notification = row(kind, details={"calendar": True}) if kind != Kind.DIGEST else row(kind)
    address = reverse("outbox_email", args=[notification.pk])
    answer = page.get(address)
    if kind == Kind.ACCOUNT_DELETED:
        assert answer.status_code == 200
        return
    assert answer.context["stored"] is not None
    parts = [page.get(address, {"part": part}) for part in ("source", "html")]
    message = parsed(parts[0].content)
    decoded = "".join(
        part.get_payload(decode=True).decode() for part in message.walk() if not part.is_multipart()
    )
    shown = answer.text + parts[1].text + decoded.replace("\r\n ", "") + str(message)
    secrets = []
    if notification.registration:
        secrets.append(personal_link(notification.registration).split("/")[2])
    if notification.person:
        secrets.append(unsubscribe_link(notification.person).split("/")[2])
    if are_read and notification.meeting and notification.person:
        written = reply_addresses.reply_address(notification.meeting.pk, notification.person.pk)
        secrets.append(written.split("@")[0].rpartition("-")[2])
    assert not [secret for secret in secrets if secret in shown]


def test_its_bytes_are_those_that_left_but_for_the_secrets(page, send, mailer):
    notification = row()
    send(NOW)
    (mail,) = mailer.mails
    source = page.get(reverse("outbox_email", args=[notification.pk]), {"part": "source"})
    message = parsed(source.content)
    assert source["Content-Disposition"] == f'attachment; filename="{notification.pk}.eml"'
    assert message["Message-ID"] == mail.message_id
    assert message["Subject"] == mail.subject
    link = personal_link(notification.registration).split("/")[2]
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text == mail.text.replace(link, "hidden")


def test_an_email_that_cannot_be_written_says_so(page):
    notification = row(Kind.COLLEAGUE_ADDED)
    Notification.objects.filter(pk=notification.pk).update(company=None)
    answer = page.get(reverse("outbox_email", args=[notification.pk]))
    assert answer.status_code == 200
    assert "This email can’t be shown" in answer.text


def one_email(*states):
    """Rows that are told in one email, the first of them its lead."""
    series = make.series()
    lead, *others = rows = [
        in_state(state, meeting=make.meeting(series=series, series_position=number), dedupe_key=str(number))
        for number, state in enumerate(states, start=1)
    ]
    for other in others:
        Notification.objects.filter(pk=other.pk).update(goes_with=lead, person=lead.person)
    return rows


def test_one_that_goes_with_another_shows_the_email_that_tells_of_both(page):
    lead, other = one_email(State.WAITING, State.WAITING)
    shown = [page.get(reverse("outbox_email", args=[one.pk])) for one in (other, lead)]
    assert [answer.context["row"].pk for answer in shown] == [other.pk, lead.pk]
    assert [answer.context["lead"].pk for answer in shown] == [lead.pk, lead.pk]
    assert [answer.context["mail"].subject for answer in shown] == [
        "You’re registered for 2 meetings: Heat from harbour water"
    ] * 2


@pytest.mark.parametrize(
    ("states", "do", "become"),
    [
        ([State.WAITING] * 3, "drop", [State.DROPPED] * 3),
        ([State.FAILED] * 3, "drop", [State.DROPPED] * 3),
        ([State.FAILED] * 3, "again", [State.WAITING] * 3),
        ([State.DOUBTFUL] * 3, "again", [State.WAITING] * 3),
        (
            [State.FAILED, State.SENT, State.DROPPED],
            "again",
            [State.WAITING, State.SENT, State.DROPPED],
        ),
    ],
)
def test_an_email_of_several_rows_is_sent_again_or_dropped_as_a_whole(page, states, do, become):
    rows = one_email(*states)
    alone = in_state(states[0])
    shown = page.get(reverse("outbox_email", args=[rows[0].pk]))
    assert f'name="email" value="{rows[0].pk}"' in shown.text
    page.post(PAGE, {"email": rows[0].pk, "do": do})
    assert [state_of(one) for one in rows] == become
    assert state_of(alone) == states[0]


@pytest.mark.parametrize("of_lead", [State.SENT, State.DROPPED])
def test_one_that_goes_by_itself_is_shown_with_its_own_state(page, of_lead):
    lead, other = one_email(of_lead, State.FAILED)
    answer = page.get(reverse("outbox_email", args=[other.pk]))
    assert (answer.context["row"].state, answer.context["can_send_again"]) == (State.FAILED, True)
    assert answer.context["mail"].subject.startswith("You’re registered: ")
    assert f'name="email" value="{other.pk}"' in answer.text
    page.post(PAGE, {"email": other.pk, "do": "again"})
    assert [state_of(lead), state_of(other)] == [of_lead, State.WAITING]


@pytest.mark.parametrize("token", ["", "e/", "/x", "http"])
def test_a_link_of_a_hosts_own_making_hides_nothing_else(page, settings, token):
    registration = make.registration(meeting=make.meeting())
    text = f"See {settings.SITE_URL}/j/{token} where the evergreen trees are"
    written = WrittenMessage(
        audience=HostMessage.Audience.EVERYONE, subject={"en": "Evergreens"}, text={"en": text}
    )
    messaging.send_message(
        meeting=registration.meeting, written=written, by=registration.meeting.host, now=NOW
    )
    notification = Notification.objects.get(kind=Kind.HOST_MESSAGE, registration=registration)
    source = page.get(reverse("outbox_email", args=[notification.pk]), {"part": "source"})
    shown = parsed(source.content).get_body(("plain",)).get_content()
    assert "where the evergreen trees are" in shown
    link = personal_link(registration)
    assert link not in shown
    assert link.replace(link.split("/")[2], "hidden") in shown


def test_the_html_runs_nothing(page):
    notification = row()
    policy = page.get(reverse("outbox_email", args=[notification.pk]), {"part": "html"})
    assert "default-src 'none'" in policy["Content-Security-Policy"]


@pytest.mark.parametrize("who", ["nobody", "member", "host"])
def test_for_everybody_else_these_pages_do_not_exist(client, who):
    notification = row()
    if who != "nobody":
        client.force_login(make.member() if who == "member" else notification.meeting.host)
    expected = 302 if who == "nobody" else 404
    address = reverse("outbox_email", args=[notification.pk])
    assert [client.get(PAGE).status_code, client.get(address).status_code] == [expected, expected]
    assert client.post(PAGE, {"email": notification.pk, "do": "drop"}).status_code == expected
    assert state_of(notification) == State.WAITING


def test_the_page_asks_no_more_with_more_emails(page):
    def queries(count):
        for _ in range(count):
            in_state(State.FAILED)
        with CaptureQueriesContext(connection) as found:
            answer = page.get(PAGE)
        return len(found), len(re.findall("<tr>", answer.text))

    few, _rows = queries(3)
    many, _rows = queries(60)
    assert few == many


def test_after_a_restore_no_reminder_goes_twice_and_what_must_not_be_lost_goes_again(send, mailer):
    """The backup is of the time before they were sent."""
    reminder, ahead, change = (
        row(Kind.REMINDER, minutes_before=60),
        row(Kind.REMINDER, minutes_before=10, due_at=NOW + timedelta(minutes=1)),
        row(Kind.CHANGE),
    )
    call_command("after_restore", stdout=StringIO())
    send(NOW + MINUTE)
    for one in (reminder, ahead, change):
        one.refresh_from_db()
    assert (reminder.state, ahead.state, change.state) == (State.DOUBTFUL, State.SENT, State.SENT)
