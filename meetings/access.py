"""Who may: the only way to fetch a thing for a person. What one may not see does not exist (NotVisible, 404)."""

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.http import Http404, HttpRequest

from companies.models import Company, Person
from companies.process_cache import CachedRead
from meetings.models import Meeting, MeetingRole, Programme, Registration, Series
from meetings.models.meeting import MeetingQuerySet
from meetings.models.programme import ProgrammeQuerySet
from meetings.models.registration import RegistrationQuerySet
from rooms import policy
from rooms.models import Room

# Session keys: ids of the registrations, and of the places on a stage, whose personal link this browser has used.
SESSION_REGISTRATIONS = "seats"
SESSION_STAGE_ROLES = "stage"
HOST_ROLES = frozenset({MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST})
SPEAKING_ROLES = frozenset({MeetingRole.Role.SPEAKER, MeetingRole.Role.INTERPRETER})


class NotVisible(Http404):
    """The thing is not there, as far as this visitor is concerned."""


class NotAllowed(PermissionDenied):
    """The visitor sees the thing and may not do this with it."""


Level = policy.Level


@dataclass(frozen=True)
class Visitor:
    """Who asks: a signed-in person, a guest by personal links, both, or nobody.

    `role_ids` are of MeetingRoles. A link lets speak, never host: that takes signing in.
    """

    person: Person | None = None
    registration_ids: tuple[str, ...] = ()
    role_ids: tuple[int, ...] = ()

    @property
    def is_secretariat(self) -> bool:
        return self.person is not None and self.person.is_active and self.person.is_secretariat

    @property
    def company(self) -> Company | None:
        return self.person.company if self.person else None

    @property
    def person_ids(self) -> list[int]:
        """Everybody this visitor may act as: themselves, and those whose links they hold."""
        ids = [self.person.pk] if self.person else []
        if self.registration_ids:
            registrations = Registration.objects.filter(pk__in=self.registration_ids).active()
            ids.extend(registrations.values_list("person_id", flat=True))
        if self.role_ids:
            ids.extend(MeetingRole.objects.filter(pk__in=self.role_ids).values_list("person_id", flat=True))
        return ids


def visitor_of(request: HttpRequest) -> Visitor:
    person = request.user if isinstance(request.user, Person) and request.user.is_active else None
    return visitor_from_session(person, request.session)


def visitor_from_session(person: Person | None, session: Mapping[str, Any]) -> Visitor:
    """Who is signed in, and holds the personal links that this browser's session keeps."""
    registration_ids = tuple(pk for pk in session.get(SESSION_REGISTRATIONS, []) if isinstance(pk, str))
    role_ids = tuple(pk for pk in session.get(SESSION_STAGE_ROLES, []) if isinstance(pk, int))
    return Visitor(person, registration_ids, role_ids)


# ---- meetings --------------------------------------------------------------------------------------------


class VisibilityTier(IntEnum):
    """Which meetings somebody sees who has no tie to any; each includes those before it."""

    PUBLIC = 1
    CLUSTER = 2  # belongs to a company
    EVERYTHING = 3  # secretariat


@dataclass(frozen=True)
class VisibilityKey:
    """All who see the same meetings: those within their reach, and these that they have a tie to."""

    tier: VisibilityTier
    involved: frozenset[str] = frozenset()


def tier_of(visitor: Visitor) -> VisibilityTier:
    if visitor.is_secretariat:
        return VisibilityTier.EVERYTHING
    return VisibilityTier.PUBLIC if visitor.company is None else VisibilityTier.CLUSTER


def visible_meetings(visitor: Visitor) -> MeetingQuerySet:
    """Announced and open to all, or to the cluster for members, or one's own (hosting, speaking, registered, room)."""
    return Meeting.objects.filter(_visible_to_tier(tier_of(visitor)) | _involving(visitor))


