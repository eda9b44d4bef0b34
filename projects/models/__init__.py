"""What companies work on together."""

from projects.models.action import Action, Decision
from projects.models.carried_item import CarriedItem
from projects.models.history import HistoryEntry
from projects.models.member import ProjectMember, Role
from projects.models.project_room import ProjectRoom, ProjectTerms, TermsAcceptance

__all__ = [
    "Action",
    "CarriedItem",
    "Decision",
    "HistoryEntry",
    "ProjectMember",
    "ProjectRoom",
    "ProjectTerms",
    "Role",
    "TermsAcceptance",
]
