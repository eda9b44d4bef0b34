"""Reads a room from the database into a Scene, at one number."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings import access, attending, media
from meetings.live import journal
from meetings.live.features import registry
from meetings.live.messages import RoomState, Someone
from meetings.live.scene import FRAMES, Connection, MeetingState, Occupant, Scene
from meetings.models import Meeting, MeetingRole, Participant, Presence, Recording, Room


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
    meeting = access.current_meeting(room)
    is_recorded = Recording.objects.filter(room=room, state=Recording.State.CAPTURING).exists()
    facts = RoomState(
        id=room.pk,
        kind="project" if room.is_project_room else "meeting",
        title=room.title or (meeting.title if meeting else {}),
        state=_state(room, meeting),
        meeting=meeting.pk if meeting else None,
        starts_at=_time(meeting.starts_at if meeting else None),
        ends_at=_time(meeting.planned_end if meeting else None),
        started_at=_time(meeting.started_at if meeting and meeting.is_live else None),
        closes_at=_time(meeting.closes_at if meeting and meeting.is_live else None),
        is_webinar=bool(meeting and meeting.is_webinar),
        lobby=bool(meeting and meeting.lobby),
        recording=is_recorded,
        media="sfu" if media.kind() == "sfu" else "mesh",
        ice_servers=media.ice_servers(room.pk, timezone.now()),
    )
    states: dict[str, MeetingState] = {"scheduled": "scheduled", "live": "live", "ended": "ended"}
    return facts, states.get(meeting.state, "none") if meeting else "none"


def read_facts_of(room_id: str) -> tuple[RoomState, MeetingState]:
    return read_facts(Room.objects.get(pk=room_id))


def _state(room: Room, meeting: Meeting | None) -> str:
    """A project room is open for its people whether or not a meeting runs."""
    if room.is_project_room or (meeting is not None and meeting.is_live):
        return "live"
    return "waiting" if meeting is not None and meeting.state == Meeting.State.SCHEDULED else "ended"


def _time(moment: datetime | None) -> str | None:
    return journal.written(moment) if moment is not None else None


def _read_people(scene: Scene, room: Room) -> None:
    """Those whose sockets other processes hold; their media and rights come over the bus a moment later."""
    alive = timezone.now() - attending.SILENT_FOR
    presences = list(Presence.objects.filter(room=room, seen_at__gte=alive).present())
    participants = Participant.objects.filter(room=room, person__in={each.person_id for each in presences})
    by_person = {participant.person_id: participant for participant in participants}
    roles = _roles(scene)
    for presence in presences:
        participant = by_person.get(presence.person_id)
        if participant is not None:
            scene.enter(
                _occupant(participant, roles.get(presence.person_id, "attendee")),
                Connection(id=presence.connection, process=presence.process),
            )


def _roles(scene: Scene) -> dict[int, str]:
    roles = dict(MeetingRole.objects.filter(meeting=scene.facts.meeting).values_list("person_id", "role"))
    host = Meeting.objects.filter(pk=scene.facts.meeting).values_list("host_id", flat=True).first()
    return roles | ({host: "host"} if host is not None else {})


def _occupant(participant: Participant, role: str) -> Occupant:
    return Occupant(
        someone=Someone.model_validate(
            {
                "id": attending.public_id(participant.pk),
                "name": participant.name,
                "company": participant.company_name,
                "role": role,
            }
        ),
        is_admitted=participant.admission == Participant.Admission.ADMITTED,
        on_stage=participant.on_stage,
        hand_raised_at=_time(participant.hand_raised_at),
    )
