"""Signing out: here, in another browser, everywhere; and what is stored of sessions."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies import sessions, signals, signing_in
from companies.models import Person
from tests import factories
from tests.companies.test_signing_in import is_signed_in_as

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture
def person() -> Person:
    return factories.member()


def browser(person: Person, agent: str = FIREFOX) -> Client:
    """A signed-in browser that the page of sessions has seen."""
    client = Client(headers={"user-agent": agent})
    client.force_login(person)
    assert client.get(reverse("sessions")).status_code == 200
    return client


class SentSignals:
    """The signals that were sent."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def hear(self, signal: Any, **fields: Any) -> None:
        names = {signals.sessions_ended: "sessions", signals.signed_out_everywhere: "person"}
        names[signals.access_changed] = "people"
        self.heard.append((names[signal], fields[names[signal]]))


@pytest.fixture
def sent() -> Any:
    notified = SentSignals()
    heard = (signals.sessions_ended, signals.signed_out_everywhere, signals.access_changed)
    for signal in heard:
        signal.connect(notified.hear)
    yield notified
    for signal in heard:
        signal.disconnect(notified.hear)


def test_the_page_names_each_browser_and_marks_this_one(person: Person) -> None:
    one, _other = browser(person), browser(person, EDGE)
    browser(factories.member(), "somebody else's")
    page = one.get(reverse("sessions"))
    shown = [(each.browser, each.is_this) for each in page.context["sign_ins"]]
    assert sorted(shown) == [("Edge, Windows", False), ("Firefox, Linux", True)]
    assert "somebody else" not in page.text


def test_signing_out_everywhere_ends_every_session_also_one_without_a_row(
    person: Person, sent: SentSignals
) -> None:
    one, other, unknown = browser(person), browser(person, EDGE), Client()
    unknown.force_login(person)
    outsider = browser(factories.member())
    answer = one.post(reverse("sessions"), follow=True)
    assert "You have been signed out everywhere." in answer.text
    for client in (one, other, unknown):
        assert client.get(reverse("profile")).status_code == 302
    assert outsider.get(reverse("profile")).status_code == 200
    assert not UserSession.objects.filter(user=person).exists()
    assert ("person", person.pk) in sent.heard


def test_one_browser_is_signed_out_from_another(person: Person, sent: SentSignals) -> None:
    one, other = browser(person), browser(person, EDGE)
    session = UserSession.objects.get(user_agent=EDGE).pk
    one.post(reverse("sessions"), {"session": session})
    assert is_signed_in_as(one) == person.email
    assert other.get(reverse("profile")).status_code == 302
    assert sent.heard == [("sessions", [session])]
    again = one.post(reverse("sessions"), {"session": session}, follow=True)
    assert "That browser was already signed out." in again.text


@pytest.mark.parametrize("session", ["x", "-1", "1\x00", "9" * 30, "²"])
def test_nobody_signs_out_somebody_else(person: Person, session: str) -> None:
    foreign = browser(factories.member())
    for named in (session, str(UserSession.objects.get().pk)):
        answer = browser(person).post(reverse("sessions"), {"session": named}, follow=True)
        assert "That browser was already signed out." in answer.text
    assert foreign.get(reverse("profile")).status_code == 200


def test_signing_out_ends_this_browsers_session_alone(person: Person, sent: SentSignals) -> None:
    one, other = browser(person), browser(person, EDGE)
    session = UserSession.objects.get(user_agent=FIREFOX).pk
    one.post("/account/logout/")
    assert sent.heard == [("sessions", [session])]
    assert other.get(reverse("profile")).status_code == 200


def test_another_address_ends_the_sessions_in_other_browsers(person: Person) -> None:
    one, other = browser(person), browser(person, EDGE)
    request = RequestFactory().get("/")
    request.session = one.session  # type: ignore[assignment]
    old, new = (EmailAddress(user=person, email=f"{each}@example.org") for each in ("old", "new"))
    email_changed.send(
        EmailAddress, request=request, user=person, from_email_address=old, to_email_address=new
    )
    assert one.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize("change", ["address", "sign_out", "sign_in"])
def test_an_operators_link_ends_with_what_it_was_made_for(person: Person, change: str) -> None:
    token = signing_in.sign_in_token(person)
    assert signing_in.person_of_token(token) == person
    if change == "address":
        Person.objects.filter(pk=person.pk).update(email="other@example.org")
    elif change == "sign_out":
        sessions.sign_out_everywhere(person=person)
    else:
        signing_in.use_token(token=token, now=timezone.now())
    with pytest.raises(signing_in.UnableToSignIn):
        signing_in.person_of_token(token)


def test_an_account_that_the_secretariat_closes_is_signed_out(person: Person, sent: SentSignals) -> None:
    own, office = browser(person), Client()
    office.force_login(factories.secretariat())
    fields = {"name": person.name, "language": "en", "timezone": "Europe/Stockholm"}
    answer = office.post(f"/admin/companies/person/{person.pk}/change/", fields)
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.is_active, UserSession.objects.filter(user=person).count()) == (False, 0)
    assert own.get(reverse("profile")).status_code == 302
    assert ("person", person.pk) in sent.heard


def test_the_secretariat_does_not_see_where_others_are_signed_in(person: Person) -> None:
    browser(person)
    office = browser(factories.secretariat())
    assert office.get("/admin/usersessions/usersession/").status_code == 403


def test_revoking_a_key_sends_the_signal(person: Person, sent: SentSignals) -> None:
    signing_in.make_api_token(person=person, name="", scopes=[], now=timezone.now())
    office = Client()
    office.force_login(factories.secretariat())
    chosen = {"action": "revoke", "_selected_action": [ApiToken.objects.get().pk]}
    office.post("/admin/api/apitoken/", chosen)
    assert ApiToken.objects.get().revoked_at is not None
    assert sent.heard == [("people", [person.pk])]


def test_sessions_past_their_last_day_are_deleted_with_what_is_known_of_them(person: Person) -> None:
    browser(person)
    browser(person, EDGE)
    old = UserSession.objects.get(user_agent=EDGE)
    Session.objects.filter(session_key=old.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    assert sessions.clear(now=timezone.now()) == 1
    assert [row.user_agent for row in UserSession.objects.all()] == [FIREFOX]
    assert Session.objects.count() == 1


def test_old_sessions_are_cleared_every_day(settings: Any) -> None:
    tasks = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks["companies.tasks.clear_sessions"].remaining_estimate(timezone.now()) <= timedelta(days=1)


@pytest.mark.parametrize("cookie", ["abcdefgh\x00ijkl", "short", "a" * 6000, "åäöåäöåäöåäö", "abcdefgh' --"])
@pytest.mark.parametrize("address", ["/", "/account/login/", "/api/v1/meetings"])
def test_a_cookie_that_cannot_be_a_session_key_is_nobodys(cookie: str, address: str) -> None:
    client = Client()
    client.cookies["sessionid"] = cookie
    assert client.get(address).status_code == (401 if address.startswith("/api/") else 200)