def involved_meeting_ids(visitor: Visitor, *, among: Collection[str]) -> frozenset[str]:
    """Which of these announced meetings the visitor has a tie to; asked of those beyond their reach."""
    if not among or not can_be_involved(visitor):
        return frozenset()
    if visitor.person is None and not visitor.role_ids:
        held = (
            Registration.objects.filter(pk__in=visitor.registration_ids)
            .order_by()
            .values_list("meeting", flat=True)
        )
        return frozenset(held).intersection(among)
    involved = Meeting.objects.filter(_involving(visitor), pk__in=among).order_by()
    return frozenset(involved.values_list("pk", flat=True))


def meetings_hidden_from(tier: VisibilityTier) -> MeetingQuerySet:
    """Announced ones that it takes a tie to see."""
    return Meeting.objects.published().exclude(_visible_to_tier(tier))


def meetings_visible_to(visibility_key: VisibilityKey) -> MeetingQuerySet:
    """All that it sees of those among which its ties were looked for."""
    return Meeting.objects.filter(_visible_to_tier(visibility_key.tier) | Q(pk__in=visibility_key.involved))


def can_be_involved(visitor: Visitor) -> bool:
    """May have any: is signed in, or came by a personal link."""
    return visitor.person is not None or bool(visitor.registration_ids or visitor.role_ids)


def meetings_open_to(tier: VisibilityTier) -> MeetingQuerySet:
    """Those that it takes no tie to see."""
    return Meeting.objects.filter(_visible_to_tier(tier))


def meetings_involving(visitor: Visitor) -> MeetingQuerySet:
    """Those that the visitor has a tie to, whatever their reach."""
    return Meeting.objects.filter(_involving(visitor))


# What is open to whom without a tie, a meeting as well as its recording; the secretariat sees everything.
VISIBILITIES_OF_TIER: Mapping[VisibilityTier, tuple[Meeting.Visibility, ...]] = {
    VisibilityTier.PUBLIC: (Meeting.Visibility.PUBLIC,),
    VisibilityTier.CLUSTER: (Meeting.Visibility.PUBLIC, Meeting.Visibility.MEMBERS),
}


def _visible_to_tier(tier: VisibilityTier) -> Q:
    if tier == VisibilityTier.EVERYTHING:
        return ~Q(pk__in=[])
    return ~Q(state=Meeting.State.DRAFT) & Q(visibility__in=VISIBILITIES_OF_TIER[tier])


def _involving(visitor: Visitor) -> Q:
    """Meetings of one's own; drafts for their hosts alone."""
    involved = Q(pk__in=[])
    if visitor.company is not None:
        involved |= Q(room__in=Room.objects.filter(companies=visitor.company))
    if visitor.registration_ids:
        involved |= Q(pk__in=Registration.objects.filter(pk__in=visitor.registration_ids).values("meeting"))
    if visitor.role_ids:
        involved |= Q(pk__in=MeetingRole.objects.filter(pk__in=visitor.role_ids).values("meeting"))
    if visitor.person is None:
        return ~Q(state=Meeting.State.DRAFT) & involved
    roles = MeetingRole.objects.filter(person=visitor.person)
    involved |= Q(pk__in=roles.values("meeting"))
    involved |= Q(pk__in=Registration.objects.filter(person=visitor.person).active().values("meeting"))
    hosted = Q(host=visitor.person) | Q(pk__in=roles.filter(role=MeetingRole.Role.CO_HOST).values("meeting"))
    return (~Q(state=Meeting.State.DRAFT) & involved) | hosted


def hosted_meetings(visitor: Visitor) -> MeetingQuerySet:
    if visitor.person is None:
        return Meeting.objects.none()
    co_hosted = MeetingRole.objects.filter(
        person=visitor.person, role__in=[MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST]
    ).values("meeting")
    return Meeting.objects.filter(Q(host=visitor.person) | Q(pk__in=co_hosted))


def own_meetings(visitor: Visitor, *, is_confirmed: bool = False) -> MeetingQuerySet:
    """My meetings: registered for, hosted, with a role in, or in a project room of one's company.

    With `is_confirmed` a registration counts only when it is confirmed, as for what stands in a calendar.
    """
    registrations = own_registrations(visitor).active()
    if is_confirmed:
        registrations = registrations.filter(state=Registration.State.CONFIRMED)
    own = Q(pk__in=registrations.values("meeting"))
    if visitor.person is not None:
        own |= Q(pk__in=hosted_meetings(visitor).values("pk"))
        own |= Q(pk__in=MeetingRole.objects.filter(person=visitor.person).values("meeting"))
        own |= Q(room__in=project_rooms(visitor).values("pk"))
    return Meeting.objects.filter(own)


