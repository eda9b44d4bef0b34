"""Commands and events of notes. Updates are those of Yjs (version 1 of its encoding), in base64."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rooms.messages import Command, Event, PersonId, PersonRef, Reply

LARGEST_PIECE = 40 * 1024  # bytes; in base64 it fits into a frame
LONGEST_PIECE = 56_000  # characters of base64
MOST_NAMES = 50

EXAMPLE = "AQGU5eHeAwAHAQVub3RlcwMJcGFyYWdyYXBoAA=="
DocumentName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=16, pattern=r"^[0-9a-z]+$"),
    Field(examples=["m4k7tq2w9x1c"]),
]
Base64 = Annotated[
    str,
    StringConstraints(max_length=LONGEST_PIECE, pattern=r"^[0-9A-Za-z+/]*={0,2}$"),
    Field(examples=[EXAMPLE]),
]
Client = Annotated[int, Field(ge=0, lt=2**53, examples=[1004040852])]
Number = Annotated[int, Field(ge=0, le=2**53, examples=[12])]


class NotesList(Command):
    """The documents of this room, in the reply's `documents`: for members of a project room all, else the meeting's."""

    do: Literal["notes.list"]


class NotesOpen(Command):
    """Follows a document from now on, and gets what it contains that `vector`, a state vector of Yjs, does not.

    `document` is the id of the meeting that it belongs to, or `room` for the lasting one of a project room. The reply
    carries the first piece of the missing part in `update`; `next` is the `offset` of the following one, or null. Ask
    for those one after the other, with the same `vector`: they are pieces of one update. `not_now` then: begin again.
    """

    do: Literal["notes.open"]
    document: DocumentName
    vector: Base64 = ""
    offset: Annotated[int, Field(ge=0, le=2**31)] = 0


class NotesClose(Command):
    """Follows a document no longer."""

    do: Literal["notes.close"]
    document: DocumentName


class NotesUpdate(Command):
    """Writes in an open document: stored before the reply, which carries the update's number.

    An update may come in pieces: all but the last with `more`, and only the last one's reply has a number. `client` is
    the writer's client id, under which nobody else writes. Sent again, an update is not stored again. `bad_field`: it
    is no update of notes. `not_now` with `gap` in `detail`: it builds on what the room does not know, so all that the
    room misses is to be sent; with `too_large`, `document_full` or `too_many_clients`: it cannot be stored.
    """

    do: Literal["notes.update"]
    document: DocumentName
    client: Client
    update: Base64
    more: bool = False


class ItemId(BaseModel):
    """Of an item of Yjs."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    client: Client
    clock: Number


class Position(BaseModel):
    """A relative position of Yjs."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    type: ItemId | None = None
    tname: Annotated[str | None, StringConstraints(max_length=16)] = None
    item: ItemId | None = None
    assoc: Annotated[int, Field(ge=-1, le=1)] = 0


class Selection(BaseModel):
    """What somebody has selected, or where their cursor is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    anchor: Position
    head: Position


CursorSelection = Annotated[
    Selection | None, Field(examples=[{"anchor": {"tname": "notes"}, "head": {"tname": "notes"}}])
]


class NotesCursor(Command):
    """Shows the others where one's cursor is in an open document; without a `cursor` it is nowhere."""

    do: Literal["notes.cursor"]
    document: DocumentName
    client: Client
    cursor: CursorSelection = None


class NotesNames(Command):
    """The names of people who can be mentioned: those with these `ids`, or with `query` those whose name has it."""

    do: Literal["notes.names"]
    ids: Annotated[list[PersonId], Field(max_length=MOST_NAMES, examples=[["p17"]])] = []
    query: Annotated[str, StringConstraints(max_length=100)] = ""


class NotesShow(Command):
    """Shows the meeting's notes to attendees of a webinar, or hides them again. Hosts only."""

    do: Literal["notes.show"]
    on: bool


# ---- replies -------------------------------------------------------------------------------------------------


class DocumentInfo(BaseModel):
    """A document of notes. `meeting` is null for the lasting one; `changed_at` until somebody has written."""

    document: DocumentName
    meeting: str | None
    changed_at: str | None


class NotesListReply(Reply):
    """The documents: the lasting one, the present meeting's, then those of earlier meetings, the newest first."""

    documents: list[DocumentInfo]


class NotesOpenReply(Reply):
    """A piece of the missing part; `number` is that of the newest update which the whole of it contains."""

    update: Base64
    next: int | None
    number: Number


class NotesUpdateReply(Reply):
    """The number of the newest update in the document; null for a piece that others follow."""

    number: Number | None


class NotesNamesReply(Reply):
    """Names by the person's id."""

    names: dict[PersonId, str]


# ---- events --------------------------------------------------------------------------------------------------


class NotesUpdated(Event):
    """To those who follow the document: an update. `number` grows by one with each; after a gap, open it again.

    `update` is null when it is larger than a frame: open the document again, too.
    """

    ev: Literal["notes.updated"] = "notes.updated"
    document: DocumentName
    number: Number
    update: Annotated[str | None, Field(examples=[EXAMPLE])]


class Cursor(BaseModel):
    """Where somebody's cursor is, under their client id; null: nowhere."""

    client: Client
    person: PersonRef
    cursor: CursorSelection = None


class NotesCursors(Event):
    """To those who follow the document, a few times a second: the cursors that have moved."""

    ev: Literal["notes.cursors"] = "notes.cursors"
    document: DocumentName
    cursors: list[Cursor]


class NotesStale(Event):
    """To those who follow the document: something may have been missed, so open it again."""

    ev: Literal["notes.stale"] = "notes.stale"
    document: DocumentName


class NotesShown(Event):
    """Attendees of the webinar may read the meeting's notes from now on, or with `on` false no longer."""

    ev: Literal["notes.shown"] = "notes.shown"
    meeting: str
    on: bool
    at: str


class Notes(Event):
    """A project room has another meeting: whether its notes are shown to attendees."""

    ev: Literal["notes"] = "notes"
    notes_shown: bool


class NotesSnapshot(BaseModel):
    """Whether attendees of the webinar may read the meeting's notes."""

    notes_shown: bool
