"""Mesh: passes descriptions and candidates between two connections, at least one of them on stage."""

from rooms.connections import Connection
from rooms.features import CommandType, Feature
from rooms.messages import Signal, SignalSend
from rooms.refusals import Refused
from rooms.rights import readers_too, while_open
from rooms.room_session import RoomSession


async def send(room: RoomSession, connection: Connection, command: SignalSend) -> None:
    state = room.state
    if state.info.media != "mesh":
        raise Refused("unavailable", "a media server is in use: use media.token")
    if (command.description is None) is (command.candidate is None):
        raise Refused("bad_field", "either description or candidate")
    other = state.people.get(state.person_by_connection.get(command.to, ""))
    if other is None or not other.is_admitted or command.to == connection.id:
        raise Refused("not_found")
    if not (other.on_stage or connection.context(state).on_stage):
        raise Refused("not_allowed", "one of the two must be on stage")
    signal = Signal(
        sender=connection.id,
        person=connection.person,
        description=command.description,
        candidate=command.candidate,
    )
    room.send_to_connection(command.to, signal)


FEATURE = Feature(
    name="signalling",
    documentation="Mesh: WebRTC signalling between two browsers.",
    commands=(CommandType(SignalSend, send, readers_too(when=while_open)),),
    ephemeral=(Signal,),
)
