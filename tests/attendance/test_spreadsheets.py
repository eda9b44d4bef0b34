"""CSV files, as a spreadsheet opens them by a double click in each language."""

import csv
import io

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from companies.views.spreadsheet import csv_file
from meetings.models import Meeting
from tests import factories
from tests.factories import STARTS_AT

SEPARATORS = {"en": ",", "sv": ";", "pl": ";", "de": ";", "da": ";", "lt": ";"}


def rows_of(answer: HttpResponse, separator: str) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf"), "by this mark a spreadsheet knows UTF-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=separator))


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "separator"), SEPARATORS.items())
def test_every_csv_file_opens_in_columns(client: Client, language: str, separator: str) -> None:
    host = factories.secretariat(language=language, company=factories.company(name="Åse; Vind, AB"))
    meeting = factories.meeting(state=Meeting.State.ENDED, host=host, host_company=host.company)
    for name in ("Zoe, Æbler", "=cmd|'/C calc'!A0"):
        registration = factories.registration(
            meeting=meeting, name=name, answers={"Why?": 'Heat; cold, "both"'}
        )
        factories.presence(
            room=meeting.room, person=registration.person, joined_at=STARTS_AT, left_at=meeting.ends_at
        )
    client.force_login(host)
    client.cookies["django_language"] = language
    tables = [
        reverse("registrations_csv", args=[meeting.pk]),
        reverse("attendance_csv", args=[meeting.pk]),
        reverse("schedule") + "?export=csv&when=past",
        reverse("directory") + "?format=csv",
    ]
    for address in tables:
        rows = rows_of(client.get(address), separator)
        assert len(rows) > 1, address
        assert {len(row) for row in rows} == {len(rows[0])}, address
        assert len(rows[0]) > 5, address
        assert not any(cell.startswith("=") for row in rows for cell in row), address
    assert "Åse; Vind, AB" in rows_of(client.get(tables[3]), separator)[1]


@pytest.mark.parametrize(("language", "written"), [("en", "0.5"), ("sv", "0,5"), ("de", "0,5")])
def test_a_number_has_the_decimal_sign_of_the_language(language: str, written: str) -> None:
    with translation.override(language):
        answer = csv_file("x.csv", ["a", "b", "c"], [[0.5, 3, None]])
    assert rows_of(answer, SEPARATORS[language])[1] == [written, "3", ""]


@pytest.mark.django_db
def test_names_are_sorted_by_the_readers_alphabet(client: Client) -> None:
    host = factories.member(language="sv")
    meeting = factories.meeting(state=Meeting.State.ENDED, host=host)
    for name in ("Åsa", "Zeta", "Ärla", "Örjan", "Adam"):
        registration = factories.registration(meeting=meeting, name=name)
        factories.presence(
            room=meeting.room, person=registration.person, joined_at=STARTS_AT, left_at=meeting.ends_at
        )
    client.force_login(host)
    client.cookies["django_language"] = "sv"
    rows = rows_of(client.get(reverse("attendance_csv", args=[meeting.pk])), ";")
    assert [row[0] for row in rows[1:]] == ["Adam", "Zeta", "Åsa", "Ärla", "Örjan"]
