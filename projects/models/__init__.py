"""What companies work on together."""

from projects.models.action import Action, Decision
from projects.models.agenda_template import AgendaTemplate, AgendaTemplateItem
from projects.models.carried_item import CarriedItem
from projects.models.date_poll import DatePoll, DatePollAnswer, DatePollTime
from projects.models.deletion import ProjectDeletion
from projects.models.discussion import Post, PostEmails, Thread
from projects.models.export import ProjectExport
from projects.models.file import FileUpload, FileVersion, ProjectFile
from projects.models.history import HistoryEntry
from projects.models.member import ProjectMember, Role
from projects.models.project_room import ProjectRoom, ProjectTerms, TermsAcceptance
from projects.models.sheet import PartnerRequest, ProjectSheet, PublishedSheet

__all__ = [
    "Action",
    "AgendaTemplate",
    "AgendaTemplateItem",
    "CarriedItem",
    "DatePoll",
    "DatePollAnswer",
    "DatePollTime",
    "Decision",
    "FileUpload",
    "FileVersion",
    "HistoryEntry",
    "PartnerRequest",
    "Post",
    "PostEmails",
    "ProjectDeletion",
    "ProjectExport",
    "ProjectFile",
    "ProjectMember",
    "ProjectRoom",
    "ProjectSheet",
    "ProjectTerms",
    "PublishedSheet",
    "Role",
    "TermsAcceptance",
    "Thread",
]
