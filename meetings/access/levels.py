"""What a visitor may do in a meeting or with a registration, and the only way to fetch one for that."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, OuterRef, Q, QuerySet

from companies.composed_queries import ComposedQuery
from companies.models import Person
from companies.process_cache import CachedRead
from meetings.access.memberships import memberships
from meetings.access.visibility import (
    not_closed,
    own_invitations,
    own_registrations,
    sees_meeting,
    visible_meeting,
)
from meetings.access.visitors import (
    HOST_ROLES,
    LINKED_ROLES,
    SPEAKING_ROLES,
    Level,
    NotAllowed,
    NotVisible,
    Visitor,
)
from meetings.models import Invitation, Meeting, MeetingRole, Registration


def level_in(visitor: Visitor, meeting: Meeting) -> Level:
    """The visitor's level in a meeting they see."""
    return levels_in(visitor, [meeting], own_registrations_in(visitor, [meeting]))[meeting.pk]


def levels_in(
    visitor: Visitor, meetings: Collection[Meeting], registrations: Mapping[str, Registration]
) -> dict[str, Level]:
    """By meeting id, of meetings that the visitor sees; `registrations` are `own_registrations_in` these."""
    if visitor.is_secretariat:
        return {meeting.pk: Level.HOST for meeting in meetings}
    levels = {meeting.pk: Level.SEE for meeting in meetings}
    for meeting_id, registration in registrations.items():
        by_itself = Level.ENTER if registration.can_enter else Level.SEE
        levels[meeting_id] = max(by_itself, Level(registration.role_level))
    if visitor.role_ids:
        for role in stage_roles_of(visitor).filter(meeting__in=levels):
            levels[role.meeting_id] = max(levels[role.meeting_id], _level_of(role.role))
    if visitor.person is not None:
        for meeting_id, level in _levels_of_person(visitor.person, meetings).items():
            levels[meeting_id] = max(levels[meeting_id], level)
    return levels


def _level_of(role: str) -> Level:
    """What a role with a link of its own grants."""
    if role in SPEAKING_ROLES:
        return Level.SPEAK
    return Level.ENTER if role in LINKED_ROLES else Level.SEE


def _levels_of_person(person: Person, meetings: Collection[Meeting]) -> dict[str, Level]:
    """What a signed-in person may do: by their roles, as host, and in their project rooms."""
    asked = {meeting.pk for meeting in meetings}
    held = {(meeting_id, role) for meeting_id, holder, role in _roles_in(asked) if holder == person.pk}
    hosted = {meeting_id for meeting_id, role in held if role in HOST_ROLES}
    levels = {meeting_id: _level_of(role) for meeting_id, role in held}
    for meeting_id, level in _in_project_rooms(person, meetings).items():
        levels[meeting_id] = max(level, levels.get(meeting_id, Level.SEE))
    for meeting in meetings:
        if meeting.host_id == person.pk or meeting.pk in hosted:
            levels[meeting.pk] = Level.HOST
    return levels


def _in_project_rooms(person: Person, meetings: Collection[Meeting]) -> dict[str, Level]:
    """By meeting id, of those in a project room that the person may enter."""
    asked = {meeting.room_id for meeting in meetings if meeting.room.is_project_room}
    levels = memberships().levels_of(person, asked) if asked else {}
    return {meeting.pk: levels[meeting.room_id] for meeting in meetings if meeting.room_id in levels}


def stage_roles_of(visitor: Visitor) -> QuerySet[MeetingRole]:
    """Where they speak, interpret or write captions: signed in, or by a personal link, which only that address got."""
    by_registration = Registration.objects.active().filter(
        pk__in=visitor.registration_ids, meeting=OuterRef("meeting"), person=OuterRef("person")
    )
    theirs = Q(pk__in=visitor.role_ids) | Q(Exists(by_registration))
    if visitor.person is not None:
        theirs |= Q(person=visitor.person)
    roles = MeetingRole.objects.filter(theirs, role__in=LINKED_ROLES, person__is_active=True)
    return not_closed(roles)


