"""Everything of a project in one archive: asked for, followed and downloaded by its leads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.refusals import Refusal
from meetings.access import visitor_of
from projects import access, downloads, exporting
from projects.tasks import wake_exporter
from projects.views.pages import page_of_project
from projects.views.terms_first import terms_first


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_export(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    member = access.lead_of(visitor, room_id)
    if request.method == "POST":
        try:
            export = exporting.ask_for_export(project=member.project, by=visitor, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            wake_exporter(export.pk)
            messages.success(request, _("The export is being prepared. We’ll email you when it is ready."))
        return redirect("project_export", room_id)
    exports = list(access.exports_of(member.project)[: exporting.MOST_LISTED])
    context = {
        **page_of_project(member, "settings"),
        "exports": exports,
        "is_running": any(export.is_unfinished for export in exports),
        "days_kept": exporting.KEPT.days,
    }
    return render(request, "projects/export.html", context)


@login_required
@require_safe
@terms_first
def download_project_export(request: HttpRequest, room_id: str, export_id: str) -> HttpResponseBase:
    project = access.lead_of(visitor_of(request), room_id).project
    return downloads.export_in(request, project, export_id)
