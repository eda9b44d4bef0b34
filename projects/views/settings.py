"""What a project is called, whether it is open, its terms of confidentiality, and what happened in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import submitted_data
from meetings.access import visitor_of
from projects import access, agreeing, ending
from projects.forms import ProjectStateForm, ProjectTermsForm, ProjectTextsForm
from projects.models import ProjectRoom
from projects.views.pages import page_of_project
from projects.views.terms_first import terms_first

HISTORY_PER_PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_settings(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    member = access.lead_of(visitor, room_id)
    project = member.project
    initial = {"title": project.title, "purpose": project.purpose}
    form = ProjectTextsForm(submitted_data(request)[0], initial=initial)
    if form.is_bound and form.is_valid():
        form.refuse_outdated()
    if form.is_bound and form.is_valid():
        try:
            ending.describe(project=project, by=visitor, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("project_settings", room_id)
    context = {"section": "rooms", "room": project, "member": member, "tab": "settings", "form": form}
    return render(request, "projects/settings.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def change_project_state(request: HttpRequest, room_id: str, state: str) -> HttpResponse:
    """Archive, reopen, or close for good: a page asks first, and for the reason."""
    visitor = visitor_of(request)
    member = access.lead_of(visitor, room_id)
    if state not in ProjectRoom.State.values:
        raise Http404
    form = ProjectStateForm(submitted_data(request)[0])
    if form.is_bound and form.is_valid():
        try:
            ending.change_state(
                project=member.project,
                state=ProjectRoom.State(state),
                reason=form.cleaned_data["reason"],
                by=visitor,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("project_room", room_id)
    context = {
        **page_of_project(member, "settings"),
        "form": form,
        "state": state,
    }
    return render(request, "projects/state.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_terms(request: HttpRequest, room_id: str) -> HttpResponse:
    """The present terms, with the button that accepts them for whoever has not."""
    visitor = visitor_of(request)
    member = access.membership_in(visitor, room_id)
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            agreeing.accept_terms(
                project=member.project,
                version=int(version) if version.isascii() and version.isdecimal() and len(version) < 6 else 0,
                by=visitor,
                now=timezone.now(),
            )
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("project_terms", room_id)
        return redirect("project_room", room_id)
    terms = access.terms_of(member.project)
    context = {**page_of_project(member, "terms"), "terms": terms}
    return render(request, "projects/terms.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def edit_project_terms(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    member = access.lead_of(visitor, room_id)
    terms = access.terms_of(member.project)
    initial = {"text": terms.text if terms else {}, "version": member.project.terms_version}
    form = ProjectTermsForm(submitted_data(request)[0], initial=initial)
    if form.is_bound and form.is_valid():
        try:
            agreeing.write_terms(
                project=member.project,
                text=form.cleaned_data["text"],
                expected=form.cleaned_data["version"],
                by=visitor,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("The terms are saved. Everyone is asked to accept them."))
            return redirect("project_terms", room_id)
    context = {**page_of_project(member, "terms"), "form": form}
    return render(request, "projects/edit_terms.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
@terms_first
def project_history(request: HttpRequest, room_id: str) -> HttpResponse:
    member = access.reader_of(visitor_of(request), room_id)
    page = page_of(request, "page", access.history_of(member.project), HISTORY_PER_PAGE)
    context = {**page_of_project(member, "history"), "page": page}
    return render(request, "projects/history.html", context)
