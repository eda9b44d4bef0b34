"""The rooms' policy for meetings: who may enter, with which access now, and what a room is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Exists, Expression, OuterRef, QuerySet, Subquery
from django.urls import reverse

from companies.composed_queries import ComposedQuery
from companies.languages import LanguageText
from companies.models import Person
from meetings import access, appointing, running, verifying
from meetings.access import HOST_ROLES, LINKED_ROLES, SPEAKING_ROLES, Level, MeetingAccess, Visitor
from meetings.models import Meeting, MeetingRole, Registration
from rooms.models import Room
from rooms.policy import Access, CredentialHolder, Entry, Introduction, Requester, RoomDescription
from rooms.room_state import MeetingState


@dataclass(frozen=True)
class Credential:
    """What personal links grant: a registration, a role in a meeting (`stage` is its key), or both."""

    registration: str = ""
    stage: str = ""

    @classmethod
    def decode(cls, text: str) -> "Credential":
        registration, _separator, stage = text.partition(":")
        return cls(registration, stage)

    def encode(self) -> str:
        return f"{self.registration}:{self.stage}"


class MeetingPolicy:
    """For rooms of one meeting."""

    def entry_for(self, requester: Requester, room: Room) -> Entry:
        return entry_of(access.meeting_access(visitor_of(requester), room.pk), room)

    def current_access(self, room_id: str, holders: Sequence[CredentialHolder]) -> dict[str, Access]:
        return access_by_connection(room_id, holders)

    def describe(self, room: Room) -> RoomDescription:
        meeting = access.meetings_in_room(room.pk).first()
        return description_of(meeting) if meeting is not None else RoomDescription(title={}, state="ended")

    def introduction(self, room: Room) -> Introduction:
        meeting = access.current_meeting(room.pk)
        if meeting is None:
            return Introduction({}, "", reverse("schedule"))
        return Introduction(meeting.title, meeting.host_name, reverse("meeting", args=[meeting.pk]))

    def titles(self, room_ids: Collection[str]) -> dict[str, LanguageText]:
        """Titles of the rooms' last meetings."""
        held = Meeting.objects.filter(room__in=room_ids).order_by("starts_at")
        return dict(held.values_list("room", "title"))

    def is_member(self, _person: int, _room_id: str) -> bool:
        return False

    def roles(self, room_id: str) -> dict[int, str]:
        return roles_in(room_id)

    def countries(self, room_id: str, people: Collection[int]) -> dict[int, str]:
        """Of the registration for the current meeting, else of the company."""
        current = access.meetings_in_room(room_id).select_related(None).values("pk")[:1]
        registered = Registration.objects.active().filter(meeting=Subquery(current), person__in=people)
        of_companies = Person.objects.filter(pk__in=people, company__isnull=False)
        found = dict(of_companies.values_list("pk", "company__country"))
        found |= dict(registered.exclude(country="").values_list("person", "country"))
        return {person: country for person, country in found.items() if country}

    def open_rooms(self, room_ids: Collection[str]) -> set[str]:
        """Those whose meeting is not over."""
        ahead = Meeting.objects.filter(room__in=room_ids, state__in=Meeting.OPEN_STATES)
        return set(ahead.order_by().values_list("room", flat=True))

    def ticket_requested(self, entry: Entry, now: datetime) -> None:
        """Verifies the email address: the link to the room was sent there."""
        if not entry.has_unverified_address:
            return
        held = Credential.decode(entry.credential).registration
        registration = Registration.objects.filter(pk=held).first()
        if registration is not None:
            verifying.verify(registration=registration, now=now)

    def appoint(self, room_id: str, *, person: int, role: str, by: int, now: datetime) -> None:
        meeting, visitor = hosted_in(room_id, by)
        given: dict[str, Any] = {"meeting": meeting, "person": Person.objects.get(pk=person), "by": visitor}
        if role == MeetingRole.Role.ATTENDEE:
            appointing.dismiss(**given, now=now)
        else:
            appointing.appoint(**given, role=role, now=now)

    def set_waiting_room(self, room_id: str, *, on: bool, by: int, now: datetime) -> None:
        meeting, visitor = hosted_in(room_id, by)
        running.set_waiting_room(meeting=meeting, on=on, by=visitor, now=now)


