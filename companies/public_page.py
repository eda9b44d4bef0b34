"""What search engines and programs that show links read of a page that anybody may open.

The page's own address is that of the interface's first language, which is also what a program without a language
gets; each other language has the same with `?lang=`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from companies.languages import LanguageText, active_language, codes, in_language
from companies.text import JSON_IN_HTML

LONGEST_DESCRIPTION = 200  # characters; search engines show fewer

Data = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PublicPage:
    """`path` and `image` begin with a slash; `data` is of schema.org, without its @context."""

    path: str
    title: str
    description: str = ""
    image: str = ""
    image_text: str = ""
    is_article: bool = False
    data: Data | None = None

    def head(self) -> SafeString:
        """HTML for the page's head."""
        language = active_language()
        parts = [
            *self._about(language),
            format_html('<link rel="canonical" href="{}">', in_language_of(self.path, language)),
            format_html_join(
                "",
                '<link rel="alternate" hreflang="{}" href="{}">',
                [(code, in_language_of(self.path, code)) for code in codes()]
                + [("x-default", address(self.path))],
            ),
        ]
        if self.data is not None:
            parts.append(structured_data({"@context": "https://schema.org", **self.data}))
        return mark_safe("".join(parts))  # noqa: S308 - each part is escaped

    def _about(self, language: str) -> list[SafeString]:
        properties = [
            ("og:type", "article" if self.is_article else "website"),
            ("og:site_name", settings.SITE_NAME),
            ("og:title", self.title),
            ("og:url", in_language_of(self.path, language)),
        ]
        if self.image:
            properties += [("og:image", address(self.image)), ("og:image:alt", self.image_text or self.title)]
        parts = [format_html('<meta property="{}" content="{}">', name, value) for name, value in properties]
        if self.description:
            tag = '<meta name="description" property="og:description" content="{}">'
            parts.append(format_html(tag, shortened(self.description)))
        if self.image:
            parts.append(format_html('<meta name="twitter:card" content="{}">', "summary_large_image"))
        return parts


def address(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def in_language_of(path: str, language: str) -> str:
    return address(path) if language == settings.LANGUAGE_CODE else f"{address(path)}?lang={language}"


def shortened(text: str) -> str:
    """On one line, without the signs of Markdown that begin a line or mark words, cut between words."""
    words = " ".join(text.replace("*", "").replace("#", "").split())
    return (
        words if len(words) <= LONGEST_DESCRIPTION else f"{words[:LONGEST_DESCRIPTION].rpartition(' ')[0]} …"
    )


def words_of(text: LanguageText | None) -> str:
    return in_language(text).text


def structured_data(data: Data) -> SafeString:
    """JSON-LD that no text in it can end; browsers do not run it, so that the security policy says nothing of it."""
    written = json.dumps(data, ensure_ascii=False).translate(JSON_IN_HTML)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))  # noqa: S308


def organization(name: str, path: str) -> Data:
    return {"@type": "Organization", "name": name, "url": address(path)}


def page_of_list(request: HttpRequest, title: str, description: str = "") -> PublicPage | None:
    """Of the whole list alone: each choice of filters and each further page is the same list once more."""
    if request.GET.keys() - {"lang"}:
        return None
    return PublicPage(path=request.path, title=title, description=description)
