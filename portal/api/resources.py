"""The resources of a meeting, for programs."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from api.problems import Problem, invalid
from companies.api.people import caller
from companies.api.schemas import Flag, Name, PlainText, RequestModel, example, strip_nul
from engagement.models import Resource
from engagement.resources import sharing
from engagement.resources.describing import resources_of_meeting, shown_resource
from engagement.resources.models import LONGEST_ADDRESS
from meetings import access
from meetings.access import Level, Visitor
from portal import resources

router = Router(tags=["meetings"])


class LinkIn(RequestModel):
    model_config = example(title="The heat map", url="https://heat.example.org/map", before=True)

    title: Name
    url: Annotated[PlainText, Field(min_length=1, max_length=LONGEST_ADDRESS)]
    before: Flag = Field(False, description="shown on the meeting's page before the meeting, too")


class ResourcePatch(RequestModel):
    model_config = example(title="The heat map of 2027")

    title: Name | None = None
    url: Annotated[PlainText, Field(min_length=1, max_length=LONGEST_ADDRESS)] | None = Field(
        None, description="of a link; a document has none"
    )


class ResourceOut(Schema):
    id: str
    kind: Literal["link", "file"]
    title: str
    url: str = Field(description="of the link, or of the page that serves the document to who is signed in")
    type: str = Field(description="of a document, such as pdf; empty for a link")
    size: int = Field(description="bytes of a document; 0 for a link")
    before: bool = Field(description="shown on the meeting's page before the meeting, too")
    shared_at: datetime


@router.get(
    "/meetings/{meeting_id}/resources",
    response=Page[ResourceOut],
    auth=Scope("meetings:read"),
    operation_id="meetings_resources",
    summary="List the resources of a meeting",
)
def list_resources(request: HttpRequest, meeting_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Oldest first. Hosts get all; people who can join too, once it has begun; others what is shown before."""
    visitor = Visitor(person=caller(request))
    meeting = access.meeting_for(visitor, strip_nul(meeting_id))
    level = access.level_in(visitor, meeting)
    only_before = level < Level.HOST and not resources.has_all(meeting, level)
    return page(resources_of_meeting(meeting.pk, only_before=only_before), asked, "shared_at", _out)


@router.post(
    "/meetings/{meeting_id}/resources",
    response={201: ResourceOut},
    auth=Scope("meetings:write"),
    operation_id="meetings_resources_add",
    summary="Share a link with everyone in a meeting",
)
@decorate_view(idempotent)
def add_link(request: HttpRequest, meeting_id: str, payload: LinkIn) -> Status[ResourceOut]:
    """Hosts only; also once the meeting is over. Documents are uploaded on its pages."""
    person = caller(request)
    meeting = access.meeting_for(Visitor(person=person), strip_nul(meeting_id), Level.HOST)
    if not resources.can_share(meeting):
        raise Problem(
            409, _("This meeting is cancelled. You can no longer share anything."), code="cancelled"
        )
    resource = sharing.share_link(
        room_id=meeting.room_id,
        meeting=meeting.pk,
        title=payload.title,
        address=payload.url,
        is_shown_before=payload.before,
        by=person.pk,
        now=timezone.now(),
    )
    return Status(201, _out(resource))


@router.patch(
    "/meetings/{meeting_id}/resources/{resource_id}",
    response=ResourceOut,
    auth=Scope("meetings:write"),
    operation_id="meetings_resources_change",
    summary="Change the title or the address of a resource",
)
def change_resource(
    request: HttpRequest, meeting_id: str, resource_id: str, payload: ResourcePatch
) -> ResourceOut:
    """Changes only the fields sent, in the room, too. Hosts only."""
    person = caller(request)
    meeting = access.meeting_for(Visitor(person=person), strip_nul(meeting_id), Level.HOST)
    known = resources.resource_for(meeting, strip_nul(resource_id), Level.HOST)
    if known is None:
        raise access.NotVisible
    if payload.url is not None and not known.is_link:
        raise invalid({"url": [_("A document has no web address.")]})
    changed = sharing.change(
        resource_id=known.pk,
        room_id=known.room_id,
        title=known.title if payload.title is None else payload.title,
        address=payload.url,
        by=person.pk,
        now=timezone.now(),
    )
    return _out(changed)


@router.delete(
    "/meetings/{meeting_id}/resources/{resource_id}",
    response={204: None},
    auth=Scope("meetings:write"),
    operation_id="meetings_resources_remove",
    summary="Remove a resource of a meeting",
)
def remove_resource(request: HttpRequest, meeting_id: str, resource_id: str) -> Status[None]:
    """A link or a document, with its file. Hosts only."""
    person = caller(request)
    meeting = access.meeting_for(Visitor(person=person), strip_nul(meeting_id), Level.HOST)
    known = resources.resource_for(meeting, strip_nul(resource_id), Level.HOST)
    if known is None:
        raise access.NotVisible
    sharing.remove(resource_id=known.pk, room_id=known.room_id, by=person.pk, now=timezone.now())
    return Status(204, None)


def _out(resource: Resource) -> ResourceOut:
    path = shown_resource(resource).address
    return ResourceOut(
        id=resource.pk,
        kind="link" if resource.is_link else "file",
        title=resource.title,
        url=path if resource.is_link else f"{settings.SITE_URL}{path}",
        type=resource.file_type,
        size=resource.size,
        before=resource.is_shown_before,
        shared_at=resource.shared_at,
    )
