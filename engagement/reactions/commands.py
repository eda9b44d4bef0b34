"""What the server does with a reaction."""

from engagement.reactions import state
from engagement.reactions.messages import ReactionSend
from meetings.live.callers import Caller
from meetings.live.room import OpenRoom


async def send(room: OpenRoom, _caller: Caller, command: ReactionSend) -> None:
    state.count(room, command.reaction)
