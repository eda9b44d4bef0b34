"""Passing signs: summed, told once a second, kept nowhere."""

from meetings.live.callers import Caller
from meetings.live.messages import ReactionSend


async def send(caller: Caller, command: ReactionSend) -> None:
    caller.room.presences.react(command.reaction)
