"""Parts of pages: header and footer, made once for each language; and what is the same for many visitors."""

import itertools
import re
from collections.abc import Hashable

from django import template
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from companies.process_cache import ProcessCache
from companies.shared_pages import page_cache_key

register = template.Library()
# Private use in Unicode: in no address, and in no word of ours.
_FORM_MARK = "\ue000form\ue000"
_ADDRESS_MARK = "\ue000address\ue000"
_PLACES = re.compile(f"({_FORM_MARK}|{_ADDRESS_MARK})")
_layout_cache: ProcessCache[list[str]] = ProcessCache(500)
_fragment_cache: ProcessCache[SafeString] = ProcessCache(500)
_numbers = itertools.count()  # of places in templates: a token knows its own only while debugging


@register.simple_tag(takes_context=True)
def site_header(context: Context) -> SafeString:
    """The same for all who are not signed in, but for the form token and the address to come back to."""
    user, request = context.get("user"), context.get("request")
    if request is None or user is None or user.is_authenticated:
        return _rendered("parts/header.html", context)
    parts = _layout_parts("parts/header.html", context, str(context.get("section", "")))
    places = {_FORM_MARK: str(context.get("csrf_token", "")), _ADDRESS_MARK: escape(request.get_full_path())}
    return mark_safe("".join(places.get(part, part) for part in parts))  # noqa: S308 - parts of our own page


@register.simple_tag(takes_context=True)
def site_footer(context: Context) -> SafeString:
    parts = _layout_parts("parts/footer.html", context, str(timezone.get_current_timezone()))
    return mark_safe("".join(parts))  # noqa: S308 - parts of our own page


@register.tag
def cached(parser: Parser, token: Token) -> "CachedFragmentNode":
    """`{% cached by %}…{% endcached %}`: made once for each `by`, language, time zone and minute; anew without `by`.

    `by` has to hold all that the part shows, first of all the content's version; a form token may not stand in it.
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
        if by is None or by == "":  # not there, or not in the context
            return self.nodes.render(context)
        key = (self.number, by, *page_cache_key())
        part = _fragment_cache.get(key)
        if part is None:
            part = self.nodes.render(context)
            _fragment_cache.set(key, part)
        return part


def _layout_parts(name: str, context: Context, variant: str) -> list[str]:
    key = (name, variant, get_language())
    parts = _layout_cache.get(key)
    if parts is None:
        with context.push(csrf_token=_FORM_MARK, come_back_to=_ADDRESS_MARK):
            parts = _PLACES.split(_rendered(name, context))
        _layout_cache.set(key, parts)
    return parts


def _rendered(name: str, context: Context) -> SafeString:
    assert context.template is not None  # noqa: S101 - a tag is rendered by one
    return context.template.engine.get_template(name).render(context)
