"""Pagination: the page number is a query parameter named after the list."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of(request: HttpRequest, name: str, rows: QuerySet[Any] | Sequence[Any], size: int) -> Page[Any]:
    """The requested page, or the nearest existing one; parts/pagination.html links to the others."""
    return Paginator(rows, size).get_page(request.GET.get(name))
