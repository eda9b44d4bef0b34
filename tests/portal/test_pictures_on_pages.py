"""Logos, covers, people's pictures and posters on the pages where visitors look first."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from companies.models import Company
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
