"""Commands and events of resources."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from engagement.resources.models import LONGEST_ADDRESS, LONGEST_TITLE
from rooms.messages import Command, Event, PersonRef, Reply

ResourceId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=16, pattern=r"^[0-9a-z]+$"),
    Field(examples=["k2m7x4c9v1bn"]),
]


class ResourceShare(Command):
    """Gives a link to everybody; the reply carries its id in `resource`. Hosts and speakers only.

    Only `https` is taken. Documents are uploaded: `POST /rooms/{id}/resources/`.
    """

    do: Literal["resource.share"]
    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE),
        Field(examples=["The heat map"]),
    ]
    url: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_ADDRESS),
        Field(examples=["https://heat.example.org/map"]),
    ]


class ResourceShareReply(Reply):
    """The new resource."""

    resource: ResourceId


class ResourceRemove(Command):
    """Takes a link or a document away, from the meeting's page, too. Hosts and speakers only."""

    do: Literal["resource.remove"]
    resource: ResourceId


# ---- shapes inside events --------------------------------------------------------------------------------


class ResourceInfo(BaseModel):
    """A link, with the `host` as people read it; or a document, with its type and its size in bytes.

    `url` is the address of a link, or the path where the document is downloaded.
    """

    id: ResourceId
    kind: Literal["link", "file"]
    title: Annotated[str, Field(examples=["The heat map"])]
    url: Annotated[str, Field(examples=["https://heat.example.org/map"])]
    host: Annotated[str, Field(examples=["heat.example.org"])]
    type: Annotated[str, Field(examples=[""])]
    size: Annotated[int, Field(examples=[0])]
    at: str


# ---- events ----------------------------------------------------------------------------------------------


class ResourceShared(Event):
    """A link or a document was given to everybody. `by` is null when it came from the meeting's pages.

    `meeting` is empty in a project room between its meetings.
    """

    ev: Literal["resource.shared"] = "resource.shared"
    meeting: str
    resource: ResourceInfo
    by: PersonRef | None
    at: str


class ResourceChanged(Event):
    """It has another title or address, given on the meeting's pages."""

    ev: Literal["resource.changed"] = "resource.changed"
    resource: ResourceInfo
    at: str


class ResourceRemoved(Event):
    """It was taken away."""

    ev: Literal["resource.removed"] = "resource.removed"
    resource: ResourceId
    by: PersonRef | None
    at: str


class Resources(Event):
    """All of them anew: the room has another meeting now."""

    ev: Literal["resources"] = "resources"
    resources: list[ResourceInfo]


class ResourcesSnapshot(BaseModel):
    """What was given to everybody, oldest first."""

    resources: list[ResourceInfo]
