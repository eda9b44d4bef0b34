"""What meetings answer about their rooms: who may enter, with which rights now, and what a room is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from companies.languages import LanguageText
from companies.models import Person
from meetings import access, registering
from meetings.access import HOSTS, SPEAKS, Level, MeetingAccess, Visitor
from meetings.models import Meeting, MeetingRole, Registration
from rooms.models import Room
from rooms.policy import Access, Entry, Holder, Introduction, Requester, RoomInfo
from rooms.room_state import MeetingState


@dataclass(frozen=True)
class Credential:
    """What a personal link gave: this registration, a place on the stage of this meeting, or both."""

    registration: str = ""
    stage: str = ""

    @classmethod
    def read(cls, text: str) -> "Credential":
        registration, _separator, stage = text.partition(":")
        return cls(registration, stage)

    def written(self) -> str:
        return f"{self.registration}:{self.stage}"


class MeetingPolicy:
    """Rooms that live with one meeting."""

    def entry_for(self, requester: Requester, room: Room) -> Entry:
        return entry_of(access.meeting_access(visitor_of(requester), room.pk), room)

    def access_now(self, room_id: str, holders: Sequence[Holder]) -> dict[str, Access]:
        return access_by_connection(room_id, holders)

    def about(self, room: Room) -> RoomInfo:
        meeting = access.meetings_in_room(room.pk).first()
        return info_of(meeting) if meeting is not None else RoomInfo(title={}, state="ended")

    def introduction(self, room: Room) -> Introduction:
        meeting = access.current_meeting(room.pk)
        if meeting is None:
            return Introduction({}, "", reverse("schedule"))
        return Introduction(meeting.title, meeting.host_name, reverse("meeting", args=[meeting.pk]))

    def titles(self, room_ids: Collection[str]) -> dict[str, LanguageText]:
        """Of the meetings that are ahead, or were last."""
        held = Meeting.objects.filter(room__in=room_ids).order_by("starts_at")
        return dict(held.values_list("room", "title"))

    def roles(self, room_id: str) -> dict[int, str]:
        return roles_in(room_id)

    def open_rooms(self, room_ids: Collection[str]) -> set[str]:
        """Until the meeting is over."""
        ahead = Meeting.objects.filter(room__in=room_ids, state__in=Meeting.OPEN_STATES)
        return set(ahead.order_by().values_list("room", flat=True))

    def entering(self, entry: Entry, now: datetime) -> None:
        """Who goes into the room by the link that was mailed has shown whose address it is."""
        held = Credential.read(entry.credential).registration
        registration = Registration.objects.select_related("person").filter(pk=held).first() if held else None
        if registration is not None and not registration.is_verified:
            registering.verify(registration=registration, now=now)


def visitor_of(requester: Requester) -> Visitor:
    """Raises NotVisible when a program asks for a guest whom its person does not host."""
    if not requester.guest:
        return access.visitor_with(requester.person, requester.session)
    seat = access.registration_for(Visitor(requester.person), requester.guest)
    own = requester.person is not None and seat.person_id == requester.person.pk
    if not own and access.level_in(Visitor(requester.person), seat.meeting) < Level.HOST:
        raise access.NotVisible
    return Visitor(seats=(seat.pk,))


def entry_of(found: MeetingAccess, room: Room) -> Entry:
    seat, person, meeting = found.registration, found.person, found.meeting
    company = seat.company_name if seat is not None else ""
    return Entry(
        room=room,
        person=person,
        level=found.level,
        role=role_in(meeting, person, found.level),
        name=(seat.name if seat is not None else "") or person.name,
        company_name=company or (person.company.name if person.company is not None else ""),
        credential=Credential(
            registration=seat.pk if seat is not None else "",
            stage=meeting.pk if found.by_stage_link else "",
        ).written(),
    )


def role_in(meeting: Meeting, person: Person, level: Level) -> str:
    """The role that others in the room see."""
    hosts = meeting.host_id == person.pk
    asked = level > Level.ENTER and not (hosts and level >= Level.HOST)
    roles = MeetingRole.objects.filter(meeting=meeting, person=person).values_list("role", flat=True)
    return shown_role(level, hosts=hosts, role=roles.first() if asked else None)


def shown_role(level: Level, *, hosts: bool, role: str | None) -> str:
    """Who may host without having been asked to is shown as a co-host."""
    if level <= Level.ENTER:
        return MeetingRole.Role.ATTENDEE.value
    if hosts and level >= Level.HOST:
        return MeetingRole.Role.HOST.value
    otherwise = MeetingRole.Role.CO_HOST if level >= Level.HOST else MeetingRole.Role.ATTENDEE
    return role or otherwise.value


def roles_in(room_id: str) -> dict[int, str]:
    meeting = access.meetings_in_room(room_id).first()
    if meeting is None:
        return {}
    return {
        **dict(meeting.roles.values_list("person_id", "role")),
        meeting.host_id: MeetingRole.Role.HOST.value,
    }


# ---- what the room is about ------------------------------------------------------------------------------

_STATES: dict[str, tuple[MeetingState, Literal["waiting", "live", "ended"]]] = {
    Meeting.State.SCHEDULED: ("scheduled", "waiting"),
    Meeting.State.LIVE: ("live", "live"),
    Meeting.State.ENDED: ("ended", "ended"),
}


def info_of(meeting: Meeting) -> RoomInfo:
    meeting_state, state = _STATES[meeting.state]
    return RoomInfo(
        title=meeting.title,
        state=state,
        meeting_state=meeting_state,
        meeting=meeting.pk,
        starts_at=meeting.starts_at,
        ends_at=meeting.planned_end,
        started_at=meeting.started_at if meeting.is_live else None,
        closes_at=meeting.closes_at if meeting.is_live else None,
        is_webinar=meeting.is_webinar,
        lobby=meeting.lobby,
    )


# ---- everybody's access now, in one query ----------------------------------------------------------------


@dataclass(frozen=True)
class Ties:
    """All that the access of a person to a room follows from."""

    company: int | None
    is_secretariat: bool
    meeting: str | None
    visibility: str | None
    is_hosting: bool  # the meeting is theirs
    role: str | None
    registration: str | None
    registration_state: str | None
    is_member: bool  # the room belongs to their company

    @property
    def may_host(self) -> bool:
        return self.is_secretariat or self.is_hosting or self.role in HOSTS

    def as_guest(self, credential: Credential) -> "Ties":
        """What counts of it for who came by a personal link: that registration, that place on the stage."""
        came_by_registration = self.registration is not None and self.registration == credential.registration
        came_by_stage = credential.stage == self.meeting
        return Ties(
            company=None,
            is_secretariat=False,
            meeting=self.meeting,
            visibility=self.visibility,
            is_hosting=False,
            role=self.role if came_by_registration or came_by_stage else None,
            registration=self.registration if came_by_registration else None,
            registration_state=self.registration_state if came_by_registration else None,
            is_member=False,
        )


def access_by_connection(
    room_id: str, holders: Sequence[Holder], *, is_project: bool = False
) -> dict[str, Access]:
    """By connection, as `MeetingPolicy.entry_for` (in a project room `ProjectPolicy.entry_for`) would decide it now."""
    ties = _ties(room_id, {holder.person for holder in holders})
    found = {}
    for holder in holders:
        person = ties.get(holder.person)
        if person is None:
            continue
        counts = person if holder.signed_in else person.as_guest(Credential.read(holder.credential))
        level = _level(counts, is_guest=not holder.signed_in, is_project=is_project)
        if level >= Level.ENTER:
            role = shown_role(level, hosts=counts.is_hosting, role=counts.role)
            found[holder.connection] = Access(level, role)
    return found


def _level(ties: Ties, *, is_guest: bool, is_project: bool) -> Level:
    """SEE for who may not enter."""
    if is_project and ties.is_member:
        return Level.HOST if ties.meeting is not None and ties.may_host else Level.SPEAK
    if ties.meeting is None or not _sees(ties):
        return Level.SEE
    has_confirmed = ties.registration_state == Registration.State.CONFIRMED
    has_place = ties.is_hosting or (ties.role is not None if not is_guest else ties.role in SPEAKS)
    if is_project and not (has_confirmed or has_place):
        return Level.SEE
    if ties.may_host and not is_guest:
        return Level.HOST
    if ties.role in SPEAKS:
        return Level.SPEAK
    return Level.ENTER if has_confirmed else Level.SEE


def _sees(ties: Ties) -> bool:
    open_to_all = ties.visibility == Meeting.Visibility.PUBLIC
    open_to_companies = ties.visibility == Meeting.Visibility.MEMBERS and ties.company is not None
    own = ties.is_hosting or ties.role is not None or ties.registration is not None
    return open_to_all or open_to_companies or own or ties.is_member or ties.is_secretariat


def _ties(room_id: str, people: Collection[int]) -> dict[int, Ties]:
    """By person, of those who are active."""
    current = access.meetings_in_room(room_id).select_related(None)
    roles = MeetingRole.objects.filter(meeting=OuterRef("meeting_now"), person=OuterRef("pk")).order_by()
    active = Registration.objects.active().order_by()
    seats = active.filter(meeting=OuterRef("meeting_now"), person=OuterRef("pk"))
    owners = Room.companies.through.objects.filter(room=room_id, company=OuterRef("company"))
    rows = (
        Person.objects.filter(pk__in=people, is_active=True)
        .annotate(meeting_now=Subquery(current.values("pk")[:1]))
        .values_list(
            "pk",
            "company",
            "is_secretariat",
            "meeting_now",
            Subquery(current.values("visibility")[:1]),
            Exists(Meeting.objects.filter(pk=OuterRef("meeting_now"), host=OuterRef("pk"))),
            Subquery(roles.values("role")[:1]),
            Subquery(seats.values("pk")[:1]),
            Subquery(seats.values("state")[:1]),
            Exists(owners),
        )
    )
    return {pk: Ties(*row) for pk, *row in rows}
