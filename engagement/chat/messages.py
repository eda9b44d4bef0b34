"""Commands and events of the chat."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rooms.messages import MAY_BE_ABSENT, ClientId, Command, Event, EventSeq, PersonRef


class ChatSend(Command):
    """Sends a message to everybody in the room; the reply carries its id in `message`.

    `client_id` is made by the client for each message, and comes back in `chat.message`. A message sent again with the
    same one, after a break, is not written again, and the reply is the first one. The text is cleaned (control
    characters and surrounding white space removed), so it may come back different.
    """

    do: Literal["chat.send"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    client_id: ClientId | None = None


class ChatList(Command):
    """A page of earlier messages: the newest `before` this id, oldest first, in the reply's `messages`.

    `next` is the `before` of the preceding page, or null. Deleted messages are left out.
    """

    do: Literal["chat.list"]
    before: EventSeq


class ChatDelete(Command):
    """Deletes a message: authors their own, hosts any. `message` is its id."""

    do: Literal["chat.delete"]
    message: EventSeq


class Message(BaseModel):
    """A message; `id` is the `seq` of its event, `client_id` the one of `chat.send`."""

    model_config = ConfigDict(populate_by_name=True)
    id: int
    sender: PersonRef = Field(alias="from")
    text: str
    at: str
    client_id: str | None = None


class ChatMessage(Event):
    """A new message; `id` equals `seq`, `client_id` is the one of `chat.send`.

    A message deleted meanwhile comes with `deleted` and without its text.
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
        """The number is the message's id."""
        return {**super().payload(seq), "id": seq}

    @property
    def idempotency_key(self) -> str:
        return self.client_id or ""


class ChatDeleted(Event):
    """The message with the id `message` is deleted; its text is erased from the journal, too."""

    ev: Literal["chat.deleted"] = "chat.deleted"
    message: int
    by: PersonRef
    at: str


class ChatSnapshot(BaseModel):
    """The newest messages, oldest first, and whether there are `earlier` ones."""

    messages: list[Message]
    earlier: bool
