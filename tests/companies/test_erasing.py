"""Erasing an account: nothing of the person is left, others lose nothing, and the last emails still leave."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailConfirmation
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from api.models import ApiToken
from attendance.report import attendance_of
from companies import erasing, signals
from companies.models import Person
from companies.personal_data import tables
from meetings.links import personal_link
from meetings.models import Meeting, MeetingRole, Registration
from notifications import dispatching, personal_data
from notifications.models import LastAddress, Notification
from rooms.models import Participant, Presence, RoomEvent
from tests import factories
from tests.companies.full_life import ADDRESS, MARKS, NAME, SAID, full_life
from tests.notifications.conftest import InMemoryMailer
from tests.test_personal_data import rows_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def erased(person: Person, now: datetime) -> Person:
    return erasing.erase_person(person=person, now=now)


def send_all(now: datetime) -> InMemoryMailer:
    mailer = InMemoryMailer()
    dispatching.send_all_due(clock=lambda: now, mailer=mailer, worker="test")
    return mailer


def test_nothing_of_the_person_is_left_but_the_address_for_the_last_emails(now: datetime) -> None:
    life = full_life(now)
    assert set(rows_with(ADDRESS)) > {"notifications.Notification.failure"}
    erased(life.person, now)
    assert set(rows_with(*MARKS, "192.0.2.7", "S3CR3T")) == {"notifications.LastAddress.email"}


def test_no_row_is_theirs_any_more_but_those_that_others_need(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    send_all(now)
    personal_data.forget_last_addresses(now=now)
    exported = [table for table in tables() if table.export is not None]
    left = {table.name for table in exported if table.export.rows(life.person).exists()}
    what_others_need = {"administration", "hosted_meetings", "presences", "registrations"}
    assert left == {"profile", *what_others_need}
    assert not ApiToken.objects.exists()
    assert not EmailConfirmation.objects.exists()


def test_when_the_last_emails_have_left_the_address_is_forgotten(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    assert personal_data.forget_last_addresses(now=now) == 0  # they have not left
    mailer = send_all(now)
    to_them = [mail for mail in mailer.mails if mail.recipient[1] == ADDRESS]
    assert [mail.calendar.method if mail.calendar else "" for mail in to_them] == ["CANCEL", ""]
    assert [mail.language for mail in to_them] == ["pl", "pl"]
    assert ADDRESS.encode() in to_them[0].calendar.content.replace(b"\r\n ", b"")
    assert personal_data.forget_last_addresses(now=now) == 1
    assert rows_with(*MARKS) == []
    assert not Notification.objects.filter(person=life.person).exists()
    assert not Registration.objects.filter(person=life.person, meeting=life.upcoming).exists()


def test_an_address_that_takes_no_email_is_forgotten_after_three_days(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    assert personal_data.forget_last_addresses(now=now + timedelta(days=2, hours=23)) == 0
    assert personal_data.forget_last_addresses(now=now + timedelta(days=3)) == 1
    assert not LastAddress.objects.exists()
    mailer = send_all(now + timedelta(days=3))
    assert [mail.recipient[1] for mail in mailer.mails if mail.recipient[1] == ADDRESS] == []


def test_nothing_planned_later_goes_to_an_erased_account(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    send_all(now)
    for kind in ("reminder", "change", "recording", "withdrawn"):
        Notification.objects.create(
            kind=kind,
            person=life.person,
            meeting=life.upcoming,
            dedupe_key="late",
            minutes_before=10 if kind == "reminder" else None,
            due_at=now,
            created_at=now,
        )
    personal_data.forget_last_addresses(now=now + timedelta(days=4))
    assert send_all(now).mails == []


def test_the_seat_goes_to_the_waitlist(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    life.waiting.refresh_from_db()
    assert life.waiting.state == Registration.State.OFFERED


def test_the_funder_still_counts_company_country_and_minutes(now: datetime) -> None:
    life = full_life(now)
    before = attendance_of(life.ended, now)
    erased(life.person, now)
    after = attendance_of(life.ended, now)
    assert [(one.company, one.country, one.minutes) for one in after.attendees] == [
        (one.company, one.country, one.minutes) for one in before.attendees
    ]
    assert [one.name for one in before.attendees] == [NAME]
    assert [one.name for one in after.attendees] == ["Deleted account"]


@pytest.mark.parametrize("language", ["en", "sv", "pl", "de", "da", "lt"])
def test_hosts_and_visitors_read_deleted_account_in_their_language(now: datetime, language: str) -> None:
    life = full_life(now)
    erased(life.person, now)
    host = Client(headers={"accept-language": language})
    life.ended.host.language = language
    life.ended.host.save()
    host.force_login(life.ended.host)
    with translation.override(language):
        words = translation.gettext("Deleted account")
    for name in ("host_meeting", "attendance"):
        page = host.get(reverse(name, args=[life.ended.pk]))
        assert words in page.text
        assert erasing.STAND_IN_DOMAIN not in page.text
    assert words in host.get(reverse("attendance_csv", args=[life.ended.pk])).content.decode()
    assert words in Client(headers={"accept-language": language}).get(life.hosted.get_absolute_url()).text


def test_the_company_no_longer_lists_them(now: datetime) -> None:
    life = full_life(now)
    client, edit = Client(), reverse("edit_company", args=[life.company.slug])
    client.force_login(factories.company_admin(company=life.company))
    assert NAME in client.get(edit).text
    erased(life.person, now)
    page = client.get(edit).text
    assert "Deleted account" not in page
    assert erasing.STAND_IN_DOMAIN not in page
    change = reverse("change_person", args=[life.company.slug, life.person.pk])
    assert client.post(change, {"do": "make_admin"}).status_code == 404


def test_chat_messages_lose_their_text_and_their_author(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    message = RoomEvent.objects.get(room=life.ended.room, ev="chat.message", seq=1)
    assert (message.payload["text"], message.payload["deleted"]) == ("", True)
    assert (message.payload["from"]["name"], message.payload["from"]["company"]) == ("", "")
    assert message.person is None


def test_people_in_the_room_are_told_that_the_messages_are_gone(now: datetime) -> None:
    life = full_life(now)
    factories.presence(room=life.ended.room, person=life.ended.host, joined_at=now)
    erased(life.person, now)
    deleted = RoomEvent.objects.get(room=life.ended.room, ev="chat.deleted")
    assert deleted.payload["message"] == RoomEvent.objects.get(ev="chat.message", seq=1).seq
    assert deleted.payload["by"]["name"] == ""


def test_others_keep_theirs_in_the_journal(now: datetime) -> None:
    life = full_life(now)
    event = RoomEvent.objects.get(room=life.ended.room, ev="chat.message", seq=1)
    other = {**event.payload, "from": {"id": "p999999", "name": "Somebody", "company": ""}}
    RoomEvent.objects.create(room=life.ended.room, seq=77, ev="chat.message", payload=other, at=now)
    erased(life.person, now)
    assert RoomEvent.objects.get(seq=77).payload["from"]["name"] == "Somebody"
    assert RoomEvent.objects.get(seq=77).payload["text"] == SAID


def test_links_feed_and_keys_are_void(now: datetime) -> None:
    life = full_life(now)
    registration = Registration.objects.get(meeting=life.ended, person=life.person)
    link, feed = personal_link(registration), reverse("calendar_feed", args=[life.person.calendar_key])
    browser = Client()
    assert browser.get(link).status_code == 302  # the browser now holds the registration
    page = reverse("registration", args=[registration.pk])
    assert browser.get(page).status_code == 200
    assert Client().get(feed).status_code == 200
    erased(life.person, now)
    assert (Client().get(feed).status_code, Client().get(link).status_code) == (404, 404)
    assert browser.get(page).status_code == 404


def test_sockets_and_media_are_closed(now: datetime) -> None:
    life, heard = full_life(now), []

    def hear(person: int, **_more: Any) -> None:
        heard.append(person)

    signals.signed_out_everywhere.connect(hear)
    try:
        erased(life.person, now)
    finally:
        signals.signed_out_everywhere.disconnect(hear)
    assert heard == [life.person.pk]


def test_twice_does_no_harm(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    first = [*Notification.objects.order_by("pk").values(), *Person.objects.order_by("pk").values()]
    erased(life.person, now + timedelta(minutes=1))
    assert [*Notification.objects.order_by("pk").values(), *Person.objects.order_by("pk").values()] == first


def test_the_row_goes_when_nobody_needs_it(now: datetime) -> None:
    guest = factories.person(name=NAME, email=ADDRESS)
    factories.registration(person=guest, meeting=factories.meeting(starts_at=now + timedelta(days=2)))
    erased(guest, now)
    send_all(now)
    personal_data.forget_last_addresses(now=now)
    assert not Person.objects.filter(pk=guest.pk).exists()


def test_the_row_stays_for_attendance(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    send_all(now)
    personal_data.forget_last_addresses(now=now)
    assert Presence.objects.filter(person=life.person).exists()
    assert not Participant.objects.filter(person=life.person).exists()


def test_the_address_is_free_at_once(now: datetime) -> None:
    life = full_life(now)
    erased(life.person, now)
    again = factories.person(email=ADDRESS)
    send_all(now)
    personal_data.forget_last_addresses(now=now)
    again.refresh_from_db()
    assert (again.email, again.erased_at) == (ADDRESS, None)


def test_somebody_on_a_stage_or_in_a_project_room_gets_the_cancellations_too(now: datetime) -> None:
    company = factories.company()
    person = factories.person(company=company, email=ADDRESS, language="sv")
    starts_at = now + timedelta(days=4)
    stage = factories.meeting(starts_at=starts_at)
    factories.role(stage, person)
    project = factories.meeting(
        starts_at=starts_at,
        room=factories.room(companies=[company, factories.company()]),
        kind=Meeting.Kind.PROJECT_MEETING,
    )
    for meeting in (stage, project):
        Notification.objects.create(
            kind="invitation",
            person=person,
            meeting=meeting,
            dedupe_key=f"meeting:{meeting.pk}",
            details={"calendar": True},
            state="sent",
            attempts=1,
            sent_at=now,
            due_at=now,
            created_at=now,
        )
    erased(person, now)
    cancelled = [mail for mail in send_all(now).mails if mail.calendar and mail.recipient[1] == ADDRESS]
    assert [mail.calendar.method for mail in cancelled if mail.calendar] == ["CANCEL", "CANCEL"]
    assert {mail.language for mail in cancelled} == {"sv"}
    assert not MeetingRole.objects.filter(person=person).exists()


# ---- what stands in the way ------------------------------------------------------------------------------


def test_the_only_host_of_an_upcoming_meeting_is_refused_with_its_link(now: datetime) -> None:
    host = factories.member(email=ADDRESS)
    meeting = factories.meeting(host=host, starts_at=now + timedelta(days=1))
    with pytest.raises(erasing.UnableToErase) as refusal:
        erased(host, now)
    assert [[(str(title), link) for title, link in each.links] for each in refusal.value.obstacles] == [
        [(str(meeting), reverse("host_meeting", args=[meeting.pk]))]
    ]
    host.refresh_from_db()
    assert (host.email, host.is_active) == (ADDRESS, True)


def test_a_co_host_takes_over(now: datetime) -> None:
    host, other = factories.member(), factories.member()
    meeting = factories.meeting(host=host, starts_at=now + timedelta(days=1))
    factories.role(meeting, other, MeetingRole.Role.CO_HOST)
    erased(host, now)
    meeting.refresh_from_db()
    assert meeting.host == other


def test_drafts_are_discarded_and_past_and_cancelled_meetings_stay(now: datetime) -> None:
    host = factories.member()
    draft = factories.meeting(host=host, state=Meeting.State.DRAFT, starts_at=now + timedelta(days=1))
    cancelled = factories.meeting(host=host, state=Meeting.State.CANCELLED, starts_at=now + timedelta(days=1))
    erased(host, now)
    assert not Meeting.objects.filter(pk=draft.pk).exists()
    assert Meeting.objects.filter(pk=cancelled.pk, host=host).exists()


def test_the_last_of_the_secretariat_is_refused(now: datetime) -> None:
    one, other = factories.secretariat(), factories.secretariat()
    erased(one, now)
    with pytest.raises(erasing.UnableToErase):
        erased(other, now)


# ---- the pages -------------------------------------------------------------------------------------------


def fresh(person: Person, *, at: float | None = None) -> Client:
    """A browser in which the person has signed in, just now or at that time."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": at or timezone.now().timestamp()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def test_the_page_erases_and_signs_out(now: datetime) -> None:
    life = full_life(now, language="en")
    client = fresh(life.person)
    page = reverse("delete_account")
    assert "What is kept" in client.get(page).text
    answer = client.post(page, {"email": f" {ADDRESS.upper()} "})
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    life.person.refresh_from_db()
    assert life.person.erased_at is not None
    assert client.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize("typed", ["", "yes", "other@example.org", "\x00", "x" * 300])
