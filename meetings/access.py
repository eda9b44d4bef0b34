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
from companies.process_cache import Read
from meetings.models import Meeting, MeetingRole, Programme, Registration, Series
from meetings.models.meeting import MeetingQuerySet
from meetings.models.programme import ProgrammeQuerySet
from meetings.models.registration import RegistrationQuerySet
from rooms import policy
from rooms.models import Room

# Session keys: ids of the registrations, and of the places on a stage, whose personal link this browser has used.
SEATS = "seats"
STAGE = "stage"
HOSTS = frozenset({MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST})
SPEAKS = frozenset({MeetingRole.Role.SPEAKER, MeetingRole.Role.INTERPRETER})


class NotVisible(Http404):
    """The thing is not there, as far as this visitor is concerned."""


class NotAllowed(PermissionDenied):
    """The visitor sees the thing and may not do this with it."""


Level = policy.Level


@dataclass(frozen=True)
class Visitor:
    """Who asks: a signed-in person, a guest by personal links, both, or nobody.

    `seats` are ids of registrations, `stage` of MeetingRoles. A link lets speak, never host: that takes signing in.
    """

    person: Person | None = None
    seats: tuple[str, ...] = ()
    stage: tuple[int, ...] = ()

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
        if self.seats:
            seats = Registration.objects.filter(pk__in=self.seats).active()
            ids.extend(seats.values_list("person_id", flat=True))
        if self.stage:
            ids.extend(MeetingRole.objects.filter(pk__in=self.stage).values_list("person_id", flat=True))
        return ids


def visitor_of(request: HttpRequest) -> Visitor:
    person = request.user if isinstance(request.user, Person) and request.user.is_active else None
    return visitor_with(person, request.session)


def visitor_with(person: Person | None, session: Mapping[str, Any]) -> Visitor:
    """Who is signed in, and holds the personal links that this browser's session keeps."""
    seats = tuple(seat for seat in session.get(SEATS, []) if isinstance(seat, str))
    stage = tuple(role for role in session.get(STAGE, []) if isinstance(role, int))
    return Visitor(person, seats, stage)


# ---- meetings --------------------------------------------------------------------------------------------


class Reach(IntEnum):
    """Which meetings somebody sees who has no tie to any; each includes those before it."""

    PUBLIC = 1
    CLUSTER = 2  # belongs to a company
    EVERYTHING = 3  # secretariat


@dataclass(frozen=True)
class Audience:
    """All who see the same meetings: those within their reach, and these that they have a tie to."""

    reach: Reach
    tied: frozenset[str] = frozenset()


def reach_of(visitor: Visitor) -> Reach:
    if visitor.is_secretariat:
        return Reach.EVERYTHING
    return Reach.PUBLIC if visitor.company is None else Reach.CLUSTER


def visible_meetings(visitor: Visitor) -> MeetingQuerySet:
    """Announced and open to all, or to the cluster for members, or one's own (hosting, speaking, registered, room)."""
    return Meeting.objects.filter(_within(reach_of(visitor)) | _ties(visitor))


def tied_to(visitor: Visitor, *, among: Collection[str]) -> frozenset[str]:
    """Which of these announced meetings the visitor has a tie to; asked of those beyond their reach."""
    if not among or not may_have_ties(visitor):
        return frozenset()
    if visitor.person is None and not visitor.stage:
        held = Registration.objects.filter(pk__in=visitor.seats).order_by().values_list("meeting", flat=True)
        return frozenset(held).intersection(among)
    tied = Meeting.objects.filter(_ties(visitor), pk__in=among).order_by()
    return frozenset(tied.values_list("pk", flat=True))


def meetings_beyond(reach: Reach) -> MeetingQuerySet:
    """Announced ones that it takes a tie to see."""
    return Meeting.objects.announced().exclude(_within(reach))


def meetings_of(audience: Audience) -> MeetingQuerySet:
    """All that it sees of those among which its ties were looked for."""
    return Meeting.objects.filter(_within(audience.reach) | Q(pk__in=audience.tied))


