"""Resources as events, pages and the API show them; oldest first."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from engagement.resources.addresses import readable_host
from engagement.resources.messages import ResourceInfo
from engagement.resources.models import Resource
from rooms.journal import protocol_time

MOST_RESOURCES = 20  # of one meeting


def resources_in(room_id: str, meeting: str) -> QuerySet[Resource]:
    """Those of the meeting, and of a project room those shared between its meetings."""
    return Resource.objects.filter(room=room_id, meeting__in={meeting, ""}).order_by("shared_at", "pk")


def resources_of_meeting(meeting: str, *, only_before: bool = False) -> QuerySet[Resource]:
    """With `only_before`, those that are on the meeting's page before the meeting."""
    found = Resource.objects.filter(meeting=meeting).order_by("shared_at", "pk")
    return found.filter(is_shown_before=True) if only_before else found


def info_of(resource: Resource) -> ResourceInfo:
    path = reverse("room_resource", args=[resource.room_id, resource.pk])
    return ResourceInfo(
        id=resource.pk,
        kind="link" if resource.is_link else "file",
        title=resource.title,
        url=resource.address or path,
        host=readable_host(resource.address) if resource.is_link else "",
        type=resource.file_type,
        size=resource.size,
        at=protocol_time(resource.shared_at),
    )


@dataclass(frozen=True)
class ShownResource:
    """On a page: `host` of a link, or type and size of a document."""

    title: str
    address: str
    host: str
    file_type: str
    size: int

    @property
    def is_link(self) -> bool:
        return self.host != ""


def shown_resource(resource: Resource) -> ShownResource:
    """Documents by the address that asks whether the visitor may have them."""
    return ShownResource(
        title=resource.title,
        address=resource.address or reverse("resource_file", args=[resource.meeting, resource.pk]),
        host=readable_host(resource.address) if resource.is_link else "",
        file_type=resource.file_type.upper(),
        size=resource.size,
    )
