"""The ways to subscribe to a calendar feed: by its address, in Google and in Outlook on the web."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django import template
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from companies.languages import active_language

register = template.Library()
FILTERS = ("q", "k", "l", "c", "p")


@register.inclusion_tag("portal/subscribe.html")
def subscribe_to(name: str, *args: object, title: str = "") -> dict[str, Any]:
    """The feed with this URL name, in the reader's language."""
    return _ways(reverse(name, args=args), {"lang": [active_language()]}, title)


@register.inclusion_tag("portal/subscribe.html", takes_context=True)
def subscribe_to_schedule(context: template.Context, title: str) -> dict[str, Any]:
    """As it is filtered at present."""
    query: QueryDict = context["request"].GET
    chosen = {name: query.getlist(name) for name in FILTERS if any(query.getlist(name))}
    return _ways(reverse("schedule_calendar"), {**chosen, "lang": [active_language()]}, title)


@register.inclusion_tag("portal/subscribe.html")
def subscribe_to_own(address: str, title: str) -> dict[str, Any]:
    """A person's own feed, whose address the page shows."""
    return _ways(urlsplit(address).path, {}, title) | {"is_own": True}


def _ways(path: str, query: dict[str, list[str]], title: str) -> dict[str, Any]:
    address = f"{settings.SITE_URL}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
    webcal = f"webcal://{address.partition('://')[2]}"
    named = f"{settings.SITE_NAME}: {title}" if title else settings.SITE_NAME
    return {
        "address": address,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/render?{urlencode({'cid': webcal})}",
        "outlook": "https://outlook.office.com/calendar/0/addfromweb?"
        + urlencode({"url": address, "name": named}),
    }
