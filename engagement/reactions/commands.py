"""Handler of the command."""

from engagement.reactions import state
from engagement.reactions.messages import ReactionSend
from rooms.connections import Connection
from rooms.room_session import RoomSession


async def send(room: RoomSession, _connection: Connection, command: ReactionSend) -> None:
    state.count(room, command.reaction)
