"""Paths of links to thousands of people, which differ in one part: reversed once."""

from functools import lru_cache

from django.urls import reverse

PART = "0"


def path_with(name: str, part: str) -> str:
    """The path of the URL pattern `name` with one argument, which has only characters that need no quoting."""
    before, after = _around(name)
    return f"{before}{part}{after}"


@lru_cache(maxsize=32)
def _around(name: str) -> tuple[str, str]:
    before, _part, after = reverse(name, args=[PART]).rpartition(PART)
    return before, after
