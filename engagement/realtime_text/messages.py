"""Commands and events of real-time text."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rooms.messages import MAY_BE_ABSENT, Command, Event, EventSeq, PersonRef, Reply

LONGEST = 1000  # characters of a line
MOST_EDITS = 20
KEY = "rtt-"  # before the text's id, where the journal keeps the ids that clients make for all features

TextId = Annotated[str, StringConstraints(min_length=8, max_length=32, pattern=r"^[0-9A-Za-z_-]+$")]
LineText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Version = Annotated[int, Field(ge=1, le=2**53)]
Place = Annotated[int, Field(ge=0, le=LONGEST)]


class Edit(BaseModel):
    """Erases `erase` characters from the position `at` on, and inserts `insert` there. Characters are code points."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    at: Place
    erase: Place = 0
    insert: Annotated[str, StringConstraints(max_length=LONGEST)] = ""


EXAMPLE = [{"at": 13, "erase": 0, "insert": "Gdańsk"}]
Edits = Annotated[
    list[Edit],
    Field(
        max_length=MOST_EDITS,
        exclude_if=lambda value: not value,
        json_schema_extra=MAY_BE_ABSENT,
        examples=[EXAMPLE],
    ),
]
# Of captions: what somebody else types or posts of what is said.
Language = Annotated[
    str, StringConstraints(min_length=2, max_length=8, pattern=r"^[a-z-]+$"), Field(examples=["sv"])
]
CaptionLanguage = Annotated[
    Language | None,
    Field(exclude_if=lambda value: value is None, json_schema_extra=MAY_BE_ABSENT, examples=["sv"]),
]
Moment = Annotated[str | None, Field(exclude_if=lambda value: value is None, json_schema_extra=MAY_BE_ABSENT)]
Whole = Annotated[str | None, Field(exclude_if=lambda value: value is None, json_schema_extra=MAY_BE_ABSENT)]


class RttType(Command):
    """Shows what is being typed: `edits` of the text with this id, in their order, or the whole `text`.

    `text_id` is made by the client for each line, `version` grows by one with each command about it. The first one has
    the whole text. `not_now`: the edits do not follow what the room knows (after a break, for example), and the client
    sends the whole text. An empty text takes the line away. What is no character of a line (control characters, line
    breaks) is replaced by one that is, so positions stay as they were. Clients gather what is typed for at most 300 ms.
    `language`: these are captions in it; captioners only.
    """

    do: Literal["rtt.type"]
    text_id: TextId
    version: Version
    edits: Annotated[list[Edit], Field(max_length=MOST_EDITS, examples=[EXAMPLE])] = []
    text: Annotated[str, StringConstraints(max_length=LONGEST)] | None = None
    language: Annotated[Language | None, Field(examples=["sv"])] = None


class RttCommit(Command):
    """Ends a line: it is kept, and everybody gets it as `rtt.committed`. The reply carries its number in `line`.

    The text of a `text_id` is kept once, however often it is sent; it is cleaned, so it may come back different.
    `language`: it is a caption in it; captioners only.
    """

    do: Literal["rtt.commit"]
    text_id: TextId
    text: LineText
    language: Annotated[Language | None, Field(examples=["sv"])] = None


class RttCorrect(Command):
    """Puts another `text` in the place of a kept line: captioners, their own. `line` is its number."""

    do: Literal["rtt.correct"]
    line: EventSeq
    text: LineText


class RttDelete(Command):
    """Deletes a kept line for good: authors their own, hosts any. `line` is its number."""

    do: Literal["rtt.delete"]
    line: EventSeq


class RttList(Command):
    """A page of earlier lines: the newest `before` this number, oldest first, in the reply's `lines`.

    `next` is the `before` of the preceding page, or null.
    """

    do: Literal["rtt.list"]
    before: EventSeq


class RttTyping(Event):
    """`person` is typing. `edits` lead from the version before to this one; a `text` replaces what was known.

    Who misses a version shows the line as it was until the whole text comes: some seconds later at the most. An empty
    text: the line is gone.
    """

    ev: Literal["rtt.typing"] = "rtt.typing"
    person: PersonRef
    text_id: str
    version: int
    edits: Edits = []
    text: Whole = None
    language: CaptionLanguage = None


class TextLine(BaseModel):
    """A kept line. `id` is its number; `language` that of a caption, which was begun at `began`."""

    id: int
    person: PersonRef
    text_id: str
    text: str
    at: str
    language: CaptionLanguage = None
    began: Moment = None

    @property
    def is_caption(self) -> bool:
        return self.language is not None or self.person.role == "captioner"


class RttCommitted(Event):
    """A line is finished and kept; it takes the place of what was shown as typed under this `text_id`.

    A line deleted meanwhile comes with `deleted` and without its text, one corrected meanwhile as it is now.
    """

    numbered = "id"
    ev: Literal["rtt.committed"] = "rtt.committed"
    id: int
    person: PersonRef
    text_id: str
    text: str
    at: str
    language: CaptionLanguage = None
    began: Moment = None
    deleted: Annotated[bool, Field(exclude_if=lambda value: not value, json_schema_extra=MAY_BE_ABSENT)] = (
        False
    )

    @property
    def idempotency_key(self) -> str:
        return KEY + self.text_id

    def line(self) -> TextLine:
        return TextLine.model_validate(self.model_dump(exclude={"ev", "deleted"}))


class RttDeleted(Event):
    """The line with this number is deleted; its text is erased from the journal, too."""

    ev: Literal["rtt.deleted"] = "rtt.deleted"
    line: int
    by: PersonRef
    at: str


class RttCorrected(Event):
    """The line with this number says `text` from now on; what it said is erased from the journal."""

    ev: Literal["rtt.corrected"] = "rtt.corrected"
    line: int
    text: str
    by: PersonRef
    at: str


class TextBeingTyped(BaseModel):
    """A line as far as it has been typed."""

    person: PersonRef
    text_id: str
    version: int
    text: str
    language: CaptionLanguage = None


class RttSnapshot(BaseModel):
    """What is being typed, the newest kept lines, oldest first, and whether there are earlier ones."""

    being_typed: list[TextBeingTyped]
    text_lines: list[TextLine]
    earlier_lines: bool


# ---- replies ---------------------------------------------------------------------------------------------


class RttCommitReply(Reply):
    """The number of the line."""

    line: int


class RttListReply(Reply):
    """Lines; `next` is the `before` of the preceding page, or null."""

    lines: list[TextLine]
    next: int | None
