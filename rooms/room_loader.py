"""Loads a RoomState from the database, consistent at one event number."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone

from rooms import journal, media, policy, presence_records
from rooms.admission import public_id
from rooms.features import registry
from rooms.messages import PersonRef, RoomInfo
from rooms.models.room import Participant, Presence, Room
from rooms.policy import policy_for
from rooms.refusals import UnableToJoin
from rooms.room_state import FRAMES, ConnectionState, MeetingState, ParticipantState, RoomState


@transaction.atomic
def load_room_state(room_id: str) -> RoomState:
    """Raises UnableToJoin when there is no such room."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise UnableToJoin("no_room")
    seq = room.last_seq
    info, meeting_state = load_room_info(room)
    state = RoomState(info=info, meeting_state=meeting_state, seq=seq)
    if room.spotlight_id is not None:
        state.spotlight = public_id(room.spotlight_id)
    state.stage_order = [public_id(each) for each in room.stage_order]
    registry.load(state, room.pk)
    newest = journal.events_after(room.pk, max(0, seq - FRAMES), limit=FRAMES)
    state.frames.extend(each for each in newest if each.seq <= seq)
    _load_people(state, room)
    return state


def load_room_info(room: Room) -> tuple[RoomInfo, MeetingState]:
    description = policy_for(room).describe(room)
    info = RoomInfo(
        id=room.pk,
        kind=_KINDS[room.kind],
        parent=room.parent_id,
        title=description.title,
        state=description.state,
        meeting=description.meeting,
        starts_at=_time(description.starts_at),
        ends_at=_time(description.ends_at),
        started_at=_time(description.started_at),
        closes_at=_time(description.closes_at),
        is_webinar=description.is_webinar,
        lobby=description.lobby,
        locked=room.locked_at is not None,
        recording=policy.is_recorded(room.pk),
        recording_planned=policy.has_planned_recording(description.meeting),
        media="sfu" if media.kind() == "sfu" else "mesh",
        ice_servers=media.ice_servers(room.pk, timezone.now()),
    )
    return info, description.meeting_state


_KINDS: dict[str, Literal["meeting", "project", "breakout"]] = {
    Room.Kind.MEETING: "meeting",
    Room.Kind.PROJECT: "project",
    Room.Kind.BREAKOUT: "breakout",
}


def load_room_info_of(room_id: str) -> tuple[RoomInfo, MeetingState]:
    return load_room_info(Room.objects.get(pk=room_id))


def _time(moment: datetime | None) -> str | None:
    return journal.protocol_time(moment) if moment is not None else None


def _load_people(state: RoomState, room: Room) -> None:
    """People whose connections other processes hold; their media state follows over the bus."""
    alive = timezone.now() - presence_records.SILENT_FOR
    rows = list(Presence.objects.filter(room=room, seen_at__gte=alive).present())
    participants = Participant.objects.filter(room=room, person__in={each.person_id for each in rows})
    by_person = {participant.person_id: participant for participant in participants}
    roles = policy_for(room).roles(room.pk)
    for presence in rows:
        participant = by_person.get(presence.person_id)
        if participant is not None:
            state.enter(
                _participant_state(participant, roles.get(presence.person_id, "attendee")),
                ConnectionState(id=presence.connection, process=presence.process),
            )


def _participant_state(participant: Participant, role: str) -> ParticipantState:
    return ParticipantState(
        person_ref=PersonRef.model_validate(
            {
                "id": public_id(participant.pk),
                "name": participant.name,
                "company": participant.company_name,
                "role": role,
            }
        ),
        is_admitted=participant.admission == Participant.AdmissionStatus.ADMITTED,
        on_stage=participant.on_stage,
        hand_raised_at=_time(participant.hand_raised_at),
    )