def hosted_in(room_id: str, person: int) -> tuple[Meeting, Visitor]:
    """The room's current meeting, and the person as one who hosts it. Raises NotVisible, NotAllowed."""
    meeting = access.meetings_in_room(room_id).first()
    if meeting is None:
        raise access.NotVisible
    visitor = Visitor(Person.objects.filter(pk=person, is_active=True).first())
    return access.meeting_for(visitor, meeting.pk, Level.HOST), visitor


def visitor_of(requester: Requester) -> Visitor:
    """Raises NotVisible when a program asks for the guest of a meeting that its person does not host."""
    if not requester.guest:
        return access.visitor_from_session(requester.person, requester.session)
    registration = access.registration_for(Visitor(requester.person), requester.guest)
    is_own = requester.person is not None and registration.person_id == requester.person.pk
    if not is_own and access.level_in(Visitor(requester.person), registration.meeting) < Level.HOST:
        raise access.NotVisible
    return Visitor(registration_ids=(registration.pk,))


def entry_of(found: MeetingAccess, room: Room) -> Entry:
    registration, person, meeting = found.registration, found.person, found.meeting
    company = registration.company_name if registration is not None else ""
    return Entry(
        room=room,
        person=person,
        level=found.level,
        role=role_in(meeting, person, found.level),
        name=(registration.name if registration is not None else "") or person.name,
        company_name=company or (person.company.name if person.company is not None else ""),
        credential=Credential(
            registration=registration.pk if registration is not None else "",
            stage=meeting.pk if found.by_stage_link else "",
        ).encode(),
        has_unverified_address=registration is not None and not registration.is_verified,
    )


def role_in(meeting: Meeting, person: Person, level: Level) -> str:
    """The role that others in the room see."""
    is_host = meeting.host_id == person.pk
    if level <= Level.ENTER:  # most people: the cached roles of the meeting are good enough
        return shown_role(level, is_host=is_host, role=access.role_in(meeting, person))
    needs_role = not (is_host and level >= Level.HOST)
    roles = MeetingRole.objects.filter(meeting=meeting, person=person).values_list("role", flat=True)
    return shown_role(level, is_host=is_host, role=roles.first() if needs_role else None)


def shown_role(level: Level, *, is_host: bool, role: str | None) -> str:
    """People who may host without a role, as the secretariat, are shown as co-hosts."""
    if level <= Level.ENTER:
        is_captioner = role == MeetingRole.Role.CAPTIONER
        return (MeetingRole.Role.CAPTIONER if is_captioner else MeetingRole.Role.ATTENDEE).value
    if is_host and level >= Level.HOST:
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


