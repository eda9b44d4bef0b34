"""Logos, covers, people's pictures and posters on the pages where visitors look first."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from companies.models import Company, Person
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    with time_machine.travel(NOW, tick=False):
        yield


def photo(size: tuple[int, int] = (900, 600), color: str = "teal") -> ContentFile[bytes]:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG")
    return ContentFile(file.getvalue(), "photo.jpg")


def with_logo(**fields: Any) -> Company:
    company = factories.company(**fields)
    company.logo.save("logo.jpg", photo())
    return company


def read(name: str, *parts: object, client: Client | None = None) -> str:
    response = (client or Client()).get(reverse(name, args=parts), headers={"Accept-Language": "en"})
    assert response.status_code == 200, name
    return response.content.decode()


def images(page: str) -> list[str]:
    return re.findall(r"<img [^>]+>", page)


# ---- logos -----------------------------------------------------------------------------------------------


def test_the_host_companys_logo_is_where_its_name_is() -> None:
    company = with_logo(name="Havslund Energi")
    meeting = factories.meeting(host_company=company, programme=factories.programme(slug="harbours"))
    ended = factories.meeting(host_company=company, state="ended", starts_at=NOW)
    factories.recording(meeting=ended, state="published", visibility="public")
    for page in (
        read("home"),
        read("schedule"),
        read("meeting", meeting.pk),
        read("programme", "harbours"),
        read("recordings"),
    ):
        logos = [image for image in images(page) if company.logo_address in image]
        assert logos
        assert all('width="' in logo and 'height="' in logo and 'loading="lazy"' in logo for logo in logos)


def test_initials_in_the_companys_colour_stand_for_a_logo() -> None:
    unlisted = with_logo(name="Hidden Wind", color_theme="clay", is_listed=False)
    for company in (factories.company(name="Mørk Havn", color_theme="clay"), unlisted):
        page = read("meeting", factories.meeting(host_company=company).pk)
        assert f'data-tint="clay" aria-hidden="true">{company.initials}<' in page
        assert "/logos/" not in page  # of an unlisted company strangers would get none


# ---- people ----------------------------------------------------------------------------------------------


def upload(client: Client, content: bytes | None = None) -> Any:
    sent = SimpleUploadedFile("me.jpg", photo().read() if content is None else content)
    return client.post(reverse("change_picture"), {"picture": sent})


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_speakers_picture_stands_beside_the_name(django_capture_on_commit_callbacks: Any) -> None:
    speaker = factories.member(name="Rasa Speaker")
    meeting = factories.meeting()
    factories.role(meeting, speaker)
    assert ">RS<" in read("meeting", meeting.pk)
    client = signed_in(speaker)
    assert upload(client).status_code == 302
    speaker.refresh_from_db()
    shown = next(image for image in images(read("meeting", meeting.pk)) if speaker.picture_address in image)
    assert 'alt="Photo: Rasa Speaker"' in shown
    answer = Client().get(speaker.picture_address)
    kept = Image.open(io.BytesIO(b"".join(answer)))
    assert (answer["Content-Type"], kept.format, kept.size) == ("image/webp", "WEBP", (512, 512))
    assert answer["Cache-Control"].startswith("public, max-age=31536000")
    file = Path(speaker.picture.path)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("change_picture"), {"do": "remove"})
    assert not file.exists()
    assert ">RS<" in read("meeting", meeting.pk)
    assert Client().get(speaker.picture_address or f"/people/{file.name}").status_code == 404


def test_a_picture_is_seen_by_those_alone_who_see_the_name() -> None:
    """Of somebody who registered nobody does; of a speaker those who see the meeting."""
    guest, speaker, cluster = factories.member(), factories.member(), factories.member()
    factories.registration(meeting=factories.meeting(), person=guest)
    factories.role(factories.meeting(), guest, "attendee")
    factories.role(factories.meeting(visibility="members"), speaker)
    for person in (guest, speaker):
        upload(signed_in(person))
        person.refresh_from_db()
    readers = (Client(), signed_in(cluster), signed_in(guest), signed_in(speaker))
    assert [one.get(guest.picture_address).status_code for one in readers] == [404, 404, 200, 404]
    assert [one.get(speaker.picture_address).status_code for one in readers] == [404, 200, 200, 200]
    assert signed_in(cluster).get(speaker.picture_address)["Cache-Control"].startswith("private")
    address = speaker.picture_address
    Person.objects.update(is_active=False)
    speaker.refresh_from_db()
    assert (speaker.picture_address, Client().get(address).status_code) == ("", 404)


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"x" * (4 * 1024 * 1024 + 1)])
def test_what_is_no_picture_of_a_person_is_refused(content: bytes) -> None:
    person = factories.member(name="Elin Sandberg")
    answer = upload(signed_in(person), content)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    person.refresh_from_db()
    assert not person.picture


def test_a_programme_names_each_speaker_once() -> None:
    speaker, away = factories.member(name="Rasa Speaker"), factories.member(name="Away Speaker")
    programme = factories.programme(slug="harbours")
    for _number in range(2):
        factories.role(factories.meeting(programme=programme), speaker)
    factories.role(factories.meeting(programme=programme, state="draft"), away)
    upload(signed_in(speaker))
    page = read("programme", "harbours")
    assert page.count('alt="Photo: Rasa Speaker"') == page.count(">Rasa Speaker<") == 1
    assert "Away Speaker" not in page
