"""Translations without the gettext programs: `update` the .po files, `compile` and `check` them."""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.extract import extract as extract_messages
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = {"en": 2, "sv": 2, "pl": 3, "de": 2, "da": 2, "lt": 3}  # number of plural forms
SOURCE_LANGUAGE = "en"
PACKAGES = (
    "api",
    "companies",
    "rooms",
    "engagement",
    "meetings",
    "recordings",
    "attendance",
    "projects",
    "matchmaking",
    "notifications",
    "news",
    "portal",
    "webinar_service",
)
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What a translation must keep and not invent: %(name)s, %s, {name}, and HTML tags.
FIXED_PART = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+[^>]*>")
# Dates and names in a header change with every run.
HEADER_NOISE = re.compile(
    r'^"(?!Language:|Plural-Forms:|MIME-|Content-)[A-Z][\w-]+: [^"]*\\n"\n', re.MULTILINE
)


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def script_catalogues() -> list[Path]:
    """What the administration's scripts say and Django leaves in English: texts that are not in our sources."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/djangojs.po"))


def read_catalogue(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django", abort_invalid=True)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text of the sources: singular and perhaps plural, and its context."""

    id: str | tuple[str, str]
    context: str | None
    comments: list[str]


def extract() -> Catalog:
    """Every translatable text of the sources, in file order."""
    catalogue = Catalog(domain="django", charset="utf-8")
    for path in sorted(_sources()):
        place = [(path.relative_to(ROOT).as_posix(), 0)]
        for text in _texts_of(path):
            catalogue.add(text.id, locations=place, auto_comments=text.comments, context=text.context)
    return catalogue


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)
    for suffix in ("html", "txt"):
        yield from (ROOT / "templates").rglob(f"*.{suffix}")


def _texts_of(path: Path) -> Iterator[Text]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _python_of_template(source)
    found = extract_messages("python", io.BytesIO(source.encode()), KEYWORDS, ["Translators:"])
    for _line, message, comments, context in found:
        match message:
            case (str(singular), str(plural), *_):
                yield Text(id=(singular, plural), context=context, comments=comments)
            case str() | (str(),):
                yield Text(id="".join(message), context=context, comments=comments)


def _python_of_template(source: str) -> str:
    """Django's conversion of a template to Python; its indentation has no meaning and would not parse."""
    if not settings.configured:
        settings.configure()
    return "\n".join(line.lstrip() for line in str(templatize(source)).splitlines())


def update() -> None:
    template = extract()
    for language in LANGUAGES:
        path = catalogue_path(language)
        catalogue = (
            read_catalogue(path, language) if path.exists() else Catalog(locale=language, domain="django")
        )
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = ""
        catalogue.fuzzy = False
        written = io.BytesIO()
        write_po(written, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER_NOISE.sub("", written.getvalue().decode()).lstrip(), encoding="utf-8")


def compile_catalogue(path: Path) -> None:
    catalogue = read_catalogue(path, path.parent.parent.name)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def check() -> list[str]:
    """Errors, one a line; empty when every text is translated into every language."""
    template = extract()
    problems = []
    for language in LANGUAGES:
        path = catalogue_path(language)
        if not path.exists():
            problems.append(f"{language}: there is no {path.relative_to(ROOT)}")
            continue
        problems += [f"{language}: {problem}" for problem in _check_language(template, path, language)]
    for path in script_catalogues():
        language = path.parent.parent.name
        catalogue = read_catalogue(path, language)
        problems += [f"{language}, scripts: {problem}" for problem in _check_messages(catalogue, language)]
    return problems


def _check_language(template: Catalog, path: Path, language: str) -> Iterator[str]:
    catalogue = read_catalogue(path, language)
    if catalogue.num_plurals != LANGUAGES[language]:
        yield f"has {catalogue.num_plurals} plural forms, must have {LANGUAGES[language]}"
    wanted, there = _keys(template), _keys(catalogue)
    yield from (f"lacks {_short(key)} (make translations)" for key in sorted(wanted - there, key=str))
    yield from (
        f"no longer needed: {_short(key)} (make translations)" for key in sorted(there - wanted, key=str)
    )
    yield from _check_messages(catalogue, language)


def _check_messages(catalogue: Catalog, language: str) -> Iterator[str]:
    for message in catalogue:
        if message.id:
            yield from (f"{problem}: {_short(message.id)}" for problem in _check_message(message, language))


def _keys(catalogue: Catalog) -> set[tuple[str, object]]:
    return {(message.context or "", message.id) for message in catalogue if message.id}


def _short(key: object) -> str:
    return repr(key)[:100]


def _check_message(message: Message, language: str) -> Iterator[str]:
    texts = _as_list(message.string)
    if message.fuzzy:
        yield "is fuzzy"
    if not all(texts):
        # English is the source language: an untranslated text is shown as in the source.
        if language != SOURCE_LANGUAGE or any(texts):
            yield "is not translated"
        return
    if message.pluralizable and len(texts) != LANGUAGES[language]:
        yield f"has {len(texts)} forms, must have {LANGUAGES[language]}"
    allowed = {part for text in _as_list(message.id) for part in FIXED_PART.findall(text)}
    for text in texts:
        parts = set(FIXED_PART.findall(text))
        # One form of a plural may say "a seat" for "%(n)s seats", but none may invent a placeholder.
        if parts - allowed or (not message.pluralizable and parts != allowed):
            yield f"differs in {', '.join(sorted(parts ^ allowed))}"


def _as_list(text: object) -> list[str]:
    return [str(form or "") for form in (text if isinstance(text, (tuple, list)) else [text])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["update", "compile", "check"])
    parser.add_argument("catalogues", nargs="*", type=Path)
    asked = parser.parse_args()
    if asked.action == "update":
        update()
    elif asked.action == "compile":
        ours = [*(catalogue_path(language) for language in LANGUAGES), *script_catalogues()]
        for path in asked.catalogues or ours:
            compile_catalogue(path)
    else:
        problems = check()
        print("\n".join(problems) or f"Every text is there in {len(LANGUAGES)} languages")
        return 1 if problems else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
