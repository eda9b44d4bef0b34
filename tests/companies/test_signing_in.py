"""Signing in: by an emailed code, with a second factor, by a one-time link; never by a password."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from api import scopes
from api.models import ApiToken
from companies import signing_in
from companies.models import Person
from tests.factories import NOW, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_dir(settings, tmp_path: Path) -> Path:
    settings.EMAIL_URL = ""
    settings.MAIL_DIR = tmp_path / "mail"
    settings.ACCOUNT_RATE_LIMITS = False
    return settings.MAIL_DIR


def mails(mail_dir: Path) -> list[str]:
    found = []
    for file in sorted(mail_dir.glob("*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.append(f"To: {mail['To']}\n{mail['Subject']}\n{body.get_content()}")
    return found


def code_in(mail: str) -> str:
    found = re.search(r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b", mail.split("\n", 2)[2])
    assert found, mail
    return found.group()


def is_signed_in_as(client: Client) -> str | None:
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key).email if key else None


@pytest.mark.parametrize("typed", ["Rod@EXÄMPLE.org", "rod@exa\u0308mple.org", "rod@xn--exmple-cua.org"])
def test_an_address_signs_in_in_any_spelling(client: Client, mail_dir: Path, typed: str) -> None:
    somebody = member(email="rod@exämple.org")
    client.post("/account/login/", {"login": typed}, follow=True)
    [mail] = mails(mail_dir)
    client.post("/account/login/code/confirm/", {"code": code_in(mail)})
    assert is_signed_in_as(client) == somebody.email


def test_a_code_from_the_mail_signs_in(client: Client, mail_dir: Path) -> None:
    somebody = member(email="elin@havslund.example")
    answer = client.post("/account/login/", {"login": "Elin@Havslund.example "}, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/login/code/confirm/"
    assert is_signed_in_as(client) is None
    [mail] = mails(mail_dir)
    client.post("/account/login/code/confirm/", {"code": code_in(mail)})
    assert is_signed_in_as(client) == somebody.email


def test_a_guest_who_registered_before_signs_in_with_the_same_address(client: Client, mail_dir: Path) -> None:
    guest = person(email="guest@example.org")
    client.post("/account/login/", {"login": guest.email})
    client.post("/account/login/code/confirm/", {"code": code_in(mails(mail_dir)[0])})
    assert is_signed_in_as(client) == "guest@example.org"
    assert Person.objects.count() == 1


def test_a_wrong_code_does_not_sign_in_and_three_end_it(client: Client, mail_dir: Path) -> None:
    member(email="elin@havslund.example")
    client.post("/account/login/", {"login": "elin@havslund.example"})
    answer = client.post("/account/login/code/confirm/", {"code": "AAAA-AAAA"})
    assert b'aria-invalid="true"' in answer.content
    for _attempt in range(2):
        client.post("/account/login/code/confirm/", {"code": "AAAA-AAAA"})
    client.post("/account/login/code/confirm/", {"code": code_in(mails(mail_dir)[0])})
    assert is_signed_in_as(client) is None


def test_the_page_is_the_same_for_an_unknown_address(client: Client, mail_dir: Path) -> None:
    member(email="known@example.org")
    pages = []
    for address in ("known@example.org", "nobody@example.org"):
        outsider = Client()
        answer = outsider.post("/account/login/", {"login": address}, follow=True)
        text = answer.content.decode().replace(address, "ADDRESS")
        pages.append(
            (
                answer.status_code,
                answer.redirect_chain,
                re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", text),
            )
        )
    assert pages[0] == pages[1]
    assert [mail.splitlines()[0] for mail in mails(mail_dir)] == [
        "To: known@example.org",
        "To: nobody@example.org",
    ]


def test_an_account_is_made_with_a_name_a_language_and_the_browsers_zone(
    client: Client, mail_dir: Path
) -> None:
    client.cookies["timezone"] = "Europe%2FVilnius"
    asked = {"email": "rasa@siluma.example", "name": "Rasa Petrauskienė", "language": "lt"}
    client.post("/account/signup/", asked)
    made = Person.objects.get()
    assert is_signed_in_as(client) is None
    client.post("/account/confirm-email/", {"code": code_in(mails(mail_dir)[0])})
    assert is_signed_in_as(client) == "rasa@siluma.example"
    assert (made.name, made.language, made.timezone) == ("Rasa Petrauskienė", "lt", "Europe/Vilnius")
    assert not made.has_usable_password()
    assert made.company is None


@pytest.mark.parametrize("is_new", [True, False])
def test_whom_a_code_has_just_proved_may_delete_the_account_without_signing_in_again(
    client: Client, mail_dir: Path, is_new: bool
) -> None:
    if is_new:
        client.post("/account/signup/", {"email": "new@example.org", "name": "Rasa", "language": "en"})
        client.post("/account/confirm-email/", {"code": code_in(mails(mail_dir)[0])})
    else:
        client.post("/account/login/", {"login": person(email="new@example.org").email})
        client.post("/account/login/code/confirm/", {"code": code_in(mails(mail_dir)[0])})
    assert is_signed_in_as(client) == "new@example.org"
    page = client.get("/profile/delete/")
    assert page.context["is_fresh"]
    client.post("/account/email/", {"action_add": "", "email": "other@example.org"})
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    client.post("/account/confirm-email/", {"code": code_in(mails(mail_dir)[-1])})
    assert not client.get("/profile/delete/").context["is_fresh"]


def test_signing_up_twice_notifies_only_the_owner_of_the_address(client: Client, mail_dir: Path) -> None:
    member(email="known@example.org", name="Known Person")
    answer = client.post(
        "/account/signup/", {"email": "known@example.org", "name": "Else", "language": "en"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/account/confirm-email/"
    assert Person.objects.get().name == "Known Person"
    [mail] = mails(mail_dir)
    assert mail.startswith("To: known@example.org")


def test_who_has_an_authenticator_app_is_asked_for_its_code_too(client: Client, mail_dir: Path) -> None:
    somebody = member(email="elin@havslund.example")
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(somebody, secret)
    client.post("/account/login/", {"login": somebody.email})
    answer = client.post("/account/login/code/confirm/", {"code": code_in(mails(mail_dir)[0])})
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert is_signed_in_as(client) is None
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert is_signed_in_as(client) is None
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    client.post(
        "/account/2fa/authenticate/", {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))}
    )
    assert is_signed_in_as(client) == somebody.email


def test_a_recovery_code_works_once(client: Client, mail_dir: Path) -> None:
    somebody = member(email="elin@havslund.example")
    totp.TOTP.activate(somebody, totp.generate_totp_secret())
    code = RecoveryCodes.activate(somebody).generate_codes()[0]
    for expected in ("elin@havslund.example", None):
        browser = Client()
        browser.post("/account/login/", {"login": somebody.email})
        browser.post("/account/login/code/confirm/", {"code": code_in(mails(mail_dir)[-1])})
        browser.post("/account/2fa/authenticate/", {"code": code})
        assert is_signed_in_as(browser) == expected


def test_security_changes_ask_again_who_has_a_second_step(client: Client) -> None:
    somebody = member()
    totp.TOTP.activate(somebody, totp.generate_totp_secret())
    client.force_login(somebody)
    answer = client.post("/account/2fa/totp/deactivate/")
    assert "/reauthenticate/" in answer["Location"]
    assert Authenticator.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["password/reset/", "password/reset/done/", "password/change/", "password/set/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_there_are_no_passwords(client: Client, path: str, method: str) -> None:
    somebody = member()
    client.force_login(somebody)
    answer = getattr(client, method)(f"/account/{path}", {"password1": "x" * 12, "password2": "x" * 12})
    assert answer.status_code == 302
    somebody.refresh_from_db()
    assert not somebody.has_usable_password()


@pytest.mark.parametrize(
    "path", ["login", "signup", "2fa", "2fa/totp/activate", "2fa/webauthn", "2fa/webauthn/add", "email"]
)
def test_account_pages_have_our_design_and_no_inline_scripts(client: Client, path: str) -> None:
    if path not in {"login", "signup"}:
        client.force_login(member())
    page = client.get(f"/account/{path}/").content.decode()
    assert 'class="site-header"' in page
    assert "style=" not in page
    assert "onload" not in page
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


def test_an_address_changes_only_by_the_code_sent_to_the_new_one(client: Client, mail_dir: Path) -> None:
    somebody = member(email="old@example.org")
    signing_in.confirm_address(person=somebody)
    client.force_login(somebody)
    client.post("/account/email/", {"action_add": "1", "email": "new@example.org"})
    somebody.refresh_from_db()
    assert somebody.email == "old@example.org"
    client.post("/account/confirm-email/", {"code": code_in(mails(mail_dir)[-1])})
    somebody.refresh_from_db()
    assert somebody.email == "new@example.org"


def test_nobody_can_take_the_address_of_a_guest_who_never_signed_in(client: Client, mail_dir: Path) -> None:
    person(email="guest@example.org")
    somebody = member(email="me@example.org")
    signing_in.confirm_address(person=somebody)
    client.force_login(somebody)
    client.post("/account/email/", {"action_add": "1", "email": "guest@example.org"})
    for mail in mails(mail_dir):
        if found := re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mail):
            client.post("/account/confirm-email/", {"code": found.group()})
    somebody.refresh_from_db()
    assert somebody.email == "me@example.org"


# ---- the one-time link -----------------------------------------------------------------------------------


def link(capsys: pytest.CaptureFixture[str], email: str, *options: str) -> str:
    call_command("sign_in_link", email, *options)
    return capsys.readouterr().out.strip().removeprefix(settings.SITE_URL)


def test_a_link_signs_in_once_and_only_by_the_button(client: Client, settings, capsys) -> None:
    settings.DEMO = True
    somebody = member()
    address = link(capsys, somebody.email)
    assert client.get(address).status_code == 200
    assert is_signed_in_as(client) is None  # a mail scanner that opens links does not use them up
    client.post(address)
    assert is_signed_in_as(client) == somebody.email
    assert Client().get(address).status_code == 410
    other = Client()
    assert other.post(address).status_code == 410
    assert is_signed_in_as(other) is None


def test_a_link_expires_after_an_hour(client: Client, settings, time_machine, capsys) -> None:
    settings.DEMO = True
    time_machine.move_to(NOW)
    address = link(capsys, member().email)
    time_machine.move_to(NOW + timedelta(minutes=59))
    assert client.get(address).status_code == 200
    time_machine.move_to(NOW + timedelta(minutes=61))
    assert client.get(address).status_code == 410


def test_a_link_that_was_tampered_with_is_refused(client: Client) -> None:
    token = signing_in.sign_in_token(member())
    assert client.post(f"/account/link/x{token}/").status_code == 410


def test_outside_a_trial_a_link_is_only_for_the_operator(settings, capsys) -> None:
    settings.DEMO = False
    somebody = member()
    with pytest.raises(CommandError):
        call_command("sign_in_link", somebody.email)
    assert link(capsys, somebody.email, "--yes-i-am-the-operator").startswith("/account/link/")


def test_a_link_does_not_pass_by_the_second_step(client: Client) -> None:
    somebody = member()
    totp.TOTP.activate(somebody, totp.generate_totp_secret())
    client.post(f"/account/link/{signing_in.sign_in_token(somebody)}/")
    assert is_signed_in_as(client) is None


def test_a_closed_account_cannot_sign_in(client: Client, mail_dir: Path) -> None:
    closed = member(is_active=False)
    client.post("/account/login/", {"login": closed.email})
    for mail in mails(mail_dir):
        if found := re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mail):
            client.post("/account/login/code/confirm/", {"code": found.group()})
    assert is_signed_in_as(client) is None


# ---- commands --------------------------------------------------------------------------------------------


def test_create_admin_makes_a_new_or_known_person_secretariat(capsys) -> None:
    known = person(email="known@example.org", name="Known")
    call_command("create_admin", "Known@example.org")
    call_command("create_admin", "new@example.org", "--name", "New One")
    known.refresh_from_db()
    made = Person.objects.get(email="new@example.org")
    assert (known.is_secretariat, known.name, made.is_secretariat, made.name) == (
        True,
        "Known",
        True,
        "New One",
    )
    assert not made.has_usable_password()
    assert EmailAddress.objects.filter(verified=True).count() == 2
    with pytest.raises(CommandError):
        call_command("create_admin", "not an address")


def test_an_api_token_is_shown_once_and_only_its_hash_is_kept(capsys) -> None:
    somebody = member()
    call_command("api_token", somebody.email, "--scope", "rooms:enter", "--scope", "meetings:read")
    key = capsys.readouterr().out.strip()
    token = ApiToken.objects.get()
    assert token.key_hash == ApiToken.hash_of(key)
    assert key not in token.key_hash
    assert token.scopes == ["meetings:read", "rooms:enter"]


def test_all_scopes_and_unknown_ones(capsys) -> None:
    somebody = member()
    call_command("api_token", somebody.email, "--scope", "all")
    assert ApiToken.objects.get().scopes == list(scopes.SCOPES)
    with pytest.raises(CommandError, match="meetings:eat"):
        call_command("api_token", somebody.email, "--scope", "meetings:eat")
