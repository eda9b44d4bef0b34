"""Rounds as the room's state holds them, from the database."""

from companies.models import Person
from engagement.breakouts.messages import BreakoutRoom, Breakouts, HelpRequest
from engagement.breakouts.models import BreakoutAssignment, BreakoutGroup, BreakoutRound
from rooms.admission import public_id
from rooms.journal import protocol_time
from rooms.messages import PersonRef
from rooms.models import Participant, Room


def current_round(room_id: str) -> BreakoutRound | None:
    """The one that is prepared or open."""
    return BreakoutRound.objects.filter(room=room_id).exclude(state=BreakoutRound.State.CLOSED).first()


def breakouts_of(row: BreakoutRound) -> Breakouts:
    """Three queries, whatever the size."""
    groups = row.groups.select_related("room").order_by("room__number")
    rooms = {each.pk: _room_of(each.room) for each in groups}
    help_requests = []
    for each in BreakoutAssignment.objects.filter(round=row).select_related("participant").in_order():
        rooms[each.group_id].people.append(public_id(each.participant_id))
        if each.help_asked_at is not None:
            help_requests.append(help_request_of(each, rooms[each.group_id].id))
    return Breakouts.model_validate(
        {
            "id": row.pk,
            "state": row.state,
            "assign": row.assign,
            "minutes": row.minutes,
            "ends_at": protocol_time(row.ends_at) if row.ends_at is not None else None,
            "rooms": list(rooms.values()),
            "help": help_requests,
        }
    )


def _room_of(room: Room) -> BreakoutRoom:
    return BreakoutRoom(id=room.pk, number=room.number or 0, name=room.label, people=[])


def help_request_of(assignment: BreakoutAssignment, room: str) -> HelpRequest:
    at = assignment.help_asked_at
    return HelpRequest(
        person=person_ref_of(assignment.participant),
        room=room,
        at=protocol_time(at) if at is not None else "",
    )


def person_ref_of(participant: Participant) -> PersonRef:
    return PersonRef(id=public_id(participant.pk), name=participant.name, company=participant.company_name)


def open_group(room_id: str) -> BreakoutGroup | None:
    """The group of this breakout room while it is open."""
    groups = BreakoutGroup.objects.filter(room=room_id, round__state=BreakoutRound.State.OPEN)
    return groups.select_related("round", "room__parent").first()


def planned_groups(row: BreakoutRound) -> list[tuple[str, list[Person]]]:
    """The groups that a host has planned, with their people by name. Two queries, whatever the size."""
    found: dict[int, tuple[str, list[Person]]] = {
        each.pk: (each.room.group_name, [])
        for each in row.groups.select_related("room").order_by("room__number")
    }
    for each in row.reservations.select_related("person").order_by("person__name", "person"):
        found[each.group_id][1].append(each.person)
    return list(found.values())


def rooms_of_meeting(room_id: str, meeting: str) -> list[tuple[str, str]]:
    """Ids and names of all breakout rooms that the meeting has had open, oldest first."""
    groups = BreakoutGroup.objects.filter(round__room=room_id, round__meeting=meeting)
    opened = groups.exclude(round__state=BreakoutRound.State.PREPARED).select_related("room")
    in_order = opened.order_by("round__opened_at", "room__number")
    return [(each.room_id, each.room.group_name) for each in in_order]
