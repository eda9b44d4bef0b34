"""A guest who reads Lithuanian, on a phone, from first page to recording: no word of English, nothing for axe."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
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
firm = factories.company(name="The Power of Hull", description={"en": "The heat from your meeting."})
programme = factories.programme(title={"en": "The harbours and the heat"})
for state, hours in (("scheduled", 1), ("scheduled", 30), ("live", -0.2), ("ended", -30), ("cancelled", 2)):
    starts_at = now + timedelta(hours=hours)
    other = factories.meeting(
        title={"en": f"The {state} meeting of your room, {hours}"}, description={"en": "What you hear from the sea."},
        host=host, host_company=firm, languages=["en"], state=state, starts_at=starts_at, programme=programme,
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
# Names have no language: other tests have people and companies in this product, too.
NAMES = """
import json
from companies.models import Company, Person
print(json.dumps([*Company.objects.values_list("name", flat=True), *Person.objects.values_list("name", flat=True)]))
"""


@pytest.fixture(scope="module")
def in_english() -> set[str]:
    """Every text of the product that is another one in Lithuanian."""
    with CATALOGUE.open("rb") as file:
        texts = [(one.id, one.string) for one in read_po(file, locale="lt") if isinstance(one.id, str)]
    return {text for text, own in texts if text and own and own != text and re.search("[a-z]{3}", text)}


@dataclass
class Reader:
    """Reads every text of the page, and names for assistive technology; collects what is not in Lithuanian."""

    page: Page
    in_english: set[str]
    names: list[str]
    found: list[str] = field(default_factory=list)

    def read(self, where: str, *, axe: bool = True) -> None:
        self.page.evaluate(SETTLED)
        texts = self.page.evaluate(TEXTS)
        assert len(texts) > 3, where
        others = (text for text in texts if text not in {OWN_NAME, *self.names})
        self.found += [f"{where}: {text}" for text in others if self.is_english(text)]
        if axe:
            self.page.evaluate(AXE.read_text())
            self.found += faults_now(self.page, where)

    def is_english(self, text: str) -> bool:
        without_names = text
        for name in self.names:
            without_names = without_names.replace(name, "")
        return text in self.in_english or ENGLISH.search(without_names) is not None


def test_no_word_of_english_and_nothing_for_axe(
    stack: Stack, visitor: Visitor, watch: Watch, in_english: set[str]
) -> None:
    watch.expected = ("404", "422")  # the recording has no file here; a form that is not filled in
    meeting, room = stack.python(MEETING).splitlines()[-1].split()
    page = visitor(PHONE, language="lt", timezone="Europe/Vilnius")
    page.emulate_media(reduced_motion="reduce")
    names = sorted(filter(None, json.loads(stack.python(NAMES).splitlines()[-1])), key=len, reverse=True)
    reader = Reader(page, in_english, names)
    for path in (
        "/",
        "/schedule/",
        f"/meetings/{meeting}/",
        f"/meetings/{meeting}/register/",
        "/recordings/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == "lt"
        reader.read(path)

    page.goto(f"/meetings/{meeting}/register/")
    page.evaluate("document.querySelector('form:has([name=email])').noValidate = true")
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    page.wait_for_load_state()
    reader.read("nothing filled in")
    page.locator("[name=name]").fill("Jonas Kazlauskas")
    page.locator("[name=email]").fill("jonas-lt@example.org")
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    expect(page.locator("[name=email]")).to_have_count(0)
    page.wait_for_load_state()
    reader.read("registered")
    mail = stack.postbox.wait_for("jonas-lt@example.org")
    reader.found += [
        f"email: {line}" for line in text_of(mail).splitlines() if ENGLISH.search(line.partition("http")[0])
    ]

    page.goto(next(link for link in links_in(mail) if "/j/" in link))
    reader.read("personal link")
    page.goto(f"/rooms/{room}/")
    reader.read("device check")
    page.locator("form#enter .actions--sticky button[type=submit]").click()
    expect(page.locator("live-room h1").first).to_be_visible()
    reader.read("waiting for the host")
    stack.python(STEP.format(step="start", meeting=meeting))
    expect(page.locator("#t-chat")).to_be_attached()
    for tab in page.evaluate("[...document.querySelectorAll('[role=tab]')].map(({ id }) => id)"):
        page.locator(f"#{tab}").click()
        reader.read(f"in the room, {tab}")
    page.locator("[data-control=more]").click()
    reader.read("in the room, more", axe=False)
    stack.python(STEP.format(step="end", meeting=meeting))
    expect(page.get_by_role("heading", name="Susitikimas baigėsi")).to_be_visible()
    reader.read("it is over")
    film = stack.python(RECORDING.format(meeting=meeting)).splitlines()[-1]
    for path in (f"/meetings/{meeting}/", f"/recordings/{film}/"):
        page.goto(path)
        reader.read(path)
    assert not reader.found, "\n".join(reader.found)
