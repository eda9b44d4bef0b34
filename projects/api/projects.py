"""Operations on projects: their members, actions, decisions and discussions."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view

from api.auth import Scope
from api.idempotency import etag_of, idempotent, is_current
from api.paging import Page, PageQuery, page
from api.problems import invalid
from companies.api.schemas import strip_nul
from meetings.access import NotVisible
from projects import access, acting
from projects.access import Membership
from projects.acting import ActionInput
from projects.api.callers import reader, visitor_asking
from projects.api.schemas import (
    ActionIn,
    ActionOut,
    ActionPatch,
    DecisionOut,
    MemberOut,
    PostOut,
    ProjectOut,
    ThreadOut,
    action_out,
    decision_out,
    post_out,
    project_out,
    thread_out,
)
from projects.memberships import companies_of, memberships
from projects.models import Action, Thread

router = Router(tags=["projects"])


class ActionQuery(PageQuery):
    state: Literal["open", "done"] | None = None


@router.get("", response=Page[ProjectOut], auth=Scope("projects:read"), summary="List your projects")
def list_projects(request: HttpRequest, asked: Query[PageQuery]) -> dict[str, Any]:
    """Those that the caller belongs to, newest first; also those whose terms are yet to be accepted."""
    return page(access.projects_listed(visitor_asking(request)), asked, "-created_at", project_out)


@router.get("/{project_id}", response=ProjectOut, auth=Scope("projects:read"), summary="Read a project")
def read(request: HttpRequest, response: HttpResponse, project_id: str) -> ProjectOut:
    """The response has an ETag."""
    found = access.projects_listed(visitor_asking(request)).filter(pk=strip_nul(project_id)).first()
    if found is None:
        raise NotVisible
    shown = project_out(found)
    response["ETag"] = etag_of(shown.model_dump())
    return shown


@router.get(
    "/{project_id}/members",
    response=Page[MemberOut],
    auth=Scope("projects:read"),
    summary="List the members of a project",
)
def list_members(request: HttpRequest, project_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """People of its companies, and those added one by one; by when their accounts were created."""
    project = reader(request, project_id).project
    roles = {row.person_id: row.role for row in project.members.current()}
    people = memberships.people_of(project.pk).select_related("company")
    return page(
        people,
        asked,
        "created_at",
        lambda one: MemberOut(
            id=one.pk,
            name=one.name,
            company=one.company.slug if one.company is not None else None,
            role=roles.get(one.pk, "member"),
        ),
    )


@router.get(
    "/{project_id}/actions",
    response=Page[ActionOut],
    auth=Scope("projects:read"),
    summary="List the actions of a project",
)
def list_actions(request: HttpRequest, project_id: str, asked: Query[ActionQuery]) -> dict[str, Any]:
    """In the order in which they were written."""
    rows = reader(request, project_id).project.actions.select_related("company")
    if asked.state is not None:
        rows = rows.filter(done_at__isnull=asked.state == "open")
    return page(rows, asked, "made_at", action_out)


@router.post(
    "/{project_id}/actions",
    response={201: ActionOut},
    auth=Scope("projects:write"),
    summary="Write an action",
)
@decorate_view(idempotent)
def write_action(request: HttpRequest, project_id: str, payload: ActionIn) -> Status[ActionOut]:
    """Its owner, a person or a company of the project, is reminded of it by email. Not for readers."""
    member = reader(request, project_id)
    made = acting.write_action(
        project=member.project,
        content=ActionInput(text=payload.text, due_on=payload.due_on, **_owner(member, payload)),
        by=visitor_asking(request),
        now=timezone.now(),
    )
    return Status(201, action_out(made))


@router.get(
    "/{project_id}/actions/{action_id}",
    response=ActionOut,
    auth=Scope("projects:read"),
    summary="Read an action",
)
def read_action(request: HttpRequest, response: HttpResponse, project_id: str, action_id: str) -> ActionOut:
    """The response has an ETag to use in a later change."""
    reader(request, project_id)
    return _with_etag(response, access.action_in(strip_nul(project_id), strip_nul(action_id)))


@router.patch(
    "/{project_id}/actions/{action_id}",
    response=ActionOut,
    auth=Scope("projects:write"),
    summary="Mark an action as done, or open it again",
)
def change_action(
    request: HttpRequest, response: HttpResponse, project_id: str, action_id: str, payload: ActionPatch
) -> ActionOut:
    """By its owner, also a reader, or by anyone who writes in the project."""
    reader(request, project_id)
    action = access.action_in(strip_nul(project_id), strip_nul(action_id))
    acting.set_done(
        action=action,
        is_done=payload.is_done,
        by=visitor_asking(request),
        now=timezone.now(),
        is_current=lambda locked: is_current(request, action_out(locked).model_dump()),
    )
    return _with_etag(response, access.action_in(action.project_id, action.pk))


@router.get(
    "/{project_id}/decisions",
    response=Page[DecisionOut],
    auth=Scope("projects:read"),
    summary="List the decisions of a project",
)
def list_decisions(request: HttpRequest, project_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first, including those that are no longer valid."""
    return page(reader(request, project_id).project.decisions.all(), asked, "-decided_at", decision_out)


@router.get(
    "/{project_id}/discussions",
    response=Page[ThreadOut],
    auth=Scope("projects:read"),
    summary="List the discussions of a project",
)
def list_discussions(request: HttpRequest, project_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first."""
    return page(reader(request, project_id).project.threads.all(), asked, "-started_at", thread_out)


@router.get(
    "/{project_id}/discussions/{thread_id}/messages",
    response=Page[PostOut],
    auth=Scope("projects:read"),
    summary="List the messages of a discussion",
)
def list_messages(
    request: HttpRequest, project_id: str, thread_id: str, asked: Query[PageQuery]
) -> dict[str, Any]:
    """Oldest first. A deleted message keeps its place, without its text."""
    reader(request, project_id)
    thread: Thread = access.thread_in(strip_nul(project_id), strip_nul(thread_id))
    return page(thread.posts.select_related("written_by"), asked, "written_at", post_out)


# ---- from the request to the flow's input ------------------------------------------------------------------


def _owner(member: Membership, asked: ActionIn) -> dict[str, Any]:
    """Whom the request names: 422 where they are not in the project."""
    if asked.person is not None and asked.company:
        raise invalid({"company": [_("Choose a person or a company.")]})
    people, companies = memberships.people_of(member.project.pk), companies_of(member.project.pk)
    person = people.filter(pk=asked.person).first() if asked.person is not None else None
    company = companies.filter(slug=asked.company).first() if asked.company else None
    unknown = [
        name
        for name, given, found in (("person", asked.person, person), ("company", asked.company, company))
        if given and found is None
    ]
    if unknown:
        raise invalid({name: [_("Choose someone who is in the project.")] for name in unknown})
    return {"person": person, "company": company}


def _with_etag(response: HttpResponse, action: Action) -> ActionOut:
    shown = action_out(action)
    response["ETag"] = etag_of(shown.model_dump())
    return shown
