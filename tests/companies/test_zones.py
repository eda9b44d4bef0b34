"""Time zones as browsers, profiles and programs name them: IANA names, aliases and fixed offsets."""

from zoneinfo import available_timezones

import pytest
from django.test import Client
from django.utils import translation

from companies import zones
from companies.forms import ProfileForm, TimeZoneForm
from notifications.email_content import meeting_time
from tests import factories

# 10:00 in Stockholm in winter.
ELSEWHERE = [
    ("Etc/UTC", "09:00", "UTC"),
    ("GMT", "09:00", "UTC"),
    ("Etc/GMT+6", "03:00", "UTC−6"),
    ("US/Eastern", "04:00", "New York"),
    ("Asia/Calcutta", "14:30", "Kolkata"),
    ("Etc/GMT-3", "12:00", "UTC+3"),
    ("EST", "04:00", "UTC−5"),
    ("Poland", "10:00", "Warsaw"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "hour", "place"), ELSEWHERE)
def test_a_page_shows_times_in_the_browsers_zone(client: Client, zone: str, hour: str, place: str) -> None:
    meeting = factories.meeting()
    client.cookies[zones.COOKIE] = zone.replace("/", "%2F").replace("+", "%2B")
    shown = client.get(meeting.get_absolute_url()).content.decode()
    assert f">{hour}–" in shown
    assert f"Times are shown in {place} time." in shown
    assert client.get("/schedule/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "hour", "place"), ELSEWHERE)
def test_an_email_shows_times_in_the_readers_zone(zone: str, hour: str, place: str) -> None:
    said = meeting_time(factories.meeting(), zone)
    assert f"{hour}–" in str(said)
    assert f"Your time zone: {place}." in str(said)


def test_every_zone_of_iana_is_known_and_has_a_name_and_nothing_else_is() -> None:
    assert available_timezones() - zones.known() <= {"Factory", "localtime", "posixrules"}
    for name in zones.known():
        assert zones.zone(name).key == name
        assert zones.label(name)
    for name in ("", "../etc/passwd", "Europe/Stockholm\x00", "europe/stockholm", "Factory", "x" * 5000):
        with pytest.raises(ValueError, match="unknown time zone"):
            zones.zone(name)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Vilnius", "Kyiv", "New York (United States)", "UTC−6"]),
        ("lt", ["Vilnius", "Kijevas", "Niujorkas (Jungtinės Valstijos)", "UTC−6"]),
        ("pl", ["Wilno", "Kijów", "Nowy Jork (Stany Zjednoczone)", "UTC−6"]),
    ],
)
def test_a_zone_is_named_in_the_readers_language(language: str, names: list[str]) -> None:
    with translation.override(language):
        found = [
            zones.label("Europe/Vilnius"),
            zones.label("Europe/Kyiv"),
            zones.label_with_country("America/New_York"),
            zones.label_with_country("Etc/GMT+6"),
        ]
    assert found == names


def test_berlin_is_not_called_after_a_city_that_shares_its_time() -> None:
    with translation.override("sv"):
        assert zones.label("Europe/Berlin") == "Berlin"


@pytest.mark.django_db
def test_a_profile_keeps_a_zone_that_its_list_does_not_offer() -> None:
    person = factories.person(timezone="Etc/GMT+6")
    shown = str(ProfileForm(instance=person)["timezone"])
    assert '<option value="Etc/GMT+6" selected>UTC−6</option>' in shown
    form = TimeZoneForm({"timezone": "US/Eastern"})
    assert form.is_valid()
    assert not TimeZoneForm({"timezone": "Mars/Base"}).is_valid()
