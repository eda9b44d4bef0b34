"""Accessible names of links and buttons with visually hidden text."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from tests import factories

ROOT = Path(__file__).parent.parent.parent
SOURCES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "frontend/src").rglob("*.ts")]


def test_no_hidden_text_goes_on_with_a_sign() -> None:
    """Hidden text is a box of its own, so browsers put a space before it: “Register : Heat”."""
    assert len(SOURCES) > 100
    found = [
        str(source.relative_to(ROOT))
        for source in SOURCES
        if re.search(r'visually-hidden">\s*[:;,.]', source.read_text())
    ]
    assert found == []


@pytest.mark.django_db
def test_a_link_of_a_list_is_named_with_its_meeting_in_its_own_language() -> None:
    factories.meeting(title={"en": 'Heat & "cold"'})
    title = "Heat &amp; &quot;cold&quot;"
    shown = Client().get(reverse("schedule"))
    assert f'>Register<span class="visually-hidden">{title}</span></a>' in shown.text
    in_swedish = Client(headers={"Accept-Language": "sv"}).get(reverse("schedule"))
    assert f'>Anmäl dig<span class="visually-hidden" lang="en">{title}</span></a>' in in_swedish.text


@pytest.mark.django_db
def test_chromium_reads_a_filter_as_one_phrase(chromium_path: str, browser_arguments: list[str]) -> None:
    factories.meeting(languages=["sv"])
    shown = Client().get(reverse("schedule") + "?l=sv").content.decode()
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium_path, args=browser_arguments)
        page = browser.new_page()
        page.set_content(shown)
        page.add_style_tag(path=ROOT / "frontend/styles/base.css")
        named = page.locator(".applied").aria_snapshot()
        browser.close()
    assert re.search(r'link "[^"]*\w, remove this filter"', named), named
