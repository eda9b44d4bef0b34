"""Codes and account notices: sent at once, in the visitor's language, never logged."""

import logging
import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from notifications import sign_in_mail
from tests import factories as make
from tests.notifications.conftest import parsed

pytestmark = pytest.mark.django_db
PREFIXES = [
    "account/email/login_code",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/unknown_account",
    "account/email/account_already_exists",
    "account/email/email_changed",
    "mfa/email/totp_activated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "mfa/email/recovery_codes_generated",
    "some/new_thing_of_a_later_version",
]


@pytest.fixture(autouse=True)
def fresh_limits(settings, tmp_path):
    """Attempts by address are counted in the cache: each test begins with an empty one."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": str(tmp_path)}}


def mails(mail_dir):
    return [parsed(path.read_bytes()) for path in sorted(mail_dir.glob("*.eml"))]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_account_email_has_our_own_text(prefix):
    content = sign_in_mail.compose(
        prefix, {"code": "ABCD-EFGH", "ip": "192.0.2.1", "user_agent": "Firefox\r\nX: y"}
    )
    assert content.subject
    assert content.heading
    assert "\n" not in content.subject


def test_asking_for_a_code_sends_it_at_once(client, mail_dir, caplog):
    person = make.member(email="elin@example.org")
    with caplog.at_level(logging.DEBUG):
        client.post(reverse("account_login"), {"login": person.email})
    (message,) = mails(mail_dir)
    assert message["To"] == "elin@example.org"
    text = message.get_body(("plain",)).get_content()
    (code,) = [line for line in text.splitlines() if re.fullmatch(r"[A-Z0-9-]{6,12}", line)]
    assert code in message.get_body(("html",)).get_content()
    assert code not in caplog.text


def test_one_code_signs_a_guest_in(client, mail_dir):
    person = make.person(email="elin@example.org")
    client.post(reverse("account_login"), {"login": person.email})
    (message,) = mails(mail_dir)
    code = message["Subject"].split(" ")[0]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert len(mails(mail_dir)) == 1, "one code is enough: it has proved the address too"
    assert client.session.get("_auth_user_id") == str(person.pk)


@pytest.mark.parametrize("language", ["sv", "lt"])
def test_the_mail_is_in_the_visitors_language(client, mail_dir, language):
    make.member(email="elin@example.org")
    client.post(
        reverse("account_login"), {"login": "elin@example.org"}, headers={"accept-language": language}
    )
    (message,) = mails(mail_dir)
    assert message["Content-Language"] == language


def test_an_unknown_address_learns_how_to_sign_up(client, mail_dir):
    client.post(reverse("account_login"), {"login": "new@example.org"})
    (message,) = mails(mail_dir)
    assert "/account/signup/" in message.get_body(("plain",)).get_content()


def test_when_the_mail_server_is_away_the_visitor_is_told_and_sees_no_error(client, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    make.member(email="elin@example.org")
    answer = client.post(reverse("account_login"), {"login": "elin@example.org"}, follow=True)
    assert answer.status_code == 200
    assert "couldn’t be sent" in answer.content.decode()


def test_the_command_sends_what_is_due(mail_dir, capsys):
    from tests.notifications.test_dispatching import row

    row(due_at=make.NOW.replace(year=2020))
    call_command("send_due", "--once")
    assert "sent 1," in capsys.readouterr().out
    assert len(mails(mail_dir)) == 1
