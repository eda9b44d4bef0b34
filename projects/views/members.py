"""Who is in a project: the list, adding, roles, removing, leaving."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from companies.collation import sorted_by_name
from companies.languages import LocalizedText
from companies.models import Company, Person
from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post
from meetings.access import Visitor, visitor_of
from projects import access, joining
from projects.access import Membership
from projects.forms import ProjectCompanyForm, ProjectPersonForm
from projects.memberships import companies_of, memberships
from projects.models import ProjectMember, Role
from projects.views.terms_first import terms_first

PEOPLE_PER_PAGE = 100


@dataclass(frozen=True)
class ListedMember:
    person: Person
    role: Role
    row: ProjectMember | None

    @property
    def other_roles(self) -> list[Role]:
        ends = self.row is not None and self.row.until is not None
        return [role for role in Role if role != self.role and not (ends and role == Role.LEAD)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_members(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST adds a company or a person, as `add` says."""
    visitor = visitor_of(request)
    member = access.reader_of(visitor, room_id)
    adds = request.POST.get("add", "") if request.method == "POST" else ""
    others = ProjectCompanyForm(request.POST if adds == "company" else None, project=member.project)
    person = ProjectPersonForm(request.POST if adds == "person" else None)
    if request.method == "POST" and _add(request, member, adds, others, person):
        return redirect("project_members", room_id)
    context = {
        **_page(request, member),
        "add_company": others,
        "add_person": person,
        "form": person if person.is_bound else others,
    }
    status = 422 if others.errors or person.errors else 200
    return render(request, "projects/members.html", context, status=status)


@login_required_to_post
@require_POST
@terms_first
def change_project_role(request: HttpRequest, room_id: str, person_id: int) -> HttpResponse:
    visitor = visitor_of(request)
    project = access.lead_of(visitor, room_id).project
    person, role = _member(room_id, person_id), request.POST.get("role", "")
    if role not in Role.values:
        raise Http404
    _call(
        request,
        lambda: joining.change_role(
            project=project, person=person, role=Role(role), by=visitor, now=timezone.now()
        ),
        done=_("Saved."),
    )
    return redirect("project_members", room_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def remove_project_person(request: HttpRequest, room_id: str, person_id: int) -> HttpResponse:
    visitor = visitor_of(request)
    project = access.lead_of(visitor, room_id).project
    person = _member(room_id, person_id)
    if request.method == "POST":
        _call(
            request,
            lambda: joining.remove_person(project=project, person=person, by=visitor, now=timezone.now()),
            done=_("Removed from the project: %(name)s") % {"name": person},
        )
        return _back(visitor, room_id)
    return confirm_page(
        request,
        access.reader_of(visitor, room_id),
        question=_("Remove this person from the project?"),
        who=str(person),
        effect=_(
            "They lose access at once, and their places in upcoming meetings end. You become the host of "
            "meetings that they would have hosted. What they have written stays."
        ),
        button=_("Remove"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def remove_project_company(request: HttpRequest, room_id: str, company_id: int) -> HttpResponse:
    visitor = visitor_of(request)
    project = access.lead_of(visitor, room_id).project
    company = companies_of(room_id).filter(pk=company_id).first()
    if company is None:
        raise Http404
    if request.method == "POST":
        _call(
            request,
            lambda: joining.remove_company(project=project, company=company, by=visitor, now=timezone.now()),
            done=_("Removed from the project: %(name)s") % {"name": company},
        )
        return _back(visitor, room_id)
    return confirm_page(
        request,
        access.reader_of(visitor, room_id),
        question=_("Remove this company from the project?"),
        who=company.name,
        effect=_(
            "All its people lose access at once, and their places in upcoming meetings end. What they have "
            "written stays."
        ),
        button=_("Remove"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_project(request: HttpRequest, room_id: str) -> HttpResponse:
    """Also for somebody who does not want to accept the terms."""
    visitor = visitor_of(request)
    member = access.membership_in(visitor, room_id)
    if request.method == "POST":
        _call(
            request,
            lambda: joining.leave(project=member.project, by=visitor, now=timezone.now()),
            done=_("You have left the project."),
        )
        return _back(visitor, room_id)
    return confirm_page(
        request,
        member,
        question=_("Leave this project?"),
        who="",
        effect=_(
            "You lose access at once, and your places in its upcoming meetings end. Only a lead of the "
            "project can add you again. What you have written stays."
        ),
        button=_("Leave the project"),
    )


# ---- what they share -----------------------------------------------------------------------------------------


def confirm_page(request: HttpRequest, member: Membership, **words: str | LocalizedText) -> HttpResponse:
    back = reverse("project_members", args=[member.project.pk])
    context = {"section": "rooms", "member": member, "room": member.project, "back": back, **words}
    return render(request, "projects/confirm.html", context)


def _add(
    request: HttpRequest,
    member: Membership,
    adds: str,
    others: ProjectCompanyForm,
    person: ProjectPersonForm,
) -> bool:
    """False, with errors in the form, when it cannot be done."""
    if adds not in {"company", "person"}:
        raise Http404
    form = others if adds == "company" else person
    visitor = visitor_of(request)
    access.lead_of(visitor, member.project.pk)
    if not form.is_valid():
        return False
    try:
        name = form.add_to(member.project, by=visitor, now=timezone.now())
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    messages.success(
        request, _("Added to the project: %(name)s. They get an email about it.") % {"name": name}
    )
    return True


def _call(request: HttpRequest, flow: Callable[[], object], *, done: str) -> bool:
    try:
        flow()
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, done)
    return True


def _back(visitor: Visitor, room_id: str) -> HttpResponse:
    """To the members, or to the list of rooms for somebody who is no longer one."""
    is_in = access.project_rooms(visitor).filter(pk=room_id).exists()
    return redirect("project_members", room_id) if is_in else redirect("project_rooms")


def _member(room_id: str, person_id: int) -> Person:
    person = memberships.people_of(room_id).filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def _page(request: HttpRequest, member: Membership) -> dict[str, object]:
    project = member.project
    rows = {row.person_id: row for row in access.members_with_a_row(project)}
    people = (
        memberships.people_of(project.pk).select_related("company").order_by("company__name", "name", "pk")
    )
    page = page_of(request, "page", people, PEOPLE_PER_PAGE)
    companies = sorted_by_name(companies_of(project.pk), lambda company: company.name)
    listed = [_listed(person, rows.get(person.pk)) for person in page]
    return {
        "section": "rooms",
        "room": project,
        "member": member,
        "tab": "members",
        "page": page,
        "groups": [(company, _of(company, listed)) for company in companies],
        "single": [one for one in listed if one.person.company_id not in {each.pk for each in companies}],
    }


def _of(company: Company, listed: list[ListedMember]) -> list[ListedMember]:
    return [one for one in listed if one.person.company_id == company.pk]


def _listed(person: Person, row: ProjectMember | None) -> ListedMember:
    counts = row is not None and (row.company_id is None or row.company_id == person.company_id)
    return ListedMember(person, Role(row.role) if row is not None and counts else Role.MEMBER, row)
