"""What the server does with a reaction."""

from engagement.reactions import state
from engagement.reactions.messages import ReactionSend
from rooms.connections import Caller
from rooms.room_session import OpenRoom


async def send(room: OpenRoom, _caller: Caller, command: ReactionSend) -> None:
    state.count(room, command.reaction)