def test_another_text_than_the_address_erases_nothing(typed: str) -> None:
    person = factories.person()
    answer = fresh(person).post(reverse("delete_account"), {"email": typed})
    assert answer.status_code == 422
    person.refresh_from_db()
    assert person.erased_at is None


def test_a_session_that_is_not_fresh_erases_nothing() -> None:
    person = factories.person()
    old = fresh(person, at=(timezone.now() - timedelta(minutes=16)).timestamp())
    without_record = Client()
    without_record.force_login(person)
    for client in (old, without_record):
        answer = client.post(reverse("delete_account"), {"email": person.email})
        assert "Sign in again" in answer.text
    person.refresh_from_db()
    assert person.erased_at is None


def test_the_page_names_the_meetings_that_stand_in_the_way(now: datetime) -> None:
    host = factories.member()
    meeting = factories.meeting(host=host, starts_at=now + timedelta(days=1))
    page = fresh(host).get(reverse("delete_account")).text
    assert reverse("host_meeting", args=[meeting.pk]) in page
    assert 'name="email"' not in page
    answer = fresh(host).post(reverse("delete_account"), {"email": host.email})
    assert answer.status_code == 422
    host.refresh_from_db()
    assert host.erased_at is None


def test_the_secretariat_erases_on_request(now: datetime) -> None:
    life = full_life(now)
    client = Client()
    client.force_login(factories.secretariat())
    page = reverse("admin:companies_person_delete", args=[life.person.pk])
    assert "What is deleted" in client.get(page).text
    life.person.refresh_from_db()
    assert life.person.erased_at is None
    client.post(page)
    life.person.refresh_from_db()
    assert life.person.erased_at is not None
    assert set(rows_with(*MARKS)) == {"notifications.LastAddress.email"}
    assert LogEntry.objects.filter(object_repr="Deleted account", object_id=str(life.person.pk)).exists()
    people = client.get(reverse("admin:companies_person_changelist")).text
    assert erasing.STAND_IN_DOMAIN not in people


def test_nobody_else_erases_in_the_administration(now: datetime) -> None:
    life = full_life(now)
    client = Client()
    client.force_login(factories.company_admin())
    client.post(reverse("admin:companies_person_delete", args=[life.person.pk]))
    own = factories.secretariat()
    client.force_login(own)
    assert client.post(reverse("admin:companies_person_delete", args=[own.pk])).status_code == 403
    assert not Person.objects.filter(erased_at__isnull=False).exists()
