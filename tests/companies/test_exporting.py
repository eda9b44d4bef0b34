"""The export: everything of the person, nothing of others, no secret; readable and as JSON."""

import io
import json
import re
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies import erasing, exporting, personal_data, profiles
from companies.models import Person
from companies.pictures import reencoded
from meetings.models import Registration
from rooms.models import Presence
from tests import factories
from tests.companies.full_life import ADDRESS, ANSWERED, NAME, SAID, full_life
from tests.companies.test_pictures import picture_file
from tests.companies.test_signing_in import code_in, mails
from tests.test_growth import many

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_limits(settings: Any) -> None:
    """Tests follow each other faster than people."""
    settings.RATE_LIMITS = False


RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def exported(person: Person, language: str = "") -> zipfile.ZipFile:
    client = Client(headers={"accept-language": language} if language else {})
    client.force_login(person)
    answer = client.post(reverse("export_data"))
    assert answer["Content-Type"] == "application/zip"
    content = answer.getvalue()
    assert answer["Content-Length"] == str(len(content))
    return zipfile.ZipFile(io.BytesIO(content))


def page(archive: zipfile.ZipFile, name: str) -> str:
    """The page of a kind, whose file is named in the reader's language."""
    index = archive.read("index.html").decode()
    row = next(row for row in index.split("<tr>") if f'href="{name}.json"' in row)
    found = re.search(r'href="([a-z0-9-]+\.html)"', row)
    assert found is not None, row
    return archive.read(found[1]).decode()


