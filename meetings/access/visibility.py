"""Which meetings, programmes and project rooms a visitor sees, one by one and in bulk."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Lower, NullIf

from companies.models import Person
from meetings.access.memberships import memberships
from meetings.access.visitors import NotVisible, Visitor
from meetings.models import Invitation, Meeting, MeetingRole, Programme, Registration, Series
from meetings.models.invitation import InvitationQuerySet
from meetings.models.meeting import MeetingQuerySet
from meetings.models.programme import ProgrammeQuerySet
from meetings.models.registration import RegistrationQuerySet
from rooms.models import Room

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


class VisibilityTier(IntEnum):
    """Which meetings a visitor sees who is not involved in any; each tier includes those before it."""

    PUBLIC = 1
    CLUSTER = 2  # belongs to a company
    EVERYTHING = 3  # secretariat


@dataclass(frozen=True)
class VisibilityKey:
    """Cache key: visitors with equal keys see the same meetings."""

    tier: VisibilityTier
    involved: frozenset[str] = frozenset()


def tier_of(visitor: Visitor) -> VisibilityTier:
    if visitor.is_secretariat:
        return VisibilityTier.EVERYTHING
    return VisibilityTier.PUBLIC if visitor.company is None else VisibilityTier.CLUSTER


def visible_meetings(visitor: Visitor) -> MeetingQuerySet:
    """Published and open to the visitor's tier, or involving them: host, speaker, registered, invited, project room."""
    tier = tier_of(visitor)
    if not _may_see_more(visitor):
        return meetings_open_to(tier)
    return Meeting.objects.filter(_visible_to_tier(tier) | _involving(visitor))


def visible_meeting(visitor: Visitor, meeting_id: str, *related: str) -> Meeting | None:
    """The one of these that has this id, with its related rows."""
    meeting = Meeting.objects.filter(pk=meeting_id).select_related("room", *related).first()
    return meeting if meeting is not None and sees_meeting(visitor, meeting) else None


def sees_meeting(visitor: Visitor, meeting: Meeting) -> bool:
    """Whether it is among them. Whom it involves is the costly question: only what is hidden from the tier needs it."""
    if _is_open_to(tier_of(visitor), meeting):
        return True
    if not _may_see_more(visitor):
        return False
    involved = _involving(visitor, may_be_closed=meeting.room.is_project_room)
    return Meeting.objects.filter(involved, pk=meeting.pk).exists()


def _may_see_more(visitor: Visitor) -> bool:
    """Than everybody of their tier."""
    return can_be_involved(visitor) and not visitor.is_secretariat


def involved_meeting_ids(visitor: Visitor, *, among: Collection[str]) -> frozenset[str]:
    """Ids of those among these published meetings that involve the visitor; for meetings hidden from their tier."""
    if not among or not can_be_involved(visitor):
        return frozenset()
    if visitor.person is None and not (visitor.role_ids or visitor.invitation_ids):
        registrations = Registration.objects.filter(pk__in=visitor.registration_ids).active()
        held = not_closed(registrations).order_by().values_list("meeting", flat=True)
        return frozenset(held).intersection(among)
    involved = Meeting.objects.filter(_involving(visitor), pk__in=among).order_by()
    return frozenset(involved.values_list("pk", flat=True))


def meetings_hidden_from(tier: VisibilityTier) -> MeetingQuerySet:
    """Published ones that only those involved see."""
    return Meeting.objects.published().exclude(_visible_to_tier(tier))


def meetings_visible_to(visibility_key: VisibilityKey) -> MeetingQuerySet:
    """Those of its tier, and the hidden ones that it names as involving the visitor."""
    return Meeting.objects.filter(_visible_to_tier(visibility_key.tier) | Q(pk__in=visibility_key.involved))


def can_be_involved(visitor: Visitor) -> bool:
    """Whether a meeting may involve them at all: signed in, or with a personal link."""
    return visitor.person is not None or bool(
        visitor.registration_ids or visitor.role_ids or visitor.invitation_ids
    )


def meetings_open_to(tier: VisibilityTier) -> MeetingQuerySet:
    """Those that everybody of this tier sees."""
    return Meeting.objects.filter(_visible_to_tier(tier))


def meetings_involving(visitor: Visitor) -> MeetingQuerySet:
    """Those that involve the visitor, whatever their tier."""
    return Meeting.objects.filter(_involving(visitor))


# What each tier sees of meetings and recordings; the secretariat sees everything.
VISIBILITIES_OF_TIER: Mapping[VisibilityTier, tuple[Meeting.Visibility, ...]] = {
    VisibilityTier.PUBLIC: (Meeting.Visibility.PUBLIC,),
    VisibilityTier.CLUSTER: (Meeting.Visibility.PUBLIC, Meeting.Visibility.MEMBERS),
}


