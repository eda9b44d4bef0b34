"""Passing signs: summed, told once a second, kept nowhere."""

from meetings.live.callers import Caller
from meetings.live.messages import ReactionSend
from meetings.live.room import OpenRoom


async def send(room: OpenRoom, caller: Caller, command: ReactionSend) -> None:
    room.presences.react(command.reaction)