def meetings_by_id(keys: Collection[str]) -> MeetingQuerySet:
    """Those that the caller has found for this visitor before, by key."""
    return Meeting.objects.filter(pk__in=keys)


def active_registrations_in(meetings: Collection[Meeting]) -> RegistrationQuerySet:
    """Active ones, to be counted: whose they are is for the hosts to know."""
    return Registration.objects.active().filter(meeting__in=meetings)


def series_of(meetings: MeetingQuerySet) -> QuerySet[Series]:
    """Those that one of these meetings is of."""
    return Series.objects.filter(Exists(meetings.filter(series=OuterRef("pk"))))


def published_in_series(series: Collection[str]) -> MeetingQuerySet:
    """To be counted."""
    return Meeting.objects.published().filter(series__in=series)


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
        levels[meeting_id] = Level.ENTER if registration.can_enter else Level.SEE
        if registration.has_stage_role:
            levels[meeting_id] = Level.SPEAK
    if visitor.role_ids:
        for role in stage_roles_of(visitor).filter(meeting__in=levels):
            levels[role.meeting_id] = Level.SPEAK
    if visitor.person is not None:
        levels |= _levels_of_person(visitor.person, meetings)
    return levels


def _levels_of_person(person: Person, meetings: Collection[Meeting]) -> dict[str, Level]:
    """What comes with being signed in: the own roles, hosting, and the project rooms of the own company."""
    asked = {meeting.pk for meeting in meetings}
    held = {(meeting_id, role) for meeting_id, holder, role in _roles_in(asked) if holder == person.pk}
    has_stage_role = {meeting_id for meeting_id, role in held if role in SPEAKING_ROLES}
    hosted = {meeting_id for meeting_id, role in held if role in HOST_ROLES}
    levels = dict.fromkeys(has_stage_role | _in_project_rooms(person, meetings), Level.SPEAK)
    for meeting in meetings:
        if meeting.host_id == person.pk or meeting.pk in hosted:
            levels[meeting.pk] = Level.HOST
    return levels


def _in_project_rooms(person: Person, meetings: Collection[Meeting]) -> set[str]:
    """Which of the meetings are in a project room of the person's company."""
    asked = {meeting.room_id for meeting in meetings if meeting.room.is_project_room}
    if not asked or not person.company_id:
        return set()
    rooms = set(project_rooms(Visitor(person)).filter(pk__in=asked).values_list("pk", flat=True))
    return {meeting.pk for meeting in meetings if meeting.room_id in rooms}


def stage_roles_of(visitor: Visitor) -> QuerySet[MeetingRole]:
    """Where they speak or interpret: signed in, or by a link that only the holder of that address was sent."""
    by_registration = Registration.objects.active().filter(
        pk__in=visitor.registration_ids, meeting=OuterRef("meeting"), person=OuterRef("person")
    )
    theirs = Q(pk__in=visitor.role_ids) | Q(Exists(by_registration))
    if visitor.person is not None:
        theirs |= Q(person=visitor.person)
    return MeetingRole.objects.filter(theirs, role__in=SPEAKING_ROLES, person__is_active=True)


_SHOWN = ("host", "host_company", "programme", "series", "room")


def meeting_for(visitor: Visitor, meeting_id: str, level: Level = Level.SEE) -> Meeting:
    """Raises NotVisible when the visitor does not see it, NotAllowed when their level does not reach."""
    meeting = visible_meetings(visitor).select_related(*_SHOWN).filter(pk=meeting_id).first()
    if meeting is None:
        raise NotVisible
    if level > Level.SEE and level_in(visitor, meeting) < level:
        raise NotAllowed
    return meeting


_open_meetings: CachedRead[Meeting | None] = CachedRead()


