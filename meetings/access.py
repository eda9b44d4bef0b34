"""Who may: the only way to fetch a thing for a person. What one may not see does not exist (NotVisible, 404)."""

from dataclasses import dataclass
from enum import IntEnum

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from companies.models import Company, Person
from meetings.models import (
    Meeting,
    MeetingRole,
    Participant,
    Programme,
    Recording,
    Registration,
    Room,
    Series,
)
from meetings.models.meeting import MeetingQuerySet
from meetings.models.recording import RecordingQuerySet
from meetings.models.registration import RegistrationQuerySet

SEATS = "seats"  # session key: ids of registrations whose personal link this browser has used


class NotVisible(Http404):
    """The thing is not there, as far as this visitor is concerned."""


class NotAllowed(PermissionDenied):
    """The visitor sees the thing and may not do this with it."""


class Level(IntEnum):
    """What a visitor may do with a meeting; each level includes those before it."""

    SEE = 1
    ENTER = 2  # has a confirmed seat, or a role, or belongs to the project room
    SPEAK = 3  # speaker or interpreter
    HOST = 4  # host, co-host, secretariat


@dataclass(frozen=True)
class Visitor:
    """Who asks: a signed-in person, a guest with seats (registration ids) by personal link, both, or nobody."""

    person: Person | None = None
    seats: tuple[str, ...] = ()

    @property
    def is_secretariat(self) -> bool:
        return self.person is not None and self.person.is_active and self.person.is_secretariat

    @property
    def company(self) -> Company | None:
        return self.person.company if self.person else None

    @property
    def person_ids(self) -> list[int]:
        """Everybody this visitor may act as: themselves, and the holders of the seats they have links for."""
        ids = (
            list(Registration.objects.filter(pk__in=self.seats).active().values_list("person_id", flat=True))
            if self.seats
            else []
        )
        return [*([self.person.pk] if self.person else []), *ids]


NOBODY = Visitor()


def visitor_of(request: HttpRequest) -> Visitor:
    person = request.user if isinstance(request.user, Person) and request.user.is_active else None
    seats = request.session.get(SEATS, [])
    return Visitor(person=person, seats=tuple(seat for seat in seats if isinstance(seat, str)))


# ---- meetings --------------------------------------------------------------------------------------------


def visible_meetings(visitor: Visitor) -> MeetingQuerySet:
    """Announced and open to all, or to the cluster for members, or one's own (hosting, speaking, registered, room)."""
    if visitor.is_secretariat:
        return Meeting.objects.all()
    shown = Q(visibility=Meeting.Visibility.PUBLIC)
    if visitor.company is not None:
        shown |= Q(visibility=Meeting.Visibility.MEMBERS)
        shown |= Q(room__in=Room.objects.filter(companies=visitor.company))
    if visitor.seats:
        shown |= Q(pk__in=Registration.objects.filter(pk__in=visitor.seats).values("meeting"))
    seen = ~Q(state=Meeting.State.DRAFT) & shown
    if visitor.person is not None:
        roles = MeetingRole.objects.filter(person=visitor.person)
        seen |= ~Q(state=Meeting.State.DRAFT) & Q(pk__in=roles.values("meeting"))
        seen |= ~Q(state=Meeting.State.DRAFT) & Q(
            pk__in=Registration.objects.filter(person=visitor.person).active().values("meeting")
        )
        seen |= Q(host=visitor.person) | Q(
            pk__in=roles.filter(role=MeetingRole.Role.CO_HOST).values("meeting")
        )
    return Meeting.objects.filter(seen)


def hosted_meetings(visitor: Visitor) -> MeetingQuerySet:
    if visitor.person is None:
        return Meeting.objects.none()
    co_hosted = MeetingRole.objects.filter(
        person=visitor.person, role__in=[MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST]
    ).values("meeting")
    return Meeting.objects.filter(Q(host=visitor.person) | Q(pk__in=co_hosted))


def level_in(visitor: Visitor, meeting: Meeting) -> Level:
    """The visitor's level in a meeting they see."""
    if visitor.is_secretariat:
        return Level.HOST
    if visitor.person is not None:
        if meeting.host_id == visitor.person.pk:
            return Level.HOST
        role = (
            MeetingRole.objects.filter(meeting=meeting, person=visitor.person)
            .values_list("role", flat=True)
            .first()
        )
        if role in {MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST}:
            return Level.HOST
        if role in {MeetingRole.Role.SPEAKER, MeetingRole.Role.INTERPRETER}:
            return Level.SPEAK
        if visitor.company is not None and meeting.room.companies.filter(pk=visitor.company.pk).exists():
            return Level.SPEAK
    seat = seat_in(visitor, meeting)
    return Level.ENTER if seat is not None and seat.may_enter else Level.SEE


def meeting_for(visitor: Visitor, meeting_id: str, level: Level = Level.SEE) -> Meeting:
    """Raises NotVisible when the visitor does not see it, NotAllowed when their level does not reach."""
    found = visible_meetings(visitor).select_related("host", "host_company", "programme", "series", "room")
    meeting = found.filter(pk=meeting_id).first()
    if meeting is None:
        raise NotVisible
    if level > Level.SEE and level_in(visitor, meeting) < level:
        raise NotAllowed
    return meeting