def _is_open_to(tier: VisibilityTier, meeting: Meeting) -> bool:
    """As `_visible_to_tier`."""
    if tier == VisibilityTier.EVERYTHING:
        return True
    return meeting.state != Meeting.State.DRAFT and meeting.visibility in VISIBILITIES_OF_TIER[tier]


def _visible_to_tier(tier: VisibilityTier) -> Q:
    if tier == VisibilityTier.EVERYTHING:
        return ~Q(pk__in=[])
    return ~Q(state=Meeting.State.DRAFT) & Q(visibility__in=VISIBILITIES_OF_TIER[tier])


def _involving(visitor: Visitor, *, may_be_closed: bool = True) -> Q:
    """Drafts for their hosts alone; none of a project that is closed to them. `may_be_closed` as in `not_closed`."""
    involved = Q(pk__in=[])
    if visitor.registration_ids:
        registrations = Registration.objects.filter(pk__in=visitor.registration_ids).active()
        involved |= Q(pk__in=not_closed(registrations, may_be_closed=may_be_closed).values("meeting"))
    if visitor.role_ids:
        roles = MeetingRole.objects.filter(pk__in=visitor.role_ids)
        involved |= Q(pk__in=not_closed(roles, may_be_closed=may_be_closed).values("meeting"))
    if visitor.person is not None or visitor.invitation_ids:
        invitations = own_invitations(visitor, may_be_closed=may_be_closed)
        involved |= Q(pk__in=invitations.admitting().values("meeting"))
    is_published = ~Q(state=Meeting.State.DRAFT)
    if visitor.person is None:
        return is_published & involved
    roles = MeetingRole.objects.filter(person=visitor.person)
    own = Q(pk__in=roles.values("meeting"))
    own |= Q(pk__in=Registration.objects.filter(person=visitor.person).active().values("meeting"))
    hosted = Q(host=visitor.person) | Q(pk__in=roles.filter(role=MeetingRole.Role.CO_HOST).values("meeting"))
    if not may_be_closed:
        return (is_published & (involved | own)) | hosted
    own |= Q(room__in=project_rooms(visitor).values("pk"))
    by_themselves = ((is_published & own) | hosted) & ~_in_closed_project(visitor)
    return (is_published & involved) | by_themselves


def _in_closed_project(visitor: Visitor) -> Q:
    return Q(room__in=closed_project_rooms(visitor).values("pk"))


def not_closed(rows: Rows, *, may_be_closed: bool = True) -> Rows:
    """Without those of whoever has left the meeting's project, or has yet to accept its terms.

    Whoever asks about meetings that are in no project room says so: it is the costliest part of most questions.
    """
    if not may_be_closed:
        return rows
    return rows.exclude(memberships().is_closed(person="person", room="meeting__room"))


def hosted_meetings(visitor: Visitor) -> MeetingQuerySet:
    if visitor.person is None:
        return Meeting.objects.none()
    co_hosted = MeetingRole.objects.filter(
        person=visitor.person, role__in=[MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST]
    ).values("meeting")
    hosted = Meeting.objects.filter(Q(host=visitor.person) | Q(pk__in=co_hosted))
    return hosted.exclude(_in_closed_project(visitor))


def own_meetings(visitor: Visitor, *, is_confirmed: bool = False) -> MeetingQuerySet:
    """My meetings: registered for, invited to, hosted, with a role in, or in one of the visitor's project rooms.

    With `is_confirmed` only confirmed registrations count, as in a calendar.
    """
    registrations = own_registrations(visitor).active()
    if is_confirmed:
        registrations = registrations.filter(state=Registration.State.CONFIRMED)
    own = Q(pk__in=registrations.values("meeting"))
    if not is_confirmed and (visitor.person is not None or visitor.invitation_ids):
        own |= Q(pk__in=own_invitations(visitor).unanswered().values("meeting"))
    if visitor.role_ids:
        roles = MeetingRole.objects.filter(pk__in=visitor.role_ids)
        own |= Q(pk__in=not_closed(roles).values("meeting"))
    if visitor.person is not None:
        own |= Q(pk__in=hosted_meetings(visitor).values("pk"))
        roles = MeetingRole.objects.filter(person=visitor.person)
        own |= Q(pk__in=not_closed(roles).values("meeting"))
        own |= Q(room__in=opened_project_rooms(visitor).values("pk"))
    return Meeting.objects.filter(own)


