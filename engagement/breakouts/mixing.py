"""Who comes into which group: evenly, in an order by chance that its seed repeats."""

import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """Somebody to be assigned, by the key of their participant."""

    participant: int
    company: str = ""
    country: str = ""


def distribute(people: Sequence[Candidate], groups: int, *, assign: str, seed: int) -> dict[int, int]:
    """By participant, the place of their group from 0. Sizes differ by one at most.

    Those of one company (or country) are spread as evenly: everybody is dealt in turn, one company after the other.
    """
    order = sorted(people, key=lambda one: one.participant)
    random.Random(seed).shuffle(order)  # noqa: S311 - nothing depends on it that somebody could gain from
    if assign == "companies":
        order = _one_after_the_other(order, lambda one: one.company.casefold())
    elif assign == "countries":
        order = _one_after_the_other(order, lambda one: one.country)
    return {one.participant: place % groups for place, one in enumerate(order)}


def _one_after_the_other(order: Sequence[Candidate], key: Callable[[Candidate], Hashable]) -> list[Candidate]:
    """Those alike beside each other, in the order of the first of each."""
    alike: dict[Hashable, list[Candidate]] = defaultdict(list)
    for one in order:
        alike[key(one)].append(one)
    return [one for same in alike.values() for one in same]
