"""Who asks, and as what they belong to the project of the address."""

from collections.abc import Callable

from django.http import HttpRequest

from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import strip_nul
from meetings.access import Visitor
from projects import access
from projects.access import Membership
from projects.memberships import TermsNotAccepted


def visitor_asking(request: HttpRequest) -> Visitor:
    return Visitor(person=caller(request))


def reader(request: HttpRequest, project_id: str) -> Membership:
    """Raises NotVisible, and Problem before the terms are accepted."""
    return _member(access.reader_of, request, project_id)


def lead(request: HttpRequest, project_id: str) -> Membership:
    """Raises as `reader`, and NotAllowed."""
    return _member(access.lead_of, request, project_id)


def _member(find: Callable[[Visitor, str], Membership], request: HttpRequest, project_id: str) -> Membership:
    try:
        return find(visitor_asking(request), strip_nul(project_id))
    except TermsNotAccepted as refused:
        raise Problem(403, refused.message, code=refused.code) from refused
