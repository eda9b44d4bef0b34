"""Agenda templates of a project: the list, one with its items, and using or saving one at a meeting's agenda."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post, submitted_data
from meetings import access
from meetings.access import Level
from portal import agendas
from portal.agenda_forms import AgendaItemForm, AgendaTemplateForm
from projects import access as project_access
from projects import agenda_templates as templates
from projects.views.pages import page_of_project
from projects.views.saving import saved
from projects.views.terms_first import terms_first


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def agenda_templates(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST begins an empty one and leads to it."""
    visitor = access.visitor_of(request)
    member = project_access.reader_of(visitor, room_id)
    form = AgendaTemplateForm(submitted_data(request)[0])
    if request.method == "POST":
        project_access.writer_in(visitor, room_id)
        if saved(
            form,
            lambda: templates.write_template(
                project=member.project, name=form.cleaned_data["name"], by=visitor
            ),
        ):
            made = member.project.agenda_templates.get(name=form.cleaned_data["name"])
            return redirect("agenda_template", room_id, made.pk)
    context = {
        **page_of_project(member, "agendas"),
        "templates": member.project.agenda_templates.order_by("name").prefetch_related("items"),
        "form": form,
    }
    return render(request, "portal/agenda/templates.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def agenda_template(request: HttpRequest, room_id: str, template_id: str) -> HttpResponse:
    """A POST adds an item at the end."""
    visitor = access.visitor_of(request)
    member = project_access.reader_of(visitor, room_id)
    template = project_access.agenda_template_in(room_id, template_id)
    form = AgendaItemForm(submitted_data(request)[0])
    if request.method == "POST":
        project_access.writer_in(visitor, room_id)
        if saved(
            form,
            lambda: templates.change_template(
                template=template, change=lambda items: [*items, form.content], by=visitor
            ),
        ):
            messages.success(request, _("Item added."))
            return redirect("agenda_template", room_id, template_id)
    items = list(template.items.order_by("number"))
    context = {
        **page_of_project(member, "agendas"),
        "template": template,
        "items": items,
        "minutes": sum(item.minutes for item in items),
        "form": form,
    }
    return render(request, "portal/agenda/template.html", context, status=422 if form.errors else 200)


@login_required_to_post
@require_POST
@terms_first
def change_agenda_template(request: HttpRequest, room_id: str, template_id: str) -> HttpResponse:
    """As `do` says: `default`, `not_default`, `delete`, or for an `item` `up` and `remove`."""
    visitor = access.visitor_of(request)
    project_access.writer_in(visitor, room_id)
    template = project_access.agenda_template_in(room_id, template_id)
    do, item = request.POST.get("do", ""), request.POST.get("item", "")
    if do == "delete":
        templates.delete_template(template=template, by=visitor)
        messages.success(request, _("Template deleted."))
        return redirect("agenda_templates", room_id)
    if do in {"default", "not_default"}:
        templates.use_for_new_meetings(template=template, on=do == "default", by=visitor)
    elif do == "up":
        templates.change_template(template=template, change=templates.moved_up(item), by=visitor)
    elif do == "remove":
        templates.change_template(
            template=template, change=lambda items: [one for one in items if one.id != item], by=visitor
        )
    messages.success(request, _("Saved."))
    return redirect("agenda_template", room_id, template_id)


@login_required_to_post
@require_POST
def agenda_and_template(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Uses a template in the agenda of a meeting, or saves this agenda as one, as `do` says."""
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, Level.HOST)
    member = project_access.writer_in(visitor, meeting.room_id)
    try:
        if not agendas.can_plan(meeting):
            messages.error(request, _("This meeting is over. Its agenda can no longer be changed."))
        elif request.POST.get("do") == "use":
            key = request.POST.get("template", "")
            template = project_access.agenda_template_in(meeting.room_id, key)
            templates.use_template(template=template, meeting=meeting, by=visitor, now=timezone.now())
            messages.success(request, _("Template added to the agenda."))
        else:
            form = AgendaTemplateForm(request.POST)
            name = form.cleaned_data["name"] if form.is_valid() else ""
            templates.write_template(project=member.project, name=name, by=visitor, meeting=meeting)
            messages.success(request, _("Template saved."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("agenda", meeting_id=meeting.pk)
