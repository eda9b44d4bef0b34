"""Commands and events of the chat."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rooms.audience import Audience, audience_of
from rooms.messages import (
    MAY_BE_ABSENT,
    ClientId,
    Command,
    Event,
    EventSeq,
    PersonId,
    PersonRef,
    Reaction,
    Reply,
)

MOST_PINNED = 3

MessageText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
SlowSeconds = Literal[0, 10, 30, 60]
Private = Literal["everybody", "hosts", "nobody"]
ABSENT = Field(exclude_if=lambda value: not value, json_schema_extra=MAY_BE_ABSENT)


class ChatSend(Command):
    """Sends a message; the reply carries its id in `message`.

    `to` is "everybody", "hosts" (hosts and co-hosts) or the id of one person in the room. Whether one may write to one
    person is `private` in the snapshot's `chat`: "everybody" may, "hosts" (one of the two must be a host), or "nobody".
    `reply_to` is the id of the message that this one replies to. A reply to a message that not everybody sees goes to
    the same people, to the hosts also to those who wrote to them; otherwise the error is `bad_field`.

    `client_id` is made by the client for each message, and comes back in `chat.message`. A message sent again with the
    same one, after a break, is not written again, and the reply is the first one. The text is cleaned (control
    characters and surrounding white space removed), so it may come back different.

    While the chat is off only hosts may write; others get `not_now`. In slow mode, `too_fast` has in `detail` the
    seconds after which the person may write again; hosts need not wait.
    """

    do: Literal["chat.send"]
    text: MessageText
    client_id: ClientId | None = None
    to: PersonId = "everybody"
    reply_to: EventSeq | None = None


class ChatList(Command):
    """A page of earlier messages: the newest `before` this id, oldest first, in the reply's `messages`.

    `next` is the `before` of the preceding page, or null. Messages that the receiver may not see are left out, and
    deleted ones, except those that a host has deleted: these come without their text.
    """

    do: Literal["chat.list"]
    before: EventSeq


class ChatSearch(Command):
    """The newest messages with all words of `query`, before the id `before`, newest first, in the reply's `messages`.

    Letters are compared without case and diacritics. At most 20 come at once, and at most 1,000 messages are looked
    through: `next` is the `before` of the next search, or null when there is nothing earlier.
    """

    do: Literal["chat.search"]
    query: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    before: EventSeq | None = None


class ChatEdit(Command):
    """Changes the text of an own message during the meeting in which it was sent.

    While messages are moderated, only hosts may: for others the error is `not_now`.
    """

    do: Literal["chat.edit"]
    message: EventSeq
    text: MessageText


class ChatDelete(Command):
    """Deletes a message: authors their own, hosts any that they see. `message` is its id.

    A held message is refused by deleting it.
    """

    do: Literal["chat.delete"]
    message: EventSeq


class ChatApprove(Command):
    """Shows a held message to everybody: it comes as a new `chat.message`, whose id the reply carries. Hosts only."""

    do: Literal["chat.approve"]
    message: EventSeq


class ChatPin(Command):
    """Pins a message that everybody sees above the chat, or with `on` false unpins it. At most three. Hosts only."""

    do: Literal["chat.pin"]
    message: EventSeq
    on: bool = True


class ChatReact(Command):
    """Reacts to a message that everybody sees, or with `on` false takes the reaction back.

    Everybody may react once in each way. While the chat is off only hosts may; others get `not_now`, as everybody does
    for a message that only some see.
    """

    do: Literal["chat.react"]
    message: EventSeq
    reaction: Reaction
    on: bool = True


class ChatConfigure(Command):
    """Changes those settings of the chat that are given; see `ChatSwitches`. Hosts only."""

    do: Literal["chat.configure"]
    on: bool | None = None
    private: Private | None = None
    moderated: bool | None = None
    slow_seconds: Annotated[SlowSeconds | None, Field(examples=[10])] = None


class ReactionTally(BaseModel):
    """How many people have reacted, by reaction. Of two tallies that with the higher `version` is newer."""

    counts: dict[str, int]
    version: int


class MessageContent(BaseModel):
    """What a message consists of, in events as in pages."""

    model_config = ConfigDict(populate_by_name=True)
    id: int
    sender: PersonRef = Field(alias="from")
    text: str
    at: str
    client_id: str | None = None
    to: Annotated[PersonRef | Literal["hosts"] | None, ABSENT] = None
    also: Annotated[list[PersonId], ABSENT] = []
    reply_to: Annotated[int | None, ABSENT] = None
    edited_at: Annotated[str | None, ABSENT] = None
    held: Annotated[bool, ABSENT] = False
    approved_from: Annotated[int | None, ABSENT] = None
    deleted_by_host: Annotated[bool, ABSENT] = False

    def audience(self) -> Audience | None:
        """Who sees it besides its author; None is everybody."""
        if isinstance(self.to, PersonRef):
            return audience_of(people={self.sender.id, self.to.id})
        if self.to == "hosts" or self.held:
            return audience_of(people={self.sender.id, *self.also}, hosts=True)
        return None


class Message(MessageContent):
    """A message; `id` is the `seq` of its event, `client_id` the one of `chat.send`.

    `to` is absent when everybody sees it, "hosts", or the only person who sees it besides its author. `also`: those who
    see a message to the hosts because they took part in what it replies to. `held`: hosts
    and its author see it until a host approves it; the approved message names in `approved_from` the held one, which
    it replaces. `deleted_by_host` has no text any more. `reactions` is absent when nobody has reacted.
    """

    reactions: Annotated[ReactionTally | None, ABSENT] = None


class ChatMessage(MessageContent, Event):
    """A new message; `id` equals `seq`, `client_id` is the one of `chat.send`; see `Message`.

    A message deleted meanwhile comes with `deleted` and without its text.
    """

    numbered = "id"
    ev: Literal["chat.message"] = "chat.message"
    deleted: Annotated[bool, ABSENT] = False

    @property
    def idempotency_key(self) -> str:
        return self.client_id or ""

    def message(self) -> Message:
        return Message.model_construct(**{name: getattr(self, name) for name in MessageContent.model_fields})


class ChatEdited(Event):
    """The message with the id `message` has this text now. An empty one: the message was deleted meanwhile."""

    ev: Literal["chat.edited"] = "chat.edited"
    message: int
    text: str
    at: str


class ChatDeleted(Event):
    """The message with the id `message` is deleted; its text is erased from the journal, too.

    `by_host`: not by its author.
    """

    ev: Literal["chat.deleted"] = "chat.deleted"
    message: int
    by: PersonRef
    at: str
    by_host: Annotated[bool, ABSENT] = False


class ChatPinned(Event):
    """A host has pinned this message. It has no text when it was deleted meanwhile."""

    ev: Literal["chat.pinned"] = "chat.pinned"
    message: Message
    by: PersonRef
    at: str


class ChatUnpinned(Event):
    """The message with the id `message` is no longer pinned."""

    ev: Literal["chat.unpinned"] = "chat.unpinned"
    message: int
    by: PersonRef
    at: str


class ChatReactions(Event):
    """The reactions to the message with the id `message` have changed; at most one event in 200 ms for each."""

    ev: Literal["chat.reactions"] = "chat.reactions"
    message: int
    reactions: ReactionTally


class ChatReacted(Event):
    """To the connections of the person who has reacted (`on`), or taken a reaction back."""

    ev: Literal["chat.reacted"] = "chat.reacted"
    message: int
    reaction: Reaction
    on: bool


class ChatSwitches(BaseModel):
    """What hosts have chosen for the chat.

    `on`: others than hosts may write. `private`: who may write to one person (see `chat.send`). `moderated`: messages
    to everybody are held until a host approves them, except those of hosts. `slow_seconds`: how long others than hosts
    wait between two messages; 0 for not at all.
    """

    on: bool = True
    private: Private = "hosts"
    moderated: bool = False
    slow_seconds: SlowSeconds = 0


class ChatConfigured(Event):
    """A host has changed the chat's settings; they apply at once."""

    ev: Literal["chat.configured"] = "chat.configured"
    chat: ChatSwitches
    by: PersonRef
    at: str


class ChatSnapshot(BaseModel):
    """The newest messages, oldest first, and whether there are `earlier` ones; pinned ones, and the settings.

    `messages` are those that everybody sees, and for hosts those to the hosts. The others are in the receiver's own
    part.
    """

    messages: list[Message]
    earlier: bool
    pinned: list[Message]
    chat: ChatSwitches


class ChatOwn(BaseModel):
    """Messages that not everybody sees, to or from the receiver, among the newest, oldest first.

    `own_messages_after`: earlier ones up to this id are left out; `chat.list` has them. `own_reactions` are the ids of
    the messages to which the receiver has reacted, by reaction, among the newest that everybody sees.
    """

    own_messages: list[Message]
    own_messages_after: int
    own_reactions: dict[str, list[int]]


# ---- replies ---------------------------------------------------------------------------------------------


class ChatNumberReply(Reply):
    """The number of the message."""

    message: int


class ChatPageReply(Reply):
    """Messages; `next` is the `before` of the next page or search, or null.

    `own_reactions` are the ids of those to which one has reacted, by reaction.
    """

    messages: list[Message]
    own_reactions: dict[str, list[int]]
    next: int | None
