"""One connection in a room: who speaks, with which rights."""

from dataclasses import dataclass, field

from companies.ids import new_id
from rooms import bus, rights
from rooms.admission import Arrival, Place, public_id
from rooms.broadcaster import Member
from rooms.features import registry
from rooms.journal import written
from rooms.limits import Limits
from rooms.messages import Someone, You
from rooms.policy import Level
from rooms.presence_records import Connected
from rooms.reauthorization import OpenConnection
from rooms.room_state import Connection, Occupant, Scene
from rooms.tickets import Ticket
from rooms.transport import Wire


@dataclass(eq=False, kw_only=True)
class Caller(Member):
    ticket: Ticket
    level: Level
    role: str
    limits: Limits = field(default_factory=Limits)
    is_present: bool = False  # its presence is written
    has_media: bool = False  # was given a token for the media server

    @property
    def someone(self) -> Someone:
        return Someone.model_validate(
            {
                "id": self.person,
                "name": self.ticket.name,
                "company": self.ticket.company,
                "role": self.role,
            }
        )

    def held(self) -> OpenConnection:
        """By what right this connection is in the room."""
        ticket = self.ticket
        return OpenConnection(
            connection=self.connection,
            person=ticket.person,
            credential=ticket.credential,
            signed_in=ticket.signed_in,
            session=ticket.session,
            api_token=ticket.api_token,
        )

    def connected(self) -> Connected:
        return Connected(self.ticket.room, self.ticket.person, self.connection, bus.PROCESS)

    @property
    def is_attendee(self) -> bool:
        return self.level <= Level.ENTER

    def standing(self, scene: Scene) -> rights.Standing:
        occupant = scene.people.get(self.person)
        on_stage = self.is_admitted and occupant is not None and occupant.on_stage
        return rights.Standing(self.level, self.is_admitted, on_stage)

    def you(self, scene: Scene) -> You:
        occupant = scene.people.get(self.person)
        present = occupant.present().model_dump() if occupant else self.someone.model_dump()
        return You(
            **{**present, "role": self.role},
            connection=self.connection,
            admission="admitted" if self.is_admitted else "waiting",
            may=registry.may(self.standing(scene), scene),
        )


def caller_for(ticket: Ticket, place: Place, wire: Wire, connection: str) -> Caller:
    return Caller(
        connection=connection,
        person=public_id(place.participant_id),
        wire=wire,
        is_host=place.level >= Level.HOST,
        is_admitted=place.is_admitted,
        is_present=place.is_admitted,
        ticket=ticket,
        level=place.level,
        role=place.role,
    )


def arrival_of(ticket: Ticket, connection: str) -> Arrival:
    return Arrival(
        room_id=ticket.room,
        person_id=ticket.person,
        credential=ticket.credential,
        connection=connection,
        process=bus.PROCESS,
        name=ticket.name,
        company_name=ticket.company,
        signed_in=ticket.signed_in,
        session=ticket.session,
        api_token=ticket.api_token,
        ticket=ticket.id,
    )


def occupant_for(caller: Caller, place: Place) -> Occupant:
    raised = place.hand_raised_at
    return Occupant(
        someone=caller.someone,
        is_admitted=place.is_admitted,
        on_stage=place.on_stage,
        hand_raised_at=written(raised) if raised is not None else None,
    )


def new_connection() -> Connection:
    return Connection(id=new_id(), process=bus.PROCESS)
