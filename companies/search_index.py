"""Text search in six languages: synonyms, endings, compounds, typing errors. Pure Python, without a database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile

from rapidfuzz import process
from rapidfuzz.distance import OSA

from companies import glossary
from companies.folding import fold_text, words, words_as_written

SYNONYM_WEIGHT = 0.85  # a synonym scores a little less than the word that was typed
LONGEST_PHRASE = 4
MOST_WORDS = 12
LONGEST_ENDING = 2  # letters; with a longer ending it is another word: värmepump is not värme
# Stop words of the six languages.
STOP_WORDS = frozenset(
    words(
        "a an and the of for in on to with we och i på av för med till en ett und der die das den für mit von zu im "
        "og af til et er w z na do dla oraz ze ir su už iš apie kas"
    )
)


@dataclass(frozen=True)
class Text:
    """An indexed text: its owner, the weight of a match in it, and its kind."""

    owner: int
    words: str
    weight: float
    kind: str


@dataclass
class Match:
    """Why an owner was found: the score, the matching words as written, and the kinds of text that contain them."""

    score: float = 0.0
    concepts: int = 0
    words: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Concept:
    """One thing that was searched for: as typed, and its synonyms."""

    typed: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    matches: dict[int, Match]
    added: list[str]  # synonyms that were searched as well, as the word list spells them


class WordList:
    """Rows of synonyms, found by any of them, also misspelt or with another ending."""

    def __init__(self, rows: Iterable[Sequence[str]]) -> None:
        self.rows_of: dict[str, list[list[str]]] = defaultdict(list)
        for row in rows:
            for phrase in dict.fromkeys(" ".join(words(phrase)) for phrase in row):
                self.rows_of[phrase].append(list(row))
        self.phrases = list(self.rows_of)

    def synonyms(self, phrase: str) -> list[str]:
        found = phrase if phrase in self.rows_of else self._nearly(phrase)
        synonyms = dict.fromkeys(other for row in self.rows_of.get(found, []) for other in row)
        return [other for other in synonyms if " ".join(words(other)) != phrase]

    def _nearly(self, phrase: str) -> str:
        for known in self.phrases:
            if len(known) >= 4 and phrase.startswith(known) and len(phrase) - len(known) <= 2:
                return known
        if len(phrase) < 6:
            return ""
        best = process.extractOne(
            phrase, self.phrases, scorer=OSA.normalized_similarity, score_cutoff=SYNONYM_WEIGHT
        )
        return best[0] if best else ""


class Index:
    """Every word of every text, and the texts that contain it. Built once, then read only."""

    def __init__(self, texts: Iterable[Text], word_list: WordList) -> None:
        self.texts = list(texts)
        self.word_list = word_list
        self.texts_with: dict[str, set[int]] = defaultdict(set)
        self.as_written: dict[str, str] = {}
        for number, text in enumerate(self.texts):
            for word, written in words_as_written(text.words):
                self.texts_with[word].add(number)
                self.as_written.setdefault(word, written)
        self.vocabulary = list(self.texts_with)
        self.by_start: dict[str, list[str]] = defaultdict(list)
        for word in self.vocabulary:
            self.by_start[word[:3]].append(word)

    def search(self, query: str, *, expand: bool = True) -> Result:
        """Owners that match every concept; when there are none, those that match most of them."""
        typed = words(query)
        significant = [word for word in typed if word not in STOP_WORDS] or typed
        concepts = self.concepts(significant[:MOST_WORDS], expand=expand)
        matches: dict[int, Match] = defaultdict(Match)
        for concept in concepts:
            self._add(matches, concept)
        most = max((match.concepts for match in matches.values()), default=0)
        kept = {owner: match for owner, match in matches.items() if match.concepts == most}
        return Result(kept, [phrase for concept in concepts for phrase in concept.synonyms])

    def concepts(self, typed: list[str], *, expand: bool) -> list[Concept]:
        """Finds the longest phrases of the word list first: “heat pump” is one concept, not two."""
        found: list[Concept] = []
        while typed:
            size, synonyms = self._phrase_at_start(typed) if expand else (1, [])
            found.append(Concept(tuple(typed[:size]), tuple(synonyms)))
            typed = typed[size:]
        return found

    def _phrase_at_start(self, typed: list[str]) -> tuple[int, list[str]]:
        for size in range(min(LONGEST_PHRASE, len(typed)), 0, -1):
            synonyms = self.word_list.synonyms(" ".join(typed[:size]))
            if synonyms:
                return size, synonyms
        return 1, []

    def _add(self, matches: dict[int, Match], concept: Concept) -> None:
        best: dict[int, list[tuple[float, str, str]]] = defaultdict(list)
        phrases = [
            (concept.typed, 1.0),
            *((tuple(words(phrase)), SYNONYM_WEIGHT) for phrase in concept.synonyms),
        ]
        for phrase, factor in phrases:
            for number, similarity, word in self._texts_with(phrase, allow_typos=factor == 1.0):
                text = self.texts[number]
                best[text.owner].append((similarity * factor * text.weight, word, text.kind))
        for owner, found in best.items():
            found.sort(reverse=True)
            match = matches[owner]
            match.concepts += 1
            match.score += found[0][0] + 0.1 * min(
                sum(score for score, _word, _kind in found[1:]), found[0][0]
            )
            match.words.append(found[0][1])
            match.kinds.update(kind for _score, _word, kind in found)

    def _texts_with(self, phrase: tuple[str, ...], *, allow_typos: bool) -> Iterable[tuple[int, float, str]]:
        """Texts that contain every word of the phrase, the average similarity, and the words as written there."""
        each = [self._texts_with_word(word, allow_typos=allow_typos) for word in phrase]
        if not each:
            return
        for number in set(each[0]).intersection(*each[1:]):
            found = [texts[number] for texts in each]
            similarity = sum(similarity for similarity, _word in found) / len(found)
            yield number, similarity, " ".join(self.as_written[word] for _similarity, word in found)

    def _texts_with_word(self, word: str, *, allow_typos: bool) -> dict[int, tuple[float, str]]:
        texts: dict[int, tuple[float, str]] = {}
        for known, similarity in self._similar_words(word, allow_typos=allow_typos).items():
            for number in self.texts_with[known]:
                if similarity > texts.get(number, (0.0, ""))[0]:
                    texts[number] = (similarity, known)
        return texts

    def _similar_words(self, word: str, *, allow_typos: bool) -> dict[str, float]:
        if len(word) < 3:
            return {word: 1.0} if word in self.texts_with else {}
        near = self.by_start.get(word[:3], [])
        if len(word) >= 5:
            near = [*near, *(known for known in self.vocabulary if word in known)]
        found = {known: similarity for known in near if (similarity := word_similarity(word, known))}
        if found or not allow_typos or len(word) < 5:
            return found
        return self._misspelt(word)

    def _misspelt(self, word: str) -> dict[str, float]:
        """Words within one or two typing errors, also at the start of a longer, compound word."""
        slips = 1 if len(word) < 8 else 2
        found: dict[str, float] = {}
        for choices in (self.vocabulary, [known[: len(word)] for known in self.vocabulary]):
            for _choice, distance, number in process.extract(
                word, choices, scorer=OSA.distance, score_cutoff=slips, limit=None
            ):
                found.setdefault(self.vocabulary[number], 0.7 - 0.1 * distance)
        return found


def word_similarity(asked: str, known: str) -> float:
    """Similarity from 0 to 1: the word itself, its start, its inside, or another ending of it."""
    if asked == known:
        return 1.0
    if known.startswith(asked):
        return 0.6 + 0.35 * len(asked) / len(known)
    if len(asked) >= 5 and asked in known:
        return 0.7
    if len(known) >= 5 and asked.startswith(known) and len(asked) - len(known) <= LONGEST_ENDING:
        return 0.75
    if asked[:3] != known[:3]:
        return 0.0
    stem = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(asked, known, strict=False)))
    return 0.75 if stem >= 4 and stem >= 0.65 * max(len(asked), len(known)) else 0.0


@cache
def glossary_rows() -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(phrase for phrases in row.values() for phrase in phrases) for row in glossary.concepts()
    )


__all__ = [
    "Concept",
    "Index",
    "Match",
    "Result",
    "Text",
    "WordList",
    "fold_text",
    "glossary_rows",
    "word_similarity",
]
