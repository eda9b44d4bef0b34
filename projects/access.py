"""Who may see which project room, and what they may do in it: for everybody else it does not exist."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Person
from meetings import access
from meetings.access import NotAllowed, NotVisible, Visitor
from meetings.models import Meeting
from projects.memberships import (
    TermsNotAccepted,
    has_left,
    memberships,
    role_of,
)
from projects.models import (
    Action,
    AgendaTemplate,
    DatePoll,
    FileUpload,
    FileVersion,
    HistoryEntry,
    PartnerRequest,
    Post,
    PostEmails,
    ProjectDeletion,
    ProjectExport,
    ProjectFile,
    ProjectMember,
    ProjectRoom,
    ProjectSheet,
    ProjectTerms,
    PublishedSheet,
    Role,
    Thread,
)
from projects.models.action import LONGEST_TEXT, ActionQuerySet
from rooms.models import Room, RoomEvent
from rooms.policy import EntryDenied


@dataclass(frozen=True)
class Membership:
    """A member in a project room. Where no lead is left, every member is one."""

    project: ProjectRoom
    person: Person
    role: str

    @cached_property
    def has_accepted(self) -> bool:
        return ProjectRoom.objects.filter(pk=self.project.pk).opened_by(self.person.pk).exists()

    @cached_property
    def may_lead(self) -> bool:
        if self.role == Role.LEAD:
            return True
        return self.role == Role.MEMBER and not leads_of(self.project).exists()

    @property
    def may_write(self) -> bool:
        return self.project.is_open and self.role != Role.READER

    def may_delete(self, made_by_id: int | None) -> bool:
        """What that person made: they themselves, and leads."""
        return self.may_write and (self.may_lead or made_by_id == self.person.pk)


def project_rooms(visitor: Visitor) -> QuerySet[ProjectRoom]:
    return ProjectRoom.objects.filter(room__in=access.project_rooms(visitor).values("pk"))


def projects_listed(visitor: Visitor) -> QuerySet[ProjectRoom]:
    """With the visitor's `role`, whether they have accepted the present terms, and when it was created."""
    person = visitor.person.pk if visitor.person is not None else None
    row = ProjectMember.objects.filter(project=OuterRef("pk"), person=person).current()
    opened = ProjectRoom.objects.filter(pk=OuterRef("pk")).opened_by(person or 0)
    return project_rooms(visitor).annotate(
        role=Coalesce(Subquery(row.values("role")[:1]), Value(Role.MEMBER.value)),
        is_accepted=Exists(opened),
        created_at=F("room__created_at"),
    )


def membership_in(visitor: Visitor, room_id: str) -> Membership:
    """Also of somebody who has yet to accept the terms. Raises NotVisible."""
    project = project_rooms(visitor).select_related("room", "deletion").filter(pk=room_id).first()
    if project is None or visitor.person is None:
        raise NotVisible
    return Membership(project, visitor.person, role_of(visitor.person, room_id))


def membership_for(visitor: Visitor, room: Room) -> Membership | None:
    """None for somebody from outside, and in a room of no project."""
    if not room.is_project_room:
        return None
    try:
        return reader_of(visitor, room.pk)
    except (NotVisible, TermsNotAccepted):
        return None


def reader_of(visitor: Visitor, room_id: str) -> Membership:
    """Raises NotVisible, TermsNotAccepted."""
    found = membership_in(visitor, room_id)
    if not found.has_accepted:
        raise TermsNotAccepted(found.project)
    return found


def writer_in(visitor: Visitor, room_id: str) -> Membership:
    """Raises NotVisible, TermsNotAccepted; NotAllowed to readers, and to all when the project is not open."""
    found = reader_of(visitor, room_id)
    if not found.may_write:
        raise NotAllowed
    return found


def lead_of(visitor: Visitor, room_id: str) -> Membership:
    """Also of a project that is archived or closed. Raises NotVisible, TermsNotAccepted, NotAllowed."""
    found = reader_of(visitor, room_id)
    if not found.may_lead:
        raise NotAllowed
    return found


def role_entering(person: Person | None, room_id: str) -> str:
    """The role by which somebody enters the live room; empty for those who may only be guests of a meeting in it.

    Raises NotVisible to those who have left, and to others while the project is not open; EntryDenied to members.
    """
    role = role_of(person, room_id) if person is not None else ""
    if person is None or not role:
        is_open = ProjectRoom.objects.filter(pk=room_id, state=ProjectRoom.State.OPEN).exists()
        if not is_open or (person is not None and has_left(person, room_id)):
            raise NotVisible
        return ""
    project = reader_of(Visitor(person), room_id).project
    if not project.is_open:
        message = _("This project has ended, so its room is closed.")
        raise EntryDenied("not_open", message, reverse("project_room", args=[room_id]))
    return role


