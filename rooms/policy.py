"""What the engine asks of the app above: who may enter a room, with which access now, and what the room is about.

The engine knows no meeting. The app above registers a `Policy` for each kind of room in `AppConfig.ready`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal, Protocol

from django.core.exceptions import PermissionDenied
from django.http import Http404

from companies.languages import LanguageText
from companies.models import Person
from companies.process_cache import CachedRead
from rooms.models.room import Room
from rooms.room_state import MeetingState


class Level(IntEnum):
    """What a person may do in a room and with its meeting; each level includes those before it."""

    SEE = 1
    READ = 2  # reader of a project room: is in the room, and writes nothing
    ENTER = 3  # has a confirmed registration
    SPEAK = 4  # speaker or interpreter, or member of the project room
    HOST = 5  # host, co-host, secretariat


class NoSuchRoom(Http404):
    """The room does not exist, or the requester may not know that it does."""


class EntryDenied(PermissionDenied):
    """They may know the room and not enter it now: `code` for programs, and `url` of the page that says more."""

    def __init__(self, code: str, message: str, url: str) -> None:
        super().__init__(message)
        self.code, self.message, self.url = code, message, url


@dataclass(frozen=True)
class Requester:
    """Who wants to enter: a person who is signed in, a browser that opened personal links, or both.

    `session` is the browser's session, in which policies keep what its personal links grant. `guest` is the id, in
    the policy's terms, of a guest for whom a program asks.
    """

    person: Person | None = None
    session: Mapping[str, Any] = field(default_factory=dict)
    guest: str = ""


@dataclass(frozen=True)
class Entry:
    """The right to enter a room: as whom, at what level, shown in which role and under which name.

    `credential` is what grants it, written and read by the policy alone. `has_unverified_address` is true of a guest
    who has not shown yet that the email address they registered with is theirs.
    """

    room: Room
    person: Person
    level: Level
    role: str
    name: str
    company_name: str
    credential: str
    has_unverified_address: bool = False


@dataclass(frozen=True)
class CredentialHolder:
    """A connection that joined with a credential: of a person who is signed in, or of a guest by a personal link."""

    connection: str
    person: int
    credential: str
    signed_in: bool


@dataclass(frozen=True)
class Access:
    """What a person may do in the room now."""

    level: Level
    role: str


@dataclass(frozen=True)
class RoomDescription:
    """What a room is about: its present meeting, else the next, else the last one."""

    title: LanguageText
    state: Literal["waiting", "live", "ended"]
    meeting_state: MeetingState = "none"
    meeting: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    started_at: datetime | None = None
    closes_at: datetime | None = None
    is_webinar: bool = False
    lobby: bool = False

    @property
    def everybody_speaks(self) -> bool:
        return self.meeting is not None and not self.is_webinar

    def must_wait(self, level: Level) -> bool:
        """Attendees wait where there is a waiting room, and during the practice session before a webinar."""
        practises = self.is_webinar and self.meeting_state == "scheduled"
        return level < Level.SPEAK and (self.lobby or practises)


@dataclass(frozen=True)
class Introduction:
    """What the page before the room shows, and the address of the page to go back to."""

    title: LanguageText
    subtitle: str
    url: str


class Policy(Protocol):
    """Answers for all rooms of one kind."""

    def entry_for(self, requester: Requester, room: Room) -> Entry:
        """Raises Http404 when the requester does not see the room, PermissionDenied when they may not enter it.

        EntryDenied is a PermissionDenied that says why.
        """
        ...

    def current_access(self, room_id: str, holders: Sequence[CredentialHolder]) -> dict[str, Access]:
        """By connection, of those who may still be in the room; in one query for all of them."""
        ...

    def describe(self, room: Room) -> RoomDescription: ...

    def introduction(self, room: Room) -> Introduction:
        """In the reader's language."""
        ...

    def titles(self, room_ids: Collection[str]) -> dict[str, LanguageText]: ...

    def roles(self, room_id: str) -> dict[int, str]:
        """By person, of those with another role than attendee."""
        ...

    def countries(self, room_id: str, people: Collection[int]) -> dict[int, str]:
        """By person, the ISO 3166 code of those whose country is known: shown to hosts alone."""
        ...

    def is_member(self, person: int, room_id: str) -> bool:
        """Whether the person belongs to the room itself, and not only to a meeting in it."""
        ...

    def open_rooms(self, room_ids: Collection[str]) -> set[str]:
        """Those of them in which people may hear and see each other."""
        ...

    def ticket_requested(self, entry: Entry, now: datetime) -> None:
        """Called when a page asks for a ticket with this entry."""
        ...

    def appoint(self, room_id: str, *, person: int, role: str, by: int, now: datetime) -> None:
        """Gives a person this role, or takes theirs back with "attendee".

        Raises Http404, PermissionDenied, or a Refusal.
        """
        ...

    def set_waiting_room(self, room_id: str, *, on: bool, by: int, now: datetime) -> None:
        """Raises as `appoint` does."""
        ...


_policies: dict[str, Policy] = {}
_is_recorded: list[Callable[[str], bool]] = []
_has_planned: list[Callable[[str], bool]] = []


def register(kind: str, policy: Policy) -> None:
    """Called in `AppConfig.ready` of the app that has this kind of room."""
    _policies[kind] = policy


def register_recorder(is_recorded: Callable[[str], bool], has_planned: Callable[[str], bool]) -> None:
    """`is_recorded` gets a room's id; `has_planned` a meeting's, whose announced recording may not have begun."""
    _is_recorded.append(is_recorded)
    _has_planned.append(has_planned)


def is_recorded(room_id: str) -> bool:
    return any(check(room_id) for check in _is_recorded)


def has_planned_recording(meeting: str | None) -> bool:
    return meeting is not None and any(check(meeting) for check in _has_planned)


def policy_for(room: Room) -> Policy:
    return policy_of_kind(room.kind)


def policy_of_kind(kind: str) -> Policy:
    return _policies[kind]


_rooms: CachedRead[Room | None] = CachedRead()


def entry_for(requester: Requester, room_id: str) -> Entry:
    """Raises Http404 or PermissionDenied, as the room's policy does."""
    room = copy(_rooms.get_or_read(room_id, lambda: Room.objects.filter(pk=room_id).first()))
    if room is None:
        raise NoSuchRoom
    return policy_for(room).entry_for(requester, room)


def titles(rooms: Iterable[Room]) -> dict[str, LanguageText]:
    """By room id."""
    by_kind: dict[str, list[str]] = {}
    for room in rooms:
        by_kind.setdefault(room.kind, []).append(room.pk)
    found: dict[str, LanguageText] = {}
    for kind, ids in by_kind.items():
        found |= policy_of_kind(kind).titles(ids)
    return found


def open_rooms(room_ids: Collection[str]) -> set[str]:
    """Those of these ids whose rooms exist and are open."""
    by_kind: dict[str, list[str]] = {}
    for room_id, kind in Room.objects.filter(pk__in=room_ids).values_list("pk", "kind"):
        by_kind.setdefault(kind, []).append(room_id)
    return {found for kind, ids in by_kind.items() for found in policy_of_kind(kind).open_rooms(ids)}
