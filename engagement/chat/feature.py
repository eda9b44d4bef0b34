"""The feature, as the engine knows it."""

from engagement.chat import commands, state, words
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
    ChatNumberReply,
    ChatOwn,
    ChatPageReply,
    ChatPin,
    ChatPinned,
    ChatReact,
    ChatReacted,
    ChatReactions,
    ChatSearch,
    ChatSend,
    ChatSnapshot,
    ChatUnpinned,
)
from rooms.features import CommandType, DurableEvent, Feature, OwnPart, SnapshotPart
from rooms.limits import READ_LIMIT, WRITE_LIMIT, RateLimit
from rooms.rights import Rule, hosts_only, readers_too, while_open

SEARCH_LIMIT = RateLimit(burst=5, rate=0.5)
MODERATION_LIMIT = RateLimit(burst=50, rate=10)
REACTION_LIMIT = RateLimit(burst=10, rate=1)

CHAT = Feature(
    name="chat",
    documentation="Messages to everybody in the room, to the hosts or to one person, kept until their author or a host "
    "deletes them, and reactions to those that everybody sees.",
    commands=(
        CommandType(ChatSend, commands.send, Rule(when=while_open), WRITE_LIMIT, ChatNumberReply),
        CommandType(ChatList, commands.list_earlier, readers_too(), READ_LIMIT, reply=ChatPageReply),
        CommandType(ChatSearch, commands.search, readers_too(), SEARCH_LIMIT, reply=ChatPageReply),
        CommandType(ChatEdit, commands.edit, Rule(when=while_open), WRITE_LIMIT),
        CommandType(ChatDelete, commands.delete, limit=MODERATION_LIMIT),
        CommandType(ChatApprove, commands.approve, hosts_only(), MODERATION_LIMIT, ChatNumberReply),
        CommandType(ChatPin, commands.pin, hosts_only(), WRITE_LIMIT),
        CommandType(ChatReact, commands.react, Rule(when=while_open), REACTION_LIMIT),
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
    ephemeral=(ChatReactions, ChatReacted),
    bus_handlers={state.BUS_KIND: state.receive_reactions},
    watch=state.watch,
    snapshot=SnapshotPart(shape=ChatSnapshot, build=state.snapshot),
    own=OwnPart(shape=ChatOwn, build=state.own),
    load=state.load,
    words=words.words,
    plurals=words.plurals,
)
