"""Commands and events of polls."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from rooms.messages import MAY_BE_ABSENT, Command, Event, Reply

Kind = Literal["single", "multiple", "rating", "words", "ranking", "quiz"]
Results = Literal["live", "held", "hosts"]
PollId = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern=r"^[0-9a-z]+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
# A plain text is in the meeting's language.
Words = Text | Annotated[dict[str, Text], Field(min_length=1, max_length=12)]
OptionNumber = Annotated[int, Field(ge=1, le=20)]
Translations = Annotated[
    dict[str, str], Field(exclude_if=lambda texts: not texts, json_schema_extra=MAY_BE_ABSENT)
]


class _PollContent(Command):
    """What a host enters."""

    kind: Kind
    title: Words
    options: Annotated[
        list[Words],
        Field(max_length=20, examples=[["Harbour water", {"en": "Waste heat", "sv": "Spillvärme"}]]),
    ] = []
    anonymous: bool = True
    results: Results = "live"
    most: Annotated[int, Field(ge=1, le=20)] | None = None
    right: Annotated[list[Annotated[int, Field(ge=0, le=20)]], Field(max_length=20)] = []
    on_page: bool = False


class PollCreate(_PollContent):
    """Prepares a poll; the reply carries its id in `poll`. Hosts only.

    Texts are plain, or by language: `{"en": "…", "sv": "…"}`. A `rating` has the options 1 to 5 unless others are
    given; `words` takes answers of the voters' own and has none. `most` is how many options of a `multiple` one may
    choose, all unless given. `right` are the right answers of a `quiz`, as places among the options from 0. `results`
    are seen by everybody while people vote (`live`), by everybody once a host shares them (`held`), or by hosts alone
    (`hosts`); `on_page` shows them on the meeting's page afterwards. An `anonymous` poll stores who has voted, and
    never what.
    """

    do: Literal["poll.create"]


class PollEdit(_PollContent):
    """Replaces the content of a prepared poll. Hosts only."""

    do: Literal["poll.edit"]
    poll: PollId


class PollDelete(Command):
    """Deletes a prepared poll. Hosts only."""

    do: Literal["poll.delete"]
    poll: PollId


class PollOpen(Command):
    """Opens a prepared poll: everybody may vote. A room has one open poll at a time. Hosts only."""

    do: Literal["poll.open"]
    poll: PollId


class PollVote(Command):
    """Votes, once: for one option, in a `multiple` for several, in a `ranking` for the best first; or with a `text`.

    Errors: `already_voted`; `closed` once the poll or the meeting has ended.
    """

    do: Literal["poll.vote"]
    poll: PollId
    choices: Annotated[list[OptionNumber], Field(max_length=20, examples=[[1]])] = []
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class PollClose(Command):
    """Ends the voting. With `share`, or if the results are `live`, everybody gets them. Hosts only."""

    do: Literal["poll.close"]
    poll: PollId
    share: bool = False


class PollShare(Command):
    """Shares the results of a closed poll, or of an open one with `live` results; with `on_stage` over the stage, too.

    Sent again with another `on_stage` it shows them there or takes them away. Hosts only.
    """

    do: Literal["poll.share"]
    poll: PollId
    on_stage: bool = False


class PollList(Command):
    """A page of polls of this meeting, newest first: the reply carries `polls` and `next` (or null).

    Hosts get all, others those that were opened. `after` is the `next` of the page before.
    """

    do: Literal["poll.list"]
    after: PollId | None = None


# ---- shapes inside events --------------------------------------------------------------------------------


class PollOptionInfo(BaseModel):
    """An option: what `choices` of a vote name is its `id`."""

    id: Annotated[int, Field(examples=[1])]
    text: str
    translations: Translations = {}


class PollResult(BaseModel):
    """How many votes an option has; in a `ranking` the sum of points, the last place one; in `words` an answer's."""

    id: Annotated[int, Field(examples=[1])]
    votes: int
    text: Annotated[str, Field(exclude_if=lambda text: not text, json_schema_extra=MAY_BE_ABSENT)] = ""


