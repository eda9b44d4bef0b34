"""The commands by name: each namespace is a module, each command a function of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from meetings.live.callers import Caller
from meetings.live.commands import (
    chat,
    hands,
    lobby,
    media,
    meeting,
    people,
    reactions,
    recording,
    signalling,
    stage,
)
from meetings.live.room import OpenRoom

Answer = dict[str, Any] | None
Act = Callable[[OpenRoom, Caller, Any], Awaitable[Answer]]

ACTS: dict[str, Act] = {
    "ping": people.ping,
    "since": people.since,
    "people.list": people.list_people,
    "chat.send": chat.send,
    "chat.list": chat.list_earlier,
    "chat.delete": chat.delete,
    "hand.raise": hands.raise_hand,
    "hand.lower": hands.lower_hand,
    "reaction.send": reactions.send,
    "lobby.admit": lobby.admit,
    "lobby.deny": lobby.deny,
    "stage.invite": stage.invite,
    "stage.leave": stage.leave,
    "stage.mute": stage.mute,
    "stage.remove": stage.remove,
    "signal.send": signalling.send,
    "media.state": media.tell_state,
    "media.token": media.give_token,
    "meeting.start": meeting.start,
    "meeting.end": meeting.end,
    "meeting.extend": meeting.extend,
    "recording.start": recording.start,
    "recording.stop": recording.stop,
}