def meeting_to_show(visitor: Visitor, meeting_id: str) -> Meeting:
    """As `meeting_for`, for a page that changes nothing: what anybody may see is read once for all."""
    anybody = Meeting.objects.published().filter(visibility=Meeting.Visibility.PUBLIC, pk=meeting_id)
    shown = copy(_open_meetings.get_or_read(meeting_id, lambda: anybody.select_related(*_SHOWN).first()))
    return shown or meeting_for(visitor, meeting_id)


def visible_programmes(visitor: Visitor) -> ProgrammeQuerySet:
    return Programme.objects.all() if visitor.is_secretariat else Programme.objects.filter(is_published=True)


def programme_for(visitor: Visitor, slug: str) -> Programme:
    programme = visible_programmes(visitor).filter(slug=slug).first()
    if programme is None:
        raise NotVisible
    return programme


def series_for(visitor: Visitor, series_id: str) -> Series:
    """A series is seen by who sees at least one meeting of it."""
    series = Series.objects.filter(pk=series_id).first()
    if series is None or not visible_meetings(visitor).filter(series=series).exists():
        raise NotVisible
    return series


def can_schedule(visitor: Visitor) -> bool:
    """Everybody of a company, and the secretariat, may host; a guest may not."""
    return visitor.is_secretariat or visitor.company is not None


def owns_address(visitor: Visitor, email: str) -> bool:
    """Whether the visitor has shown that this address is theirs."""
    return Person.objects.filter(pk__in=visitor.person_ids, email=email.strip().lower()).exists()


# ---- registrations ---------------------------------------------------------------------------------------


def own_registrations(visitor: Visitor) -> RegistrationQuerySet:
    own = Q(pk__in=visitor.registration_ids)
    if visitor.person is not None:
        own |= Q(person=visitor.person)
    return Registration.objects.filter(own)


def own_registration_in(visitor: Visitor, meeting: Meeting) -> Registration | None:
    """The visitor's active registration in a meeting; their own before one they hold a link for."""
    return own_registrations_in(visitor, [meeting]).get(meeting.pk)


def own_registrations_in(visitor: Visitor, meetings: Collection[Meeting]) -> dict[str, Registration]:
    """By meeting id, as `own_registration_in`."""
    if visitor.person is None and not visitor.registration_ids:
        return {}
    asked = {meeting.pk: meeting for meeting in meetings}
    own = own_registrations(visitor).select_related("person").order_by()
    if visitor.person is not None:  # whose registrations of many years are not read for one meeting
        own = own.filter(meeting__in=asked)
    found = [
        registration
        for registration in own
        if registration.meeting_id in asked and registration.state != Registration.State.CANCELLED
    ]
    if not found:
        return {}
    stage = {(meeting_id, holder) for meeting_id, holder, role in _roles_in(asked) if role in SPEAKING_ROLES}
    has_stage_role = {
        registration.meeting_id
        for registration in found
        if (registration.meeting_id, registration.person_id) in stage
    }
    person_id = visitor.person.pk if visitor.person else None
    # Their own comes last, and so wins over one they hold a link for.
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
        registration.has_stage_role = registration.meeting_id in has_stage_role  # by whichever of their links
    return {registration.meeting_id: registration for registration in registrations}


_roles: CachedRead[frozenset[tuple[str, int, str]]] = CachedRead()


def _roles_in(meetings: Collection[str]) -> frozenset[tuple[str, int, str]]:
    """Meeting, person and role of everybody active who has one; read once for all who ask about these meetings."""
    roles = MeetingRole.objects.filter(person__is_active=True).values_list("meeting_id", "person_id", "role")
    return _roles.get_or_read(frozenset(meetings), lambda: frozenset(roles.filter(meeting__in=meetings)))


def registration_for(visitor: Visitor, registration_id: str) -> Registration:
    """One's own registration, or one in a meeting that the visitor hosts."""
    registration = (
        Registration.objects.select_related("meeting", "person", "meeting__room")
        .filter(pk=registration_id)
        .first()
    )
    if registration is None:
        raise NotVisible
    if own_registrations(visitor).filter(pk=registration.pk).exists():
        return registration
    if level_in(visitor, registration.meeting) >= Level.HOST:
        return registration
    raise NotVisible


