"""The trial's mailbox, unsubscribing, and the delivery report."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies import process_cache
from companies.models import Person
from meetings import signals
from notifications import delivery_report, links
from notifications.links import unsubscribe_link
from notifications.mailer import FileMailer
from notifications.mime import WrittenBody
from notifications.models import Notification, Preference
from notifications.rendering import mail_of
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from tests.notifications.test_dispatching import row
from tests.notifications.test_planning import send_signal
from tests.notifications.test_rendering import plain_mail

pytestmark = pytest.mark.django_db
Kind, State = Notification.Kind, Notification.State


@pytest.fixture
def demo(settings, mail_dir):
    settings.DEMO = True
    return mail_dir


def put(folder, *mails):
    for number, mail in enumerate(mails):
        FileMailer(folder).deliver(mail, now=NOW + timedelta(minutes=number))
    return sorted(path.name for path in folder.iterdir())


# ---- mailbox ---------------------------------------------------------------------------------------------


def test_the_mailbox_shows_the_newest_first(client, demo):
    put(demo, plain_mail(subject="The first"), plain_mail(subject="The second"))
    page = client.get(reverse("mailbox")).content.decode()
    assert page.index("The second") < page.index("The first")


def test_the_mailbox_shows_two_hundred_emails(client, demo):
    put(demo, *(plain_mail(subject=f"Email {number:03}") for number in range(203)))
    shown = client.get(reverse("mailbox")).context["envelopes"]
    assert [one.subject for one in shown] == [f"Email {number:03}" for number in range(202, 2, -1)]


def test_the_mailbox_finds_by_address(client, demo):
    put(demo, plain_mail(subject="Yours"), plain_mail(subject="Another", recipient=("", "paul@example.org")))
    page = client.get(reverse("mailbox"), {"q": "paul@"}).content.decode()
    assert "Another" in page
    assert "Yours" not in page


def test_an_empty_mailbox_says_how_it_fills(client, demo):
    assert "No emails yet" in client.get(reverse("mailbox")).content.decode()


def test_there_is_no_mailbox_outside_a_trial(client, demo, settings):
    (name,) = put(demo, plain_mail())
    settings.DEMO = False
    assert client.get(reverse("mailbox")).status_code == 404
    assert client.get(reverse("mail", args=[name])).status_code == 404


@pytest.mark.parametrize(
    "name", ["..%2fsecret_key", "../secret_key", "no.eml", ".hidden.eml", "x.txt", "a\x00.eml"]
)
def test_only_mails_can_be_opened(client, demo, name):
    demo.mkdir()
    (demo.parent / "secret_key").write_text("secret")
    assert client.get(f"/mailbox/{name}/").status_code == 404


def test_an_email_shows_its_text_its_headers_and_its_event(client, demo):
    registration = make.registration(person=make.person(email="elin@example.org"))
    send_signal(signals.registration_confirmed, registration=registration)
    (name,) = put(demo, mail_of(Notification.objects.get(kind=Kind.CONFIRMATION), now=NOW))
    page = client.get(reverse("mail", args=[name])).content.decode()
    for expected in (
        registration.meeting.uid,
        "REQUEST",
        "elin@example.org",
        "Message-ID",
        "You’re registered",
    ):
        assert expected in page
    assert re.search(r'href="http://[^"]+/j/[^"]+"', page)
    ics = client.get(reverse("mail", args=[name]), {"part": "calendar"})
    assert ics.content.startswith(b"BEGIN:VCALENDAR")
    assert 'filename="invite.ics"' in ics["Content-Disposition"]


def test_the_html_of_a_mail_runs_nothing_and_is_framed_by_its_own_page_alone(client, demo):
    (name,) = put(
        demo,
        plain_mail(body=WrittenBody("", "<html><head></head><body><script>alert(1)</script></body></html>")),
    )
    part = client.get(reverse("mail", args=[name]), {"part": "html"})
    policy = part["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert part["X-Frame-Options"] == "SAMEORIGIN"
    page = client.get(reverse("mail", args=[name]))
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "allow-scripts" not in page.content.decode()


def test_an_email_without_an_event_has_none_to_download(client, demo):
    (name,) = put(demo, plain_mail())
    assert client.get(reverse("mail", args=[name]), {"part": "calendar"}).status_code == 404


# ---- unsubscribing ---------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(client):
    person = make.person()
    page = client.get(unsubscribe_link(person))
    person.refresh_from_db()
    assert person.wants_reminders
    assert b'method="post"' in page.content


def test_one_click_in_the_mail_program_ends_reminders_without_a_cookie():
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = strict.post(unsubscribe_link(registration.person), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    registration.person.refresh_from_db()
    assert not registration.person.wants_reminders
    assert set(Notification.objects.filter(state=State.WAITING).values_list("kind", flat=True)) == {
        Kind.CONFIRMATION
    }


@time_machine.travel(NOW, tick=False)
def test_reminders_can_be_resumed_also_for_present_registrations(client):
    registration = make.registration()
    send_signal(signals.registration_confirmed, registration=registration)
    client.post(unsubscribe_link(registration.person), {"emails": "reminders", "do": "off"})
    client.post(unsubscribe_link(registration.person), {"emails": "reminders", "do": "on"})
    registration.person.refresh_from_db()
    assert registration.person.wants_reminders
    assert Notification.objects.filter(kind=Kind.REMINDER, state=State.WAITING).count() == 3


def test_the_link_of_a_closed_account_still_ends_reminders_and_brings_no_mail(client, send, mailer):
    """Who asks for no more mail is heard, and hears nothing, whether the account is closed or opened again."""
    seat = make.registration()
    send_signal(signals.registration_confirmed, registration=seat)
    send(NOW)
    mailer.mails.clear()
    Person.objects.filter(pk=seat.person_id).update(is_active=False)
    link = unsubscribe_link(seat.person)
    assert client.get(link).status_code == 200
    for wish, wanted in (("on", True), ("off", False)):
        answer = client.post(link, {"emails": "reminders", "do": wish})
        assert answer.status_code == 200
        assert seat.person.email not in answer.content.decode()
        assert Person.objects.get(pk=seat.person_id).wants_reminders is wanted
    assert "_auth_user_id" not in client.session
    client.post(link, {"emails": "reminders", "do": "on"})
    send(STARTS_AT - timedelta(hours=1))
    assert not mailer.mails
    client.post(link, {"List-Unsubscribe": "One-Click"})
    Person.objects.filter(pk=seat.person_id).update(is_active=True)
    send(STARTS_AT - timedelta(minutes=10))
    assert not mailer.mails


@pytest.mark.parametrize("preference", Preference)
def test_one_click_turns_off_what_the_email_was_about_and_nothing_else(client, preference):
    person = make.person(**{one.field: True for one in Preference})
    client.post(unsubscribe_link(person, preference), {"List-Unsubscribe": "One-Click"})
    person.refresh_from_db()
    assert {one for one in Preference if not one.is_wanted_by(person)} == {preference}


def test_the_page_of_any_link_changes_each_preference_by_itself_and_ignores_made_up_ones(client):
    person = make.person()
    link = unsubscribe_link(person)
    page = client.post(link, {"emails": "follow_ups", "do": "off"})
    person.refresh_from_db()
    assert (person.wants_reminders, person.wants_follow_ups) == (True, False)
    assert "Emails after meetings are off." in page.text
    assert client.post(link, {"emails": "is_active", "do": "off"}).status_code == 200
    person.refresh_from_db()
    assert person.is_active


def test_a_link_from_the_time_of_reminders_alone_turns_them_off(client):
    person = make.person()
    token = links._signer().sign(str(person.pk))
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 200
    person.refresh_from_db()
    assert (person.wants_reminders, person.wants_follow_ups) == (False, True)


@pytest.mark.parametrize("token", ["1", "1.x", "x", "999.abc"])
def test_a_link_that_is_not_ours_does_nothing(client, token):
    person = make.person()
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 404
    person.refresh_from_db()
    assert person.wants_reminders


def test_the_link_of_one_person_does_not_serve_for_another(client):
    first, second = make.person(), make.person()
    forged = unsubscribe_link(first).replace(f"/{first.pk}-", f"/{second.pk}-")
    assert client.post(forged).status_code == 404


# ---- the delivery report ---------------------------------------------------------------------------------


def test_the_host_sees_the_delivery_report(client, send):
    meeting = make.meeting()
    for _ in range(2):
        send_signal(signals.registration_confirmed, registration=make.registration(meeting=meeting))
    send(NOW)
    client.force_login(meeting.host)
    page = client.get(reverse("delivery_report", args=[meeting.pk])).content.decode()
    assert "a day before" in page
    assert "an hour before" in page
    assert "10 minutes before" in page
    notified = {
        (message.kind, message.minutes_before): message for message in delivery_report.messages_of(meeting)
    }
    confirmations, day_before = notified[(Kind.CONFIRMATION, None)], notified[(Kind.REMINDER, 1440)]
    assert (confirmations.to, confirmations.sent, confirmations.waiting) == (2, 2, 0)
    assert (day_before.to, day_before.sent, day_before.waiting) == (2, 0, 2)
    assert day_before.due_at == STARTS_AT - timedelta(days=1)


def test_the_report_names_the_hundred_newest_that_did_not_arrive(client):
    meeting = make.meeting()
    Notification.objects.bulk_create(
        Notification(
            kind=Kind.CONFIRMATION,
            person=make.person(),
            meeting=meeting,
            state=State.FAILED,
            due_at=NOW + timedelta(seconds=number),
            created_at=NOW,
        )
        for number in range(103)
    )
    client.force_login(meeting.host)
    shown = client.get(reverse("delivery_report", args=[meeting.pk])).context["not_arrived"]
    assert [one.due_at for one in shown] == [NOW + timedelta(seconds=number) for number in range(102, 2, -1)]


def test_only_the_meetings_host_sees_it(client):
    meeting = make.meeting()
    address = reverse("delivery_report", args=[meeting.pk])
    client.force_login(make.registration(meeting=meeting, person=make.member()).person)
    assert client.get(address).status_code == 403
    assert client.post(address).status_code == 403
    assert client.get(reverse("delivery_report", args=["nothing"])).status_code == 404
    hidden = make.meeting(visibility="invited")
    assert client.get(reverse("delivery_report", args=[hidden.pk])).status_code == 404


def test_the_host_sends_again_what_is_in_doubt_and_only_that(client, send, mailer):
    doubtful = row(Kind.REMINDER, state=State.DOUBTFUL, failure="nobody knows")
    elsewhere = row(Kind.REMINDER, state=State.DOUBTFUL)
    client.force_login(doubtful.meeting.host)
    address = reverse("delivery_report", args=[doubtful.meeting_id])
    page = client.get(address).content.decode()
    assert "nobody knows" in page
    assert doubtful.registration.name in page
    client.post(address)
    doubtful.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (doubtful.state, elsewhere.state) == (State.WAITING, State.DOUBTFUL)


def test_the_page_asks_the_database_as_often_for_many_people_as_for_one(
    client, django_assert_max_num_queries
):
    meeting = make.meeting()
    client.force_login(meeting.host)
    for number in (1, 5):
        for _ in range(number):
            send_signal(signals.registration_confirmed, registration=make.registration(meeting=meeting))
        with django_assert_max_num_queries(12):
            client.get(reverse("delivery_report", args=[meeting.pk]))


def recipients_page(client, meeting, **query):
    return client.get(reverse("delivery_recipients", args=[meeting.pk]), query)


def names_on(response):
    return [one.name or one.company for one in response.context["recipients"]]


def test_each_count_of_the_report_leads_to_the_names_behind_it(client):
    sent = row(Kind.REMINDER, state=State.SENT, sent_at=NOW)
    meeting = sent.meeting
    waiting, failed, elsewhere = (
        row(Kind.REMINDER, state=State.WAITING, meeting=meeting),
        row(Kind.REMINDER, state=State.FAILED, meeting=meeting, failure="the address is unknown"),
        row(Kind.REMINDER, state=State.SENT, sent_at=NOW, meeting=meeting, minutes_before=60),
    )
    row(Kind.REMINDER, state=State.DROPPED, drop_reason="too_late", meeting=meeting)
    client.force_login(meeting.host)
    report = client.get(reverse("delivery_report", args=[meeting.pk])).content.decode()
    links = re.findall(r'href="([^"]+/told/people/[^"]*)"', report)
    pages = {link: client.get(link.replace("&amp;", "&")) for link in links}
    counted = {
        tuple(sorted(one.notification.pk for one in page.context["recipients"])) for page in pages.values()
    }
    day_before = tuple(sorted(one.pk for one in (sent, waiting, failed)))
    one_each = {(one.pk,) for one in (sent, waiting, failed, elsewhere)}
    assert counted == {day_before, (*day_before, elsewhere.pk), *one_each}
    assert (
        "the address is unknown" in pages[next(link for link in links if "failed" in link)].content.decode()
    )


def test_dropped_emails_are_named_when_asked_for_with_the_reason(client):
    dropped = row(Kind.REMINDER, state=State.DROPPED, drop_reason="too_late")
    client.force_login(dropped.meeting.host)
    assert not names_on(recipients_page(client, dropped.meeting))
    page = recipients_page(client, dropped.meeting, state="dropped")
    assert names_on(page) == [dropped.registration.name]
    assert "Too late to be useful" in page.content.decode()


def test_an_address_that_the_host_does_not_know_is_neither_shown_nor_found(client):
    meeting = make.meeting()
    person = make.person(email="secret@example.org", name="Own Name")
    invitation = make.invitation(
        meeting=meeting, person=person, by_company=True, name="", company_name="Harbour AB"
    )
    row(Kind.INVITED, meeting=meeting, person=person, registration=None, invitation=invitation)
    colleague = make.member(email="colleague@example.org", name="")
    row(Kind.CHANGE, meeting=meeting, person=colleague, registration=None)
    client.force_login(meeting.host)
    page = recipients_page(client, meeting)
    assert "secret@example.org" not in page.content.decode()
    assert "colleague@example.org" not in page.content.decode()
    assert sorted(names_on(page)) == sorted(["Harbour AB", colleague.company.name])
    for words in ("secret", "colleague@", "Own Name"):
        assert names_on(recipients_page(client, meeting, q=words)) == []
    assert names_on(recipients_page(client, meeting, q="harbour")) == ["Harbour AB"]


def test_recipients_are_paged_with_as_many_queries_for_many_as_for_one(client, django_assert_num_queries):
    first = row(Kind.CONFIRMATION)
    client.force_login(first.meeting.host)
    recipients_page(client, first.meeting)  # what is loaded once
    process_cache.clear_all()
    with CaptureQueriesContext(connection) as few:
        recipients_page(client, first.meeting)
    for _ in range(54):
        row(Kind.CONFIRMATION, meeting=first.meeting)
    process_cache.clear_all()
    with django_assert_num_queries(len(few)):
        page = recipients_page(client, first.meeting)
    assert len(names_on(page)) == 50
    assert len(names_on(recipients_page(client, first.meeting, page=2))) == 5


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "nonsense", "revision": "-1", "minutes_before": "9" * 30, "recording": "\x00", "state": "x"},
        {"page": "x", "q": "\x00", "revision": "²"},
    ],
)
def test_any_query_shows_a_page(client, query):
    first = row(Kind.CONFIRMATION)
    client.force_login(first.meeting.host)
    assert recipients_page(client, first.meeting, **query).status_code == 200


def test_the_age_of_the_oldest_due_mail_is_known():
    assert delivery_report.oldest_due_age(now=NOW) is None
    row(due_at=NOW - timedelta(seconds=7))
    row(due_at=NOW - timedelta(seconds=3))
    row(due_at=NOW - timedelta(days=1), state=State.DROPPED, drop_reason="too_late")
    row(due_at=NOW - timedelta(days=1), put_off_until=NOW + timedelta(minutes=1))
    assert delivery_report.oldest_due_age(now=NOW) == timedelta(seconds=7)


def test_the_hosts_page_says_that_not_everyone_was_reached(client):
    meeting = make.meeting(host=make.member())
    given = {"meeting": meeting, "kind": Kind.CHANGE, "due_at": NOW, "created_at": NOW}
    for number, state in enumerate(("sent", "waiting", "failed", "doubtful")):
        sent = {"sent_at": NOW} if state == "sent" else {}
        Notification.objects.create(
            person=make.person(), dedupe_key=f"change:{number}", state=state, **given, **sent
        )
    client.force_login(meeting.host)
    page = client.get(reverse("host_meeting", args=[meeting.pk])).text
    assert "2 emails were not delivered, or may not have been." in page
    Notification.objects.filter(state__in=["failed", "doubtful"]).update(state="waiting")
    assert "Not everyone" not in client.get(reverse("host_meeting", args=[meeting.pk])).text