def visible_programmes(visitor: Visitor) -> QuerySet[Programme]:
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


# ---- seats -----------------------------------------------------------------------------------------------


def own_registrations(visitor: Visitor) -> RegistrationQuerySet:
    own = Q(pk__in=visitor.seats)
    if visitor.person is not None:
        own |= Q(person=visitor.person)
    return Registration.objects.filter(own)


def seat_in(visitor: Visitor, meeting: Meeting) -> Registration | None:
    """The visitor's active registration in a meeting; their own before one they hold a link for."""
    seats = own_registrations(visitor).active().filter(meeting=meeting).select_related("person", "meeting")
    person_id = visitor.person.pk if visitor.person else None
    return min(seats, key=lambda seat: seat.person_id != person_id, default=None)


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


def project_room_for(visitor: Visitor, room_id: str) -> Room:
    room = project_rooms(visitor).filter(pk=room_id).first()
    if room is None:
        raise NotVisible
    return room


@dataclass(frozen=True)
class Entry:
    """The right to enter a room: as whom, by which seat, for which meeting, and at what level."""

    room: Room
    person: Person
    registration: Registration | None
    meeting: Meeting | None
    level: Level


def entry_for(visitor: Visitor, room_id: str) -> Entry:
    """Raises NotVisible unless the visitor sees the room, NotAllowed when they see its meeting and have no seat.

    The meeting is the live one, else the next scheduled, else the last: a room has at most one at a time.
    """
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotVisible
    meeting = current_meeting(room)
    if (
        room.is_project_room
        and visitor.person is not None
        and project_rooms(visitor).filter(pk=room.pk).exists()
    ):
        is_host = meeting is not None and level_in(visitor, meeting) >= Level.HOST
        return Entry(room, visitor.person, None, meeting, Level.HOST if is_host else Level.SPEAK)
    if meeting is None or not visible_meetings(visitor).filter(pk=meeting.pk).exists():
        raise NotVisible
    level = level_in(visitor, meeting)
    seat = seat_in(visitor, meeting)
    if (
        room.is_project_room
        and not belongs_to_stage(visitor, meeting)
        and (seat is None or not seat.may_enter)
    ):
        raise NotVisible  # the secretariat, too: what companies say in their own room is theirs
    if level < Level.ENTER:
        raise NotAllowed
    if visitor.person is not None and (
        level > Level.ENTER or seat is None or seat.person_id == visitor.person.pk
    ):
        own = seat if seat is not None and seat.person_id == visitor.person.pk else None
        return Entry(room, visitor.person, own, meeting, level)
    if seat is None:
        raise NotAllowed
    return Entry(room, seat.person, seat, meeting, level)


def belongs_to_stage(visitor: Visitor, meeting: Meeting) -> bool:
    """Hosts it, or was given a role in it."""
    if visitor.person is None:
        return False
    return meeting.host_id == visitor.person.pk or meeting.roles.filter(person=visitor.person).exists()


def current_meeting(room: Room) -> Meeting | None:
    meetings = Meeting.objects.filter(room=room).select_related("host", "room")
    return (
        meetings.filter(state=Meeting.State.LIVE).first()
        or meetings.filter(state=Meeting.State.SCHEDULED).order_by("starts_at").first()
        or meetings.filter(state=Meeting.State.ENDED).order_by("-starts_at").first()
    )


def is_turned_away(entry: Entry) -> bool:
    """Removed or denied by a host: may not come back by another link."""
    out = [Participant.Admission.REMOVED, Participant.Admission.DENIED]
    return Participant.objects.filter(room=entry.room, person=entry.person, admission__in=out).exists()


# ---- recordings ------------------------------------------------------------------------------------------


def visible_recordings(visitor: Visitor) -> RecordingQuerySet:
    """Published ones, each to whom its visibility names; hosts see all of their meetings'."""
    if visitor.is_secretariat:
        return Recording.objects.all()
    shown = Q(visibility=Recording.Visibility.PUBLIC) & Q(meeting__in=visible_meetings(visitor))
    if visitor.company is not None:
        shown |= Q(visibility=Recording.Visibility.MEMBERS) & Q(meeting__in=visible_meetings(visitor))
        shown |= Q(room__in=project_rooms(visitor)) & ~Q(visibility=Recording.Visibility.HOSTS)
    seats = own_registrations(visitor).filter(state=Registration.State.CONFIRMED).values("meeting")
    shown |= Q(visibility=Recording.Visibility.REGISTERED, meeting__in=seats)
    hosted = hosted_meetings(visitor).values("pk")
    if visitor.person is not None:
        speaking = MeetingRole.objects.filter(person=visitor.person).values("meeting")
        shown |= Q(meeting__in=speaking)
    return Recording.objects.filter((shown & Q(state=Recording.State.PUBLISHED)) | Q(meeting__in=hosted))


def recording_for(visitor: Visitor, recording_id: str, level: Level = Level.SEE) -> Recording:
    found = visible_recordings(visitor).select_related(
        "meeting", "meeting__host_company", "meeting__host", "meeting__room", "room"
    )
    recording = found.filter(pk=recording_id).first()
    if recording is None:
        raise NotVisible
    if level > Level.SEE and level_in(visitor, recording.meeting) < level:
        raise NotAllowed
    return recording
