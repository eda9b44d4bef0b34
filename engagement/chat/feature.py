"""The feature, as the engine knows it."""

from engagement.chat import commands, state
from engagement.chat.messages import (
    ChatApprove,
    ChatConfigure,
    ChatConfigured,
    ChatDelete,
    ChatDeleted,
    ChatEdit,
    ChatEdited,
    ChatList,
    ChatMessage,
    ChatOwn,
    ChatPin,
    ChatPinned,
    ChatSearch,
    ChatSend,
    ChatSnapshot,
    ChatUnpinned,
)
from rooms.features import CommandType, DurableEvent, Feature, OwnPart, SnapshotPart
from rooms.limits import READ_LIMIT, WRITE_LIMIT, RateLimit
from rooms.rights import Rule, hosts_only, while_open

SEARCH_LIMIT = RateLimit(burst=5, rate=0.5)
MODERATION_LIMIT = RateLimit(burst=50, rate=10)

CHAT = Feature(
    name="chat",
    documentation="Messages to everybody in the room, to the hosts or to one person, kept until their author or a host "
    "deletes them.",
    commands=(
        CommandType(ChatSend, commands.send, Rule(when=while_open), WRITE_LIMIT),
        CommandType(ChatList, commands.list_earlier, limit=READ_LIMIT),
        CommandType(ChatSearch, commands.search, limit=SEARCH_LIMIT),
        CommandType(ChatEdit, commands.edit, Rule(when=while_open), WRITE_LIMIT),
        CommandType(ChatDelete, commands.delete, limit=MODERATION_LIMIT),
        CommandType(ChatApprove, commands.approve, hosts_only(), MODERATION_LIMIT),
        CommandType(ChatPin, commands.pin, hosts_only(), WRITE_LIMIT),
        CommandType(ChatConfigure, commands.configure, hosts_only(), WRITE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=ChatMessage, apply=state.add_message),
        DurableEvent(shape=ChatEdited, apply=state.edit_message),
        DurableEvent(shape=ChatDeleted, apply=state.remove_message),
        DurableEvent(shape=ChatPinned, apply=state.pin_message),
        DurableEvent(shape=ChatUnpinned, apply=state.unpin_message),
        DurableEvent(shape=ChatConfigured, apply=state.change_switches),
    ),
    snapshot=SnapshotPart(shape=ChatSnapshot, build=state.snapshot),
    own=OwnPart(shape=ChatOwn, build=state.own),
    load=state.load,
)
