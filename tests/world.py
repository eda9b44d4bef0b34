"""A small world in which every role exists, for the permission matrix."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from companies.models import Company, Person, Topic
from engagement.models import AgendaItem, NoteVersion, Poll, Question, Resource, SlideDeck
from matchmaking.models import BlockedSender, ContactRequest
from meetings import access
from meetings.models import CalendarReply, Invitation, Meeting, MeetingRole, Programme, Registration
from news.models import Article
from notifications.models import ContactMessage, Notification
from projects import (
    exporting,
)
from projects import (
    files as project_files,
)
from projects.models import (
    Action,
    AgendaTemplate,
    DatePoll,
    Decision,
    FileUpload,
    FileVersion,
    PartnerRequest,
    Post,
    ProjectDeletion,
    ProjectExport,
    ProjectFile,
    ProjectMember,
    ProjectRoom,
    PublishedSheet,
    Role,
    Thread,
)
from projects.models.file import files_storage
from recordings.models import Recording, Upload
from recordings.uploading import begin_upload
from rooms.models import Room
from tests import factories

ROLES = ("anonymous", "guest", "stranger", "colleague", "member", "speaker", "host", "secretariat")


@dataclass
class World:
    """`colleague` shares the host's company; `stranger` is of another; `member` and `guest` are registered.

    `stranger` is invited to the public meeting.
    """

    people: dict[str, Person]
    company: Company
    public: Meeting
    members_only: Meeting
    invited: Meeting
    draft: Meeting
    project_meeting: Meeting
    action: Action
    date_poll: DatePoll
    sheet: PublishedSheet
    partner_request: PartnerRequest
    contact_request: ContactRequest  # to the host's company
    blocked_sender: BlockedSender  # by the host's company
    decision: Decision
    project_file: ProjectFile  # added by the host
    file_upload: FileUpload  # begun by the host
    project_export: ProjectExport
    deletion: ProjectDeletion  # of another project, which the host led
    post: Post  # of the host, in a thread of its own
    agenda_template: AgendaTemplate
    project_room: Room  # led by the host, whose colleague is a member
    programme: Programme
    topic: Topic
    message: ContactMessage
    email: Notification
    article: Article
    in_series: Meeting
    recording: Recording
    upload: Upload
    guest_registration: Registration
    member_registration: Registration
    invitation: Invitation
    proposal: CalendarReply
    live_question: Question
    poll: Poll
    closed_poll: Poll
    deck: SlideDeck
    agenda_item: AgendaItem
    notes: NoteVersion
    resource: Resource
    sessions: dict[str, str] = field(default_factory=dict)  # by role, once somebody has signed in

    def client(self, role: str) -> Client:
        """Signed in; each with the role's one session."""
        client = Client()
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        elif role == "guest":
            session = client.session
            session[access.SESSION_REGISTRATIONS] = [self.guest_registration.pk]
            session.save()
        elif role != "anonymous":
            client.force_login(self.people[role])
        if settings.SESSION_COOKIE_NAME in client.cookies:
            self.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client


