"""Who gets a durable event. Numbers have no gaps for anybody: the others get `withheld` in its place."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol


class Viewer(Protocol):
    """Anybody to whom events are sent; `person` is the public id."""

    @property
    def person(self) -> str: ...

    @property
    def is_host(self) -> bool: ...


@dataclass(frozen=True)
class Audience:
    """These people, and with `hosts` also the hosts and co-hosts."""

    people: frozenset[str] = field(default_factory=frozenset)
    hosts: bool = False

    def includes(self, viewer: Viewer) -> bool:
        return (self.hosts and viewer.is_host) or viewer.person in self.people

    def as_json(self) -> dict[str, Any]:
        return {"people": sorted(self.people), "hosts": self.hosts}


def audience_of(*, people: Collection[str] = (), hosts: bool = False) -> Audience:
    return Audience(frozenset(people), hosts)


def from_json(stored: dict[str, Any] | None) -> Audience | None:
    """None is everybody."""
    return Audience(frozenset(stored["people"]), bool(stored["hosts"])) if stored is not None else None


@dataclass(frozen=True)
class DurableFrame:
    """A durable event as it is sent, with its number; without an audience everybody gets it."""

    seq: int
    frame: bytes
    audience: Audience | None = None

    def seen_by(self, viewer: Viewer) -> bytes:
        if self.audience is None or self.audience.includes(viewer):
            return self.frame
        return withheld(self.seq)


def withheld(seq: int) -> bytes:
    return b'{"ev":"withheld","seq":%d}' % seq