def by_next_meeting(visitor: Visitor, now: datetime) -> QuerySet[ProjectRoom]:
    """Open rooms first; those with a live or the nearest meeting, which has the id `next_key`, before others."""
    upcoming = Meeting.objects.filter(room=OuterRef("pk")).upcoming(now)
    is_live = Case(When(state=Meeting.State.LIVE, then=0), default=1)
    nearest = upcoming.order_by(is_live, "starts_at", "pk")
    rooms = project_rooms(visitor).annotate(
        next_key=Subquery(nearest.values("pk")[:1]),
        next_at=Subquery(nearest.values("starts_at")[:1]),
        has_ended=Case(When(state=ProjectRoom.State.OPEN, then=0), default=1),
    )
    return rooms.order_by(
        "has_ended", F("next_at").asc(nulls_last=True), "-room__created_at", "pk"
    ).prefetch_related("room__companies")


def messages_in(room: Room) -> QuerySet[RoomEvent]:
    """Newest first."""
    return RoomEvent.objects.filter(room=room, ev="chat.message", audience__isnull=True).order_by("-seq")


def text_of_message(project: ProjectRoom, seq: str) -> str:
    """What a message of the chat says, for a decision or an action; empty for none."""
    if not (seq.isascii() and seq.isdecimal() and len(seq) < 16):
        return ""
    event = messages_in(project.room).filter(seq=int(seq)).first()
    return str(event.payload.get("text", ""))[:LONGEST_TEXT] if event is not None else ""


def action_in(room_id: str, action_id: str) -> Action:
    """Raises NotVisible."""
    found = Action.objects.select_related("project", "person__company", "company")
    action = found.filter(project=room_id, pk=action_id).first()
    if action is None:
        raise NotVisible
    return action


def thread_in(room_id: str, thread_id: str) -> Thread:
    """Raises NotVisible."""
    thread = Thread.objects.select_related("project").filter(project=room_id, pk=thread_id).first()
    if thread is None:
        raise NotVisible
    return thread


def post_in(thread: Thread, post_id: str) -> Post:
    """One that nobody has deleted. Raises NotVisible."""
    found = Post.objects.select_related("thread__project")
    post = found.filter(thread=thread, pk=post_id, deleted_at__isnull=True).first()
    if post is None:
        raise NotVisible
    return post


def emails_about_posts(member: Membership) -> str:
    """What the member has chosen, one of `PostEmails.Choice`."""
    chosen = PostEmails.objects.filter(project=member.project, person=member.person)
    return chosen.values_list("choice", flat=True).first() or PostEmails.Choice.EACH.value


def agenda_template_in(room_id: str, template_id: str) -> AgendaTemplate:
    """Raises NotVisible."""
    found = AgendaTemplate.objects.select_related("project__room")
    template = found.filter(project=room_id, pk=template_id).first()
    if template is None:
        raise NotVisible
    return template


def date_poll_in(room_id: str, poll_id: str) -> DatePoll:
    """Raises NotVisible."""
    poll = DatePoll.objects.select_related("project__room").filter(project=room_id, pk=poll_id).first()
    if poll is None:
        raise NotVisible
    return poll


def open_date_polls(project: ProjectRoom) -> QuerySet[DatePoll]:
    """Those that take answers or of which a time is to be chosen; the first to close first."""
    return project.date_polls.filter(state=DatePoll.State.OPEN).order_by("closes_at", "pk")


def public_sheets() -> QuerySet[PublishedSheet]:
    """Of open projects, for everybody; the newest first."""
    is_open = {"sheet__project__state": ProjectRoom.State.OPEN}
    return PublishedSheet.objects.filter(**is_open).order_by("-published_at", "pk")


def published_sheet(sheet_id: str) -> PublishedSheet:
    """Raises NotVisible."""
    found = public_sheets().filter(pk=sheet_id).first()
    if found is None:
        raise NotVisible
    return found


def sheet_of(project: ProjectRoom) -> ProjectSheet | None:
    return ProjectSheet.objects.filter(project=project).first()


def published_of(sheet: ProjectSheet | None) -> PublishedSheet | None:
    return public_sheets().filter(pk=sheet.pk).first() if sheet is not None else None


def requests_to(project: ProjectRoom) -> QuerySet[PartnerRequest]:
    """Those whose address is confirmed, the newest first."""
    found = PartnerRequest.objects.filter(sheet__project=project, confirmed_at__isnull=False)
    return found.select_related("person", "answered_by").order_by("-created_at", "pk")


