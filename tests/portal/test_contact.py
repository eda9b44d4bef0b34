"""The contact page: what is written reaches the operator by email, and nothing that was typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from api import rate_limits as counted
from notifications import personal_data
from notifications.mime import message_bytes
from notifications.models import ContactMessage, Notification
from tests import factories as make
from tests.factories import NOW
from tests.notifications.conftest import InMemoryMailer, parsed

pytestmark = pytest.mark.django_db
ADDRESS = "/contact/"


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = False


def typed(**fields: str) -> dict[str, str]:
    return {
        "name": "Ieva Petraitė",
        "email": "ieva@marios.example",
        "text": "Nerandu įrašo.\nKur jis?",
        **fields,
    }


@time_machine.travel(NOW, tick=False)
def test_a_message_arrives_at_the_contact_address_and_can_be_answered(
    client: Client, settings: Any, mailer: InMemoryMailer, send: Any
) -> None:
    settings.CONTACT_EMAIL = "secretariat@example.org"
    response = client.post(ADDRESS, typed(), headers={"Accept-Language": "lt"})
    assert (response.status_code, response["Location"]) == (302, reverse("contact_sent"))
    thanks = client.get(response["Location"]).content.decode()
    assert "Your message has been sent" in thanks
    assert "ieva" not in thanks
    assert client.get(response["Location"])["Location"] == ADDRESS
    assert send(NOW).sent == 1
    (mail,) = mailer.to("secretariat@example.org")
    message = parsed(message_bytes(mail, sent_at=NOW))
    assert message["Reply-To"].addresses[0].addr_spec == "ieva@marios.example"
    assert "Ieva Petraitė" in message["Subject"]
    for part in ("Nerandu įrašo.\nKur jis?", "Ieva Petraitė <ieva@marios.example>", "Lithuanian"):
        assert part in mail.text


def test_nothing_is_said_to_be_sent_where_nothing_was_sent(client: Client) -> None:
    client.post(ADDRESS, typed(text=""))
    assert client.get(reverse("contact_sent"))["Location"] == ADDRESS


def test_who_is_signed_in_writes_as_themselves(client: Client, mailer: InMemoryMailer, send: Any) -> None:
    person = make.member(name="Elin Sandberg")
    client.force_login(person)
    page = client.get(ADDRESS).content.decode()
    assert 'name="email"' not in page
    assert 'name="name"' not in page
    client.post(ADDRESS, typed(email="other@example.org", name="Somebody"))
    message = ContactMessage.objects.get()
    assert (message.name, message.email) == ("Elin Sandberg", person.email)
    assert message.company_name == person.company.name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "\u200b"),
        ("text", "x" * 5001),
        ("email", "nobody"),
        ("email", '"a b"@example.org'),
        ("email", "ä@example.org"),
        ("name", ""),
        ("name", "x" * 121),
    ],
)
def test_an_unusable_field_is_named_and_the_rest_stays(client: Client, field: str, value: str) -> None:
    response = client.post(ADDRESS, typed(**{field: value}))
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error0"' in page
    kept = {"text": "Nerandu įrašo.", "name": 'value="Ieva Petraitė"', "email": 'value="ieva@marios.example"'}
    assert all(text in page for name, text in kept.items() if name != field)
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "name", ["Ieva\r\nBcc: all@example.org", "<b>Ieva</b>", "=?utf-8?q?x?=", "\x00\u202e"]
)
def test_nothing_typed_becomes_a_header_or_html(client: Client, send: Any, name: str, mailer: Any) -> None:
    client.post(ADDRESS, typed(name=name, text="<script>x</script> {% now %} %(name)s"))
    for notification in Notification.objects.all():
        send(notification.due_at)
    for mail in mailer.mails:
        message = parsed(message_bytes(mail, sent_at=NOW))
        assert message["Bcc"] is None
        assert "<script>" not in mail.html


def test_a_filled_hidden_field_asks_for_a_tick_and_keeps_what_was_typed(client: Client) -> None:
    response = client.post(ADDRESS, typed(leave_empty="http://spam.example"))
    assert response.status_code == 422
    page = response.content.decode()
    assert 'name="is_person"' in page
    assert "Nerandu įrašo." in page
    assert not ContactMessage.objects.exists()
    client.post(ADDRESS, typed(leave_empty="http://spam.example", is_person="on"))
    assert ContactMessage.objects.count() == 1


def test_one_network_and_one_address_write_so_often_and_no_more(settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    with time_machine.travel(NOW, tick=False):
        counted.memory_limiter.cache_clear()
        here = [
            Client(REMOTE_ADDR="203.0.113.1").post(ADDRESS, typed(email=f"guest{number}@example.org"))
            for number in range(11)
        ]
        assert [answer.status_code for answer in here] == [302] * 10 + [429]
        assert "Nerandu įrašo." in here[-1].content.decode()
        assert here[-1]["Retry-After"] == "600"
        anywhere = [
            Client(REMOTE_ADDR=f"198.51.100.{number}").post(ADDRESS, typed()).status_code
            for number in range(11)
        ]
        assert anywhere == [302] * 10 + [429]
    assert ContactMessage.objects.count() == 20


def test_a_form_without_a_valid_token_is_shown_again_as_typed() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(ADDRESS, typed())
    assert response.status_code == 403
    assert "Nerandu įrašo." in response.content.decode()
    assert response["X-Form-Problem"] == "expired"


@pytest.mark.parametrize("page", ["/", "/imprint/", "/privacy/", "/accessibility/", "/no-such-page/"])
def test_the_contact_page_is_reached_from_every_page(client: Client, page: str) -> None:
    assert f'href="{ADDRESS}"' in client.get(page).content.decode()


def test_sent_messages_are_deleted_after_ninety_days_and_unsent_ones_are_kept(
    client: Client, send: Any
) -> None:
    with time_machine.travel(NOW, tick=False):
        client.post(ADDRESS, typed())
        send(NOW)
        client.post(ADDRESS, typed(text="Not sent yet"))
    assert personal_data.delete_old_contact_messages(NOW + timedelta(days=89), 100) == 0
    assert personal_data.delete_old_contact_messages(NOW + timedelta(days=91), 100) == 1
    assert ContactMessage.objects.get().text == "Not sent yet"
    assert Notification.objects.count() == 1
