"""A guest who reads Lithuanian, on a phone, from first page to recording: no word of English, nothing for axe."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.browser.test_every_page import AXE, SETTLED, faults_now
from tests.stack import Stack, links_in, text_of

Visitor = Callable[..., Page]
CATALOGUE = Path(__file__).parent.parent.parent / "locale" / "lt" / "LC_MESSAGES" / "django.po"
# Words of English sentences that no Lithuanian text has.
ENGLISH = re.compile(
    r"\b(the|and|of|your|you|with|for|this|that|not|will|can|from|when|meeting|hours?|room|email)\b",
    re.I,
)
OWN_NAME = "English"  # of the language, among those to choose
# What is shown or read aloud, without parts in another language.
TEXTS = """() => {
  const texts = [document.title];
  const names = ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-valuetext"];
  for (const one of document.querySelectorAll("body *")) {
    if (one.matches("script, style, template") || one.closest("[lang]").lang !== "lt") continue;
    if (!one.matches("option, .visually-hidden") && !one.checkVisibility({ visibilityProperty: true })) continue;
    texts.push(...names.map((name) => one.getAttribute(name)));
    texts.push(...[...one.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data));
  }
  return [...new Set(texts.filter(Boolean).map((text) => text.replace(/\\s+/g, " ").trim()))].filter(Boolean);
}"""
MEETING = """
from datetime import timedelta
from django.utils import timezone
from tests import factories
now = timezone.now()
firm = factories.company(name="Šilumos uostas", description={"lt": "Šilumą imame iš jūros."})
host = factories.person(email="lt-host@example.org", name="Rasa Petrauskienė", company=firm, language="lt")
about = {"host": host, "host_company": firm, "languages": ["lt"], "record": True, "interpreted_into": ["pl"]}
meeting = factories.meeting(
    title={"lt": "Šiluma iš jūros vandens"}, description={"lt": "Kaip šildomi uosto namai."}, capacity=30,
    starts_at=now + timedelta(minutes=8), ends_at=now + timedelta(minutes=68), **about,
)
factories.agenda_item(meeting, title={"lt": "Įžanga"}, speaker="Rasa Petrauskienė")
factories.resource(meeting, title="Kainos", is_shown_before=True)
factories.poll(meeting, title="Kuris šaltinis?", options=("Jūra", "Upė"), state="closed", is_shared=True, voters=3)
# Beside it what others offer in English alone, in every state.
host = factories.person(email="en-host@example.org", name="Person of the room")
firm = factories.company(name="Hull Power", description={"en": "The heat from your meeting."})
for state, hours in (("scheduled", 1), ("scheduled", 30), ("live", -0.2), ("ended", -30), ("cancelled", 2)):
    starts_at = now + timedelta(hours=hours)
    other = factories.meeting(
        title={"en": f"The {state} meeting of your room, {hours}"}, description={"en": "What you hear from the sea."},
        host=host, host_company=firm, languages=["en"], state=state, starts_at=starts_at,
    )
    if state == "ended":
        factories.recording(meeting=other, state="published", visibility="public")
factories.article(title={"en": "The news of the room"}, slug="the-news-of-the-room")
print(meeting.pk, meeting.room_id)
"""
STEP = """
from django.utils import timezone
from meetings import running
from meetings.models import Meeting
running.{step}_meeting(meeting=Meeting.objects.get(pk={meeting!r}), now=timezone.now())
"""
RECORDING = """
from meetings.models import Meeting
from tests import factories
meeting = Meeting.objects.get(pk={meeting!r})
print(factories.recording(meeting=meeting, state="published", visibility="public").pk)
"""


@pytest.fixture(scope="module")
def in_english() -> set[str]:
    """Every text of the product that is another one in Lithuanian."""
    with CATALOGUE.open("rb") as file:
        texts = [(one.id, one.string) for one in read_po(file, locale="lt") if isinstance(one.id, str)]
    return {text for text, own in texts if text and own and own != text and re.search("[a-z]{3}", text)}


def read(page: Page, where: str, in_english: set[str], *, axe: bool = True) -> list[str]:
    page.evaluate(SETTLED)
    texts = page.evaluate(TEXTS)
    assert len(texts) > 3, where
    others = (text for text in texts if text != OWN_NAME)
    found = [f"{where}: {text}" for text in others if text in in_english or ENGLISH.search(text)]
    if axe:
        page.evaluate(AXE.read_text())
        found += faults_now(page, where)
    return found


def test_no_word_of_english_and_nothing_for_axe(
    stack: Stack, visitor: Visitor, watch: Watch, in_english: set[str]
) -> None:
    watch.expected = ("404", "422")  # the recording has no file here; a form that is not filled in
    meeting, room = stack.python(MEETING).splitlines()[-1].split()
    page = visitor(PHONE, language="lt", timezone="Europe/Vilnius")
    page.emulate_media(reduced_motion="reduce")
    found = []
    for path in (
        "/",
        "/schedule/",
        f"/meetings/{meeting}/",
        f"/meetings/{meeting}/register/",
        "/recordings/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == "lt"
        found += read(page, path, in_english)

    page.goto(f"/meetings/{meeting}/register/")
    page.evaluate("document.querySelector('form:has([name=email])').noValidate = true")
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    page.wait_for_load_state()
    found += read(page, "nothing filled in", in_english)
    page.locator("[name=name]").fill("Jonas Kazlauskas")
    page.locator("[name=email]").fill("jonas-lt@example.org")
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    expect(page.locator("[name=email]")).to_have_count(0)
    page.wait_for_load_state()
    found += read(page, "registered", in_english)
    mail = stack.postbox.wait_for("jonas-lt@example.org")
    found += [
        f"email: {line}" for line in text_of(mail).splitlines() if ENGLISH.search(line.partition("http")[0])
    ]

    page.goto(next(link for link in links_in(mail) if "/j/" in link))
    found += read(page, "personal link", in_english)
    page.goto(f"/rooms/{room}/")
    found += read(page, "device check", in_english)
    page.locator("form#enter .actions--sticky button[type=submit]").click()
    expect(page.locator("live-room h1").first).to_be_visible()
    found += read(page, "waiting for the host", in_english)
    stack.python(STEP.format(step="start", meeting=meeting))
    expect(page.locator("#t-chat")).to_be_attached()
    for tab in page.evaluate("[...document.querySelectorAll('[role=tab]')].map(({ id }) => id)"):
        page.locator(f"#{tab}").click()
        found += read(page, f"in the room, {tab}", in_english)
    page.locator("[data-control=more]").click()
    found += read(page, "in the room, more", in_english, axe=False)
    stack.python(STEP.format(step="end", meeting=meeting))
    expect(page.get_by_role("heading", name="Susitikimas baigėsi")).to_be_visible()
    found += read(page, "it is over", in_english)
    film = stack.python(RECORDING.format(meeting=meeting)).splitlines()[-1]
    for path in (f"/meetings/{meeting}/", f"/recordings/{film}/"):
        page.goto(path)
        found += read(page, path, in_english)
    assert not found, "\n".join(found)
