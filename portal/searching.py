"""One search over everything that the visitor may see: each kind by its own search, the best of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.urls import reverse

from companies import directory
from companies.access import companies_found
from companies.directory import DirectoryHit
from companies.folding import asked_words
from companies.folding import words as words_of
from companies.models import Company
from meetings.access import Visitor
from news.access import articles_with_words, readable_articles
from news.models import Article
from portal import meeting_lists
from portal.filters import Filters
from portal.meeting_cards import MeetingCard, cards_of, with_card_relations
from recordings import recording_list
from recordings.access import visible_recordings
from recordings.models import Recording

OF_EACH = 4  # rows; the list of its kind shows all
Row = TypeVar("Row")


@dataclass(frozen=True)
class Part(Generic[Row]):
    """The first rows of a kind, how many there are, and where all of them are; no address where no list has them."""

    rows: Sequence[Row]
    total: int
    more: str = ""

    @property
    def has_more(self) -> bool:
        return bool(self.more) and self.total > len(self.rows)


@dataclass(frozen=True)
class Results:
    upcoming: Part[MeetingCard]
    past: Part[MeetingCard]
    recordings: Part[Recording]
    companies: Part[tuple[Company, DirectoryHit]]
    articles: Part[Article]

    def __bool__(self) -> bool:
        parts = (self.upcoming, self.past, self.recordings, self.companies, self.articles)
        return any(part.total for part in parts)


def asked_in(query: str) -> str:
    """As searched for; empty where it has no letter and no digit, which everything would contain."""
    words = asked_words(query)
    return words if words_of(words) else ""


def search(visitor: Visitor, words: str, now: datetime) -> Results:
    films = recording_list.find(visible_recordings(visitor), recording_list.Filters(words=words))
    companies = directory.find(directory.Filters(query=words))
    articles = articles_with_words(readable_articles(visitor.person, now=now), words)
    return Results(
        upcoming=_meetings(visitor, Filters(words=words), now),
        past=_meetings(visitor, Filters(words=words, is_past=True), now),
        recordings=Part(films.rows[:OF_EACH], films.total, _list("recordings", words)),
        companies=Part(_companies(companies.hits[:OF_EACH]), len(companies), _list("directory", words)),
        articles=Part(articles[:OF_EACH], len(articles)),
    )


def _meetings(visitor: Visitor, filters: Filters, now: datetime) -> Part[MeetingCard]:
    found = meeting_lists.search(visitor, filters, now)
    cards = cards_of(with_card_relations(found.meetings)[:OF_EACH], visitor, now=now)
    more = _list("schedule", filters.words, **({"when": "past"} if filters.is_past else {}))
    return Part(cards, found.total, more)


def _companies(hits: Sequence[DirectoryHit]) -> list[tuple[Company, DirectoryHit]]:
    found = companies_found([hit.pk for hit in hits]).prefetch_related("offers", "needs")
    by_key = {company.pk: company for company in found}
    return [(by_key[hit.pk], hit) for hit in hits if hit.pk in by_key]


def _list(name: str, words: str, **more: str) -> str:
    return f"{reverse(name)}?{urlencode({'q': words, **more})}"
