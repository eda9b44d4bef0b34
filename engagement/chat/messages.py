"""What a client sends and hears of the chat."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rooms.messages import MAY_BE_ABSENT, ClientId, Command, Event, EventSeq, PersonRef


class ChatSend(Command):
    """Says something to everybody in the room; the reply carries the message's id in `message`.

    `client_id` is made by the client, once for each message, and comes back in `chat.message`: sent again with the
    same one after a break, the message is not said twice, and the reply is that of the first time. The text is cleaned
    (control characters removed, white space around it stripped), so what comes back may differ from what was sent.
    """

    do: Literal["chat.send"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    client_id: ClientId | None = None


class ChatList(Command):
    """A page of earlier messages: the newest that came `before` this id, oldest first, in the reply's `messages`.

    `next` is the `before` of the page that precedes it, or null at the beginning. Deleted messages are left out.
    """

    do: Literal["chat.list"]
    before: EventSeq


class ChatDelete(Command):
    """Takes a message back: its author's own, or any for a host. `message` is its id."""

    do: Literal["chat.delete"]
    message: EventSeq


class Message(BaseModel):
    """What somebody said; `id` is the number of its event, `client_id` what its sender's client called it."""

    model_config = ConfigDict(populate_by_name=True)
    id: int
    sender: PersonRef = Field(alias="from")
    text: str
    at: str
    client_id: str | None = None


class ChatMessage(Event):
    """Somebody said something; `id` equals `seq`, `client_id` is the one that `chat.send` carried.

    One that was deleted since and is asked for again by `since` has `deleted` and no text.
    """

    ev: Literal["chat.message"] = "chat.message"
    id: int
    sender: PersonRef = Field(alias="from")
    text: str
    at: str
    client_id: str | None = None
    deleted: Annotated[
        bool, Field(exclude_if=lambda deleted: not deleted, json_schema_extra=MAY_BE_ABSENT)
    ] = False

    def payload(self, seq: int) -> dict[str, Any]:
        """A message is known by its number."""
        return {**super().payload(seq), "id": seq}

    @property
    def idempotency_key(self) -> str:
        return self.client_id or ""


class ChatDeleted(Event):
    """The message with id `message` is gone; its text is erased from the journal, too."""

    ev: Literal["chat.deleted"] = "chat.deleted"
    message: int
    by: PersonRef
    at: str


class ChatSnapshot(BaseModel):
    """The newest messages, and whether there are `earlier` ones."""

    messages: list[Message]
    earlier: bool
