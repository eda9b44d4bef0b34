"""The directory of companies: search over all their words in all languages, filters, and counts for each filter."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils import translation

from companies import access
from companies.collation import in_order
from companies.content_versions import Part, version_of
from companies.languages import reading_language
from companies.models import Company, Topic
from companies.models.company import Country
from companies.search_index import Index, Match, Text, WordList, trade_words

NAME, WISH, TOPIC, SUMMARY, PLACE, DETAIL = 10.0, 6.0, 5.0, 4.0, 3.0, 2.0


@dataclass(frozen=True)
class Filters:
    """What a reader asked for; empty means all."""

    query: str = ""
    word_for_word: bool = False  # without words that mean the same
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    offering: bool = False  # has offers; with a query: the words stand in an offer
    needing: bool = False


@dataclass(frozen=True)
class Entry:
    """One company as the filters see it."""

    pk: int
    name: str
    country: str
    size: str
    topics: frozenset[str]
    kinds: frozenset[str]  # "offer", "need"


@dataclass(frozen=True)
class Hit:
    pk: int
    words: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True)
class Found:
    """Companies in order, best first or by name, and how many each further filter would leave."""

    hits: list[Hit]
    added: list[str] = field(default_factory=list)
    countries: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    offering: int = 0
    needing: int = 0

    def __len__(self) -> int:
        return len(self.hits)


@dataclass(frozen=True)
class Directory:
    entries: list[Entry]
    index: Index
    orders: dict[str, dict[int, int]] = field(default_factory=dict)

    def places(self, language: str) -> dict[int, int]:
        """Each company's place by name in that language's alphabet; sorted once for each."""
        if language not in self.orders:
            entries = in_order(self.entries, lambda entry: entry.name, language)
            self.orders[language] = {entry.pk: place for place, entry in enumerate(entries)}
        return self.orders[language]

    def find(self, filters: Filters) -> Found:
        matches, added = self._matches(filters)
        open_entries = [entry for entry in self.entries if matches is None or entry.pk in matches]

        def kept(**without: Any) -> list[Entry]:
            return [entry for entry in open_entries if _passes(entry, replace(filters, **without), matches)]

        hits = [_hit(entry, matches) for entry in kept()]
        places = self.places(reading_language())
        hits.sort(key=lambda hit: (-hit.score, places[hit.pk]))
        return Found(
            hits=hits,
            added=added,
            countries=Counter(entry.country for entry in kept(countries=())),
            topics=Counter(slug for entry in kept(topics=()) for slug in entry.topics),
            sizes=Counter(entry.size for entry in kept(sizes=())),
            offering=len(kept(offering=True)),
            needing=len(kept(needing=True)),
        )

    def _matches(self, filters: Filters) -> tuple[dict[int, Match] | None, list[str]]:
        if not filters.query.strip():
            return None, []
        result = self.index.search(filters.query[:200], expand=not filters.word_for_word)
        return result.matches, result.added


def _passes(entry: Entry, filters: Filters, matches: dict[int, Match] | None) -> bool:
    kinds = entry.kinds if matches is None else matches[entry.pk].kinds
    return (
        (not filters.countries or entry.country in filters.countries)
        and (not filters.topics or not entry.topics.isdisjoint(filters.topics))
        and (not filters.sizes or entry.size in filters.sizes)
        and (not filters.offering or "offer" in kinds)
        and (not filters.needing or "need" in kinds)
    )


def _hit(entry: Entry, matches: dict[int, Match] | None) -> Hit:
    if matches is None:
        return Hit(entry.pk)
    match = matches[entry.pk]
    return Hit(entry.pk, tuple(dict.fromkeys(match.words)), match.score)


# ---- built from the database, kept in this process until a listed company changes ---------------------------

_built: dict[str, tuple[int, Directory]] = {}


def directory() -> Directory:
    """The present directory: one small query says whether the one in memory still holds."""
    version = version_of(Part.DIRECTORY)
    kept = _built.get("directory")
    if kept is None or kept[0] != version:
        kept = _built["directory"] = (version, _build(list(Topic.objects.all())))
    return kept[1]


def find(filters: Filters) -> Found:
    return directory().find(filters)


def _build(topics: list[Topic]) -> Directory:
    found = access.listed_companies().order_by("name", "pk")
    companies = list(found.prefetch_related("topics", "offers", "needs"))
    names = [list(topic.name.values()) for topic in topics]
    texts = (text for company in companies for text in _texts(company))
    return Directory(
        [_entry(company) for company in companies], Index(texts, WordList([*trade_words(), *names]))
    )


def _entry(company: Company) -> Entry:
    kinds = {"offer": company.offers.all(), "need": company.needs.all()}
    return Entry(
        pk=company.pk,
        name=company.name,
        country=company.country,
        size=company.size,
        topics=frozenset(topic.slug for topic in company.topics.all()),
        kinds=frozenset(kind for kind, rows in kinds.items() if rows),
    )


def _texts(company: Company) -> Iterator[Text]:
    yield Text(company.pk, company.name, NAME, "name")
    yield Text(company.pk, f"{company.city} {' '.join(country_names(company.country))}", PLACE, "place")
    for topic in company.topics.all():
        yield Text(company.pk, " ".join(topic.name.values()), TOPIC, "topic")
    for words in company.summary.values():
        yield Text(company.pk, words, SUMMARY, "summary")
    for words in company.description.values():
        yield Text(company.pk, words, DETAIL, "description")
    for kind, wishes in (("offer", company.offers.all()), ("need", company.needs.all())):
        for wish in wishes:
            for words in wish.title.values():
                yield Text(company.pk, words, WISH, kind)
            for words in wish.details.values():
                yield Text(company.pk, words, DETAIL, kind)


def country_names(code: str) -> list[str]:
    """The country's name in every language of the service."""
    if code not in Country.values or code == Country.OTHER:
        return []
    names = []
    for language in settings.ALL_LANGUAGES:
        with translation.override(language):
            names.append(str(Country(code).label))
    return list(dict.fromkeys(names))
