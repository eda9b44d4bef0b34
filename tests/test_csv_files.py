"""No cell of any CSV file runs as a formula, whoever typed it."""

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from companies.models import Person
from companies.views.spreadsheet import csv_file
from engagement.chat.saying import PendingMessage, write_messages
from engagement.models import Poll, PollBallot
from engagement.realtime_text.saying import commit_line
from meetings.models import Meeting
from rooms.messages import PersonRef
from tests import factories
from tests.factories import NOW, STARTS_AT
from tools.translations import PACKAGES

ROOT = Path(__file__).parent.parent
SPREADSHEET = "companies/views/spreadsheet.py"
# Which functions of the product write a CSV file, and where a host reads it. A new one is added here.
FILES = {
    "attendance/views/attendance.py:attendance_csv": "attendance_csv",
    "companies/views/directory.py:_as_csv": "directory",
    "meetings/views/hosting/host_page.py:registrations_csv": "registrations_csv",
    "portal/views/chat.py:chat_csv": "chat_csv",
    "portal/views/live_questions.py:questions_csv": "live_questions_csv",
    "portal/views/live_text.py:live_text_csv": "live_text_csv",
    "portal/views/polls.py:ballots_csv": "ballots_csv",
    "portal/views/polls.py:polls_csv": "polls_csv",
    "portal/views/schedule.py:_table": "schedule",
}
# What begins a formula in Excel, LibreOffice or Google Sheets, and what they skip before one.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BEGINNINGS = [each if each.strip() else f"{each}=" for each in BEGINS_A_FORMULA]
MARK = "HYPERLINK(1)"


def product_files() -> list[str]:
    found = (path for app in PACKAGES for path in (ROOT / app).rglob("*.py"))
    return sorted(str(path.relative_to(ROOT)) for path in found)


def functions_that_write_csv() -> set[str]:
    found = set()
    for path in product_files():
        for function in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(function, ast.FunctionDef) and "csv_file" in called_in(function):
                found.add(f"{path}:{function.name}")
    return found


def called_in(function: ast.FunctionDef) -> set[str]:
    calls = [each.func for each in ast.walk(function) if isinstance(each, ast.Call)]
    return {each.id for each in calls if isinstance(each, ast.Name)}


def test_every_csv_file_is_known_to_this_test() -> None:
    assert functions_that_write_csv() == set(FILES)


def test_csv_files_are_written_in_one_place() -> None:
    writing = [
        path
        for path in product_files()
        if any(words in (ROOT / path).read_text() for words in ("text/csv;", "csv.writer", "DictWriter"))
    ]
    assert writing == [SPREADSHEET]


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=repr)
def test_a_cell_that_begins_like_a_formula_is_text(beginning: str) -> None:
    rows = rows_of(csv_file("x.csv", [f"{beginning}1+1"], [[f"{beginning}1+1"], ["plain"]]))
    assert rows == [[f"'{beginning}1+1"], [f"'{beginning}1+1"], ["plain"]]


def test_a_number_below_zero_stays_a_number() -> None:
    assert rows_of(csv_file("x.csv", ["a", "b"], [[-3, "-3.5"]]))[1] == ["-3", "-3.5"]


def rows_of(answer: HttpResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.django_db
@pytest.mark.parametrize("beginning", BEGINNINGS, ids=repr)
@time_machine.travel(NOW, tick=False)
def test_no_cell_of_any_file_is_a_formula(client: Client, beginning: str) -> None:
    client.force_login(host_of_everything(f"{beginning}{MARK}"))
    meeting = Meeting.objects.get()
    for name in FILES.values():
        answer = client.get(*address_of(name, meeting))
        assert answer.status_code == 200, name
        cells = [cell for row in rows_of(answer) for cell in row]
        assert any(MARK in cell for cell in cells), f"what was typed is in {name}"
        assert [cell for cell in cells if cell.startswith(BEGINS_A_FORMULA)] == [], name


def address_of(name: str, meeting: Meeting) -> tuple[Any, ...]:
    if name in {"schedule", "directory"}:
        return reverse(name), {"export": "csv", "format": "csv", "when": "past"}
    of_poll = [Poll.objects.get().pk] if name == "ballots_csv" else []
    return (reverse(name, args=[meeting.pk, *of_poll]),)


def host_of_everything(typed: str) -> Person:
    """Of a meeting that is over, in which every text that somebody can type is this one."""
    company = factories.company(name=typed, city=typed, website=typed, summary={"en": typed})
    factories.offer(company, en=typed)
    factories.need(company, en=typed)
    company.topics.add(factories.topic("typed", en=typed))
    host = factories.person(name=typed, company=company, email=f"{typed}@example.org".strip())
    meeting = factories.meeting(
        host=host, host_company=company, title={"en": typed}, state=Meeting.State.ENDED
    )
    factories.question(meeting, key="food", label={"en": typed})
    answers = {"food": typed, typed: typed}
    seat = factories.registration(
        meeting=meeting, person=factories.person(name=typed), company_name=typed, answers=answers
    )
    factories.presence(
        room=meeting.room,
        person=seat.person,
        joined_at=STARTS_AT,
        left_at=STARTS_AT + timedelta(minutes=30),
    )
    say(meeting, typed)
    asker = factories.participant(room=meeting.room, person=seat.person)
    factories.live_question(
        meeting=meeting,
        participant=asker,
        text=typed,
        state="answered",
        answer=typed,
        answered_at=NOW,
        answered_by=host,
    )
    poll = factories.poll(
        meeting, title=typed, options=(typed,), state=Poll.State.CLOSED, is_anonymous=False, voters=1
    )
    PollBallot.objects.create(poll=poll, person=seat.person, choices=[1], text=typed)
    return host


def say(meeting: Meeting, text: str) -> None:
    sender = PersonRef(id="p1", name=text, company=text)
    (outcome,) = write_messages([PendingMessage(meeting.room_id, text, sender, meeting.host_id)], STARTS_AT)
    assert isinstance(outcome, int)
    commit_line(
        room_id=meeting.room_id,
        text_id="0123456789ab",
        text=text,
        person_ref=sender,
        person=meeting.host_id,
        now=STARTS_AT,
    )
