"""A text that is not translated yet says its language, so that screen readers pronounce it (WCAG 3.1.2)."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from companies.models import Company, Topic
from meetings.models import Meeting, Programme, RegistrationQuestion, Series
from news.models import Article
from recordings.models import Recording
from tests import factories, matrix, world

pytestmark = pytest.mark.django_db
MARK = "Heatmark"
ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description"}
# Cannot say a language of their own, or are no text to read.
SILENT = {"title", "script", "template"}
VOID = {"input", "img", "br", "hr", "meta", "link", "source", "track", "use", "path", "wbr", "area", "col"}


class Languages(HTMLParser):
    """Collects what contains the mark and is read as if it were in the page's language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.unsaid: list[str] = []
        self.said = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or (self.open[-1][1] if self.open else "")
        for name in ATTRIBUTES & given.keys():
            if MARK in (given[name] or "") and language != "en":
                self.unsaid.append(f"{tag} {name}: {given[name]}")
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if MARK not in data or not self.open or {tag for tag, _language in self.open} & SILENT:
            return
        self.said += self.open[-1][1] == "en"
        if self.open[-1][1] != "en":
            self.unsaid.append(f"{self.open[-1][0]}: {data.strip()}")


@pytest.mark.parametrize("role", ["anonymous", "guest", "host", "secretariat"])
def test_every_text_in_another_language_says_so(role: str) -> None:
    here = world.build()
    in_english = {"en": MARK}
    factories.meeting(programme=here.programme)
    Meeting.objects.update(title=in_english, description=in_english, cover="sea.webp", cover_text=in_english)
    Series.objects.update(title={"en": f"{MARK} in parts"})
    Recording.objects.update(title=in_english)
    Programme.objects.update(
        title=in_english,
        summary=in_english,
        description=in_english,
        picture="sea.webp",
        picture_text=in_english,
    )
    Article.objects.update(
        title=in_english,
        summary=in_english,
        body=in_english,
        picture="sea.webp",
        picture_text=in_english,
    )
    Company.objects.update(summary=in_english, description=in_english)
    Topic.objects.update(name=in_english)
    RegistrationQuestion.objects.update(label=in_english, choices=[{"id": "fish", "text": in_english}])
    factories.offer(here.company, en=MARK).topics.add(here.topic)
    factories.topic("heat", en=MARK)  # with which another one can be merged
    client = here.client(role)
    client.cookies["django_language"] = "sv"
    unsaid, said = {}, 0
    for row in matrix.PAGES:
        if row.method != "GET" or row.answers[world.ROLES.index(role)] != 200:
            continue
        response = client.get(reverse(row.name, kwargs=row.arguments(here)))
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        page = Languages()
        page.feed(response.text)
        said += page.said
        if page.unsaid:
            unsaid[row.name] = page.unsaid
    assert unsaid == {}
    assert said > 10
