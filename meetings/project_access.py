"""Who may see which project room: the people of its companies, and nobody else."""

from django.db.models import QuerySet

from meetings import access
from meetings.access import NotVisible, Visitor
from meetings.models import ProjectRoom


def project_rooms(visitor: Visitor) -> QuerySet[ProjectRoom]:
    return ProjectRoom.objects.filter(room__in=access.project_rooms(visitor))


def project_room_for(visitor: Visitor, room_id: str) -> ProjectRoom:
    """Raises NotVisible."""
    found = project_rooms(visitor).select_related("room").filter(pk=room_id).first()
    if found is None:
        raise NotVisible
    return found
