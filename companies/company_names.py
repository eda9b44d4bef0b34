"""Company names that people typed, matched regardless of spelling with each other and with the directory."""

from collections.abc import Iterable

from companies.folding import name_key_of
from companies.models import Company


def listed_company_named(name: str) -> Company | None:
    key = name_key_of(name)
    return Company.objects.filter(name_key=key, is_listed=True).order_by("pk").first() if key else None


def country_of_listed_company(name: str) -> str:
    """Empty when the directory has no company of that name."""
    company = listed_company_named(name)
    return company.country if company else ""


def listed_companies_named(names: Iterable[str]) -> dict[str, Company]:
    """As `listed_company_named`, of many names in one query: by the name as typed."""
    keys = {name: name_key_of(name) for name in names}
    found = Company.objects.filter(name_key__in=set(keys.values()) - {""}, is_listed=True).order_by("-pk")
    by_key = {company.name_key: company for company in found}
    return {name: by_key[key] for name, key in keys.items() if key in by_key}


def companies_by_key(rows: Iterable[tuple[int | None, str]]) -> list[str]:
    """The key under which each (company id, name as typed) is counted; empty for no company. One query.

    A typed name that belongs to a listed company counts as that company, so that its guests and members count as one.
    """
    given = [(pk, name_key_of(name)) for pk, name in rows]
    typed = {name for pk, name in given if pk is None and name}
    named = Company.objects.filter(name_key__in=typed).order_by("-pk").values_list("name_key", "pk")
    known: dict[str, int] = dict(named)
    return [_key(pk or known.get(name), name) for pk, name in given]


def _key(pk: int | None, name: str) -> str:
    return f"#{pk}" if pk else name
