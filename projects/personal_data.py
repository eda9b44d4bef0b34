"""The personal data of project rooms: who made them, belongs to them, has accepted their terms and changed them."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.languages import in_language
from companies.models import Person
from companies.personal_data import (
    Column,
    Export,
    RetentionRule,
    register,
    register_impersonal,
    register_retention,
)
from projects import (
    exporting,
    files,
    seeking_partners,
)
from projects.memberships import memberships
from projects.models import (
    Action,
    AgendaTemplate,
    AgendaTemplateItem,
    CarriedItem,
    DatePoll,
    DatePollAnswer,
    DatePollTime,
    Decision,
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
    TermsAcceptance,
    Thread,
)
from projects.models.sheet import SHEET_FIELDS

PROJECT = Column("project", _("project room"), lambda row: str(in_language(row.project.title)))


def register_all() -> None:
    _register_date_polls()
    _register_sheets()
    register_impersonal("what went into which agenda", CarriedItem)
    register_impersonal("of a date poll", DatePollTime)
    register_impersonal("a name for several items; theirs are in them", AgendaTemplate)
    register(
        ProjectRoom,
        "project_rooms",
        export=Export(
            rows=lambda person: ProjectRoom.objects.filter(created_by=person).select_related("room"),
            columns=[
                *("room", "title", "purpose"),
                Column("created_at", _("created at"), lambda row: row.room.created_at),
            ],
            title=_("Project rooms that you created"),
        ),
        erase=lambda person, _now: _forget_rooms(person),
        without={
            "created_by": "the person",
            "state": "of the project",
            "state_changed_at": "of the project",
            "state_changed_by": "of the project; the history has what the person did",
            "state_reason": "of the project; the history has what the person wrote",
            "terms_version": "of the project",
        },
    )
    register(
        ProjectMember,
        "project_members",
        export=Export(
            rows=lambda person: ProjectMember.objects.filter(person=person).select_related("project"),
            columns=[PROJECT, "role", "added_at", "until", "left_at"],
            title=_("Your roles in projects"),
        ),
        erase=lambda person, _now: ProjectMember.objects.filter(person=person).delete(),
        without={"person": "the person", "company": "stands in the profile"},
    )
    register(
        ProjectTerms,
        "project_terms",
        export=Export(
            rows=lambda person: ProjectTerms.objects.filter(written_by=person).select_related("project"),
            columns=[PROJECT, "version", "text", "written_at"],
            title=_("Terms of confidentiality that you wrote"),
        ),
        erase=lambda person, _now: ProjectTerms.objects.filter(written_by=person).update(written_by=None),
        without={"written_by": "the person"},
    )
    register(
        TermsAcceptance,
        "accepted_terms",
        export=Export(
            rows=lambda person: TermsAcceptance.objects.filter(person=person).select_related("project"),
            columns=[PROJECT, "version", "accepted_at"],
        ),
        erase=lambda person, _now: TermsAcceptance.objects.filter(person=person).delete(),
        without={"person": "the person"},
    )
    register(
        HistoryEntry,
        "project_history",
        export=Export(
            rows=lambda person: HistoryEntry.objects.filter(Q(by=person) | Q(person=person)).select_related(
                "project"
            ),
            columns=[PROJECT, "kind", "at"],
            title=_("What you did in projects, and what happened to you there"),
        ),
        erase=lambda person, _now: _forget_history(person),
        without={
            "by": "the person, or somebody else",
            "person": "the person, or somebody else",
            "company": "of a company",
            "details": "of the project: its title, the name of a file, or the reason of whoever ended it",
        },
    )
    register(
        Decision,
        "project_decisions",
        export=Export(
            rows=lambda person: Decision.objects.filter(written_by=person).select_related("project"),
            columns=[PROJECT, "text", "decided_at", "withdrawn_at"],
            title=_("Decisions that you wrote down"),
        ),
        erase=lambda person, _now: Decision.objects.filter(written_by=person).update(written_by=None),
        without={"written_by": "the person", "id": "of no use outside"},
    )
    register(
        Thread,
        "project_discussions",
        export=Export(
            rows=lambda person: Thread.objects.filter(started_by=person).select_related("project"),
            columns=[PROJECT, "subject", "started_at"],
            title=_("Discussions that you started"),
        ),
        erase=lambda person, _now: Thread.objects.filter(started_by=person).update(started_by=None),
        without={"started_by": "the person", "id": "of no use outside", "last_post_at": "of the discussion"},
    )
    register(
        Post,
        "project_messages",
        export=Export(
            rows=lambda person: Post.objects.filter(
                Q(written_by=person) | Q(deleted_by=person)
            ).select_related("thread__project"),
            columns=[
                Column("project", _("project room"), lambda row: str(in_language(row.thread.project.title))),
                Column("subject", _("subject"), lambda row: row.thread.subject),
                *("text", "written_at", "edited_at", "is_by_email", "deleted_at"),
            ],
            title=_("Messages in discussions that you wrote or deleted"),
        ),
        erase=_forget_posts,
        without={
            "id": "of no use outside",
            "thread": "its subject stands in its place",
            "attachments": "not kept",
            "written_by": "the person, or somebody else",
            "deleted_by": "the person, or somebody else",
        },
    )
    register(
        PostEmails,
        "emails_about_project_messages",
        export=Export(
            rows=lambda person: PostEmails.objects.filter(person=person).select_related("project"),
            columns=[PROJECT, "choice"],
        ),
        erase=lambda person, _now: PostEmails.objects.filter(person=person).delete(),
        without={"person": "the person"},
    )
    register(
        Action,
        "project_actions",
        export=Export(
            rows=lambda person: Action.objects.filter(
                Q(person=person) | Q(made_by=person) | Q(done_by=person)
            ).select_related("project"),
            columns=[PROJECT, "text", "due_on", "made_at", "done_at"],
            title=_("Actions that are yours, or that you wrote or did"),
        ),
        erase=lambda person, _now: _forget_actions(person),
        without={
            "id": "of no use outside",
            "remind_at": "follows from the day that it is due",
            "revision": "of its calendar event",
            "changed_at": "of its calendar event",
            "person": "the person, or somebody else",
            "company": "of a company",
            "made_by": "the person, or somebody else",
            "done_by": "the person, or somebody else",
        },
    )
    register(
        ProjectFile,
        "project_files",
        export=Export(
            rows=lambda person: ProjectFile.objects.filter(added_by=person).select_related("project"),
            columns=[PROJECT, "name", "added_at"],
            title=_("Files that you added to projects"),
        ),
        erase=lambda person, _now: ProjectFile.objects.filter(added_by=person).update(added_by=None),
        without={
            "id": "of no use outside",
            "file_type": "ends the name",
            "versions_made": "of the project",
            "changed_at": "of the project",
            "added_by": "the person",
        },
    )
    register(
        FileVersion,
        "versions_of_project_files",
        export=Export(
            rows=lambda person: FileVersion.objects.filter(uploaded_by=person).select_related(
                "file__project"
            ),
            columns=[
                Column("project", _("project room"), lambda row: str(in_language(row.file.project.title))),
                Column("name", _("name"), lambda row: row.file.name),
                *("number", "size", "sha256", "uploaded_at"),
            ],
            title=_("File versions that you uploaded to projects"),
        ),
        erase=lambda person, _now: FileVersion.objects.filter(uploaded_by=person).update(uploaded_by=None),
        without={
            "id": "of no use outside",
            "file": "stands as its name",
            "state": "of the file",
            "failure": "of the file",
            "pages": "of the file",
            "uploaded_by": "the person",
            "claimed_at": "of the worker",
            "attempts": "of the worker",
            "prepared_at": "of the worker",
        },
    )
    register(
        FileUpload,
        "unfinished_uploads_to_projects",
        export=Export(
            rows=lambda person: FileUpload.objects.filter(created_by=person).select_related("project"),
            columns=[PROJECT, "name", "offset", "length", "created_at"],
            title=_("Unfinished uploads to projects"),
        ),
        erase=lambda person, _now: _abandon_uploads(person),
        without={
            "id": "of no use outside",
            "file": "has the same name",
            "created_by": "the person",
            "touched_at": "of no use outside",
        },
    )
    register(
        ProjectExport,
        "project_exports",
        export=Export(
            rows=lambda person: ProjectExport.objects.filter(asked_by=person).select_related("project"),
            columns=[PROJECT, "asked_at", "state", "finished_at", "kept_until"],
            title=_("Project exports that you asked for"),
        ),
        erase=lambda person, _now: ProjectExport.objects.filter(asked_by=person).update(asked_by=None),
        without={
            "id": "of no use outside",
            "asked_by": "the person",
            "done": "of the worker",
            "total": "of the worker",
            "size": "of the project",
            "claimed_at": "of the worker",
            "touched_at": "of the worker",
            "attempts": "of the worker",
        },
    )
    register(
        ProjectDeletion,
        "deleted_projects",
        export=Export(
            rows=lambda person: ProjectDeletion.objects.filter(decided_by=person),
            columns=["title", "decided_at", "due_at", "deleted_at"],
            title=_("Project deletions that you decided on"),
        ),
        erase=lambda person, _now: _forget_deletions(person),
        without={
            "id": "of no use outside",
            "project": "has the same title",
            "decided_by": "the person",
            "counts": "of the project",
        },
    )
    register_retention(RetentionRule("files of deleted projects", delete_orphans))
    _register_agenda_templates()


def _forget_deletions(person: Person) -> None:
    ProjectDeletion.objects.filter(decided_by=person).update(decided_by=None)
    ProjectDeletion.leads.through.objects.filter(person=person).delete()


def _abandon_uploads(person: Person) -> None:
    for upload in FileUpload.objects.filter(created_by=person):
        files.delete_after_commit(upload.pk)
        upload.delete()


def delete_orphans(now: datetime, _limit: int) -> int:
    """Files whose project is gone."""
    files.delete_orphans(now)
    exporting.delete_orphans(now)
    return 0


def _forget_posts(person: Person, now: datetime) -> None:
    written = Post.objects.filter(written_by=person)
    written.filter(deleted_at__isnull=True).update(text="", deleted_at=now)
    written.update(written_by=None)
    Post.objects.filter(deleted_by=person).update(deleted_by=None)


def _register_agenda_templates() -> None:
    """Last: erasers run in reverse order, and this one has to run while the person is in the project."""
    register(
        AgendaTemplateItem,
        "agenda_template_items",
        export=Export(
            rows=lambda person: template_items_naming(person).select_related("template__project"),
            columns=[
                Column(
                    "project", _("project room"), lambda row: str(in_language(row.template.project.title))
                ),
                *("title", "minutes", "speaker"),
            ],
            title=_("Agenda template items with your name"),
        ),
        erase=lambda person, _now: template_items_naming(person).update(speaker=""),
        without={
            "id": "a number of the service",
            "template": "the project names it",
            "number": "its place in the agenda",
        },
    )


def _register_date_polls() -> None:
    register(
        DatePoll,
        "date_polls",
        export=Export(
            rows=lambda person: DatePoll.objects.filter(made_by=person).select_related("project"),
            columns=[PROJECT, *("title", "timezone", "closes_at", "made_at", "state")],
            title=_("Date polls that you started"),
        ),
        erase=lambda person, _now: DatePoll.objects.filter(made_by=person).update(made_by=None),
        without={
            "id": "of no use outside",
            "made_by": "the person",
            "agenda": "of the project",
            "meeting": "of the project",
            "next_step": "of the service",
            "next_at": "of the service",
        },
    )
    register(
        DatePollAnswer,
        "date_poll_answers",
        export=Export(
            rows=lambda person: DatePollAnswer.objects.filter(person=person).select_related(
                "time__poll__project"
            ),
            columns=[
                Column(
                    "project", _("project room"), lambda row: str(in_language(row.time.poll.project.title))
                ),
                Column("poll", _("date poll"), lambda row: str(row.time.poll)),
                Column("starts_at", _("starts at"), lambda row: row.time.starts_at),
                *("answer", "answered_at"),
            ],
            title=_("Your answers in date polls"),
        ),
        erase=lambda person, _now: DatePollAnswer.objects.filter(person=person).delete(),
        without={"time": "stands in it by its start", "person": "the person"},
    )


def _register_sheets() -> None:
    written, published = _("Project sheets that you wrote"), _("Project sheets that you published")
    _register_sheet(ProjectSheet, "project_sheets", "changed_by", written)
    _register_sheet(PublishedSheet, "published_project_sheets", "published_by", published)
    register(
        PartnerRequest,
        "partner_requests",
        export=Export(
            rows=lambda person: PartnerRequest.objects.filter(Q(person=person) | Q(answered_by=person)),
            columns=[
                *("name", "company_name", "text", "created_at", "confirmed_at", "answer", "answered_at")
            ],
            title=_("Contact requests to projects that you wrote or answered"),
        ),
        erase=lambda person, _now: _forget_requests(person),
        without={
            "id": "of no use outside",
            "sheet": "of the project",
            "person": "the person, or somebody else",
            "answered_by": "the person, or somebody else",
        },
    )
    register_retention(RetentionRule("contact requests to projects", seeking_partners.delete_old_requests))


def _register_sheet(model: type[ProjectSheet | PublishedSheet], name: str, by: str, title: Any) -> None:
    register(
        model,
        name,
        export=Export(
            rows=lambda person: model._default_manager.filter(**{by: person}),
            columns=[*SHEET_FIELDS, by.replace("_by", "_at")],
            title=title,
        ),
        erase=lambda person, _now: model._default_manager.filter(**{by: person}).update(**{by: None}),
        without={by: "the person", "project": "of the project", "id": "of no use outside"}
        if model is ProjectSheet
        else {by: "the person", "sheet": "of the project"},
    )


def _forget_requests(person: Person) -> None:
    PartnerRequest.objects.filter(person=person).delete()
    PartnerRequest.objects.filter(answered_by=person).update(answered_by=None)


def template_items_naming(person: Person) -> QuerySet[AgendaTemplateItem]:
    """In their projects: elsewhere the same name may be somebody else's."""
    if not person.name:
        return AgendaTemplateItem.objects.none()
    rooms = memberships.rooms_of(person).values("pk")
    return AgendaTemplateItem.objects.filter(template__project__in=rooms, speaker__iexact=person.name)


def _forget_actions(person: Person) -> None:
    Action.objects.filter(person=person).update(person=None)
    Action.objects.filter(made_by=person).update(made_by=None)
    Action.objects.filter(done_by=person).update(done_by=None)


def _forget_rooms(person: Person) -> None:
    ProjectRoom.objects.filter(created_by=person).update(created_by=None)
    ProjectRoom.objects.filter(state_changed_by=person).update(state_changed_by=None)


def _forget_history(person: Person) -> None:
    HistoryEntry.objects.filter(by=person).update(by=None)
    HistoryEntry.objects.filter(person=person).update(person=None)
