"""Decisions and actions of a project, and a person's own actions over all their projects."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, submitted_data
from meetings.access import visitor_of
from projects import access, acting
from projects.forms import ActionForm, DecisionForm
from projects.views.pages import page_of_project
from projects.views.saving import saved
from projects.views.terms_first import terms_first

PER_PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_actions(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST writes an action or a decision, as `add` says. `?message=` begins one with a message of the chat."""
    visitor = visitor_of(request)
    member = access.reader_of(visitor, room_id)
    project = member.project
    adds = request.POST.get("add", "") if request.method == "POST" else ""
    text = access.text_of_message(project, request.GET.get("message", ""))
    action = ActionForm(request.POST if adds == "action" else None, project=project, initial={"text": text})
    decision = DecisionForm(request.POST if adds == "decision" else None, initial={"text": text})
    if request.method == "POST":
        access.writer_in(visitor, room_id)
        if adds == "action" and saved(
            action,
            lambda: acting.write_action(
                project=project, content=action.content, by=visitor, now=timezone.now()
            ),
        ):
            messages.success(request, _("Action added."))
            return redirect("project_actions", room_id)
        if adds == "decision" and saved(
            decision,
            lambda: acting.write_decision(
                project=project, text=decision.cleaned_data["text"], by=visitor, now=timezone.now()
            ),
        ):
            messages.success(request, _("Decision added."))
            return redirect("project_actions", room_id)
    actions = project.actions.by_due_day().select_related("person__company", "company", "done_by")
    decisions = project.decisions.order_by("-decided_at", "-pk").select_related("written_by")
    context = {
        "section": "rooms",
        "room": project,
        "member": member,
        "tab": "actions",
        "actions": page_of(request, "page", actions, PER_PAGE),
        "decisions": page_of(request, "decisions", decisions, PER_PAGE),
        "add_action": action,
        "add_decision": decision,
        "form": decision if decision.is_bound else action,
        "today": timezone.localdate(),
    }
    status = 422 if action.errors or decision.errors else 200
    return render(request, "projects/actions.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def edit_action(request: HttpRequest, room_id: str, action_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    member = access.writer_in(visitor, room_id)
    action = access.action_in(room_id, action_id)
    form = ActionForm(submitted_data(request)[0], project=member.project, saved=action)
    if form.is_bound and form.is_valid():
        form.refuse_outdated()
    if form.is_bound and saved(
        form,
        lambda: acting.change_action(action=action, content=form.content, by=visitor, now=timezone.now()),
    ):
        messages.success(request, _("Saved."))
        return redirect("project_actions", room_id)
    context = {**page_of_project(member, "actions"), "form": form}
    return render(request, "projects/edit_action.html", context, status=422 if form.errors else 200)


@login_required_to_post
@require_POST
@terms_first
def set_action_done(request: HttpRequest, room_id: str, action_id: str) -> HttpResponse:
    """Done, or open again with `do=open`; back to the list that the button stood in."""
    visitor = visitor_of(request)
    access.reader_of(visitor, room_id)
    action = access.action_in(room_id, action_id)
    is_done = request.POST.get("do") != "open"
    acting.set_done(action=action, is_done=is_done, by=visitor, now=timezone.now())
    messages.success(request, _("Marked as done.") if is_done else _("Saved."))
    if request.POST.get("back") == "mine":
        return redirect("my_actions")
    return redirect("project_actions", room_id)


@login_required_to_post
@require_POST
@terms_first
def withdraw_decision(request: HttpRequest, room_id: str, decision_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    member = access.writer_in(visitor, room_id)
    try:
        acting.withdraw_decision(
            project=member.project, decision_id=decision_id, by=visitor, now=timezone.now()
        )
    except acting.UnableToAct as refusal:
        messages.error(request, refusal.message)
    return redirect("project_actions", room_id)


@login_required
@require_safe
def my_actions(request: HttpRequest) -> HttpResponse:
    """Open ones of the person and of their company, in all their projects."""
    rows = access.own_actions(visitor_of(request)).open().by_due_day()
    page = page_of(request, "page", rows.select_related("project", "company"), PER_PAGE)
    context = {"section": "rooms", "page": page, "today": timezone.localdate()}
    return render(request, "projects/my_actions.html", context)
