"""Logos, covers, people's pictures and posters on the pages where visitors look first."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
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
from meetings.models import Meeting, Programme
from meetings.templatetags import covers
from recordings.models import RecordingFile
from tests import factories
from tests.factories import NOW, STARTS_AT

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


# ---- covers ----------------------------------------------------------------------------------------------


def send_cover(meeting: Meeting, person: Person | None = None, **fields: Any) -> Any:
    sent = {"cover": SimpleUploadedFile("cover.jpg", photo((2000, 2000)).read()), **fields}
    return signed_in(person or meeting.host).post(reverse("cover", args=[meeting.pk]), sent)


def test_a_meeting_without_a_cover_has_a_drawn_one_of_its_kind_and_company() -> None:
    company = factories.company(color_theme="heather")
    meeting = factories.meeting(host_company=company, kind="site_visit")
    for page in (read("meeting", meeting.pk), read("schedule"), read("home")):
        drawn = re.findall(
            r'<span class="cover[^>]+data-tint="heather" aria-hidden="true"><svg.+?</svg>', page
        )
        assert drawn
        assert all("covers.svg#site_visit" in one for one in drawn)
    assert "og:image" not in read("meeting", meeting.pk)


def test_every_kind_has_its_scene() -> None:
    drawings = Path("frontend/static/covers.svg").read_text()
    scenes = set(re.findall(r'<g id="([a-z_]+)"', drawings))
    assert set(Meeting.Kind.values) | set(covers.SCENES.values()) == scenes
    assert set(covers.SCENES) == set(Programme.Kind.values)
    assert len(re.findall(r'<g id="sky-\d"', drawings)) == covers.SKIES


def test_a_host_uploads_describes_and_removes_a_cover(django_capture_on_commit_callbacks: Any) -> None:
    meeting = factories.meeting()
    assert send_cover(meeting, cover_text_en="Two boats at a quay").status_code == 302
    meeting.refresh_from_db()
    page = read("meeting", meeting.pk)
    shown = next(image for image in images(page) if meeting.cover_address in image)
    assert 'alt="Two boats at a quay" width="1600" height="900"' in shown
    assert f'og:image" content="http://testserver{meeting.cover_address}"' in page.replace(
        "http://127.0.0.1:8000", "http://testserver"
    )
    assert any(meeting.small_cover_address in image for image in images(read("schedule")))
    sizes = []
    for address in (meeting.cover_address, meeting.small_cover_address):
        answer = Client().get(address)
        assert answer["Cache-Control"].startswith("public")
        sizes.append(Image.open(io.BytesIO(b"".join(answer))).size)
    assert sizes == [(1600, 900), (480, 270)]
    kept = [
        Path(meeting.cover.path),
        Path(meeting.cover.path).parent / "small" / Path(meeting.cover.path).name,
    ]
    assert all(file.exists() for file in kept)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(meeting.host).post(reverse("cover", args=[meeting.pk]), {"do": "remove"})
    meeting.refresh_from_db()
    assert (meeting.cover.name, meeting.cover_text) == ("", {})
    assert not any(file.exists() for file in kept)


def test_meetings_of_a_series_share_a_cover_until_the_last_lets_go(
    django_capture_on_commit_callbacks: Any,
) -> None:
    series, host = factories.series(), factories.member()
    first, second = (
        factories.meeting(series=series, host=host, starts_at=STARTS_AT + timedelta(days=7 * at))
        for at in range(2)
    )
    send_cover(first, also_later="on")
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.cover.name == second.cover.name != ""
    file = Path(first.cover.path)
    for meeting, stays in ((first, True), (second, False)):
        with django_capture_on_commit_callbacks(execute=True):
            signed_in(host).post(reverse("cover", args=[meeting.pk]), {"do": "remove"})
        assert file.exists() is stays


def test_a_cover_is_seen_by_those_alone_who_see_the_meeting() -> None:
    meeting = factories.meeting(visibility="members")
    send_cover(meeting)
    meeting.refresh_from_db()
    for address in (meeting.cover_address, meeting.small_cover_address):
        assert Client().get(address).status_code == 404
        answer = signed_in(factories.member()).get(address)
        assert (answer.status_code, answer["Cache-Control"][:7]) == (200, "private")


def test_what_is_no_picture_is_refused_as_a_cover_and_the_words_stay() -> None:
    meeting = factories.meeting()
    bad = SimpleUploadedFile("cover.png", b"<svg/>")
    answer = send_cover(meeting, cover=bad, cover_text_en="Two boats")
    assert answer.status_code == 422
    assert 'value="Two boats"' in answer.content.decode()
    meeting.refresh_from_db()
    assert not meeting.cover


def test_a_programme_has_its_own_picture_or_a_drawn_one() -> None:
    programme = factories.programme(slug="harbours", kind="study_visit")
    for page in (read("programme", "harbours"), read("programmes")):
        assert "covers.svg#site_visit" in page
    form = {"title_en": "Harbours", "slug": "harbours", "kind": "study_visit", "is_published": "on"}
    form |= {"timezone": "Europe/Stockholm", "picture_text_en": "A quay"}
    sent = SimpleUploadedFile("quay.jpg", photo((1000, 1000)).read())
    admin = signed_in(factories.secretariat())
    admin.post(f"/admin/meetings/programme/{programme.pk}/change/", {**form, "picture": sent})
    programme.refresh_from_db()
    assert f'src="{programme.picture_address}" alt="A quay"' in read("programme", "harbours")
    assert programme.small_picture_address in read("programmes")
    answer = Client().get(programme.picture_address)
    assert Image.open(io.BytesIO(b"".join(answer))).size == (1000, 562)
    Programme.objects.update(is_published=False)
    assert Client().get(programme.small_picture_address).status_code == 404
    assert admin.get(programme.small_picture_address).status_code == 200


# ---- posters ---------------------------------------------------------------------------------------------


def test_a_recordings_poster_is_where_the_recording_is_named() -> None:
    company = factories.company()
    ended = factories.meeting(host_company=company, state="ended", starts_at=NOW - timedelta(days=2))
    recording = factories.recording(meeting=ended, state="published", visibility="public")
    addresses = [("home",), ("recordings",), ("meeting", ended.pk), ("company", company.slug)]
    poster = reverse("recording_poster", args=[recording.pk])
    assert all(poster not in read(*where) for where in addresses)
    RecordingFile.objects.create(
        recording=recording, role="poster", file="poster.jpg", content_type="image/jpeg", size=1, sha256="0"
    )
    for where in addresses:
        shown = next(image for image in images(read(*where)) if poster in image)
        assert 'width="480" height="270" loading="lazy"' in shown


# ---- who else comes --------------------------------------------------------------------------------------


def test_home_counts_companies_by_country_and_names_none() -> None:
    meeting = factories.meeting()
    factories.meeting(starts_at=STARTS_AT + timedelta(days=1))
    for country, name in (("PL", "Żuławy Solar"), ("PL", "Fala"), ("SE", "Havslund")):
        company = factories.company(name=name, country=country)
        for _person in range(2):
            factories.registration(meeting=meeting, person=factories.member(company=company))
    factories.registration(meeting=meeting, company_name="Kelp", country="LT")
    factories.registration(meeting=meeting, company_name="kelp ", country="LT")
    factories.registration(meeting=meeting, company_name="Gone", country="DK", state="cancelled")
    factories.registration(meeting=meeting, country="DE")
    page = read("home")
    shown = re.findall(r'<li class="badge badge--line">(.+?)</li>', page)
    assert [re.sub("<[^>]+>", "", one) for one in shown] == ["Poland 2", "Lithuania 1", "Sweden 1"]
    assert not any(name in page for name in ("Żuławy", "Havslund", "Kelp", "Person "))
    swede = factories.member(company=factories.company(country="SE"))
    own = read("home", client=signed_in(swede))
    assert re.findall(r'<li class="badge badge--line">(.+?)</li>', own)[0] == "<strong>Sweden</strong> 1"


def test_home_counts_no_countries_while_companies_are_few() -> None:
    meeting = factories.meeting()
    factories.meeting(starts_at=STARTS_AT + timedelta(days=1))
    for country in ("PL", "SE"):
        member = factories.member(company=factories.company(country=country))
        factories.registration(meeting=meeting, person=member)
    assert "Companies registered so far" not in read("home")
    factories.registration(meeting=meeting, company_name="Kelp", country="LT")
    assert "Companies registered so far" in read("home")
