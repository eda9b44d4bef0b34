"""Reads a room from the database into a Scene, at one number."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from rooms import journal, media, policy, presence_records
from rooms.admission import public_id
from rooms.features import registry
from rooms.messages import RoomState, Someone
from rooms.models.room import Participant, Presence, Room
from rooms.policy import policy_for
from rooms.room_state import FRAMES, Connection, MeetingState, Occupant, Scene


class NoSuchRoom(Exception):
    pass


@transaction.atomic
def read_scene(room_id: str) -> Scene:
    """Raises NoSuchRoom."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NoSuchRoom(room_id)
    seq = room.last_seq
    facts, meeting_state = read_facts(room)
    scene = Scene(facts=facts, meeting_state=meeting_state, seq=seq)
    registry.load(scene, room.pk)
    newest = journal.after(room.pk, max(0, seq - FRAMES), limit=FRAMES)
    scene.frames.extend((number, frame) for number, frame in newest if number <= seq)
    _read_people(scene, room)
    return scene


def read_facts(room: Room) -> tuple[RoomState, MeetingState]:
    about = policy_for(room).about(room)
    facts = RoomState(
        id=room.pk,
        kind="project" if room.is_project_room else "meeting",
        title=about.title,
        state=about.state,
        meeting=about.meeting,
        starts_at=_time(about.starts_at),
        ends_at=_time(about.ends_at),
        started_at=_time(about.started_at),
        closes_at=_time(about.closes_at),
        is_webinar=about.is_webinar,
        lobby=about.lobby,
        recording=policy.is_recorded(room.pk),
        media="sfu" if media.kind() == "sfu" else "mesh",
        ice_servers=media.ice_servers(room.pk, timezone.now()),
    )
    return facts, about.meeting_state


def read_facts_of(room_id: str) -> tuple[RoomState, MeetingState]:
    return read_facts(Room.objects.get(pk=room_id))


def _time(moment: datetime | None) -> str | None:
    return journal.written(moment) if moment is not None else None


def _read_people(scene: Scene, room: Room) -> None:
    """Those whose sockets other processes hold; their media and rights come over the bus a moment later."""
    alive = timezone.now() - presence_records.SILENT_FOR
    rows = list(Presence.objects.filter(room=room, seen_at__gte=alive).present())
    participants = Participant.objects.filter(room=room, person__in={each.person_id for each in rows})
    by_person = {participant.person_id: participant for participant in participants}
    roles = policy_for(room).roles(room.pk)
    for presence in rows:
        participant = by_person.get(presence.person_id)
        if participant is not None:
            scene.enter(
                _occupant(participant, roles.get(presence.person_id, "attendee")),
                Connection(id=presence.connection, process=presence.process),
            )


def _occupant(participant: Participant, role: str) -> Occupant:
    return Occupant(
        someone=Someone.model_validate(
            {
                "id": public_id(participant.pk),
                "name": participant.name,
                "company": participant.company_name,
                "role": role,
            }
        ),
        is_admitted=participant.admission == Participant.Admission.ADMITTED,
        on_stage=participant.on_stage,
        hand_raised_at=_time(participant.hand_raised_at),
    )