# ---- rooms -----------------------------------------------------------------------------------------------


def project_rooms(visitor: Visitor) -> QuerySet[Room]:
    """Only for the people of its companies; the secretariat sees the meetings of others, not their rooms."""
    rooms = Room.objects.filter(kind=Room.Kind.PROJECT)
    return rooms.filter(companies=visitor.company) if visitor.company is not None else rooms.none()


@dataclass(frozen=True)
class MeetingAccess:
    """A visitor in the meeting of a room: as whom they come, by which registration, at what level.

    `by_stage_link`: they hold the personal link of this person's place on the stage.
    """

    meeting: Meeting
    person: Person
    registration: Registration | None
    level: Level
    by_stage_link: bool = False


_meetings_of_rooms: CachedRead[Meeting | None] = CachedRead()


def current_meeting(room_id: str) -> Meeting | None:
    """The one that is held in the room now, else the next scheduled, else the last; read once for all who ask."""
    return copy(_meetings_of_rooms.get_or_read(room_id, lambda: meetings_in_room(room_id).first()))


def meetings_in_room(room_id: str) -> MeetingQuerySet:
    """Those that can be entered; the current one is the first."""
    state = Meeting.State
    rank = Case(When(state=state.LIVE, then=0), When(state=state.SCHEDULED, then=1), default=2)
    ahead = Case(When(state__in=Meeting.OPEN_STATES, then="starts_at"))
    there = Meeting.objects.filter(room=room_id, state__in=[*Meeting.OPEN_STATES, state.ENDED])
    return there.order_by(rank, ahead, "-starts_at").select_related("host", "host_company", "room")


def meeting_access(visitor: Visitor, room_id: str) -> MeetingAccess:
    """Raises NotVisible unless the visitor sees the room's meeting, NotAllowed when they see it and have no seat."""
    meeting = current_meeting(room_id)
    registrations = own_registrations_in(visitor, [meeting]) if meeting is not None else {}
    if meeting is None or not (meeting.pk in registrations or _sees(visitor, meeting)):
        raise NotVisible
    level, registration = (
        levels_in(visitor, [meeting], registrations)[meeting.pk],
        registrations.get(meeting.pk),
    )
    if meeting.room.is_project_room and not _is_guest_of_project(visitor, meeting, registration):
        raise NotVisible  # the secretariat, too: what companies say in their own room is theirs
    if level < Level.ENTER:
        raise NotAllowed
    has_stage_role = level == Level.SPEAK
    places = (
        list(stage_roles_of(visitor).filter(meeting=meeting).select_related("person"))
        if has_stage_role
        else []
    )
    person = _person_entering(visitor, places, level, registration)
    own = registration if registration is not None and registration.person_id == person.pk else None
    by_stage_link = any(role.pk in visitor.role_ids and role.person_id == person.pk for role in places)
    return MeetingAccess(meeting, person, own, level, by_stage_link)


def _is_guest_of_project(visitor: Visitor, meeting: Meeting, registration: Registration | None) -> bool:
    return (registration is not None and registration.can_enter) or is_host_or_on_stage(visitor, meeting)


def _person_entering(
    visitor: Visitor, places: list[MeetingRole], level: Level, registration: Registration | None
) -> Person:
    """As themselves where they have the right to it; else as the one whose link they hold."""
    visitor_id = visitor.person.pk if visitor.person is not None else None
    if places and all(role.person_id != visitor_id for role in places):
        return places[0].person
    if level == Level.ENTER and registration is not None:
        return registration.person
    if visitor.person is None:
        raise NotAllowed
    return visitor.person


def is_host_or_on_stage(visitor: Visitor, meeting: Meeting) -> bool:
    """Hosts it, or was given a role in it."""
    if stage_roles_of(visitor).filter(meeting=meeting).exists():
        return True
    return visitor.person is not None and (
        meeting.host_id == visitor.person.pk or meeting.roles.filter(person=visitor.person).exists()
    )


def _sees(visitor: Visitor, meeting: Meeting) -> bool:
    return visible_meetings(visitor).filter(pk=meeting.pk).exists()
