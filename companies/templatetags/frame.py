"""Shared parts of pages: header and footer, cached by language, and the `cached` tag."""

import itertools
import re
from collections.abc import Hashable
from dataclasses import dataclass

from django import template
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from companies.models import Person
from companies.process_cache import ProcessCache
from companies.shared_pages import page_cache_key

register = template.Library()
_layout_cache: ProcessCache[list[str]] = ProcessCache(500)
_fragment_cache: ProcessCache[SafeString] = ProcessCache(500)
_numbers = itertools.count()  # identify tags in templates: a token knows its position only while debugging


def _mark(name: str) -> str:
    """A placeholder in a shared part for a value of this request, in private-use characters."""
    return f"\ue000{name}\ue000"


_MARKS = re.compile("(\ue000[a-z_]+\ue000)")


@dataclass(frozen=True)
class _AnyCompany:
    name: str = _mark("company")
    get_absolute_url: str = _mark("company_url")


@dataclass(frozen=True)
class _AnyMember:
    """Stands in for a member while the header for all members is rendered."""

    is_secretariat: bool
    company: _AnyCompany | None
    is_authenticated: bool = True
    initials: str = _mark("initials")
    color_theme: str = _mark("color_theme")

    def __str__(self) -> str:
        return _mark("person")


@register.simple_tag(takes_context=True)
def site_header(context: Context) -> SafeString:
    """Shared but for the form token, the return URL, and a member's name and company."""
    user, request = context.get("user"), context.get("request")
    if request is None or user is None:
        return _rendered("parts/header.html", context)
    filled = {"csrf_token": str(context.get("csrf_token", "")), "come_back_to": request.get_full_path()}
    alike: _AnyMember | None = None
    if isinstance(user, Person):
        filled |= _of_member(user)
        alike = _AnyMember(user.is_secretariat, _AnyCompany() if user.company is not None else None)
    with context.push(user=alike or user):
        parts = _layout_parts("parts/header.html", context, (str(context.get("section", "")), alike))
    escaped = {_mark(name): escape(value) for name, value in filled.items()}
    return mark_safe("".join(escaped.get(part, part) for part in parts))  # noqa: S308 - parts of our own page


def _of_member(person: Person) -> dict[str, str]:
    own = {"person": str(person), "initials": person.initials, "color_theme": person.color_theme}
    if person.company is not None:
        own |= {"company": person.company.name, "company_url": person.company.get_absolute_url()}
    return own


@register.simple_tag(takes_context=True)
def site_footer(context: Context) -> SafeString:
    parts = _layout_parts("parts/footer.html", context, (str(timezone.get_current_timezone()),))
    return mark_safe("".join(parts))  # noqa: S308 - parts of our own page


@register.tag
def cached(parser: Parser, token: Token) -> "CachedFragmentNode":
    """`{% cached by %}…{% endcached %}`: rendered once for each `by`, language, time zone and minute.

    `by` must identify everything that the part shows, above all the content's version; no form token may be in it.
    Without a value of `by` it is rendered every time.
    """
    by = parser.compile_filter(token.split_contents()[1])
    nodes = parser.parse(("endcached",))
    parser.delete_first_token()
    return CachedFragmentNode(next(_numbers), by, nodes)


class CachedFragmentNode(template.Node):
    child_nodelists = ("nodes",)

    def __init__(self, number: int, by: FilterExpression, nodes: NodeList) -> None:
        self.number, self.by, self.nodes = number, by, nodes

    def render(self, context: Context) -> SafeString:
        by: Hashable = self.by.resolve(context)
        if by is None or by == "":  # undefined in the context
            return self.nodes.render(context)
        key = (self.number, by, *page_cache_key())
        part = _fragment_cache.get(key)
        if part is None:
            part = self.nodes.render(context)
            _fragment_cache.set(key, part)
        return part


def _layout_parts(name: str, context: Context, variant: tuple[Hashable, ...]) -> list[str]:
    key = (name, variant, get_language())
    parts = _layout_cache.get(key)
    if parts is None:
        with context.push(csrf_token=_mark("csrf_token"), come_back_to=_mark("come_back_to")):
            parts = _MARKS.split(_rendered(name, context))
        _layout_cache.set(key, parts)
    return parts


def _rendered(name: str, context: Context) -> SafeString:
    assert context.template is not None  # noqa: S101 - a tag is rendered by one
    return context.template.engine.get_template(name).render(context)
