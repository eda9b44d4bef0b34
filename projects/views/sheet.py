"""The project sheet as its leads see it, and the contact requests that came by it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, submitted_data
from meetings.access import visitor_of
from projects import access, seeking_partners
from projects.sheet_forms import AnswerForm, SheetForm
from projects.views.pages import page_of_project
from projects.views.saving import saved
from projects.views.terms_first import terms_first

PER_PAGE = 30


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_sheet(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST saves the draft, and nothing that is public."""
    visitor = visitor_of(request)
    member = access.lead_of(visitor, room_id)
    sheet = access.sheet_of(member.project)
    form = SheetForm(submitted_data(request)[0], saved=sheet)
    if form.is_bound and form.is_valid():
        form.refuse_outdated()
    if form.is_bound and saved(
        form,
        lambda: seeking_partners.save_sheet(
            project=member.project, content=form.content, by=visitor, now=timezone.now()
        ),
    ):
        messages.success(request, _("The draft is saved. It becomes public when you publish it."))
        return redirect("project_sheet", room_id)
    context = {
        **page_of_project(member, "sheet"),
        "form": form,
        "sheet": sheet,
        "published": access.published_of(sheet),
        "requests": access.requests_to(member.project).count(),
    }
    return render(request, "projects/sheet.html", context, status=422 if form.errors else 200)


@login_required_to_post
@require_POST
@terms_first
def publish_sheet(request: HttpRequest, room_id: str) -> HttpResponse:
    """Or takes it off the public list, with `do=unpublish`."""
    visitor = visitor_of(request)
    project = access.lead_of(visitor, room_id).project
    is_off = request.POST.get("do") == "unpublish"
    flow = seeking_partners.unpublish_sheet if is_off else seeking_partners.publish_sheet
    try:
        flow(project=project, by=visitor, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        done = _("The sheet is no longer public.") if is_off else _("The sheet is now public.")
        messages.success(request, done)
    return redirect("project_sheet", room_id)


@login_required
@require_safe
@terms_first
def partner_requests(request: HttpRequest, room_id: str) -> HttpResponse:
    member = access.lead_of(visitor_of(request), room_id)
    page = page_of(request, "page", access.requests_to(member.project), PER_PAGE)
    context = {**page_of_project(member, "sheet"), "page": page}
    return render(request, "projects/requests.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def partner_request(request: HttpRequest, room_id: str, request_id: str) -> HttpResponse:
    """A POST answers it."""
    visitor = visitor_of(request)
    member = access.lead_of(visitor, room_id)
    asked = access.request_in(member.project, request_id)
    form = AnswerForm(submitted_data(request)[0])
    if form.is_bound and saved(
        form,
        lambda: seeking_partners.answer_request(
            request=asked, text=form.cleaned_data["text"], by=visitor, now=timezone.now()
        ),
    ):
        messages.success(request, _("Your answer is on its way by email."))
        return redirect("partner_request", room_id, request_id)
    context = {
        **page_of_project(member, "sheet"),
        "asked": asked,
        "form": form,
    }
    return render(request, "projects/request.html", context, status=422 if form.errors else 200)
