"""People answer the host's questions: when they register, for a meeting or a series, and afterwards."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Person
from meetings import access
from meetings.models import Meeting, Registration
from portal import rate_limits
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def meeting() -> Meeting:
    """Asks one question of each kind; the choice and the consent must be answered."""
    made = factories.meeting(series=factories.series())
    factories.question(made, key="why", label={"en": "Why do you come?", "sv": "Varför kommer du?"})
    factories.question(made, "choice", key="food", label={"en": "Which food?"}, is_required=True)
    factories.question(made, "several", key="days", label={"en": "Which days?"})
    factories.question(made, "consent", key="photos", label={"en": "I agree to photos."}, is_required=True)
    return made


GIVEN = {"answer_why": "Heat", "answer_food": "peas", "answer_days": ["fish", "peas"], "answer_photos": "on"}
STORED = {"why": "Heat", "food": "peas", "days": ["fish", "peas"], "photos": True}


def typed(**fields: Any) -> dict[str, Any]:
    return {"name": "Rasa", "email": "rasa@example.org", "company": "", "language": "lt"} | fields


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def holder_of(registration: Registration) -> Client:
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    return client


def error_at(page: str, name: str) -> str:
    """The words of the error that belongs to the field."""
    found = re.search(rf'id="id_{name}_error0">.*?<span>(.*?)</span>', page, re.DOTALL)
    return found[1] if found else ""


# ---- the form --------------------------------------------------------------------------------------------


def test_the_form_asks_in_the_readers_language_and_marks_another(meeting: Meeting) -> None:
    page = Client(headers={"Accept-Language": "sv"}).get(meeting.get_absolute_url()).text
    assert "Varför kommer du?" in page
    assert "Fisk" in page
    assert '<span lang="en">Which food?</span>' in page
    assert 'name="answer_photos"' in page


def test_a_question_added_later_is_on_the_shared_page_at_once(meeting: Meeting) -> None:
    assert "And a new one?" not in Client().get(meeting.get_absolute_url()).text
    factories.question(meeting, label={"en": "And a new one?"})
    assert "And a new one?" in Client().get(meeting.get_absolute_url()).text


@pytest.mark.parametrize("of_series", [False, True])
def test_answers_are_stored_with_the_registration(meeting: Meeting, of_series: bool) -> None:
    name, of = ("register_for_series", meeting.series_id) if of_series else ("register", meeting.pk)
    assert Client().post(reverse(name, args=[of]), typed(**GIVEN)).status_code == 302
    assert Registration.objects.get().answers == STORED


def test_a_signed_in_person_is_asked_too(meeting: Meeting) -> None:
    client = client_of(factories.member(name="Elin"))
    address = reverse("register", args=[meeting.pk])
    assert 'name="answer_food"' in client.get(address).text
    assert client.post(address, {"language": "sv"}).status_code == 422
    client.post(address, {"language": "sv", **GIVEN})
    assert Registration.objects.get().answers == STORED


@pytest.mark.parametrize("of_series", [False, True])
def test_what_must_be_answered_says_so_at_the_field_and_all_else_stays(
    meeting: Meeting, of_series: bool
) -> None:
    name, of = ("register_for_series", meeting.series_id) if of_series else ("register", meeting.pk)
    given = {"answer_why": "Heat", "answer_days": ["fish", "peas"], "answer_food": "meat"}
    answer = Client().post(reverse(name, args=[of]), typed(**given))
    assert answer.status_code == 422
    assert error_at(answer.text, "answer_food") == "Choose an option from the list."
    assert error_at(answer.text, "answer_photos") == "Your consent is required."
    assert ">\nHeat</textarea>" in answer.text
    assert len(re.findall(r'name="answer_days"[^>]* checked', answer.text)) == 2
    assert 'value="rasa@example.org"' in answer.text
    assert not Registration.objects.exists()


def checked_days(page: str) -> int:
    return len(re.findall(r'name="answer_days"[^>]* checked', page))


@pytest.mark.parametrize("of_series", [False, True])
def test_a_form_without_the_csrf_cookie_keeps_the_answers(meeting: Meeting, of_series: bool) -> None:
    name, of = ("register_for_series", meeting.series_id) if of_series else ("register", meeting.pk)
    answer = Client(enforce_csrf_checks=True).post(reverse(name, args=[of]), typed(**GIVEN))
    assert answer.status_code == 403
    assert ">\nHeat</textarea>" in answer.text
    assert checked_days(answer.text) == 2
    assert re.search(r'name="answer_photos"[^>]* checked', answer.text)


def test_a_closed_meeting_answers_409_and_a_robot_check_keeps_every_tick(meeting: Meeting) -> None:
    address = reverse("register", args=[meeting.pk])
    trapped = Client().post(address, typed(leave_empty="http://spam.example", **GIVEN))
    assert trapped.status_code == 422
    assert checked_days(trapped.text) == 2
    assert "spam.example" not in trapped.text
    Meeting.objects.update(registration="closed")
    assert Client().post(address, typed(**GIVEN)).status_code == 409


def test_a_rate_limit_keeps_the_answers(meeting: Meeting, settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    client, address = Client(), reverse("register", args=[meeting.pk])
    for _time in range(rate_limits.PER_EMAIL_ADDRESS.amount):
        client.post(address, typed(**GIVEN))
    limited = client.post(address, typed(**GIVEN))
    assert limited.status_code == 429
    assert checked_days(limited.text) == 2


# ---- afterwards ------------------------------------------------------------------------------------------


def test_open_questions_are_answered_on_the_page_of_the_registration(meeting: Meeting) -> None:
    registration = factories.registration(meeting=meeting)
    client = holder_of(registration)
    page = client.get(reverse("registration", args=[registration.pk])).text
    assert "2 required questions from the host are still unanswered." in page
    address = reverse("registration_answers", args=[registration.pk])
    assert address in page
    wrong = client.post(address, {"answer_why": "Heat"})
    assert (wrong.status_code, error_at(wrong.text, "answer_food")) == (422, "Choose an answer.")
    assert ">\nHeat</textarea>" in wrong.text
    saved = client.post(address, GIVEN, follow=True).text
    registration.refresh_from_db()
    assert registration.answers == STORED
    for words in ("Answers saved.", "Fish; Peas", "Change my answers"):
        assert words in saved
    assert "still unanswered" not in saved


def test_the_answers_form_shows_what_was_answered(meeting: Meeting) -> None:
    registration = factories.registration(meeting=meeting, answers=STORED)
    page = holder_of(registration).get(reverse("registration_answers", args=[registration.pk])).text
    assert ">\nHeat</textarea>" in page
    assert checked_days(page) == 2
    assert re.search(r'name="answer_food" value="peas"[^>]* checked', page)
    assert re.search(r'name="answer_photos"[^>]* checked', page)


def test_from_the_start_on_answers_are_shown_and_stay(meeting: Meeting, time_machine: Any) -> None:
    registration = factories.registration(meeting=meeting, answers={"why": "Heat"})
    time_machine.move_to(meeting.starts_at + timedelta(minutes=1), tick=False)
    client = holder_of(registration)
    page = client.get(reverse("registration", args=[registration.pk])).text
    assert "Heat" in page
    address = reverse("registration_answers", args=[registration.pk])
    assert address not in page
    said = client.post(address, GIVEN, follow=True).text
    assert "The meeting has started: answers can no longer be changed." in said
    registration.refresh_from_db()
    assert registration.answers == {"why": "Heat"}


def test_the_host_reads_the_answers_and_does_not_give_them(meeting: Meeting) -> None:
    registration = factories.registration(meeting=meeting, answers={"why": "Heat"})
    client = client_of(meeting.host)
    page = client.get(reverse("registration", args=[registration.pk])).text
    assert "Heat" in page
    address = reverse("registration_answers", args=[registration.pk])
    assert address not in page
    assert client.post(address, GIVEN).status_code == 403
    assert Client().post(address, GIVEN).status_code == 404


def test_nothing_is_asked_where_the_host_asks_nothing() -> None:
    registration = factories.registration()
    client = holder_of(registration)
    page = client.get(reverse("registration", args=[registration.pk])).text
    assert "Your answers" not in page
    assert client.get(reverse("registration_answers", args=[registration.pk])).status_code == 302