def description_of(meeting: Meeting) -> RoomDescription:
    meeting_state, state = _STATES[meeting.state]
    return RoomDescription(
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


# ---- current access of everybody, in one query -----------------------------------------------------------


# What a project room's column of memberships says beside the roles of members. Who is kept out may not enter by a
# registration or role in a meeting either: they have left, have yet to accept terms, or the project is closed.
NOT_A_MEMBER, KEPT_OUT, READER = "", "kept out", "reader"


@dataclass(frozen=True)
class AccessInputs:
    """The columns that decide a person's access to a room."""

    company: int | None
    is_secretariat: bool
    meeting: str | None
    visibility: str | None
    is_hosting: bool  # is the host of the meeting
    role: str | None
    registration: str | None
    registration_state: str | None
    membership: str = NOT_A_MEMBER  # of the project room

    @property
    def is_member(self) -> bool:
        return self.membership not in (NOT_A_MEMBER, KEPT_OUT)

    @property
    def may_host(self) -> bool:
        return self.is_secretariat or self.is_hosting or self.role in HOST_ROLES

    def as_guest(self, credential: Credential) -> "AccessInputs":
        """Only what a personal link grants: that registration, that role."""
        is_by_registration = self.registration is not None and self.registration == credential.registration
        is_by_stage = credential.stage == self.meeting
        return AccessInputs(
            company=None,
            is_secretariat=False,
            meeting=self.meeting,
            visibility=self.visibility,
            is_hosting=False,
            role=self.role if is_by_registration or is_by_stage else None,
            registration=self.registration if is_by_registration else None,
            registration_state=self.registration_state if is_by_registration else None,
            membership=KEPT_OUT if self.membership == KEPT_OUT else NOT_A_MEMBER,
        )


def access_by_connection(
    room_id: str, holders: Sequence[CredentialHolder], *, of_project: ComposedQuery | None = None
) -> dict[str, Access]:
    """By connection: the access that `entry_for` of MeetingPolicy would grant now.

    A project room gives its own query, `compose_access_inputs` with the column of memberships.
    """
    is_project = of_project is not None
    rows = (of_project or _access_inputs).rows(room_id, {holder.person for holder in holders})
    inputs = {pk: AccessInputs(*row) for pk, *row in rows}  # closed accounts are left out
    found = {}
    for holder in holders:
        person = inputs.get(holder.person)
        if person is None:
            continue
        effective = person if holder.signed_in else person.as_guest(Credential.decode(holder.credential))
        level = _level(effective, is_guest=not holder.signed_in, is_project=is_project)
        if level >= Level.READ:
            role = shown_role(level, is_host=effective.is_hosting, role=effective.role)
            found[holder.connection] = Access(level, role)
    return found


def _level(inputs: AccessInputs, *, is_guest: bool, is_project: bool) -> Level:
    """Level.SEE for people who may not enter."""
    if is_project and inputs.membership != NOT_A_MEMBER:
        return _level_of_member(inputs)
    if inputs.meeting is None or not _sees(inputs):
        return Level.SEE
    has_confirmed = inputs.registration_state == Registration.State.CONFIRMED
    has_place = inputs.is_hosting or (
        inputs.role is not None if not is_guest else inputs.role in LINKED_ROLES
    )
    if is_project and not (has_confirmed or has_place):
        return Level.SEE
    if inputs.may_host and not is_guest:
        return Level.HOST
    if inputs.role in SPEAKING_ROLES:
        return Level.SPEAK
    return Level.ENTER if has_confirmed or inputs.role in LINKED_ROLES else Level.SEE


def _level_of_member(inputs: AccessInputs) -> Level:
    if inputs.membership == KEPT_OUT:
        return Level.SEE
    if inputs.meeting is not None and inputs.may_host:
        return Level.HOST
    speaks = inputs.role in SPEAKING_ROLES
    return Level.READ if inputs.membership == READER and not speaks else Level.SPEAK


def _sees(inputs: AccessInputs) -> bool:
    open_to_all = inputs.visibility == Meeting.Visibility.PUBLIC
    open_to_companies = inputs.visibility == Meeting.Visibility.MEMBERS and inputs.company is not None
    is_own = inputs.is_hosting or inputs.role is not None or inputs.registration is not None
    return open_to_all or open_to_companies or is_own or inputs.is_member or inputs.is_secretariat


def compose_access_inputs(
    room_id: str, people: Collection[int], *memberships: Expression
) -> QuerySet[Person, tuple[Any, ...]]:
    """Rows of people with the fields of AccessInputs; the last is the given expression, if there is one."""
    current = access.meetings_in_room(room_id).select_related(None)
    roles = MeetingRole.objects.filter(meeting=OuterRef("meeting_now"), person=OuterRef("pk")).order_by()
    active = Registration.objects.active().order_by()
    registrations = active.filter(meeting=OuterRef("meeting_now"), person=OuterRef("pk"))
    return (
        Person.objects.filter(pk__in=people, is_active=True)
        .order_by()
        .annotate(meeting_now=Subquery(current.values("pk")[:1]))
        .values_list(
            "pk",
            "company",
            "is_secretariat",
            "meeting_now",
            Subquery(current.values("visibility")[:1]),
            Exists(Meeting.objects.filter(pk=OuterRef("meeting_now"), host=OuterRef("pk"))),
            Subquery(roles.values("role")[:1]),
            Subquery(registrations.values("pk")[:1]),
            Subquery(registrations.values("state")[:1]),
            *memberships,
        )
    )


_access_inputs = ComposedQuery(compose_access_inputs)
