"""A lost confirmation is sent again, and nobody learns by it who is registered."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from api import rate_limits as counted
from meetings import access, registering, resending, tasks
from meetings.links import personal_link
from meetings.models import ConfirmationRequest, Registration
from meetings.resending import UnableToResend
from notifications.models import Notification
from tests import factories as make
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
Kind, State = Notification.Kind, Registration.State
OFFERED = {"offered_until": STARTS_AT - timedelta(days=1)}


@pytest.fixture(autouse=True)
def at_now(settings: Any) -> Any:
    settings.RATE_LIMITS = False
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(registration: Registration) -> str:
    return reverse("lost_confirmation", args=[registration.meeting_id])


def resend_page_of(registration: Registration) -> str:
    return reverse("resend_confirmation", args=[registration.pk])


# ---- by address ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind", "about"),
    [
        (State.CONFIRMED, Kind.CONFIRMATION, {}),
        (State.PENDING, Kind.REQUESTED, {}),
        (State.WAITLISTED, Kind.WAITLISTED, {}),
        (State.OFFERED, Kind.OFFER, OFFERED),
    ],
)
def test_the_email_has_the_personal_link_and_the_present_state(
    client: Client, mailer: Any, send: Any, state: str, kind: str, about: dict[str, Any]
) -> None:
    registration = make.registration(state=state, language="en", **about)
    client.post(page_of(registration), {"email": registration.email.upper()})
    tasks.answer_confirmation_requests()
    send(NOW)
    (mail,) = mailer.to(registration.email)
    assert Notification.objects.get().kind == kind
    assert "/j/" in mail.text
    link = next(line for line in mail.text.splitlines() if "/j/" in line).partition("//")[2].partition("/")[2]
    assert client.get(f"/{link}").status_code == 302
    assert registration.pk in client.session[access.SESSION_REGISTRATIONS]
    assert (mail.calendar is not None) is (state == State.CONFIRMED)
    if mail.calendar is not None:
        assert mail.calendar.method == "REQUEST"


def test_the_answer_is_the_same_for_every_address(client: Client) -> None:
    registration = make.registration()
    pages, statements = [], []
    for email in (registration.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            response = client.post(page_of(registration), {"email": email})
        page = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", response.content.decode())
        pages.append((response.status_code, page.replace(email, "")))
        statements.append([query["sql"].replace(email, "") for query in queries])
    assert pages[0] == pages[1]
    assert statements[0] == statements[1]


def test_an_address_that_is_not_registered_gets_nothing(client: Client) -> None:
    cancelled = make.registration(state=State.CANCELLED, cancelled_at=NOW)
    elsewhere = make.registration()
    for email in (cancelled.email, elsewhere.email, "nobody@example.org"):
        client.post(page_of(cancelled), {"email": email})
    tasks.answer_confirmation_requests()
    assert not Notification.objects.exists()
    assert not ConfirmationRequest.objects.exists()


def test_nobody_is_flooded_however_often_somebody_asks(client: Client, mailer: Any, send: Any) -> None:
    registration = make.registration()
    for minute in range(21):
        now = NOW + timedelta(minutes=minute)
        client.post(page_of(registration), {"email": registration.email})
        resending.answer_requests(now=now)
        send(now)
    assert len(mailer.mails) == 3  # at 0, 10 and 20 minutes


def test_reminders_stay_and_a_mail_that_still_waits_is_replaced(client: Client) -> None:
    applicant = registering.Applicant(email="ieva@marios.example", name="Ieva")
    registration = registering.register(meeting=make.meeting(), applicant=applicant, now=NOW)
    reminders = Notification.objects.waiting().filter(kind=Kind.REMINDER).count()
    assert reminders == 3
    resending.resend(registration=registration, now=NOW + timedelta(minutes=1))
    assert Notification.objects.waiting().filter(kind=Kind.REMINDER).count() == reminders
    assert Notification.objects.waiting().filter(kind=Kind.CONFIRMATION).count() == 1


@pytest.mark.parametrize("about", [{"state": "cancelled", "cancelled_at": NOW}, {"state": "ended"}])
def test_a_meeting_that_is_over_says_so_to_everybody(client: Client, about: dict[str, Any]) -> None:
    registration = make.registration(meeting=make.meeting(**about))
    for email in (registration.email, "nobody@example.org"):
        response = client.post(page_of(registration), {"email": email})
        assert response.status_code == 422
        assert f'value="{email}"' in response.content.decode()
    assert not ConfirmationRequest.objects.exists()
    with pytest.raises(UnableToResend) as refused:
        resending.resend(registration=registration, now=NOW)
    assert refused.value.code == "over"


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "\x00", "x" * 300 + "@example.org", "a@example.org\nBcc: b@c.d"]
)
def test_what_is_no_address_is_named(client: Client, email: str) -> None:
    response = client.post(page_of(make.registration()), {"email": email})
    assert response.status_code in {200, 422}
    assert ConfirmationRequest.objects.count() == (response.status_code == 200)


def test_the_trap_and_an_expired_token_keep_what_was_typed() -> None:
    registration = make.registration()
    sent = {"email": registration.email}
    trapped = Client().post(page_of(registration), {**sent, "leave_empty": "x"})
    expired = Client(enforce_csrf_checks=True).post(page_of(registration), sent)
    assert (trapped.status_code, expired.status_code) == (422, 403)
    for response in (trapped, expired):
        assert f'value="{registration.email}"' in response.content.decode()
    assert not ConfirmationRequest.objects.exists()


def test_it_is_limited_as_registering_is(settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    counted.memory_limiter.cache_clear()
    registration = make.registration()
    of_network = [
        Client(REMOTE_ADDR=f"203.0.113.{number}").post(
            page_of(registration), {"email": f"a{number}@example.org"}
        )
        for number in range(26)
    ]
    assert [response.status_code for response in of_network] == [200] * 25 + [429]
    assert 'value="a25@example.org"' in of_network[-1].content.decode()
    of_address = [
        Client(REMOTE_ADDR=f"198.51.{number}.1").post(page_of(registration), {"email": "a@example.org"})
        for number in range(21)
    ]
    assert [response.status_code for response in of_address] == [200] * 20 + [429]


@pytest.mark.parametrize(
    "about", [{}, {"registration": "closed"}, {"registration": "approval"}, {"capacity": 1}]
)
def test_the_public_page_leads_there(client: Client, about: dict[str, Any]) -> None:
    registration = make.registration(meeting=make.meeting(**about))
    link = f'href="{page_of(registration)}"'
    assert link in client.get(registration.meeting.get_absolute_url()).content.decode()
    assert client.get(page_of(registration)).status_code == 200


def test_who_is_known_is_led_to_their_registration(client: Client) -> None:
    registration = make.registration(person=make.member())
    client.force_login(registration.person)
    response = client.get(page_of(registration))
    assert response["Location"] == reverse("registration", args=[registration.pk])


# ---- from a registration's page and the host's -----------------------------------------------------------


def test_its_person_sends_it_from_their_own_page(client: Client) -> None:
    registration = make.registration(person=make.member())
    client.force_login(registration.person)
    own = reverse("registration", args=[registration.pk])
    assert f'action="{resend_page_of(registration)}"' in client.get(own).content.decode()
    assert client.post(resend_page_of(registration))["Location"] == own
    again = client.post(resend_page_of(registration), follow=True).content.decode()
    assert "in 10 minutes" in again
    assert Notification.objects.filter(kind=Kind.CONFIRMATION).count() == 1


def test_the_host_sends_it_from_the_list(client: Client) -> None:
    registration = make.registration()
    gone = make.registration(meeting=registration.meeting, state=State.CANCELLED, cancelled_at=NOW)
    client.force_login(registration.meeting.host)
    host_page = reverse("host_meeting", args=[registration.meeting_id])
    shown = client.get(host_page).content.decode()
    assert f'action="{resend_page_of(registration)}"' in shown
    assert f'action="{resend_page_of(gone)}"' not in shown
    assert client.post(resend_page_of(registration))["Location"] == host_page
    assert Notification.objects.get().person == registration.person
    client.post(resend_page_of(gone))
    assert Notification.objects.count() == 1


def test_two_at_once_send_one() -> None:
    registration = make.registration()
    stale = Registration.objects.select_related("meeting").get(pk=registration.pk)
    resending.resend(registration=registration, now=NOW)
    with pytest.raises(UnableToResend) as refused:
        resending.resend(registration=stale, now=NOW)
    assert refused.value.code == "too_soon"
    assert Notification.objects.count() == 1


# ---- on the page of the registration ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "button", "about"),
    [
        (State.CONFIRMED, "Send the confirmation again", {}),
        (State.PENDING, "Resend email", {}),
        (State.WAITLISTED, "Resend email", {}),
        (State.OFFERED, "Resend email", OFFERED),
    ],
)
def test_no_confirmation_is_named_where_there_was_none(
    client: Client, state: str, button: str, about: dict[str, Any]
) -> None:
    registration = make.registration(state=state, **about)
    page = client.get(personal_link(registration), follow=True).text
    shown = {one for one in ("Send the confirmation again", "Resend email") if one in page}
    assert shown == {button}


def test_until_when_a_seat_is_held_is_written_as_times_are_everywhere(client: Client) -> None:
    registration = make.registration(
        person=make.person(language="pl"), timezone="Europe/Stockholm", state=State.OFFERED, **OFFERED
    )
    client.force_login(registration.person)
    assert "13 stycznia 2027, 10:00" in client.get(reverse("registration", args=[registration.pk])).text