def may_have_ties(visitor: Visitor) -> bool:
    """May have any: is signed in, or came by a personal link."""
    return visitor.person is not None or bool(visitor.seats or visitor.stage)


def meetings_within(reach: Reach) -> MeetingQuerySet:
    """Those that it takes no tie to see."""
    return Meeting.objects.filter(_within(reach))


def meetings_tied_to(visitor: Visitor) -> MeetingQuerySet:
    """Those that the visitor has a tie to, whatever their reach."""
    return Meeting.objects.filter(_ties(visitor))


# What is open to whom without a tie, a meeting as well as its recording; the secretariat sees everything.
OPEN_TO: Mapping[Reach, tuple[Meeting.Visibility, ...]] = {
    Reach.PUBLIC: (Meeting.Visibility.PUBLIC,),
    Reach.CLUSTER: (Meeting.Visibility.PUBLIC, Meeting.Visibility.MEMBERS),
}


def _within(reach: Reach) -> Q:
    if reach == Reach.EVERYTHING:
        return ~Q(pk__in=[])
    return ~Q(state=Meeting.State.DRAFT) & Q(visibility__in=OPEN_TO[reach])


def _ties(visitor: Visitor) -> Q:
    """Meetings of one's own; drafts for their hosts alone."""
    tied = Q(pk__in=[])
    if visitor.company is not None:
        tied |= Q(room__in=Room.objects.filter(companies=visitor.company))
    if visitor.seats:
        tied |= Q(pk__in=Registration.objects.filter(pk__in=visitor.seats).values("meeting"))
    if visitor.stage:
        tied |= Q(pk__in=MeetingRole.objects.filter(pk__in=visitor.stage).values("meeting"))
    if visitor.person is None:
        return ~Q(state=Meeting.State.DRAFT) & tied
    roles = MeetingRole.objects.filter(person=visitor.person)
    tied |= Q(pk__in=roles.values("meeting"))
    tied |= Q(pk__in=Registration.objects.filter(person=visitor.person).active().values("meeting"))
    hosted = Q(host=visitor.person) | Q(pk__in=roles.filter(role=MeetingRole.Role.CO_HOST).values("meeting"))
    return (~Q(state=Meeting.State.DRAFT) & tied) | hosted


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
    seats = own_registrations(visitor).active()
    if is_confirmed:
        seats = seats.filter(state=Registration.State.CONFIRMED)
    own = Q(pk__in=seats.values("meeting"))
    if visitor.person is not None:
        own |= Q(pk__in=hosted_meetings(visitor).values("pk"))
        own |= Q(pk__in=MeetingRole.objects.filter(person=visitor.person).values("meeting"))
        own |= Q(room__in=project_rooms(visitor).values("pk"))
    return Meeting.objects.filter(own)


def meetings_found(keys: Collection[str]) -> MeetingQuerySet:
    """Those that the caller has found for this visitor before, by key."""
    return Meeting.objects.filter(pk__in=keys)


def registrations_in(meetings: Collection[Meeting]) -> RegistrationQuerySet:
    """Active ones, to be counted: whose they are is for the hosts to know."""
    return Registration.objects.active().filter(meeting__in=meetings)


def series_of(meetings: MeetingQuerySet) -> QuerySet[Series]:
    """Those that one of these meetings is of."""
    return Series.objects.filter(Exists(meetings.filter(series=OuterRef("pk"))))


def announced_in_series(series: Collection[str]) -> MeetingQuerySet:
    """To be counted."""
    return Meeting.objects.announced().filter(series__in=series)


def level_in(visitor: Visitor, meeting: Meeting) -> Level:
    """The visitor's level in a meeting they see."""
    return levels_in(visitor, [meeting], seats_in(visitor, [meeting]))[meeting.pk]


