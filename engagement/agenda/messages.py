"""Commands and events of the agenda."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from engagement.agenda.models import LONGEST, LONGEST_NAME, LONGEST_TITLE
from rooms.messages import Command, Event, PersonRef, Reply

ItemId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=16, pattern=r"^[0-9a-z]+$"),
    Field(examples=["g4s9d2k7m1xz"]),
]

Title = Annotated[
    dict[
        Annotated[str, StringConstraints(max_length=8)],
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TITLE)],
    ],
    Field(min_length=1, max_length=12, examples=[{"en": "Heat from the harbour"}]),
]
Minutes = Annotated[int, Field(ge=1, le=LONGEST, examples=[10])]
Speaker = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_NAME),
    Field(examples=["Rūta Kazlauskaitė"]),
]


class AgendaGoto(Command):
    """Makes this item the current one; the one before is done. Hosts only."""

    do: Literal["agenda.goto"]
    item: ItemId


class AgendaNext(Command):
    """Goes on to the next item, or starts with the first. Hosts only.

    `after` is the item that the sender saw as current: if another is current by now, nothing changes, so that two
    hosts who press at once do not skip one. `not_now` after the last.
    """

    do: Literal["agenda.next"]
    after: ItemId | None = None


class AgendaEnd(Command):
    """The current item is done, and none follows. Hosts only."""

    do: Literal["agenda.end"]


class AgendaItemContent(BaseModel):
    """What hosts enter for an item: its title in one language or more."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Title
    minutes: Minutes
    speaker: Speaker = ""


class AgendaAdd(Command):
    """Adds an item at the end; the reply carries its id in `item`. Hosts only."""

    do: Literal["agenda.add"]
    content: AgendaItemContent


class AgendaAddReply(Reply):
    """The new item."""

    item: ItemId


class AgendaChange(Command):
    """Replaces what an item says; it stays current or done. Hosts only.

    `before` is what the sender saw: `not_now` if somebody has changed the item since, so that no edit is lost unseen.
    """

    do: Literal["agenda.change"]
    item: ItemId
    content: AgendaItemContent
    before: AgendaItemContent | None = None


class AgendaReorder(Command):
    """Moves an item one place up or down; the first and the last stay where they are. Hosts only."""

    do: Literal["agenda.reorder"]
    item: ItemId
    up: bool


class AgendaRemove(Command):
    """Removes an item; if it is current, none is. Hosts only."""

    do: Literal["agenda.remove"]
    item: ItemId


# ---- shapes inside events --------------------------------------------------------------------------------


class AgendaItemInfo(BaseModel):
    """An item: `title` by language. The one that has started and not ended is current: `minutes` run from its start."""

    id: ItemId
    title: dict[str, str]
    minutes: int
    speaker: Annotated[str, Field(examples=["Rūta Kazlauskaitė"])]
    started_at: str | None
    ended_at: Annotated[str | None, Field(examples=[None])]


# ---- events ----------------------------------------------------------------------------------------------


class AgendaChanged(Event):
    """The agenda of `meeting` was edited: these are all its items."""

    ev: Literal["agenda.changed"] = "agenda.changed"
    meeting: str
    items: list[AgendaItemInfo]
    at: str


class AgendaMoved(Event):
    """`item` is current since `at`, or none is; the one before is done. `by` is null at the end of the meeting."""

    ev: Literal["agenda.moved"] = "agenda.moved"
    meeting: str
    item: ItemId | None
    by: PersonRef | None
    at: str


class Agenda(Event):
    """The whole agenda anew: the room has another meeting now.

    People who wait get it when they come and after each change, without the times at which items started and ended.
    """

    ev: Literal["agenda"] = "agenda"
    agenda: list[AgendaItemInfo]


class AgendaSnapshot(BaseModel):
    """The items of the present meeting's agenda."""

    agenda: list[AgendaItemInfo]