def meetings_by_id(keys: Collection[str]) -> MeetingQuerySet:
    """Meetings that the caller has found for this visitor before."""
    return Meeting.objects.filter(pk__in=keys)


def active_registrations_in(meetings: Collection[Meeting]) -> RegistrationQuerySet:
    """For counting only: whose they are is for the hosts to know."""
    return Registration.objects.active().filter(meeting__in=meetings)


def companies_by_country(meeting: Meeting) -> Iterator[tuple[str, int]]:
    """How many companies are registered for it, by country; whoever gave neither is not counted."""
    confirmed = Registration.objects.filter(meeting=meeting, state=Registration.State.CONFIRMED)
    named = confirmed.exclude(company=None, company_name="").order_by()
    rows = named.annotate(
        from_country=Coalesce(NullIf("country", Value("")), "company__country"),
        of_company=Coalesce(Cast("company", CharField()), Lower("company_name")),
    )
    counted = rows.values_list("from_country").annotate(Count("of_company", distinct=True))
    return ((country, companies) for country, companies in counted if country)


def speakers_at(meetings: QuerySet[Meeting]) -> QuerySet[Person]:
    """Who speaks at any of these meetings and has a name, by name."""
    spoken = MeetingRole.objects.filter(
        person=OuterRef("pk"), role=MeetingRole.Role.SPEAKER, meeting__in=meetings.order_by().values("pk")
    )
    named = Person.objects.filter(Exists(spoken), is_active=True).exclude(name="")
    return named.select_related("company").order_by("name", "pk")


def series_of(meetings: MeetingQuerySet) -> QuerySet[Series]:
    """The series that these meetings belong to."""
    return Series.objects.filter(Exists(meetings.filter(series=OuterRef("pk"))))


def published_in_series(series: Collection[str]) -> MeetingQuerySet:
    """For counting only: some may be hidden from the visitor."""
    return Meeting.objects.published().filter(series__in=series)


def own_registrations(visitor: Visitor, *, may_be_closed: bool = True) -> RegistrationQuerySet:
    """`may_be_closed` as in `not_closed`."""
    own = Q(pk__in=visitor.registration_ids, person__erased_at__isnull=True)
    if visitor.person is not None:
        own |= Q(person=visitor.person)
    return not_closed(Registration.objects.filter(own), may_be_closed=may_be_closed)


def own_invitations(visitor: Visitor, *, may_be_closed: bool = True) -> InvitationQuerySet:
    """Also declined ones, as an answer may be changed; not withdrawn ones. `may_be_closed` as in `not_closed`."""
    own = Q(pk__in=visitor.invitation_ids)
    if visitor.person is not None:
        own |= Q(person=visitor.person)
    return not_closed(Invitation.objects.filter(own).standing(), may_be_closed=may_be_closed)


def visible_programmes(visitor: Visitor) -> ProgrammeQuerySet:
    return Programme.objects.all() if visitor.is_secretariat else Programme.objects.filter(is_published=True)


def unpublished_programmes(visitor: Visitor) -> ProgrammeQuerySet:
    """The oldest first. Only the secretariat sees any."""
    return visible_programmes(visitor).filter(is_published=False).order_by("created_at", "pk")


def programme_for(visitor: Visitor, slug: str) -> Programme:
    programme = visible_programmes(visitor).filter(slug=slug).first()
    if programme is None:
        raise NotVisible
    return programme


def series_for(visitor: Visitor, series_id: str) -> Series:
    """Raises NotVisible unless the visitor sees at least one of its meetings."""
    series = Series.objects.filter(pk=series_id).first()
    if series is None or not visible_meetings(visitor).filter(series=series).exists():
        raise NotVisible
    return series


def project_rooms(visitor: Visitor) -> QuerySet[Room]:
    """Only for its members; the secretariat sees the meetings of others, not their rooms."""
    return memberships().rooms_of(visitor.person) if visitor.person is not None else Room.objects.none()


def opened_project_rooms(visitor: Visitor) -> QuerySet[Room]:
    """Those whose content the visitor may read: they have accepted the terms of confidentiality."""
    return (
        memberships().opened_rooms_of(visitor.person) if visitor.person is not None else Room.objects.none()
    )


def closed_project_rooms(visitor: Visitor) -> QuerySet[Room]:
    """Those that the visitor has left, or whose terms of confidentiality they have yet to accept."""
    return (
        memberships().closed_rooms_of(visitor.person) if visitor.person is not None else Room.objects.none()
    )


def project_rooms_to_meet_in(visitor: Visitor) -> QuerySet[Room]:
    """Those in which the visitor may schedule meetings."""
    person = visitor.person
    return memberships().writable_rooms_of(person) if person is not None else Room.objects.none()