def levels_in(
    visitor: Visitor, meetings: Collection[Meeting], seats: Mapping[str, Registration]
) -> dict[str, Level]:
    """By meeting id, of meetings that the visitor sees; `seats` are `seats_in` these."""
    if visitor.is_secretariat:
        return {meeting.pk: Level.HOST for meeting in meetings}
    levels = {meeting.pk: Level.SEE for meeting in meetings}
    for meeting_id, seat in seats.items():
        levels[meeting_id] = Level.ENTER if seat.may_enter else Level.SEE
        if seat.speaks:
            levels[meeting_id] = Level.SPEAK
    if visitor.stage:
        for role in stage_of(visitor).filter(meeting__in=levels):
            levels[role.meeting_id] = Level.SPEAK
    if visitor.person is not None:
        levels |= _levels_of_person(visitor.person, meetings)
    return levels


def _levels_of_person(person: Person, meetings: Collection[Meeting]) -> dict[str, Level]:
    """What comes with being signed in: the own roles, hosting, and the project rooms of the own company."""
    asked = {meeting.pk for meeting in meetings}
    held = {(meeting_id, role) for meeting_id, holder, role in _roles_in(asked) if holder == person.pk}
    speaks = {meeting_id for meeting_id, role in held if role in SPEAKS}
    hosted = {meeting_id for meeting_id, role in held if role in HOSTS}
    levels = dict.fromkeys(speaks | _in_project_rooms(person, meetings), Level.SPEAK)
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


def stage_of(visitor: Visitor) -> QuerySet[MeetingRole]:
    """Where they speak or interpret: signed in, or by a link that only the holder of that address was sent."""
    by_seat = Registration.objects.active().filter(
        pk__in=visitor.seats, meeting=OuterRef("meeting"), person=OuterRef("person")
    )
    theirs = Q(pk__in=visitor.stage) | Q(Exists(by_seat))
    if visitor.person is not None:
        theirs |= Q(person=visitor.person)
    return MeetingRole.objects.filter(theirs, role__in=SPEAKS, person__is_active=True)


_SHOWN = ("host", "host_company", "programme", "series", "room")


def meeting_for(visitor: Visitor, meeting_id: str, level: Level = Level.SEE) -> Meeting:
    """Raises NotVisible when the visitor does not see it, NotAllowed when their level does not reach."""
    meeting = visible_meetings(visitor).select_related(*_SHOWN).filter(pk=meeting_id).first()
    if meeting is None:
        raise NotVisible
    if level > Level.SEE and level_in(visitor, meeting) < level:
        raise NotAllowed
    return meeting


_open_meetings: Read[Meeting | None] = Read()


def meeting_to_show(visitor: Visitor, meeting_id: str) -> Meeting:
    """As `meeting_for`, for a page that changes nothing: what anybody may see is read once for all."""
    anybody = Meeting.objects.announced().filter(visibility=Meeting.Visibility.PUBLIC, pk=meeting_id)
    shown = copy(_open_meetings.once(meeting_id, lambda: anybody.select_related(*_SHOWN).first()))
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


def may_schedule(visitor: Visitor) -> bool:
    """Everybody of a company, and the secretariat, may host; a guest may not."""
    return visitor.is_secretariat or visitor.company is not None


def acts_for(visitor: Visitor, email: str) -> bool:
    """Whether the visitor has shown that this address is theirs."""
    return Person.objects.filter(pk__in=visitor.person_ids, email=email.strip().lower()).exists()


# ---- seats -----------------------------------------------------------------------------------------------


def own_registrations(visitor: Visitor) -> RegistrationQuerySet:
    own = Q(pk__in=visitor.seats)
    if visitor.person is not None:
        own |= Q(person=visitor.person)
    return Registration.objects.filter(own)


def seat_in(visitor: Visitor, meeting: Meeting) -> Registration | None:
    """The visitor's active registration in a meeting; their own before one they hold a link for."""
    return seats_in(visitor, [meeting]).get(meeting.pk)