def records(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(archive.read(f"{name}.json"))
    return found


def test_each_kind_has_a_page_and_a_file() -> None:
    archive = exported(full_life(timezone.now()).person)
    kinds = {table.name for table in personal_data.tables() if table.export}
    pages = {name for name in archive.namelist() if name.endswith(".html")} - {"index.html"}
    files = {f"{kind}.json" for kind in kinds}
    assert len(pages) == len(kinds)
    assert set(archive.namelist()) == pages | files | {"index.html", "style.css"}
    index = archive.read("index.html").decode()
    assert all(f'href="{name}"' in index for name in pages | files)
    filled = {kind for kind in kinds if records(archive, kind)}
    assert filled == kinds


def test_what_they_typed_is_in_it() -> None:
    life = full_life(timezone.now())
    archive = exported(life.person)
    (profile,) = records(archive, "profile")
    assert (profile["email"], profile["name"], profile["company"]["name"]) == (ADDRESS, NAME, "Wells AB")
    registrations = records(archive, "registrations")
    assert {one["meeting"]["id"] for one in registrations} == {life.ended.pk, life.upcoming.pk}
    assert {one["answers"]["Food"] for one in registrations} == {ANSWERED}
    assert [one["payload"]["text"] for one in records(archive, "room_events")] == [SAID]
    assert [one["ip"] for one in records(archive, "sessions")][:1] == ["192.0.2.7"]
    assert RFC_3339.fullmatch(registrations[0]["registered_at"])
    assert SAID in page(archive, "room_events")
    assert "Heat from harbour water" in page(archive, "presences")


def test_the_pages_are_in_the_language_of_the_person() -> None:
    archive = exported(full_life(timezone.now()).person)  # who reads Polish
    assert '<html lang="pl">' in archive.read("index.html").decode()
    assert "potwierdz" in page(archive, "emails").lower()


def test_no_secret_is_in_it() -> None:
    life = full_life(timezone.now())
    archive = exported(life.person)
    secrets = [
        *(life.person.calendar_key, life.person.password, "S3CR3T"),
        *Registration.objects.values_list("link_key", flat=True),
    ]
    whole = "".join(archive.read(name).decode() for name in archive.namelist())
    assert [secret for secret in secrets if secret in whole] == []


def test_nothing_of_others_is_in_it() -> None:
    life = full_life(timezone.now())
    other = factories.person(name="Somebody Else", email="somebody.else@example.org")
    factories.registration(person=other, meeting=life.ended, answers={"Food": "Fish"})
    factories.article(author=other, title={"en": "News from somebody else"})
    archive = exported(life.person)
    whole = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "omebody" not in whole
    assert "Fish" not in whole


def test_what_others_do_changes_no_kind_of_it() -> None:
    now = timezone.now()
    life = full_life(now)
    before = written(life.person, now)
    other = full_life(now, name="Somebody Else", email="somebody.else@example.org")
    assert written(life.person, now) == before
    assert {name for name, rows in written(other.person, now).items() if not rows} == set()


def written(person: Person, now: datetime) -> dict[str, list[dict[str, Any]]]:
    with TemporaryFile() as file:
        parts = exporting.write_export(person=person, to=file, now=now)
        archive = zipfile.ZipFile(file)
        return {part.name: records(archive, part.name) for part in parts}


def test_what_was_typed_is_escaped() -> None:
    person = factories.person(name="<script>alert(1)</script>", title="one & two")
    shown = page(exported(person), "profile")
    assert "<script" not in shown
    assert "one &amp; two" in shown


def test_ten_thousand_rows_take_no_more_memory_and_few_queries(settings: Any) -> None:
    life = full_life(timezone.now())
    few = _cost(life.person)
    presence = Presence.objects.get(person=life.person)
    many(presence, 10_000, connection=lambda at: f"grown-{at}")
    most = _cost(life.person)
    assert most["memory"] < 4 * few["memory"] + 8_000_000
    assert most["queries"] <= few["queries"] + 10_000 / exporting.PORTION * 2 + 2
    assert most["rows"] == few["rows"] + 10_000


def _cost(person: Person) -> dict[str, int]:
    with CaptureQueriesContext(connection) as queries, TemporaryFile() as file:
        tracemalloc.start()
        parts = exporting.write_export(person=person, to=file, now=timezone.now())
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return {"memory": memory, "queries": len(queries), "rows": sum(part.count for part in parts)}


def test_a_sixth_export_within_an_hour_is_refused(settings: Any) -> None:
    settings.RATE_LIMITS = True
    client = Client()
    client.force_login(factories.person(pk=int(timezone.now().timestamp())))  # whom no other test counted
    answers = [client.post(reverse("export_data")) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [302]
    assert "Try again in an hour" in client.get(reverse("your_data")).text


def test_a_guest_signs_in_by_a_code_to_the_same_address(settings: Any, tmp_path: Path) -> None:
    """Somebody who has only ever registered has a row; the code makes it an account."""
    settings.EMAIL_URL, settings.MAIL_DIR, settings.ACCOUNT_RATE_LIMITS = "", tmp_path, False
    guest = factories.person(email="guest@example.org", name="Guest")
    factories.registration(person=guest)
    client = Client()
    page = reverse("your_data")
    assert client.get(page)["Location"] == f"{reverse('account_login')}?next={page}"
    client.post(f"{reverse('account_login')}?next={page}", {"login": "guest@example.org", "next": page})
    answer = client.post(
        reverse("account_confirm_login_code"), {"code": code_in(mails(tmp_path)[-1]), "next": page}
    )
    assert answer.status_code == 302
    assert EmailAddress.objects.get(user=guest).verified
    archive = zipfile.ZipFile(io.BytesIO(client.post(reverse("export_data")).getvalue()))
    assert [one["name"] for one in records(archive, "registrations")] == ["Guest"]
    # and the account that was opened so can be deleted at once
    assert 'name="email"' in client.get(reverse("delete_account")).text


def test_the_times_are_those_of_the_reader(settings: Any) -> None:
    person = factories.person(timezone="Europe/Vilnius", language="en")
    room = factories.meeting().room
    factories.presence(
        room=room, person=person, joined_at=datetime.fromisoformat("2026-12-03T09:20:00+00:00")
    )
    shown = page(exported(person), "presences")
    assert "3 December 2026, 11:20" in shown


def test_the_picture_is_in_it_and_goes_with_the_account(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    person = factories.member()
    profiles.set_picture(person=person, picture=reencoded(picture_file(), side=64))
    person.refresh_from_db()
    stored = tmp_path / person.picture.name
    archive = exported(person)
    assert archive.read("picture.webp") == stored.read_bytes()
    assert records(archive, "profile")[0]["picture"] == "picture.webp"
    with TestCase.captureOnCommitCallbacks(execute=True):
        erasing.erase_person(person=person, now=timezone.now())
    assert not stored.exists()
    assert Person.objects.get(pk=person.pk).picture == ""
