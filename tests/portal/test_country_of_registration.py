"""The country of a registration's company: asked or known, never guessed in silence."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendance.report import attendance_of
from companies.models import Person
from meetings import access
from meetings.models import Meeting, Registration
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = False


@pytest.fixture(autouse=True)
def before_the_meeting(time_machine: Any) -> None:
    time_machine.move_to(make.NOW, tick=False)


def in_stockholm(language: str = "en", person: Person | None = None) -> Client:
    client = Client(headers={"Accept-Language": language})
    client.cookies["timezone"] = "Europe/Stockholm"
    if person is not None:
        client.force_login(person)
    return client


def typed(**fields: str) -> dict[str, str]:
    return {"name": "Ieva", "email": "ieva@marios.example", "company": "", "language": "lt", **fields}


def page_of(meeting: Meeting) -> str:
    return reverse("register", args=[meeting.pk])


def register(client: Client, **fields: str) -> Registration | None:
    meeting = make.meeting()
    client.post(page_of(meeting), typed(**fields))
    return meeting.registrations.first()


def country(registration: Registration | None) -> str:
    assert registration is not None
    return registration.country


def preselected(client: Client, address: str) -> str | None:
    """None when the form does not ask."""
    page = client.get(address).content.decode()
    select = re.search(r'<select[^>]*name="country".*?</select>', page, re.DOTALL)
    if select is None:
        return None
    chosen = re.search(r'<option value="(\w*)" selected', select[0])
    return chosen[1] if chosen else ""


# ---- guests ----------------------------------------------------------------------------------------------


def test_a_lithuanian_firm_with_a_stockholm_clock_is_lithuanian() -> None:
    make.company(name="Marių Šiluma", country="LT")
    # The directory knows the company; what stood in the form untouched does not outweigh it.
    assert country(register(in_stockholm("sv"), company="marių šiluma", country="SE")) == "LT"
    # It is not in the directory: the answer counts.
    assert country(register(in_stockholm("sv"), company="Klaipėdos Vėjas", country="LT")) == "LT"
    assert country(register(in_stockholm(), company="Klaipėdos Vėjas", country="LT")) == "LT"


def test_another_answer_than_the_form_offered_outweighs_the_directory() -> None:
    make.company(name="Marių Šiluma", country="LT")
    assert country(register(in_stockholm("sv"), company="Marių Šiluma", country="PL")) == "PL"


def test_somebody_unknown_sees_what_is_offered_and_chooses_where_nothing_is() -> None:
    address = page_of(make.meeting())
    assert preselected(in_stockholm("sv"), address) == "SE"
    assert preselected(in_stockholm("en"), address) == "SE"
    assert preselected(in_stockholm("lt"), address) == "LT"
    in_london = in_stockholm("en")
    in_london.cookies["timezone"] = "Europe/London"
    assert preselected(in_london, address) == ""
    # The meeting's own page is shared by everybody with this language and zone.
    meeting_page = make.meeting().get_absolute_url()
    assert [preselected(in_stockholm(one), meeting_page) for one in ("en", "lt", "en")] == ["SE", "LT", "SE"]


@pytest.mark.parametrize("chosen", ["", "NO", "lt", "\x00", "x" * 5000])
def test_no_country_and_no_choice_of_the_list_are_named_and_the_rest_stays(chosen: str) -> None:
    meeting = make.meeting()
    response = in_stockholm().post(page_of(meeting), typed(company="Klaipėdos Vėjas", country=chosen))
    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="id_country_error0"' in page
    assert 'value="Klaipėdos Vėjas"' in page
    assert not meeting.registrations.exists()


def test_a_form_from_before_the_question_is_taken_and_nothing_is_guessed() -> None:
    assert country(register(in_stockholm("sv"))) == ""
    make.company(name="Marių Šiluma", country="LT")
    assert country(register(in_stockholm("sv"), company="Marių Šiluma")) == "LT"


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ({"country": "LT"}, "LT"),
        ({"country": "SE", "company_name": "Marių Šiluma"}, "LT"),  # the directory's
        ({"country": "NO"}, "XX"),
    ],
)
def test_a_guest_is_offered_the_country_of_their_last_registration(
    earlier: dict[str, str], expected: str
) -> None:
    make.company(name="Marių Šiluma", country="LT")
    registration = make.registration(**earlier)
    client = in_stockholm("sv")
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    assert preselected(client, page_of(make.meeting())) == expected


# ---- people who are signed in ----------------------------------------------------------------------------


def test_whose_company_is_known_is_not_asked() -> None:
    person = make.person(company=make.company(country="LT"), country="SE", timezone="Europe/Stockholm")
    client, meeting = in_stockholm("sv", person), make.meeting()
    assert preselected(client, page_of(meeting)) is None
    client.post(page_of(meeting), {"language": "sv", "country": "SE"})
    assert country(meeting.registrations.first()) == "LT"


def test_whose_company_is_not_known_is_asked_and_offered_what_the_profile_says() -> None:
    client, meeting = in_stockholm("sv", make.person(country="LT")), make.meeting()
    assert preselected(client, page_of(meeting)) == "LT"
    client.post(page_of(meeting), {"language": "sv", "country": "PL"})
    assert country(meeting.registrations.first()) == "PL"


def test_whose_profile_says_nothing_is_offered_their_last_registrations() -> None:
    person = make.person(country="")
    make.registration(person=person, country="LT")
    assert preselected(in_stockholm("sv", person), page_of(make.meeting())) == "LT"


# ---- where it is counted ---------------------------------------------------------------------------------


def test_attendance_counts_the_country_of_the_company() -> None:
    now = timezone.now()
    meeting = make.meeting(
        state="ended",
        starts_at=now - timedelta(hours=2),
        ends_at=now - timedelta(hours=1),
        started_at=now - timedelta(hours=2),
        ended_at=now - timedelta(hours=1),
    )
    people = [
        make.person(company=make.company(country="LT"), country="SE"),
        make.registration(meeting=meeting, country="PL", person=make.person(country="SE")).person,
    ]
    for person in people:
        make.presence(
            room=meeting.room, person=person, joined_at=meeting.started_at, left_at=meeting.ended_at
        )
    attendance = attendance_of(meeting, now)
    assert {one.country for one in attendance.attendees} == {"LT", "PL"}


def test_a_program_that_names_a_listed_company_need_not_name_its_country() -> None:
    from companies.company_names import country_of_listed_company

    make.company(name="Marių Šiluma", country="LT")
    assert country_of_listed_company("MARIŲ  ŠILUMA") == "LT"
    assert country_of_listed_company("Nobody") == ""