def request_in(project: ProjectRoom, request_id: str) -> PartnerRequest:
    """Raises NotVisible."""
    found = requests_to(project).select_related("sheet__project").filter(pk=request_id).first()
    if found is None:
        raise NotVisible
    return found


def own_actions(visitor: Visitor) -> ActionQuerySet:
    """Those of the visitor and of their company, in open projects whose content they may read."""
    if visitor.person is None:
        return Action.objects.none()
    mine = Q(person=visitor.person)
    if visitor.company is not None:
        mine |= Q(company=visitor.company)
    rooms = access.opened_project_rooms(visitor).values("pk")
    return Action.objects.filter(mine, project__in=rooms, project__state=ProjectRoom.State.OPEN)


@dataclass(frozen=True)
class Space:
    """Bytes that the files of a project take, with all their versions and what is being uploaded."""

    used: int
    most: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.used / self.most))

    @property
    def is_scarce(self) -> bool:
        return self.used >= self.most * 0.9


def space_of(project: ProjectRoom) -> Space:
    kept = FileVersion.objects.filter(file__project=project).aggregate(sum=Sum("size"))["sum"] or 0
    coming = project.uploads.aggregate(sum=Sum("length"))["sum"] or 0
    return Space(kept + coming, settings.PROJECT_QUOTA_BYTES)


def files_of(project: ProjectRoom) -> QuerySet[ProjectFile]:
    """The last changed first, each with its newest version as `newest`."""
    versions = FileVersion.objects.filter(number=F("file__versions_made")).select_related("uploaded_by")
    newest = Prefetch("versions", queryset=versions, to_attr="newest")
    return project.files.order_by("-changed_at", "pk").prefetch_related(newest)


def file_in(project: ProjectRoom, file_id: str) -> ProjectFile:
    """Raises NotVisible."""
    file = project.files.select_related("project", "added_by").filter(pk=file_id).first()
    if file is None:
        raise NotVisible
    return file


def version_of(file: ProjectFile, number: int) -> FileVersion:
    """One that can be opened. Raises NotVisible."""
    version = file.versions.filter(number=number, state=FileVersion.State.READY).first()
    if version is None:
        raise NotVisible
    return version


def file_upload_for(visitor: Visitor, upload_id: str) -> FileUpload:
    """The person's own, while they write in its project. Raises NotVisible."""
    found = FileUpload.objects.select_related("file").filter(pk=upload_id).first()
    if found is None or visitor.person is None or found.created_by_id != visitor.person.pk:
        raise NotVisible
    try:
        writer_in(visitor, found.project_id)
    except (NotAllowed, TermsNotAccepted) as error:
        raise NotVisible from error
    return found


def exports_of(project: ProjectRoom) -> QuerySet[ProjectExport]:
    """Newest first."""
    return project.exports.select_related("asked_by").order_by("-asked_at", "-pk")


def export_in(project: ProjectRoom, export_id: str) -> ProjectExport:
    """Raises NotVisible."""
    export = project.exports.filter(pk=export_id).first()
    if export is None:
        raise NotVisible
    return export


def ready_export_in(project: ProjectRoom, export_id: str) -> ProjectExport:
    """One that can be downloaded. Raises NotVisible."""
    export = export_in(project, export_id)
    if not export.is_ready:
        raise NotVisible
    return export


def receipts_of(visitor: Visitor) -> QuerySet[ProjectDeletion]:
    """Of projects that the visitor led when they were deleted; the newest first."""
    found = ProjectDeletion.objects.filter(leads=visitor.person.pk if visitor.person is not None else None)
    return found.filter(deleted_at__isnull=False).order_by("-deleted_at", "pk")


def receipt_for(visitor: Visitor, deletion_id: str) -> ProjectDeletion:
    """Raises NotVisible."""
    found = receipts_of(visitor).select_related("decided_by").filter(pk=deletion_id).first()
    if found is None:
        raise NotVisible
    return found


def leads_of(project: ProjectRoom) -> QuerySet[ProjectMember]:
    people = memberships.people_of(project.pk)
    return project.members.leads().filter(person__in=people.values("pk"))


def members_with_a_row(project: ProjectRoom) -> QuerySet[ProjectMember]:
    """Those who were added by email or have a role of their own, and those who have left."""
    return project.members.select_related("person__company").order_by("pk")


def history_of(project: ProjectRoom) -> QuerySet[HistoryEntry]:
    """Newest first."""
    return project.history.select_related("by", "person", "company").order_by("-at", "-pk")


def terms_of(project: ProjectRoom) -> ProjectTerms | None:
    """The present ones."""
    return project.terms.filter(version=project.terms_version).first()