def build() -> World:
    now = timezone.now()
    home, partner, other = factories.company(), factories.company(), factories.company()
    people = {
        "host": factories.person(company=home, is_company_admin=True),
        "colleague": factories.person(company=home),
        "speaker": factories.person(company=other),
        "stranger": factories.person(company=other),
        "member": factories.person(company=factories.company()),
        "guest": factories.person(),
        "secretariat": factories.person(is_secretariat=True),
    }
    starts_at = (now + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
    common = {"host": people["host"], "host_company": home, "starts_at": starts_at}
    public = factories.meeting(**common)
    invited = factories.meeting(**common, visibility=Meeting.Visibility.INVITED)
    members_only = factories.meeting(**common, visibility=Meeting.Visibility.MEMBERS)
    draft = factories.meeting(**common, state=Meeting.State.DRAFT)
    project_room = factories.room(companies=[home, partner])
    project_meeting = factories.meeting(
        **common, room=project_room, kind=Meeting.Kind.PROJECT_MEETING, visibility=Meeting.Visibility.INVITED
    )
    ProjectMember.objects.create(
        project=project_room.project, person=people["host"], company=home, role=Role.LEAD, added_at=now
    )
    for meeting in (public, invited):
        factories.role(meeting, people["host"], MeetingRole.Role.HOST)
        factories.role(meeting, people["speaker"], MeetingRole.Role.SPEAKER)
    factories.question(public, "choice", key="food")
    guest_registration = factories.registration(
        meeting=public, person=people["guest"], answers={"food": "fish"}
    )
    member_registration = factories.registration(meeting=public, person=people["member"])
    asker = factories.participant(room=public.room, person=people["guest"])
    speaker = factories.participant(room=public.room, person=people["speaker"])
    live_question = factories.live_question(meeting=public, participant=asker, assigned_to=speaker)
    recording = factories.recording(meeting=public, state=Recording.State.PUBLISHED)
    upload = begin_upload(meeting=members_only, by=people["host"], length=100, now=now)
    sheet = factories.published_sheet(project_room.project)
    return World(
        people=people,
        company=home,
        public=public,
        members_only=members_only,
        invited=invited,
        draft=draft,
        project_meeting=project_meeting,
        project_room=project_room,
        action=Action.objects.create(
            project=project_room.project, text="Ask the waterway office", person=people["host"], made_at=now
        ),
        agenda_template=AgendaTemplate.objects.create(project=project_room.project, name="Monthly"),
        date_poll=factories.date_poll(project_room.project, now=now, made_by=people["host"]),
        sheet=sheet,
        partner_request=factories.partner_request(sheet, created_at=now),
        contact_request=factories.contact_request(home, created_at=now),
        blocked_sender=BlockedSender.objects.create(company=home, person=factories.person(), blocked_at=now),
        decision=Decision.objects.create(
            project=project_room.project, text="24 collectors", decided_at=now, written_by=people["host"]
        ),
        deletion=_deletion(people["host"], now),
        project_export=project_export(project_room.project, people["host"], now),
        project_file=project_file(project_room.project, people["host"], now),
        file_upload=FileUpload.objects.create(
            project=project_room.project,
            name="Map.pdf",
            length=9,
            created_by=people["host"],
            created_at=now,
            touched_at=now,
        ),
        post=Post.objects.create(
            thread=Thread.objects.create(
                project=project_room.project,
                subject="Depths",
                started_by=people["host"],
                started_at=now,
                last_post_at=now,
            ),
            text="Who has the depths?",
            written_by=people["host"],
            written_at=now,
        ),
        programme=factories.programme(),
        topic=factories.topic("warmth", en="Warmth"),
        message=factories.contact_message(),
        email=Notification.objects.create(
            kind=Notification.Kind.CONFIRMATION,
            person=people["guest"],
            meeting=public,
            registration=guest_registration,
            dedupe_key="of the world",
            due_at=starts_at,
            created_at=now,
        ),
        article=factories.article(),
        in_series=factories.meeting(**common, series=factories.series(), series_position=1),
        recording=recording,
        upload=upload,
        guest_registration=guest_registration,
        member_registration=member_registration,
        invitation=factories.invitation(
            meeting=public, person=people["stranger"], invited_at=now - timedelta(days=1)
        ),
        proposal=factories.calendar_reply(
            meeting=public,
            person=people["guest"],
            answer=CalendarReply.Answer.COUNTER,
            proposed_starts_at=starts_at + timedelta(hours=4),
            proposed_ends_at=starts_at + timedelta(hours=5),
        ),
        live_question=live_question,
        poll=factories.poll(public),
        deck=factories.slide_deck(public),
        agenda_item=factories.agenda_item(public),
        notes=factories.version_of_notes(public),
        resource=factories.resource(public, file_type="pdf", is_shown_before=True),
        closed_poll=factories.poll(
            public, state=Poll.State.CLOSED, is_anonymous=False, is_shared=True, is_on_page=True
        ),
    )


def project_file(project: ProjectRoom, by: Person, now: datetime) -> ProjectFile:
    """A PDF with a page that can be looked at."""
    file = ProjectFile.objects.create(
        project=project, name="Depths.pdf", file_type="pdf", added_by=by, added_at=now, changed_at=now
    )
    version = FileVersion.objects.create(
        file=file,
        number=1,
        size=9,
        sha256="0" * 64,
        state=FileVersion.State.READY,
        pages=1,
        uploaded_by=by,
        uploaded_at=now,
        prepared_at=now,
    )
    project_files.save(version.pk, ContentFile(b"%PDF-1.7\n"))
    files_storage().save(project_files.picture_name(version.pk, 1), ContentFile(b"RIFF"))
    return file


def project_export(project: ProjectRoom, by: Person, now: datetime) -> ProjectExport:
    export = ProjectExport.objects.create(
        project=project,
        state=ProjectExport.State.READY,
        asked_by=by,
        asked_at=now,
        size=4,
        finished_at=now,
        kept_until=now + exporting.KEPT,
    )
    files_storage().save(exporting.content_name(export.pk), ContentFile(b"PK\x05\x06"))
    return export


def _deletion(by: Person, now: datetime) -> ProjectDeletion:
    kinds = ("files", "bytes", "notes", "decisions", "actions", "messages", "members", "meetings")
    deletion = ProjectDeletion.objects.create(
        title={"en": "A former project"},
        decided_by=by,
        decided_at=now - timedelta(days=30),
        due_at=now,
        deleted_at=now,
        counts=dict.fromkeys(kinds, 1),
    )
    deletion.leads.add(by)
    return deletion
