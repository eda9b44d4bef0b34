"""One connection to a room: whose it is and what it may do."""

from dataclasses import dataclass, field

from companies.ids import new_id
from rooms import bus, rights
from rooms.admission import Admission, JoinRequest, public_id
from rooms.broadcaster import Subscriber
from rooms.features import registry
from rooms.journal import protocol_time
from rooms.limits import Limits
from rooms.messages import PersonRef, You
from rooms.policy import Level
from rooms.presence_records import ConnectionRef
from rooms.reauthorization import AuthorizedConnection
from rooms.room_state import ConnectionState, ParticipantState, RoomState
from rooms.tickets import Ticket
from rooms.transport import Transport


@dataclass(eq=False, kw_only=True)
class Connection(Subscriber):
    ticket: Ticket
    level: Level
    role: str
    limits: Limits = field(default_factory=Limits)
    is_present: bool = False  # its presence is in the database
    has_media: bool = False  # got a token for the media server

    @property
    def person_ref(self) -> PersonRef:
        return PersonRef.model_validate(
            {
                "id": self.person,
                "name": self.ticket.name,
                "company": self.ticket.company,
                "role": self.role,
            }
        )

    def authorization(self) -> AuthorizedConnection:
        """The credentials to check again while the connection is open."""
        ticket = self.ticket
        return AuthorizedConnection(
            connection=self.id,
            person=ticket.person,
            credential=ticket.credential,
            signed_in=ticket.signed_in,
            session=ticket.session,
            api_token=ticket.api_token,
            is_admitted=self.is_admitted,
        )

    def ref(self) -> ConnectionRef:
        return ConnectionRef(self.ticket.room, self.ticket.person, self.id, bus.PROCESS)

    @property
    def is_attendee(self) -> bool:
        return self.level <= Level.ENTER

    def context(self, state: RoomState) -> rights.ParticipantContext:
        participant = state.people.get(self.person)
        on_stage = self.is_admitted and participant is not None and participant.on_stage
        return rights.ParticipantContext(self.level, self.is_admitted, on_stage, self.role)

    def you(self, state: RoomState) -> You:
        participant = state.people.get(self.person)
        present = participant.info().model_dump() if participant else self.person_ref.model_dump()
        return You(
            **{**present, "role": self.role},
            connection=self.id,
            admission="admitted" if self.is_admitted else "waiting",
            may=registry.may(self.context(state), state),
        )


def connection_for(
    ticket: Ticket, admission: Admission, transport: Transport, connection_id: str
) -> Connection:
    return Connection(
        id=connection_id,
        person=public_id(admission.participant_id),
        transport=transport,
        is_host=admission.level >= Level.HOST,
        is_admitted=admission.is_admitted,
        is_present=admission.is_admitted,
        ticket=ticket,
        level=admission.level,
        role=admission.role,
    )


def join_request_of(ticket: Ticket, connection_id: str) -> JoinRequest:
    return JoinRequest(id=connection_id, process=bus.PROCESS, ticket=ticket)


def participant_state_for(connection: Connection, admission: Admission) -> ParticipantState:
    raised = admission.hand_raised_at
    return ParticipantState(
        person_ref=connection.person_ref,
        is_admitted=admission.is_admitted,
        on_stage=admission.on_stage,
        hand_raised_at=protocol_time(raised) if raised is not None else None,
    )


def new_connection_state() -> ConnectionState:
    return ConnectionState(id=new_id(), process=bus.PROCESS)
