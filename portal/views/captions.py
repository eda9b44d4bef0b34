"""Caption links of one meeting: addresses to which an outside captioner's program posts, one for each language."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.views.request_person import submitted_data
from engagement.realtime_text import linking
from engagement.realtime_text.models import CaptionLink
from meetings import access
from meetings.access import Level
from meetings.models import Meeting
from portal.caption_forms import CaptionLinkForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def caption_links(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The list with the addresses; `what` says whether one is created, renewed or revoked."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, Level.HOST)
    can_change = meeting.is_online and (meeting.is_open or meeting.state == Meeting.State.DRAFT)
    links = list(linking.links_of(meeting.pk)) if can_change else []
    form = CaptionLinkForm(submitted_data(request)[0], taken=[link.language for link in links])
    if form.is_bound and not can_change:
        form.add_error(
            None, _("This meeting can’t have caption links, because it has ended or isn’t online.")
        )
    if form.is_bound and form.is_valid():
        _change(request, meeting, form.cleaned_data["what"], form.cleaned_data["language"])
        return redirect("caption_links", meeting_id=meeting.pk)
    context = {
        "meeting": meeting,
        "links": [(link, _address(link)) for link in links],
        "form": form,
        "can_change": can_change,
        "has_all": len(links) == len(settings.LANGUAGES),
        "section": "schedule",
    }
    return render(request, "portal/captions.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, meeting: Meeting, what: str, language: str) -> None:
    if what == "renew" and linking.renew_link(meeting=meeting.pk, language=language, now=timezone.now()):
        messages.success(request, _("The old address no longer works. Send the captioner the new one."))
    elif what == "revoke" and linking.revoke_link(meeting=meeting.pk, language=language):
        messages.success(request, _("The address no longer works."))
    elif what == "create":
        linking.create_link(
            room_id=meeting.room_id, meeting=meeting.pk, language=language, now=timezone.now()
        )
        messages.success(request, _("Caption link created. Send the address to the captioner."))


def _address(link: CaptionLink) -> str:
    """With a query, because captioners' programs add `&seq=7` to it."""
    path = reverse("caption_link", args=[linking.token_of(link)])
    return f"{settings.SITE_URL}{path}?language={link.language}"
