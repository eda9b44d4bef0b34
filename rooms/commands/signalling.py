"""Mesh: hands descriptions and candidates from one browser to another. Between whom, the stage decides."""

from rooms.connections import Caller
from rooms.features import CommandType, Feature
from rooms.messages import Signal, SignalSend
from rooms.refusals import Refused
from rooms.rights import Rule, while_open
from rooms.room_session import OpenRoom


async def send(room: OpenRoom, caller: Caller, command: SignalSend) -> None:
    scene = room.scene
    if scene.facts.media != "mesh":
        raise Refused("unavailable", "this service has a media server: ask media.token")
    if (command.description is None) is (command.candidate is None):
        raise Refused("bad_field", "either description or candidate")
    other = scene.people.get(scene.holders.get(command.to, ""))
    if other is None or not other.is_admitted or command.to == caller.connection:
        raise Refused("not_found")
    if not (other.on_stage or caller.standing(scene).on_stage):
        raise Refused("not_allowed", "one of the two must be on the stage")
    signal = Signal(
        sender=caller.connection,
        person=caller.person,
        description=command.description,
        candidate=command.candidate,
    )
    room.tell_connection(command.to, signal)


FEATURE = Feature(
    name="signalling",
    documentation="Mesh: how two browsers find each other.",
    commands=(CommandType(SignalSend, send, Rule(when=while_open)),),
    ephemeral=(Signal,),
)