_roles: CachedRead[frozenset[tuple[str, int, str]]] = CachedRead()


def _roles_in(meetings: Collection[str]) -> frozenset[tuple[str, int, str]]:
    """Meeting id, person id and role; cached for all who ask about the same meetings at once."""

    def read() -> frozenset[tuple[str, int, str]]:
        roles = MeetingRole.objects.filter(person__is_active=True, meeting__in=meetings)
        return frozenset(roles.values_list("meeting_id", "person_id", "role"))

    return _roles.get_or_read(frozenset(meetings), read)


def role_in(meeting: Meeting, person: Person) -> str | None:
    """Of a person with an open account."""
    held = {(holder, role) for _meeting, holder, role in _roles_in([meeting.pk])}
    return next((role for holder, role in held if holder == person.pk), None)


def own_registration_in(visitor: Visitor, meeting: Meeting) -> Registration | None:
    """The visitor's active registration; their own before one whose personal link they hold."""
    return own_registrations_in(visitor, [meeting]).get(meeting.pk)


def own_registrations_in(visitor: Visitor, meetings: Collection[Meeting]) -> dict[str, Registration]:
    """By meeting id, as `own_registration_in`."""
    if visitor.person is None and not visitor.registration_ids:
        return {}
    asked = {meeting.pk: meeting for meeting in meetings}
    found = [
        registration
        for registration in _own_registrations(visitor, asked)
        if registration.meeting_id in asked and registration.state != Registration.State.CANCELLED
    ]
    if not found:
        return {}
    levels = {(meeting_id, holder): _level_of(role) for meeting_id, holder, role in _roles_in(asked)}
    by_role: dict[str, Level] = {}
    for registration in found:
        level = levels.get((registration.meeting_id, registration.person_id), Level.SEE)
        by_role[registration.meeting_id] = max(by_role.get(registration.meeting_id, Level.SEE), level)
    person_id = visitor.person.pk if visitor.person else None
    # The visitor's own comes last, and so wins over one whose link they hold.
    registrations = sorted(
        found,
        key=lambda registration: (
            registration.person_id == person_id,
            registration.registered_at,
            registration.pk,
        ),
    )
    for registration in registrations:
        registration.meeting = asked[registration.meeting_id]
        registration.role_level = by_role[registration.meeting_id]  # by whichever of their links
    return {registration.meeting_id: registration for registration in registrations}


def _own_registrations(visitor: Visitor, meetings: Mapping[str, Meeting]) -> Iterable[Registration]:
    """With their people; for guests also in other meetings."""
    if visitor.person is None:
        return _of_personal_links(visitor.registration_ids)
    own = own_registrations(visitor, may_be_closed=_any_in_project(meetings.values()))
    own = own.select_related("person").order_by()
    return own.filter(meeting__in=meetings)  # somebody may have years of registrations


def _any_in_project(meetings: Iterable[Meeting]) -> bool:
    return any(meeting.room.is_project_room for meeting in meetings)


_REGISTRATION = [field.attname for field in Registration._meta.concrete_fields]
_PERSON = [field.attname for field in Person._meta.concrete_fields]
_registrations_with_people = ComposedQuery(
    lambda ids: (
        Registration.objects.filter(pk__in=ids)
        .order_by()
        .values_list(*_REGISTRATION, *(f"person__{name}" for name in _PERSON))
    )
)


def _of_personal_links(ids: Collection[str]) -> Iterator[Registration]:
    for row in _registrations_with_people.rows(ids):
        columns = len(_REGISTRATION)
        registration = Registration.from_db(DEFAULT_DB_ALIAS, _REGISTRATION, row[:columns])
        registration.person = Person.from_db(DEFAULT_DB_ALIAS, _PERSON, row[columns:])
        yield registration


