"""The newsletter: only to whom asked for it and confirmed that, in their language, once, and off with one click."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from api import rate_limits as counted
from companies.models import Person
from notifications import newsletters, subscribing, suppressing, unsubscribing
from notifications.mime import message_bytes
from notifications.models import Newsletter, NewsletterRequest, Notification, Preference, SuppressedAddress
from notifications.newsletters import ArticleTexts, WrittenNewsletter
from tests import factories as make
from tests.factories import NOW
from tests.notifications.conftest import parsed

pytestmark = pytest.mark.django_db
ADDRESS, SEND = "/newsletter/", "/secretariat/newsletter/"
DAY = timedelta(days=1)
Kind, State = Notification.Kind, Notification.State


@pytest.fixture(autouse=True)
def at_noon(settings: Any) -> Any:
    settings.RATE_LIMITS = False
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(make.secretariat(name="Rasa Petrauskienė", email="rasa@example.org"))
    return client


def ask(client: Client, email: str = "ieva@marios.example", language: str = "lt") -> Any:
    return client.post(ADDRESS, {"email": email, "language": language})


def link_in(text: str) -> str:
    return re.search(r"https?://[^/\s]+(/newsletter/[^\s/]+/)", text)[1]  # type: ignore[index]


def reader(language: str = "en", **fields: Any) -> Person:
    return make.person(language=language, wants_newsletter=True, **fields)


def written(**fields: Any) -> WrittenNewsletter:
    harbour = ArticleTexts(
        title={"en": "Oil ends", "sv": "Oljan är slut"},
        summary={"en": "The last boiler is gone."},
        path="/news/oil-ends/",
    )
    given = {"subject": {"en": "News in May", "sv": "Nytt i maj"}, "articles": [harbour], **fields}
    return WrittenNewsletter(**given)


def send_to_all(**fields: Any) -> Newsletter:
    return newsletters.send_newsletter(written=written(**fields), by=make.secretariat(), now=NOW)


# ---- asking for it ----------------------------------------------------------------------------------------


def test_an_address_is_on_the_list_when_whoever_reads_its_mail_has_confirmed(
    client: Client, mailer: Any, send: Any
) -> None:
    assert ask(client).status_code == 200
    assert not Person.objects.exists()
    send(NOW)
    (mail,) = mailer.to("ieva@marios.example")
    assert mail.language == "lt"
    assert not [name for name, _value in mail.headers if name.startswith("List-")]
    link = link_in(mail.text)
    assert "ieva@marios.example" in client.get(link).text  # as a mail scanner does
    assert not Person.objects.exists()
    assert "get the newsletter" in client.post(link).text
    person = Person.objects.get()
    assert (person.email, person.language, person.wants_newsletter) == ("ieva@marios.example", "lt", True)
    assert not NewsletterRequest.objects.exists()
    assert client.post(link).status_code == 404  # once


def test_a_known_person_keeps_language_and_account_and_also_has_to_confirm(
    client: Client, mailer: Any, send: Any
) -> None:
    person = make.member(email="ieva@marios.example", language="pl", name="Ieva")
    ask(client, language="lt")
    send(NOW)
    person.refresh_from_db()
    assert not person.wants_newsletter
    confirmed = client.post(link_in(mailer.mails[0].text)).text
    person.refresh_from_db()
    assert (person.wants_newsletter, person.language, person.name) == (True, "pl", "Ieva")
    assert "Language of the newsletter: Polish" in confirmed
    assert f'href="{reverse("profile")}"' in confirmed


def test_a_known_guest_gets_it_in_the_language_that_they_chose(
    client: Client, mailer: Any, send: Any
) -> None:
    person = make.person(email="ieva@marios.example", language="pl")
    ask(client, language="lt")
    send(NOW)
    confirmed = client.post(link_in(mailer.mails[0].text)).text
    person.refresh_from_db()
    assert (person.wants_newsletter, person.language) == (True, "lt")
    assert "Language of the newsletter: Lithuanian" in confirmed
    assert reverse("profile") not in confirmed  # which they do not have


def test_a_closed_account_gets_no_link_and_one_of_before_does_not_work(
    client: Client, mailer: Any, send: Any
) -> None:
    person = make.person(email="ieva@marios.example")
    ask(client)
    send(NOW)
    link = link_in(mailer.mails[0].text)
    Person.objects.update(is_active=False)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 404
        assert "This link no longer works" in answer.text
    person.refresh_from_db()
    assert not person.wants_newsletter
    subscribing.request_newsletter(email=person.email, language="lt", now=NOW + DAY)
    send(NOW + DAY)
    assert len(mailer.mails) == 1


@pytest.mark.parametrize("state", ["unknown", "known", "subscribed", "asked", "suppressed"])
def test_the_answer_is_the_same_whether_or_not_the_address_is_known(client: Client, state: str) -> None:
    def answer(email: str) -> str:
        text = str(ask(client, email).text)
        assert email in text
        return re.sub(
            r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|nonce-[^"\']*',
            "",
            text.replace(email, ""),
        )

    match state:
        case "known":
            make.person(email="one@example.org")
        case "subscribed":
            reader(email="one@example.org")
        case "asked":
            ask(client, "one@example.org")
        case "suppressed":
            suppressing.suppress(email="one@example.org", why=SuppressedAddress.Reason.BOUNCE, now=NOW)
    assert answer("one@example.org") == answer("two@example.org")


def test_an_address_gets_one_such_email_a_day_however_often_it_is_typed(
    client: Client, mailer: Any, send: Any
) -> None:
    for _ in range(5):
        ask(client, "Ieva@Marios.example")
    send(NOW)
    assert len(mailer.mails) == 1
    subscribing.request_newsletter(email="ieva@marios.example", language="lt", now=NOW + DAY)
    send(NOW + DAY)
    assert len(mailer.mails) == 2
    assert client.get(link_in(mailer.mails[0].text)).status_code == 404  # the newer link counts


def test_an_address_whose_emails_come_back_gets_none(client: Client, mailer: Any, send: Any) -> None:
    suppressing.suppress(email="ieva@marios.example", why=SuppressedAddress.Reason.BOUNCE, now=NOW)
    ask(client)
    send(NOW)
    assert not mailer.mails


def test_an_address_gets_one_again_after_its_person_has_signed_in(
    client: Client, mailer: Any, send: Any
) -> None:
    person = make.person(email="ieva@marios.example", last_login=NOW)
    bounced = SuppressedAddress.Reason.BOUNCE
    suppressing.suppress(email=person.email, why=bounced, now=NOW - DAY)
    ask(client)
    send(NOW)
    assert [mail.recipient[1] for mail in mailer.mails] == ["ieva@marios.example"]
    suppressing.suppress(email=person.email, why=bounced, now=NOW + DAY)
    subscribing.request_newsletter(email=person.email, language="lt", now=NOW + 2 * DAY)
    send(NOW + 2 * DAY)
    assert len(mailer.mails) == 1


def test_a_link_lasts_three_days_and_then_the_address_is_forgotten(
    client: Client, mailer: Any, send: Any
) -> None:
    ask(client)
    send(NOW)
    link = link_in(mailer.mails[0].text)
    with time_machine.travel(NOW + 3 * DAY - timedelta(minutes=1), tick=False):
        assert client.get(link).status_code == 200
        assert subscribing.delete_lapsed(NOW + 3 * DAY, 10) == 0
    with time_machine.travel(NOW + 3 * DAY, tick=False):
        assert client.post(link).status_code == 404
    assert subscribing.delete_lapsed(NOW + 3 * DAY + timedelta(seconds=1), 10) == 1
    assert not Person.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@example.org\nBcc: b@c.d@", "x" * 300 + "@example.org"]
)
def test_what_is_no_address_is_said_at_the_field(client: Client, email: str) -> None:
    response = ask(client, email)
    assert response.status_code == 422
    assert "email" in response.context["form"].errors
    assert not NewsletterRequest.objects.exists()


def test_the_trap_an_unknown_language_and_an_expired_token_keep_what_was_typed() -> None:
    sent = {"email": "ieva@marios.example", "language": "lt"}
    trapped = Client().post(ADDRESS, {**sent, "leave_empty": "x"})
    foreign = Client().post(ADDRESS, {**sent, "language": "fr"})
    expired = Client(enforce_csrf_checks=True).post(ADDRESS, sent)
    assert (trapped.status_code, foreign.status_code, expired.status_code) == (422, 422, 403)
    for response in (trapped, foreign, expired):
        assert 'value="ieva@marios.example"' in response.text
    assert not NewsletterRequest.objects.exists()


def test_requests_from_one_network_address_are_limited(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    counted.memory_limiter.cache_clear()
    answers = [ask(client, f"reader{number}@example.org").status_code for number in range(21)]
    assert answers == [200] * 20 + [429]
    assert NewsletterRequest.objects.count() == 20


def test_whoever_is_signed_in_chooses_in_the_profile(client: Client) -> None:
    client.force_login(reader(email="ieva@marios.example"))
    text = client.get(ADDRESS).text
    assert "ieva@marios.example" in text
    assert reverse("profile") in text


# ---- sending it -------------------------------------------------------------------------------------------


def test_each_reader_gets_it_once_in_their_language(mailer: Any, send: Any) -> None:
    reader("sv", email="sv@example.org")
    reader("de", email="de@example.org")
    make.person(email="other@example.org")
    reader("en", email="closed@example.org", is_active=False)
    send_to_all()
    send(NOW)
    send(NOW)
    assert sorted(mail.recipient[1] for mail in mailer.mails) == ["de@example.org", "sv@example.org"]
    swedish, german = mailer.to("sv@example.org")[0], mailer.to("de@example.org")[0]
    assert (swedish.subject, german.subject) == ("Nytt i maj", "News in May")
    assert "Oljan är slut" in swedish.text
    assert "The last boiler is gone." in swedish.text
    assert "/news/oil-ends/" in german.html


def test_the_button_of_the_mail_program_turns_it_off_and_what_waits_is_dropped(
    client: Client, mailer: Any, send: Any
) -> None:
    person = reader("en")
    send_to_all()
    send(NOW)
    message = parsed(message_bytes(mailer.mails[0], sent_at=NOW))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.search(r"<https?://[^/]+(/.*)>", message["List-Unsubscribe"])[1]  # type: ignore[index]
    assert path in mailer.mails[0].text
    send_to_all()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    person.refresh_from_db()
    assert not person.wants_newsletter
    send(NOW)
    assert len(mailer.mails) == 1
    assert Notification.objects.get(state=State.DROPPED).drop_reason == "newsletter_off"
    assert "The newsletter is off." in client.get(path).text


def test_everybody_has_the_link_of_their_own(mailer: Any, send: Any) -> None:
    for _ in range(3):
        reader("en")
    send_to_all()
    send(NOW)
    links = {dict(mail.headers)["List-Unsubscribe"] for mail in mailer.mails}
    assert len(links) == 3
    for mail in mailer.mails:
        assert dict(mail.headers)["List-Unsubscribe"].strip("<>") in mail.text


def test_whoever_turned_it_on_again_gets_the_next_one(mailer: Any, send: Any) -> None:
    person = reader("en")
    unsubscribing.turn_off(person=person, preference=Preference.NEWSLETTER, now=NOW)
    unsubscribing.turn_on(person=person, preference=Preference.NEWSLETTER, now=NOW)
    send_to_all()
    send(NOW)
    assert len(mailer.mails) == 1


def test_a_worker_that_dies_sends_none_a_second_time() -> None:
    assert Kind.NEWSLETTER in Notification.NEVER_TWICE


def test_numbers_and_missing_languages_are_said_before_it_is_sent() -> None:
    for language in ("sv", "sv", "de", "xx"):
        reader(language)
    suppressed = reader("de", email="gone@example.org")
    suppressing.suppress(email=suppressed.email, why=SuppressedAddress.Reason.BOUNCE, now=NOW)
    found = newsletters.preview(written(), by=make.secretariat(), now=NOW)
    assert {(one.language, one.number, tuple(one.others)) for one in found} == {
        ("sv", 2, ("en",)),  # the summary of the article
        ("de", 1, ("en",)),
        ("en", 1, ()),
    }
    assert found[0].language == "sv"
    assert newsletters.readers().count() == 4


def form(article: Any, **fields: Any) -> dict[str, Any]:
    return {"subject_en": "News in May", "articles": [article.pk], **fields}


def test_the_secretariat_looks_at_it_tests_it_and_sends_exactly_that_once(
    page: Client, mailer: Any, send: Any
) -> None:
    reader("en", email="reader@example.org")
    article = make.article(title={"en": "Oil ends"}, published_at=NOW - DAY)
    shown = page.post(SEND, form(article, do="preview"))
    assert "1 person will get this email" in shown.text
    marks = {name: shown.context["form"].initial[name] for name in ("previewed", "key")}
    page.post(SEND, form(article, do="test"))
    send(NOW)
    assert [mail.recipient[1] for mail in mailer.mails] == ["rasa@example.org"]
    assert not mailer.mails[0].headers
    changed = page.post(SEND, {**form(article, do="send", subject_en="Else"), **marks})
    assert "1 person will get this email" in changed.text  # shown again, not sent
    for _ in range(2):
        assert page.post(SEND, {**form(article, do="send"), **marks}).status_code == 302
    send(NOW)
    assert [mail.recipient[1] for mail in mailer.mails[1:]] == ["reader@example.org"]
    assert "Oil ends" in mailer.mails[1].text
    assert "News in May" in page.get(SEND).text
    assert Newsletter.objects.filter(is_test=False).count() == 1


def test_an_article_changed_after_the_preview_is_shown_before_it_is_sent(page: Client) -> None:
    reader("en")
    article = make.article(published_at=NOW - DAY)
    shown = page.post(SEND, form(article, do="preview"))
    marks = {name: shown.context["form"].initial[name] for name in ("previewed", "key")}
    type(article).objects.filter(pk=article.pk).update(title={"en": "Another"})
    again = page.post(SEND, {**form(article, do="send"), **marks})
    assert "Another" in again.text
    assert not Newsletter.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"subject_en": ""}, "subject"),
        ({"articles": []}, "introduction"),
        ({"articles": ["999999"]}, "articles"),
        ({"articles": ["x"]}, "articles"),
        ({"subject_en": "x" * 121}, "subject"),
    ],
)
def test_what_is_missing_is_said_at_its_field(page: Client, fields: dict[str, Any], name: str) -> None:
    reader("en")
    article = make.article(published_at=NOW - DAY)
    response = page.post(SEND, {**form(article, do="preview"), **fields})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]


def test_drafts_and_later_articles_are_not_to_choose(page: Client) -> None:
    for published_at in (None, NOW + DAY):
        article = make.article(published_at=published_at)
        assert page.post(SEND, form(article, do="preview")).status_code == 422


def test_without_readers_nothing_is_sent(page: Client) -> None:
    article = make.article(published_at=NOW - DAY)
    response = page.post(SEND, form(article, do="preview"))
    assert response.status_code == 200
    assert "No one has signed up for the newsletter yet." in response.text
    assert 'value="send"' not in response.text
    marks = {name: response.context["form"].initial[name] for name in ("previewed", "key")}
    refused = page.post(SEND, {**form(article, do="send"), **marks})
    assert refused.status_code == 409
    assert "No one has signed up for the newsletter yet." in refused.text
    assert not Newsletter.objects.exists()


def test_without_readers_it_is_shown_in_the_writers_language_and_tested(
    page: Client, mailer: Any, send: Any
) -> None:
    Person.objects.update(language="sv")
    fields = form(make.article(published_at=NOW - DAY), subject_sv="Nytt i maj")
    assert [
        (one.language, one.number, one.subject)
        for one in page.post(SEND, {**fields, "do": "preview"}).context["versions"]
    ] == [("sv", 0, "Nytt i maj")]
    assert page.post(SEND, {**fields, "do": "test"}).status_code == 200
    send(NOW)
    assert [mail.recipient[1] for mail in mailer.mails] == ["rasa@example.org"]


def test_the_page_begins_with_the_article_that_led_there(page: Client) -> None:
    article = make.article(title={"en": "Oil ends"}, published_at=NOW - DAY)
    link = f"{SEND}?article={article.slug}"
    assert link in page.get(article.get_absolute_url()).text
    assert 'value="Oil ends"' in page.get(link).text
    assert page.get(f"{SEND}?article=none").status_code == 200


def test_a_newsletter_stays_as_it_was_sent(mailer: Any, send: Any) -> None:
    reader("en")
    article = make.article(published_at=NOW - DAY)
    send_to_all()
    article.delete()
    send(NOW)
    assert "Oil ends" in mailer.mails[0].text
