"""Who belongs to which project room: the app that keeps the memberships registers itself in AppConfig.ready."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from companies.models import Person
from meetings.access.visitors import Level
from rooms.models import Room


class Memberships(Protocol):
    def rooms_of(self, person: Person) -> QuerySet[Room]:
        """Project rooms of which the person is told, and whose meetings they see."""
        ...

    def opened_rooms_of(self, person: Person) -> QuerySet[Room]:
        """Those of them whose content the person may read: terms of confidentiality are accepted."""
        ...

    def closed_rooms_of(self, person: Person) -> QuerySet[Room]:
        """Those of which the person may see nothing, whatever else they hold: they have left, or not accepted terms."""
        ...

    def is_closed(self, *, person: str, room: str) -> Q:
        """The same for a query, of the person and the room in these columns."""
        ...

    def refuse_unopened(self, person: Person, rooms: QuerySet[Any]) -> None:
        """Raises EntryDenied to a member of one of these rooms who has yet to accept its terms."""
        ...

    def writable_rooms_of(self, person: Person) -> QuerySet[Room]:
        """Those of them in which the person may schedule meetings."""
        ...

    def levels_of(self, person: Person, rooms: set[str]) -> dict[str, Level]:
        """By room, of those among these that the person may enter."""
        ...

    def guests(self) -> QuerySet[Person]:
        """Everybody who is in a project room without belonging to one of its companies."""
        ...

    def people_of(self, room_id: str) -> QuerySet[Person]:
        """Those with an open account."""
        ...


@dataclass
class _Registered:
    memberships: Memberships | None = None


_registered = _Registered()


def register_memberships(memberships: Memberships) -> None:
    _registered.memberships = memberships


def memberships() -> Memberships:
    if _registered.memberships is None:
        raise LookupError("no app keeps the memberships of project rooms")
    return _registered.memberships
