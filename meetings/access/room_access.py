"""Who may enter the room of a meeting, as whom and at what level."""

from copy import copy
from dataclasses import dataclass

from django.db.models import Case, When

from companies.models import Person
from companies.process_cache import CachedRead
from meetings.access.levels import levels_in, own_registrations_in, stage_roles_of
from meetings.access.visibility import sees_meeting
from meetings.access.visitors import Level, NotAllowed, NotVisible, Visitor
from meetings.models import Meeting, MeetingRole, Registration
from meetings.models.meeting import MeetingQuerySet


@dataclass(frozen=True)
class MeetingAccess:
    """A visitor in the meeting of a room: as which person they enter, by which registration, at what level.

    `by_stage_link`: they hold the personal link of this person's stage role.
    """

    meeting: Meeting
    person: Person
    registration: Registration | None
    level: Level
    by_stage_link: bool = False


_meetings_of_rooms: CachedRead[Meeting | None] = CachedRead()


def current_meeting(room_id: str) -> Meeting | None:
    """The live one, else the next scheduled, else the last; cached for all who ask at once."""
    return copy(_meetings_of_rooms.get_or_read(room_id, lambda: meetings_in_room(room_id).first()))


def meetings_in_room(room_id: str) -> MeetingQuerySet:
    """Those that can be entered; the current one is the first."""
    state = Meeting.State
    rank = Case(When(state=state.LIVE, then=0), When(state=state.SCHEDULED, then=1), default=2)
    ahead = Case(When(state__in=Meeting.OPEN_STATES, then="starts_at"))
    there = Meeting.objects.filter(room=room_id, state__in=[*Meeting.OPEN_STATES, state.ENDED])
    return there.order_by(rank, ahead, "-starts_at").select_related("host", "host_company", "room")


def meeting_access(visitor: Visitor, room_id: str) -> MeetingAccess:
    """Raises NotVisible unless the visitor sees the room's meeting, NotAllowed when they see it and may not enter."""
    meeting = current_meeting(room_id)
    registrations = own_registrations_in(visitor, [meeting]) if meeting is not None else {}
    if meeting is None or not (meeting.pk in registrations or _sees(visitor, meeting)):
        raise NotVisible
    level, registration = (
        levels_in(visitor, [meeting], registrations)[meeting.pk],
        registrations.get(meeting.pk),
    )
    if meeting.room.is_project_room and not _is_guest_of_project(visitor, meeting, registration):
        raise NotVisible  # not even to the secretariat: a project room is for its companies
    if level < Level.ENTER:
        raise NotAllowed
    places = (
        list(stage_roles_of(visitor).filter(meeting=meeting).select_related("person"))
        if level == Level.SPEAK or (level == Level.ENTER and not _enters_by(visitor, registration))
        else []
    )
    person = _person_entering(visitor, places, level, registration)
    own = registration if registration is not None and registration.person_id == person.pk else None
    by_stage_link = any(role.pk in visitor.role_ids and role.person_id == person.pk for role in places)
    return MeetingAccess(meeting, person, own, level, by_stage_link)


def _enters_by(visitor: Visitor, registration: Registration | None) -> bool:
    """Their own registration lets them in, or one whose link a guest holds."""
    if registration is None or not registration.can_enter:
        return False
    return visitor.person is None or registration.person_id == visitor.person.pk


def _is_guest_of_project(visitor: Visitor, meeting: Meeting, registration: Registration | None) -> bool:
    return (registration is not None and registration.can_enter) or is_host_or_on_stage(visitor, meeting)


def _person_entering(
    visitor: Visitor, places: list[MeetingRole], level: Level, registration: Registration | None
) -> Person:
    """Themselves where they may enter, else the person whose link they hold."""
    visitor_id = visitor.person.pk if visitor.person is not None else None
    if places and all(role.person_id != visitor_id for role in places):
        return places[0].person
    if level == Level.ENTER and registration is not None and not places:
        return registration.person
    if visitor.person is None:
        raise NotAllowed
    return visitor.person


def is_host_or_on_stage(visitor: Visitor, meeting: Meeting) -> bool:
    """Hosts it, or has a role in it."""
    if stage_roles_of(visitor).filter(meeting=meeting).exists():
        return True
    return visitor.person is not None and (
        meeting.host_id == visitor.person.pk or meeting.roles.filter(person=visitor.person).exists()
    )


def _sees(visitor: Visitor, meeting: Meeting) -> bool:
    return sees_meeting(visitor, meeting)
