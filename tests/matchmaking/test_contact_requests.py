"""Writing to a company: who may, who reads it, who sees whose address, and how a company stops it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies import retention
from companies.models import Company, Person
from matchmaking import requesting
from matchmaking.models import BlockedSender, ContactRequest
from notifications import relevance
from notifications.company_messages import compose_about_contact
from notifications.links import contact_answer_link, contact_request_link
from notifications.models import ContactMessage, Notification
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
OF_GUEST = {"name": "Ieva", "company_name": "Plūdės", "email": "ieva@example.org", "reason": "need"}


@pytest.fixture
def company() -> Company:
    return factories.company(name="Havslund")


@pytest.fixture
def admin(company: Company) -> Person:
    return factories.person(company=company, is_company_admin=True, name="Astrid Berg")


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def write_page(company: Company) -> str:
    return reverse("write_to_company", args=[company.slug])


def mails(kind: Kind) -> list[int | None]:
    return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("person", flat=True))


def test_a_guest_confirms_the_address_and_it_is_shown_once_the_company_accepts(
    company: Company, admin: Person
) -> None:
    colleague, guest = factories.person(company=company), Client()
    assert write_page(company) in guest.get(company.get_absolute_url()).content.decode()
    wrong = guest.post(write_page(company), {**OF_GUEST, "email": "no", "text": "We make floats."})
    assert wrong.status_code == 422
    assert "We make floats." in wrong.content.decode()
    unusable = guest.post(write_page(company), {**OF_GUEST, "email": '"a"@example.org', "text": "Floats."})
    assert "Email apps can’t send to this address." in unusable.content.decode()
    guest.post(write_page(company), {**OF_GUEST, "text": "We make floats."})
    asked = ContactRequest.objects.get()
    admins, inbox = signed_in(admin), reverse("contact_requests")
    assert "We make floats." not in admins.get(inbox).content.decode()
    assert mails(Kind.COMPANY_CONFIRM) == [asked.person_id]
    link = contact_request_link(asked)
    guest.get(link)
    assert mails(Kind.COMPANY_REQUEST) == []
    for _again in range(2):
        guest.post(link)
    assert mails(Kind.COMPANY_REQUEST) == [admin.pk]  # whom the company has to answer
    page = reverse("contact_request", args=[asked.pk])
    read = admins.get(page).content.decode() + signed_in(colleague).get(inbox).content.decode()
    assert read.count("We make floats.") == 2
    (arrived,) = Notification.objects.filter(kind=Kind.COMPANY_REQUEST)
    assert relevance.reason_to_drop(arrived, now=NOW) is None
    assert "ieva@example.org" not in read + str(compose_about_contact(arrived, "en"))
    refused = admins.post(page, {"text": "", "do": "accept"})
    assert refused.status_code == 422
    admins.post(page, {"text": "Welcome.", "do": "accept"})
    assert "ieva@example.org" in admins.get(page).content.decode()
    assert admins.post(page, {"text": "Twice.", "do": "decline"}).status_code == 422
    again = Notification.objects.get(pk=arrived.pk)
    assert relevance.reason_to_drop(again, now=NOW) == relevance.Reason.REQUEST_OVER
    (answer,) = Notification.objects.filter(kind=Kind.COMPANY_ANSWER)
    content = str(compose_about_contact(answer, "en"))
    assert answer.person_id == asked.person_id
    assert "Welcome." in content
    assert admin.email in content
    assert "1 request" in admins.get(inbox).content.decode()


def test_by_the_link_of_the_email_a_request_is_declined_without_an_address(
    company: Company, admin: Person
) -> None:
    sender = factories.member()
    signed_in(sender).post(write_page(company), {"reason": "offer", "text": "Pumps?"})
    asked = ContactRequest.objects.get()
    link, anybody = contact_answer_link(admin, asked), Client()
    assert "Pumps?" in anybody.get(link).content.decode()
    answer = anybody.post(link, {"text": "", "do": "decline"})
    assert (answer.status_code, answer.headers["Location"]) == (302, link)
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == (ContactRequest.State.DECLINED, admin)
    (told,) = Notification.objects.filter(kind=Kind.COMPANY_ANSWER)
    content = str(compose_about_contact(told, "en"))
    assert admin.email not in content
    assert str(admin) not in content
    assert "We passed on your message without your address." in content  # not that it does not know it
    assert (
        sender.email not in signed_in(admin).get(reverse("contact_request", args=[asked.pk])).content.decode()
    )
    sent = signed_in(sender).get(reverse("contact_requests") + "?show=sent").content.decode()
    assert "declined" in sent
    assert admin.email not in sent
    Person.objects.filter(pk=admin.pk).update(company=None, is_company_admin=False)
    assert anybody.get(link).status_code == 404


def test_a_blocked_sender_is_told_when_writing_again_and_the_secretariat_gets_what_was_reported(
    company: Company, admin: Person
) -> None:
    sender, admins = factories.member(), signed_in(admin)
    writes = signed_in(sender)
    for text in ("Buy ads!", "Buy more ads!"):
        writes.post(write_page(company), {"reason": "other", "text": text})
    asked = ContactRequest.objects.get(text="Buy ads!")
    for _again in range(2):
        admins.post(reverse("block_contact", args=[asked.pk]), {"do": "report"})
    assert set(ContactRequest.objects.values_list("state", flat=True)) == {ContactRequest.State.DECLINED}
    assert mails(Kind.COMPANY_ANSWER) == []
    message = ContactMessage.objects.get()
    assert message.email == admin.email
    for said in ("Buy ads!", sender.email, company.name):
        assert said in message.text
    refused = writes.post(write_page(company), {"reason": "other", "text": "Last chance!"})
    assert refused.status_code == 422
    assert "This company takes no more messages from you." in refused.content.decode()
    assert "Last chance!" in refused.content.decode()
    blocked = BlockedSender.objects.get()
    assert str(sender) in admins.get(reverse("contact_requests")).content.decode()
    admins.post(reverse("unblock_contact", args=[blocked.pk]))
    assert writes.post(write_page(company), {"reason": "other", "text": "Sorry."}).status_code == 302


def test_a_message_of_a_sender_blocked_meanwhile_cannot_be_confirmed(company: Company, admin: Person) -> None:
    asked = factories.contact_request(company, confirmed_at=None, created_at=timezone.now())
    BlockedSender.objects.create(company=company, person=asked.person, blocked_at=NOW)
    answer = Client().post(contact_request_link(asked))
    assert answer.status_code == 422
    assert mails(Kind.COMPANY_REQUEST) == []


def test_a_person_writes_only_so_often_in_a_day(company: Company, admin: Person) -> None:
    writes = signed_in(factories.member())
    for number in range(requesting.REQUESTS_A_DAY + 1):
        answer = writes.post(write_page(company), {"reason": "offer", "text": f"Message {number}"})
    assert answer.status_code == 429
    assert f"Message {requesting.REQUESTS_A_DAY}" in answer.content.decode()
    assert ContactRequest.objects.count() == requesting.REQUESTS_A_DAY


def test_addresses_that_nobody_confirms_do_not_close_the_door_of_a_company(
    company: Company, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requesting, "REQUESTS_TO_A_COMPANY", 1)
    now = timezone.now()
    waiting = [factories.contact_request(company, created_at=now, confirmed_at=None) for _each in range(2)]
    writes = signed_in(factories.member())
    assert writes.post(write_page(company), {"reason": "offer", "text": "Pumps?"}).status_code == 302
    assert writes.post(write_page(company), {"reason": "offer", "text": "Pumps!"}).status_code == 429
    too_late = Client().post(contact_request_link(waiting[0]))
    assert too_late.status_code == 422
    assert "Too many messages for one day." in too_late.content.decode()
    assert len(mails(Kind.COMPANY_REQUEST)) == 1


def test_a_company_without_people_is_not_offered_and_says_so(company: Company) -> None:
    guest = Client()
    assert write_page(company) not in guest.get(company.get_absolute_url()).content.decode()
    answer = guest.post(write_page(company), {**OF_GUEST, "text": "Hello"}, follow=True)
    assert "This company can’t be contacted here." in answer.content.decode()
    assert not ContactRequest.objects.exists()


def test_where_nobody_is_admin_all_people_of_the_company_are_told(company: Company) -> None:
    people = [factories.person(company=company) for _each in range(2)]
    signed_in(factories.member()).post(write_page(company), {"reason": "offer", "text": "Pumps?"})
    assert sorted(mails(Kind.COMPANY_REQUEST)) == sorted(person.pk for person in people)


def test_the_meeting_that_led_there_is_kept_as_far_as_the_sender_sees_it(
    company: Company, admin: Person
) -> None:
    seen, hidden = factories.meeting(), factories.meeting(state="draft")
    writes = signed_in(factories.member())
    for meeting in (seen, hidden):
        writes.post(f"{write_page(company)}?meeting={meeting.pk}", {"reason": "offer", "text": "Pumps?"})
    assert set(ContactRequest.objects.values_list("meeting", flat=True)) == {seen.pk, None}


def test_requests_that_nobody_confirmed_go_after_days_and_all_after_two_years(company: Company) -> None:
    now = timezone.now()
    for days, confirmed in ((4, False), (2, False), (100, True), (800, True)):
        at = now - timedelta(days=days)
        factories.contact_request(company, created_at=at, confirmed_at=at if confirmed else None)
    lapsed = ContactRequest.objects.get(created_at=now - timedelta(days=4))
    assert Client().post(contact_request_link(lapsed)).status_code == 404
    assert retention.apply_retention(now=now)["contact requests to companies"] == 2
    assert ContactRequest.objects.count() == 2


def test_only_a_confirmed_request_is_answered(company: Company) -> None:
    asked = factories.contact_request(company, confirmed_at=None)
    rows = ContactRequest.objects.filter(pk=asked.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="accepted", answered_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(answered_at=NOW)