def seats_in(visitor: Visitor, meetings: Collection[Meeting]) -> dict[str, Registration]:
    """By meeting id, as `seat_in`."""
    if visitor.person is None and not visitor.seats:
        return {}
    asked = {meeting.pk: meeting for meeting in meetings}
    own = own_registrations(visitor).select_related("person").order_by()
    if visitor.person is not None:  # whose registrations of many years are not read for one meeting
        own = own.filter(meeting__in=asked)
    found = [seat for seat in own if seat.meeting_id in asked and seat.state != Registration.State.CANCELLED]
    if not found:
        return {}
    stage = {(meeting_id, holder) for meeting_id, holder, role in _roles_in(asked) if role in SPEAKS}
    speaks = {seat.meeting_id for seat in found if (seat.meeting_id, seat.person_id) in stage}
    person_id = visitor.person.pk if visitor.person else None
    # Their own comes last, and so wins over one they hold a link for.
    seats = sorted(found, key=lambda seat: (seat.person_id == person_id, seat.registered_at, seat.pk))
    for seat in seats:
        seat.meeting = asked[seat.meeting_id]
        seat.speaks = seat.meeting_id in speaks  # by whichever of their links
    return {seat.meeting_id: seat for seat in seats}


_roles: Read[frozenset[tuple[str, int, str]]] = Read()


def _roles_in(meetings: Collection[str]) -> frozenset[tuple[str, int, str]]:
    """Meeting, person and role of everybody active who has one; read once for all who ask about these meetings."""
    roles = MeetingRole.objects.filter(person__is_active=True).values_list("meeting_id", "person_id", "role")
    return _roles.once(frozenset(meetings), lambda: frozenset(roles.filter(meeting__in=meetings)))


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


_meetings_of_rooms: Read[Meeting | None] = Read()


def current_meeting(room_id: str) -> Meeting | None:
    """The one that is held in the room now, else the next scheduled, else the last; read once for all who ask."""
    return copy(_meetings_of_rooms.once(room_id, lambda: meetings_in_room(room_id).first()))


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
    seats = seats_in(visitor, [meeting]) if meeting is not None else {}
    if meeting is None or not (meeting.pk in seats or _sees(visitor, meeting)):
        raise NotVisible
    level, seat = levels_in(visitor, [meeting], seats)[meeting.pk], seats.get(meeting.pk)
    if meeting.room.is_project_room and not _is_guest_of_project(visitor, meeting, seat):
        raise NotVisible  # the secretariat, too: what companies say in their own room is theirs
    if level < Level.ENTER:
        raise NotAllowed
    speaks = level == Level.SPEAK
    places = list(stage_of(visitor).filter(meeting=meeting).select_related("person")) if speaks else []
    person = _comes_as(visitor, places, level, seat)
    own = seat if seat is not None and seat.person_id == person.pk else None
    by_stage_link = any(role.pk in visitor.stage and role.person_id == person.pk for role in places)
    return MeetingAccess(meeting, person, own, level, by_stage_link)


def _is_guest_of_project(visitor: Visitor, meeting: Meeting, seat: Registration | None) -> bool:
    return (seat is not None and seat.may_enter) or belongs_to_stage(visitor, meeting)


def _comes_as(visitor: Visitor, places: list[MeetingRole], level: Level, seat: Registration | None) -> Person:
    """As themselves where they have the right to it; else as the one whose link they hold."""
    visitor_id = visitor.person.pk if visitor.person is not None else None
    if places and all(role.person_id != visitor_id for role in places):
        return places[0].person
    if level == Level.ENTER and seat is not None:
        return seat.person
    if visitor.person is None:
        raise NotAllowed
    return visitor.person


def belongs_to_stage(visitor: Visitor, meeting: Meeting) -> bool:
    """Hosts it, or was given a role in it."""
    if stage_of(visitor).filter(meeting=meeting).exists():
        return True
    return visitor.person is not None and (
        meeting.host_id == visitor.person.pk or meeting.roles.filter(person=visitor.person).exists()
    )


def _sees(visitor: Visitor, meeting: Meeting) -> bool:
    return visible_meetings(visitor).filter(pk=meeting.pk).exists()


def _sees_by_seat(meeting: Meeting, seats: Mapping[str, Registration]) -> bool:
    """Who holds a place in a meeting that was announced sees it."""
    return meeting.pk in seats and meeting.state != Meeting.State.DRAFT