def registration_for(visitor: Visitor, registration_id: str) -> Registration:
    """The visitor's own, or one in a meeting that they host. Raises NotVisible."""
    registration = (
        Registration.objects.select_related("meeting", "person", "meeting__room")
        .filter(pk=registration_id)
        .first()
    )
    if registration is None:
        raise NotVisible
    if is_own_registration(visitor, registration):
        return registration
    if level_in(visitor, registration.meeting) >= Level.HOST:
        return registration
    raise NotVisible


def is_own_registration(visitor: Visitor, registration: Registration) -> bool:
    """False for the host, who sees everybody's registrations."""
    own = own_registrations(visitor, may_be_closed=registration.meeting.room.is_project_room)
    return own.filter(pk=registration.pk).exists()


def unanswered_invitations_in(visitor: Visitor, meetings: Collection[Meeting]) -> dict[str, Invitation]:
    """By meeting id; the visitor's own before one whose personal link they hold."""
    if visitor.person is None and not visitor.invitation_ids:
        return {}
    person_id = visitor.person.pk if visitor.person else None
    own = own_invitations(visitor, may_be_closed=_any_in_project(meetings))
    found = own.unanswered().filter(meeting__in=[meeting.pk for meeting in meetings])
    invitations = sorted(found, key=lambda one: (one.person_id == person_id, one.invited_at, one.pk))
    return {invitation.meeting_id: invitation for invitation in invitations}


def invitation_for(visitor: Visitor, invitation_id: str) -> Invitation:
    """The visitor's own, also a declined one. Raises NotVisible."""
    found = own_invitations(visitor).select_related("person", *(f"meeting__{name}" for name in _SHOWN))
    invitation = found.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotVisible
    return invitation


def invitations_beside(invitation: Invitation, *, now: datetime) -> QuerySet[Invitation]:
    """Of the same person in the same series, this one too, for meetings that are still to come; soonest first."""
    upcoming = Meeting.objects.upcoming(now).filter(series=invitation.meeting.series_id)
    found = Invitation.objects.standing().filter(person=invitation.person_id, meeting__in=upcoming)
    return found.select_related(*(f"meeting__{name}" for name in _SHOWN)).order_by("meeting__starts_at", "pk")


def invitation_to_manage(visitor: Visitor, invitation_id: str) -> Invitation:
    """In a meeting that the visitor hosts. Raises NotVisible."""
    found = Invitation.objects.select_related("person", *(f"meeting__{name}" for name in _SHOWN))
    invitation = found.filter(pk=invitation_id).first()
    if invitation is None or not sees_meeting(visitor, invitation.meeting):
        raise NotVisible
    if level_in(visitor, invitation.meeting) < Level.HOST:
        raise NotVisible
    return invitation


_SHOWN = ("host", "host_company", "programme", "series", "room")


def meeting_for(visitor: Visitor, meeting_id: str, level: Level = Level.SEE) -> Meeting:
    """Raises NotVisible when the visitor does not see it, NotAllowed when their level in it is lower.

    And EntryDenied to a member of its project who has yet to accept the terms of confidentiality.
    """
    meeting = visible_meeting(visitor, meeting_id, *_SHOWN)
    if meeting is None:
        if visitor.person is not None:
            rooms = Meeting.objects.published().filter(pk=meeting_id).values("room")
            memberships().refuse_unopened(visitor.person, rooms)
        raise NotVisible
    if level > Level.SEE and level_in(visitor, meeting) < level:
        raise NotAllowed
    return meeting


_open_meetings: CachedRead[Meeting | None] = CachedRead()


def meeting_to_show(visitor: Visitor, meeting_id: str) -> Meeting:
    """As `meeting_for`, for a page that changes nothing: public meetings come from the process's cache."""
    anybody = Meeting.objects.published().filter(visibility=Meeting.Visibility.PUBLIC, pk=meeting_id)
    shown = copy(_open_meetings.get_or_read(meeting_id, lambda: anybody.select_related(*_SHOWN).first()))
    return shown or meeting_for(visitor, meeting_id)
