"""Who may see an uploaded picture: whoever sees a page that shows it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.files import FieldFile

from companies.models import Person
from meetings.access.visibility import (
    VisibilityTier,
    meetings_open_to,
    visible_meetings,
    visible_programmes,
)
from meetings.access.visitors import NotVisible, Visitor
from meetings.models import MeetingRole
from meetings.models.meeting import MeetingQuerySet


@dataclass(frozen=True)
class ShownPicture:
    file: FieldFile
    is_public: bool  # also shown to those who are not signed in


def picture_of_person(visitor: Visitor, file_name: str) -> ShownPicture:
    """One's own, or that of somebody whom a meeting that the visitor sees names as host or on stage.

    Raises NotVisible.
    """
    person = Person.objects.filter(picture=f"people/{file_name}", is_active=True).first()
    if person is None:
        raise NotVisible
    if _naming(meetings_open_to(VisibilityTier.PUBLIC), person).exists():
        return ShownPicture(person.picture, is_public=True)
    if person != visitor.person and not _naming(visible_meetings(visitor), person).exists():
        raise NotVisible
    return ShownPicture(person.picture, is_public=False)


def _naming(meetings: MeetingQuerySet, person: Person) -> MeetingQuerySet:
    roles = MeetingRole.objects.filter(meeting=OuterRef("pk"), person=person)
    on_stage = Exists(roles.exclude(role=MeetingRole.Role.ATTENDEE))
    return meetings.filter(Q(host=person) | on_stage)


def cover_of_meeting(visitor: Visitor, file_name: str) -> ShownPicture:
    """Meetings of a series may share one. Raises NotVisible."""
    name = f"covers/{file_name}"
    shown = meetings_open_to(VisibilityTier.PUBLIC).filter(cover=name).first()
    if shown is not None:
        return ShownPicture(shown.cover, is_public=True)
    shown = visible_meetings(visitor).filter(cover=name).first()
    if shown is None:
        raise NotVisible
    return ShownPicture(shown.cover, is_public=False)


def picture_of_programme(visitor: Visitor, file_name: str) -> ShownPicture:
    """Raises NotVisible."""
    programme = visible_programmes(visitor).filter(picture=f"programmes/{file_name}").first()
    if programme is None:
        raise NotVisible
    return ShownPicture(programme.picture, is_public=programme.is_published)
