"""Lists in pages: the number of each stands in the address under the list's own name."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of(request: HttpRequest, name: str, rows: QuerySet[Any] | Sequence[Any], size: int) -> Page[Any]:
    """The page that the address asks for, or the nearest there is; parts/pagination.html leads to the others."""
    return Paginator(rows, size).get_page(request.GET.get(name))
