"""The feature, as the engine knows it."""

from engagement.chat import commands, state
from engagement.chat.messages import (
    ChatDelete,
    ChatDeleted,
    ChatList,
    ChatMessage,
    ChatSend,
    ChatSnapshot,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import READ_LIMIT, WRITE_LIMIT
from rooms.rights import Rule, while_open

CHAT = Feature(
    name="chat",
    documentation="Messages to everybody in the room, kept until their author or a host deletes them.",
    commands=(
        CommandType(ChatSend, commands.send, Rule(when=while_open), WRITE_LIMIT),
        CommandType(ChatList, commands.list_earlier, limit=READ_LIMIT),
        CommandType(ChatDelete, commands.delete),
    ),
    durable=(
        DurableEvent(shape=ChatMessage, apply=state.add_message),
        DurableEvent(shape=ChatDeleted, apply=state.remove_message),
    ),
    snapshot=SnapshotPart(shape=ChatSnapshot, build=state.snapshot),
    load=state.load,
)
