"""Commands and events of breakout rooms. All of them are of the main room."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from rooms.messages import Command, Event, PersonId, PersonRef, Reply
from rooms.models.room import LONGEST_LABEL

MOST_GROUPS = 50
LONGEST_ANNOUNCEMENT = 500
LONGEST_ROUND = 240  # minutes

RoomId = Annotated[str, StringConstraints(min_length=1, max_length=16)]
GroupName = Annotated[str, StringConstraints(max_length=LONGEST_LABEL)]
Minutes = Annotated[int, Field(ge=1, le=LONGEST_ROUND)]
Assign = Literal["random", "companies", "countries", "list", "choice"]


class BreakoutPrepare(Command):
    """Prepares a breakout room for each of `names`, in the place of those prepared before. Hosts only.

    A group whose name is empty is called by its number, in the language of each reader.
    `assign` says how everybody in the room but the hosts is assigned: at `random`, with `companies` or `countries`
    spread over the groups, as a host does it (`list`), or as they choose themselves (`choice`).
    """

    do: Literal["breakout.prepare"]
    names: Annotated[list[GroupName], Field(min_length=1, max_length=MOST_GROUPS)]
    assign: Assign = "random"
    minutes: Minutes | None = None


class BreakoutOpen(Command):
    """Opens the prepared breakout rooms, or with `rooms` that many new ones. Hosts only.

    `assign` and `minutes` are those of new ones.
    """

    do: Literal["breakout.open"]
    rooms: Annotated[int, Field(ge=1, le=MOST_GROUPS)] | None = None
    assign: Assign = "random"
    minutes: Minutes | None = None


class BreakoutMove(Command):
    """Assigns `person` to `room`, before or while the breakout rooms are open; with null to none. Hosts only."""

    do: Literal["breakout.move"]
    person: PersonId
    room: RoomId | None


class BreakoutRename(Command):
    """Gives the group in `room` another name, or with an empty one that of its number. Hosts only."""

    do: Literal["breakout.rename"]
    room: RoomId
    name: GroupName


class BreakoutExtend(Command):
    """The open breakout rooms close so many `minutes` from now, or with null only when a host does it. Hosts only."""

    do: Literal["breakout.extend"]
    minutes: Minutes | None


class BreakoutClose(Command):
    """Closes the breakout rooms: everybody comes back. Prepared ones are discarded. Hosts only."""

    do: Literal["breakout.close"]


class BreakoutAnnounce(Command):
    """Writes a message to everybody, in whichever group. Hosts only."""

    do: Literal["breakout.announce"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ANNOUNCEMENT)]


class BreakoutJoin(Command):
    """A ticket to a breakout room: the reply carries `room`, `ticket`, `url` and `expires_in`.

    Without `room` to the own group; who has none gets the smallest. Only hosts may choose any `room`, and others where
    people choose their groups themselves. The connection to the main room stays open, and brings what happens there.
    """

    do: Literal["breakout.join"]
    room: RoomId | None = None


class BreakoutLeave(Command):
    """Comes back from a breakout room to the main room. The group stays one's own."""

    do: Literal["breakout.leave"]


class BreakoutPeople(Command):
    """Who is in the group of `room`, or without it everybody in the meeting but the hosts: a page by name.

    The reply carries `people`, each with the `room` of their group (or null) and `here` (they have gone there), the
    `total`, and `next` (or null), which is `after` for the next page.
    """

    do: Literal["breakout.people"]
    room: RoomId | None = None
    after: PersonId | None = None


class BreakoutHelp(Command):
    """Asks the hosts to come to the own group; `on` false takes it back."""

    do: Literal["breakout.help"]
    on: bool = True


# ---- shapes inside events --------------------------------------------------------------------------------


class BreakoutRoom(BaseModel):
    """A group: its room, and who is assigned to it. With an empty `name` it is called by its `number`, from 1."""

    id: str
    number: int
    name: str
    people: list[PersonId]


class HelpRequest(BaseModel):
    """Somebody in the group of `room` asks for a host."""

    person: PersonRef
    room: str
    at: str


class Breakouts(BaseModel):
    """Breakout rooms. `ends_at` is when open ones close by themselves; null: when a host closes them.

    Only hosts see prepared ones, and `help`.
    """

    id: str
    state: Literal["prepared", "open"]
    assign: Assign
    minutes: int | None
    ends_at: str | None
    rooms: list[BreakoutRoom]
    help: list[HelpRequest]


class BreakoutAssigned(BaseModel):
    """`person` is now assigned to `room`, or with null to none."""

    person: PersonId
    room: str | None


class BreakoutsSnapshot(BaseModel):
    """The breakout rooms that are open, or for hosts prepared; null for none."""

    breakouts: Breakouts | None


# ---- events ----------------------------------------------------------------------------------------------


class BreakoutsPrepared(Event):
    """To hosts: breakout rooms were prepared, in the place of those prepared before."""

    ev: Literal["breakout.prepared"] = "breakout.prepared"
    breakouts: Breakouts
    at: str


class BreakoutsOpened(Event):
    """The breakout rooms are open: who is assigned to one may go there with `breakout.join`."""

    ev: Literal["breakout.opened"] = "breakout.opened"
    breakouts: Breakouts
    at: str


class BreakoutsMoved(Event):
    """These people have another group now; to hosts alone while the breakout rooms are prepared."""

    ev: Literal["breakout.moved"] = "breakout.moved"
    moves: list[BreakoutAssigned]
    at: str


class BreakoutRenamed(Event):
    """The group in `room` has another name; to hosts alone while it is prepared."""

    ev: Literal["breakout.renamed"] = "breakout.renamed"
    room: str
    name: str
    at: str


class BreakoutsExtended(Event):
    """The breakout rooms close at `ends_at`, or with null only when a host does it."""

    ev: Literal["breakout.extended"] = "breakout.extended"
    ends_at: str | None
    at: str


class BreakoutsClosed(Event):
    """The breakout rooms are closed, and everybody comes back; prepared ones were discarded, which only hosts get.

    It is also the last event of each breakout room, whose connections are then closed with 4410.
    """

    ev: Literal["breakout.closed"] = "breakout.closed"
    id: str
    reason: Literal["host", "time", "meeting"]
    at: str


class BreakoutAnnounced(Event):
    """A message of a host to everybody, in whichever group."""

    ev: Literal["breakout.announced"] = "breakout.announced"
    text: str
    by: PersonRef
    at: str


class BreakoutHelpChanged(Event):
    """To hosts and to `person`: they ask for a host in their group, or with `on` false no longer do."""

    ev: Literal["breakout.help_changed"] = "breakout.help_changed"
    person: PersonRef
    room: str
    on: bool
    at: str


# ---- replies ---------------------------------------------------------------------------------------------


class BreakoutJoinReply(Reply):
    """The breakout room, and a ticket to it as `POST /rooms/{id}/ticket/` gives one; `expires_in` is in seconds."""

    room: str
    ticket: str
    url: Annotated[str, Field(examples=["/ws/rooms/g5w8n2k7c4xd/"])]
    expires_in: int


class BreakoutPerson(PersonRef):
    """Somebody in the main room: their group, and whether they are there now."""

    room: str | None
    here: bool


class BreakoutPeopleReply(Reply):
    """A page of people; `next` is the `after` of the next page, or null. `total` counts all pages."""

    people: list[BreakoutPerson]
    total: int
    next: str | None
