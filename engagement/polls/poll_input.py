"""What a host enters for a poll, in the room or on a page; and what is impossible about it, field by field."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from companies.text import cleaned
from engagement.polls.models import LONGEST_OPTION, LONGEST_TITLE, Poll

MOST_OPTIONS = 10
RATINGS = 5
LARGEST_TEXTS = 6 * 1024  # bytes of JSON, with all translations: a poll is shown whole in one frame


@dataclass(frozen=True)
class Wording:
    """A text in the meeting's language, and its translations by language."""

    text: str
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.text


def wording(given: str | Mapping[str, str]) -> Wording:
    """A plain text, or one by language: then the English one, else the first, is for readers of other languages."""
    if isinstance(given, str):
        return Wording(cleaned(given, one_line=True))
    texts = {code: cleaned(text, one_line=True) for code, text in given.items()}
    texts = {code: text for code, text in texts.items() if text}
    return Wording(texts.get("en") or next(iter(texts.values()), ""), texts)


@dataclass(frozen=True, kw_only=True)
class PollInput:
    """`right` are the places of a quiz's right answers among the options, from 0."""

    kind: str
    title: Wording
    options: tuple[Wording, ...] = ()
    is_anonymous: bool = True
    results: str = Poll.Results.LIVE
    most_choices: int | None = None
    right: frozenset[int] = frozenset()
    is_on_page: bool = False

    @property
    def shown_options(self) -> tuple[Wording, ...]:
        """A rating has five steps unless the host words them."""
        if self.kind == Poll.Kind.RATING and not self.options:
            return tuple(Wording(str(step)) for step in range(1, RATINGS + 1))
        return self.options

    @property
    def allowed_choices(self) -> int:
        """How many options a person may choose."""
        options = len(self.shown_options)
        if self.kind == Poll.Kind.MULTIPLE:
            return self.most_choices or options
        return options if self.kind == Poll.Kind.RANKING else 1


def problems_of(poll: PollInput) -> list[tuple[str, str]]:
    """As (field, message); empty when nothing is impossible."""
    found = []
    if poll.kind not in Poll.Kind.values:
        found.append(("kind", _("Choose an option from the list.")))
    if poll.results not in Poll.Results.values:
        found.append(("results", _("Choose an option from the list.")))
    elif poll.results == Poll.Results.HOSTS and poll.is_on_page:
        found.append(("is_on_page", _("Results that only hosts see are not shown on the meeting page.")))
    found += [("title", message) for message in _about(poll.title, LONGEST_TITLE)]
    found += [("options", message) for message in _about_options(poll)]
    if not found and _size(poll) > LARGEST_TEXTS:
        found.append(("options", _("This poll has too much text. Shorten it.")))
    return found + _about_choices(poll)


def _about(words: Wording, longest: int) -> list[str]:
    if words.is_empty:
        return [_("Enter some text.")]
    found = []
    if max(map(len, (words.text, *words.translations.values()))) > longest:
        found.append(_("At most %(most)s characters.") % {"most": longest})
    if set(words.translations) - set(settings.ALL_LANGUAGES):
        found.append(_("This language is not supported."))
    return found


def _about_options(poll: PollInput) -> list[str]:
    if poll.kind == Poll.Kind.WORDS:
        return [_("A word cloud has no options.")] if poll.options else []
    if not 2 <= len(poll.shown_options) <= MOST_OPTIONS:
        return [_("Enter 2 to %(most)s options.") % {"most": MOST_OPTIONS}]
    texts = [option.text.casefold() for option in poll.shown_options]
    found = [_("Two options have the same text.")] if len(set(texts)) < len(texts) else []
    about = [message for option in poll.shown_options for message in _about(option, LONGEST_OPTION)]
    return [*found, *dict.fromkeys(about)]


def _about_choices(poll: PollInput) -> list[tuple[str, str]]:
    found = []
    options = len(poll.shown_options)
    if poll.most_choices is not None and not (
        poll.kind == Poll.Kind.MULTIPLE and 1 <= poll.most_choices <= options
    ):
        found.append(("most_choices", _("Enter a number no higher than the number of options.")))
    if poll.right and (poll.kind != Poll.Kind.QUIZ or not poll.right <= set(range(options))):
        found.append(("right", _("Choose the correct answer from the options. Only a quiz has one.")))
    return found


def _size(poll: PollInput) -> int:
    texts = [(words.text, *words.translations.items()) for words in (poll.title, *poll.shown_options)]
    return len(json.dumps(texts, ensure_ascii=False).encode())