class PollInfo(BaseModel):
    """A poll as the receiver may see it: `results`, `voters` and `right` are null while they may not.

    `not_voted` is for hosts: how many people in the room have not voted in an open poll yet.
    """

    id: str
    meeting: str
    kind: Kind
    title: str
    translations: Translations = {}
    options: list[PollOptionInfo]
    anonymous: bool
    most: int
    show: Results
    state: Literal["prepared", "open", "closed"]
    shared: bool
    on_stage: bool
    on_page: bool
    voters: int | None = None
    not_voted: int | None = None
    results: list[PollResult] | None = None
    right: list[int] | None = None


class PollsSnapshot(BaseModel):
    """The polls of this meeting, the open one first, then the newest; whether there are more."""

    polls: list[PollInfo]
    more_polls: bool


class OwnBallot(BaseModel):
    """A poll in which the receiver has voted; of an anonymous one not even they get what they chose."""

    poll: str
    choices: list[int]
    text: str


class OwnBallots(BaseModel):
    """The polls in which the receiver has voted, the newest ones."""

    ballots: list[OwnBallot]


# ---- events ----------------------------------------------------------------------------------------------


class PollPrepared(Event):
    """To hosts: a poll was prepared, or a prepared one changed."""

    ev: Literal["poll.prepared"] = "poll.prepared"
    poll: PollInfo
    at: str


class PollDeleted(Event):
    """To hosts: a prepared poll was deleted."""

    ev: Literal["poll.deleted"] = "poll.deleted"
    poll: str
    at: str


class PollOpened(Event):
    """A poll is open."""

    ev: Literal["poll.opened"] = "poll.opened"
    id: str
    meeting: str
    title: str
    translations: Translations = {}
    kind: Kind
    options: list[PollOptionInfo]
    anonymous: bool
    most: int
    show: Results
    on_page: bool
    at: str


class PollClosed(Event):
    """The voting has ended. Unless `shared`, `results`, `voters` and `right` are null."""

    ev: Literal["poll.closed"] = "poll.closed"
    id: str
    shared: bool
    results: list[PollResult] | None
    voters: int | None
    right: list[int] | None
    at: str


class PollCounted(Event):
    """To hosts: the results of a poll that was closed without sharing them."""

    ev: Literal["poll.counted"] = "poll.counted"
    id: str
    results: list[PollResult]
    voters: int
    right: list[int]
    at: str


class PollShared(Event):
    """Everybody may see these results; with `on_stage` they are shown over the stage.

    An open poll's grow further. `right` are the right answers of a closed quiz.
    """

    ev: Literal["poll.shared"] = "poll.shared"
    id: str
    on_stage: bool
    results: list[PollResult]
    voters: int
    right: list[int] | None
    at: str


class PollTally(Event):
    """The votes of an open poll so far, some times a second: to everybody if its results are `live`, else to hosts.

    The one with more `voters` is the newer. `results` of `words` are the most frequent answers.
    """

    ev: Literal["poll.tally"] = "poll.tally"
    poll: str
    voters: int
    results: list[PollResult]


class PollTurnout(Event):
    """To hosts: how many have voted in an open poll, and how many in the room have not."""

    ev: Literal["poll.turnout"] = "poll.turnout"
    poll: str
    voters: int
    not_voted: int


class PollVoted(Event):
    """To one person: they have voted in this poll on another connection."""

    ev: Literal["poll.voted"] = "poll.voted"
    poll: str


class Polls(Event):
    """All polls anew: the room has another meeting now."""

    ev: Literal["polls"] = "polls"
    polls: list[PollInfo]
    more_polls: bool


# ---- replies ---------------------------------------------------------------------------------------------


class PollCreateReply(Reply):
    """The id of the poll."""

    poll: str


class PollListReply(Reply):
    """Polls; `next` is the `after` of the next page, or null."""

    polls: list[PollInfo]
    next: str | None
