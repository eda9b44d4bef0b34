"""The list of recordings: filters in the query string, with a count beside each choice; newest first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict

from companies.collation import sorted_by_name
from companies.folding import MAX_ROWS, asked_words, texts_contain_words
from companies.languages import codes, in_language, other_language
from recordings import access
from recordings.models import Recording, RecordingFile
from recordings.models.recording import RecordingQuerySet

PER_PAGE = 20


@dataclass(frozen=True)
class Filters:
    """Parsed from the query string; invalid values are ignored."""

    words: str = ""
    languages: tuple[str, ...] = ()
    programme: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        page = query.get("page", "")
        wanted = set(query.getlist("l"))
        return cls(
            words=asked_words(query.get("q", "")),
            languages=tuple(code for code in codes() if code in wanted),
            programme=query.get("p", "").replace("\0", "")[:140],
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def chosen(self) -> int:
        return len(self.languages) + bool(self.programme)

    def narrow(self, recordings: RecordingQuerySet) -> RecordingQuerySet:
        if self.languages:
            recordings = recordings.filter(language__in=self.languages)
        return recordings.filter(meeting__programme__slug=self.programme) if self.programme else recordings


@dataclass(frozen=True)
class Choice:
    """`lang` where the label is in another language than the page."""

    value: str
    label: str
    count: int
    is_chosen: bool
    lang: str = ""


@dataclass(frozen=True)
class RecordingList:
    """A page of rows, and the choices of the filters."""

    rows: Sequence[Recording]
    total: int
    page: int
    pages: int
    languages: list[Choice] = field(default_factory=list)
    programmes: list[Choice] = field(default_factory=list)
    is_complete: bool = True  # False when only the newest were searched

    @property
    def has_earlier(self) -> bool:
        return self.page > 1

    @property
    def has_more(self) -> bool:
        return self.page < self.pages


def find(recordings: RecordingQuerySet, filters: Filters) -> RecordingList:
    """Five queries, however many recordings there are, and one more for a search."""
    is_complete = True
    if filters.words:
        keys, is_complete = _with_words(recordings, filters.words)
        if not is_complete and filters.chosen:
            keys, is_complete = _with_words(filters.narrow(recordings), filters.words)
        recordings = recordings.filter(pk__in=keys)
    found = filters.narrow(recordings)
    total = found.count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(filters.page, 1), pages)
    return RecordingList(
        rows=list(_rows(found)[(page - 1) * PER_PAGE : page * PER_PAGE]),
        total=total,
        page=page,
        pages=pages,
        languages=_languages(recordings, filters),
        programmes=_programmes(recordings, filters),
        is_complete=is_complete,
    )


def _newest_first(recordings: RecordingQuerySet) -> RecordingQuerySet:
    return recordings.order_by("-meeting__starts_at", "-created_at", "pk")


def _rows(recordings: RecordingQuerySet) -> RecordingQuerySet:
    """With everything that a row shows."""
    files = access.files_of(OuterRef("pk"))
    captions = files.filter(role=RecordingFile.Role.CAPTIONS).order_by().values("recording")
    return (
        _newest_first(recordings)
        .with_poster()
        .select_related("meeting", "meeting__host_company", "meeting__host")
        .annotate(
            captions_count=Coalesce(Subquery(captions.annotate(n=Count("pk")).values("n")), 0),
        )
    )


def _languages(recordings: RecordingQuerySet, filters: Filters) -> list[Choice]:
    narrowed = replace(filters, languages=()).narrow(recordings).order_by()
    counts = dict(narrowed.values_list("language").annotate(Count("pk")))
    shown = [code for code in codes() if code in counts or code in filters.languages]
    return [Choice(code, code, counts.get(code, 0), code in filters.languages) for code in shown]


def _programmes(recordings: RecordingQuerySet, filters: Filters) -> list[Choice]:
    narrowed = replace(filters, programme="").narrow(recordings).order_by()
    counts = Counter(dict(narrowed.values_list("meeting__programme__slug").annotate(Count("pk"))))
    shown = access.programmes_of(recordings)
    choices = [
        Choice(
            *(one.slug, str(title), counts[one.slug], one.slug == filters.programme, other_language(title))
        )
        for one in shown
        for title in [in_language(one.title)]
        if counts[one.slug] or one.slug == filters.programme
    ]
    return sorted_by_name(choices, lambda choice: choice.label)


def _with_words(recordings: RecordingQuerySet, words: str) -> tuple[list[str], bool]:
    """Keys of those that contain every word, and whether all were searched: at most a fixed number of the newest."""
    rows = _newest_first(recordings).values_list(
        *("pk", "title", "meeting__title", "meeting__description", "meeting__programme__title"),
        *("meeting__host__name", "meeting__host_company__name", "meeting__host_company__city"),
    )
    read = list(rows[: MAX_ROWS + 1])
    return [pk for pk, *texts in read[:MAX_ROWS] if texts_contain_words(texts, words)], len(read) <= MAX_ROWS
