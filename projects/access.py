"""Who may see which project room: only the people of its companies."""

from datetime import datetime

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When

from meetings import access
from meetings.access import NotVisible, Visitor
from meetings.models import Meeting
from projects.models import ProjectRoom
from rooms.models import Room, RoomEvent


def project_rooms(visitor: Visitor) -> QuerySet[ProjectRoom]:
    return ProjectRoom.objects.filter(room__in=access.project_rooms(visitor))


def project_room_for(visitor: Visitor, room_id: str) -> ProjectRoom:
    """Raises NotVisible."""
    found = project_rooms(visitor).select_related("room").filter(pk=room_id).first()
    if found is None:
        raise NotVisible
    return found


def by_next_meeting(visitor: Visitor, now: datetime) -> QuerySet[ProjectRoom]:
    """Rooms with a live or the nearest meeting first; each has the id of that meeting as `next_key`."""
    upcoming = Meeting.objects.filter(room=OuterRef("pk")).upcoming(now)
    is_live = Case(When(state=Meeting.State.LIVE, then=0), default=1)
    nearest = upcoming.order_by(is_live, "starts_at", "pk")
    rooms = project_rooms(visitor).annotate(
        next_key=Subquery(nearest.values("pk")[:1]), next_at=Subquery(nearest.values("starts_at")[:1])
    )
    return rooms.order_by(F("next_at").asc(nulls_last=True), "-room__created_at", "pk").prefetch_related(
        "room__companies"
    )


def messages_in(room: Room) -> QuerySet[RoomEvent]:
    """Newest first."""
    return RoomEvent.objects.filter(room=room, ev="chat.message", audience__isnull=True).order_by("-seq")
