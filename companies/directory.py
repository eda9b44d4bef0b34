"""The company directory: full-text search in all languages, filters, and counts for each filter."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils import translation

from companies import access
from companies.collation import sorted_by_name
from companies.content_versions import Part, version_of
from companies.languages import active_language
from companies.models import Company, Topic
from companies.models.company import Country
from companies.search_index import Index, Match, Text, WordList, glossary_rows

NAME, LISTING, TOPIC, SUMMARY, PLACE, DETAIL = 10.0, 6.0, 5.0, 4.0, 3.0, 2.0


@dataclass(frozen=True)
class Filters:
    """Search parameters; empty means no restriction."""

    query: str = ""
    word_for_word: bool = False  # no synonyms
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    has_offers: bool = False  # has offers; with a query: the words are in an offer
    has_needs: bool = False


@dataclass(frozen=True)
class IndexedCompany:
    """A company as the filters see it."""

    pk: int
    name: str
    country: str
    size: str
    topics: frozenset[str]
    kinds: frozenset[str]  # "offer", "need"


@dataclass(frozen=True)
class DirectoryHit:
    pk: int
    words: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True)
class DirectoryResult:
    """Companies by relevance or name, and how many each further filter would leave."""

    hits: list[DirectoryHit]
    added: list[str] = field(default_factory=list)
    countries: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    has_offers: int = 0
    has_needs: int = 0

    def __len__(self) -> int:
        return len(self.hits)


@dataclass(frozen=True)
class Directory:
    entries: list[IndexedCompany]
    index: Index
    positions_by_language: dict[str, dict[int, int]] = field(default_factory=dict)

    def positions(self, language: str) -> dict[int, int]:
        """The position of each company in that language's alphabet; cached by language."""
        if language not in self.positions_by_language:
            entries = sorted_by_name(self.entries, lambda entry: entry.name, language)
            self.positions_by_language[language] = {entry.pk: place for place, entry in enumerate(entries)}
        return self.positions_by_language[language]

    def find(self, filters: Filters) -> DirectoryResult:
        matches, added = self._matches(filters)
        open_entries = [entry for entry in self.entries if matches is None or entry.pk in matches]

        def passing(**without: Any) -> list[IndexedCompany]:
            return [entry for entry in open_entries if _passes(entry, replace(filters, **without), matches)]

        hits = [_hit(entry, matches) for entry in passing()]
        positions = self.positions(active_language())
        hits.sort(key=lambda hit: (-hit.score, positions[hit.pk]))
        return DirectoryResult(
            hits=hits,
            added=added,
            countries=Counter(entry.country for entry in passing(countries=())),
            topics=Counter(slug for entry in passing(topics=()) for slug in entry.topics),
            sizes=Counter(entry.size for entry in passing(sizes=())),
            has_offers=len(passing(has_offers=True)),
            has_needs=len(passing(has_needs=True)),
        )

    def _matches(self, filters: Filters) -> tuple[dict[int, Match] | None, list[str]]:
        if not filters.query.strip():
            return None, []
        result = self.index.search(filters.query[:200], expand=not filters.word_for_word)
        return result.matches, result.added


def _passes(entry: IndexedCompany, filters: Filters, matches: dict[int, Match] | None) -> bool:
    kinds = entry.kinds if matches is None else matches[entry.pk].kinds
    return (
        (not filters.countries or entry.country in filters.countries)
        and (not filters.topics or not entry.topics.isdisjoint(filters.topics))
        and (not filters.sizes or entry.size in filters.sizes)
        and (not filters.has_offers or "offer" in kinds)
        and (not filters.has_needs or "need" in kinds)
    )


def _hit(entry: IndexedCompany, matches: dict[int, Match] | None) -> DirectoryHit:
    if matches is None:
        return DirectoryHit(entry.pk)
    match = matches[entry.pk]
    return DirectoryHit(entry.pk, tuple(dict.fromkeys(match.words)), match.score)


# ---- built from the database, cached in this process until a listed company changes ------------------------

_built: dict[str, tuple[int, Directory]] = {}


def directory() -> Directory:
    """The current directory; one cheap query checks whether the cached one is still valid."""
    version = version_of(Part.DIRECTORY)
    built = _built.get("directory")
    if built is None or built[0] != version:
        built = _built["directory"] = (version, _build(list(Topic.objects.all())))
    return built[1]


def find(filters: Filters) -> DirectoryResult:
    return directory().find(filters)


def _build(topics: list[Topic]) -> Directory:
    found = access.listed_companies().order_by("name", "pk")
    companies = list(found.prefetch_related("topics", "offers", "needs"))
    names = [list(topic.name.values()) for topic in topics]
    texts = (text for company in companies for text in _texts(company))
    return Directory(
        [_entry(company) for company in companies], Index(texts, WordList([*glossary_rows(), *names]))
    )


def _entry(company: Company) -> IndexedCompany:
    kinds = {"offer": company.offers.all(), "need": company.needs.all()}
    return IndexedCompany(
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
    for kind, listings in (("offer", company.offers.all()), ("need", company.needs.all())):
        for listing in listings:
            for words in listing.title.values():
                yield Text(company.pk, words, LISTING, kind)
            for words in listing.details.values():
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
