"""The list of recordings: filters that live in the address, with a count beside each choice; newest first."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from companies.collation import in_order
from companies.languages import LanguageText, codes, in_language
from companies.words import holds
from meetings.models import Recording, RecordingFile

PER_PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything it should not hold is left out, never an error."""

    words: str = ""
    languages: tuple[str, ...] = ()
    programme: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        page = query.get("page", "")
        wanted = set(query.getlist("l"))
        return cls(
            words=" ".join(query.get("q", "").replace("\0", "").split())[:100],
            languages=tuple(code for code in codes() if code in wanted),
            programme=query.get("p", "").replace("\0", "")[:140],
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def chosen(self) -> int:
        return len(self.languages) + bool(self.programme)

    def accept(self, recording: Recording) -> bool:
        return (
            (not self.languages or recording.language in self.languages)
            and (not self.programme or _programme(recording) == self.programme)
            and holds(words_of(recording), self.words)
        )


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Shelf:
    """A page of rows, and what the filters offer."""

    rows: Sequence[Recording]
    total: int
    page: int
    pages: int
    languages: list[Choice] = field(default_factory=list)
    programmes: list[Choice] = field(default_factory=list)

    @property
    def has_earlier(self) -> bool:
        return self.page > 1

    @property
    def has_more(self) -> bool:
        return self.page < self.pages


def find(recordings: QuerySet[Recording], filters: Filters) -> Shelf:
    """Three queries, however many recordings there are."""
    everything = list(
        recordings.select_related("meeting", "meeting__host_company", "meeting__programme", "meeting__host")
        .annotate(
            has_poster=Exists(
                RecordingFile.objects.filter(recording=OuterRef("pk"), role=RecordingFile.Role.POSTER)
            ),
            captions_count=Count("files", filter=Q(files__role=RecordingFile.Role.CAPTIONS)),
        )
        .order_by("-meeting__starts_at", "-created_at")
    )
    found = [recording for recording in everything if filters.accept(recording)]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(filters.page, 1), pages)
    return Shelf(
        rows=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        pages=pages,
        languages=_languages(everything, filters),
        programmes=_programmes(everything, filters),
    )


def _languages(everything: Sequence[Recording], filters: Filters) -> list[Choice]:
    counts = _count(everything, replace(filters, languages=()), lambda one: [one.language])
    shown = [code for code in codes() if code in counts or code in filters.languages]
    return [Choice(code, code, counts[code], code in filters.languages) for code in shown]


def _programmes(everything: Sequence[Recording], filters: Filters) -> list[Choice]:
    counts = _count(everything, replace(filters, programme=""), lambda one: [_programme(one)])
    titles: dict[str, LanguageText] = {
        one.meeting.programme.slug: one.meeting.programme.title for one in everything if one.meeting.programme
    }
    shown = [slug for slug in titles if counts[slug] or slug == filters.programme]
    choices = [
        Choice(slug, str(in_language(titles[slug])), counts[slug], slug == filters.programme)
        for slug in shown
    ]
    return in_order(choices, lambda choice: choice.label)


def _count(
    everything: Sequence[Recording], filters: Filters, values: Callable[[Recording], Iterable[str]]
) -> Counter[str]:
    return Counter(value for one in everything if filters.accept(one) for value in values(one) if value)


def _programme(recording: Recording) -> str:
    return recording.meeting.programme.slug if recording.meeting.programme else ""


def words_of(recording: Recording) -> str:
    meeting = recording.meeting
    texts = [
        recording.title,
        meeting.title,
        meeting.description,
        meeting.programme.title if meeting.programme else {},
    ]
    company = meeting.host_company
    names = [meeting.host.name, company.name if company else "", company.city if company else ""]
    return " ".join([*(words for text in texts for words in text.values()), *names])
