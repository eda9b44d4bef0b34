"""The page on which hosts choose what their meeting shows as a film."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.views.request_person import submitted_data
from meetings import access
from meetings.access import Level
from recordings.access import recordings_to_show
from recordings.forms import FilmsForm
from recordings.media_files import duration_text
from recordings.models import Recording
from recordings.premiering import choose_films, films_of

MOST_SHOWN = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def films_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, Level.HOST)
    chosen = list(films_of(meeting.pk).select_related("meeting"))
    newest = list(recordings_to_show(visitor).select_related("meeting")[: MOST_SHOWN + 1])
    offered = [*chosen, *(each for each in newest[:MOST_SHOWN] if each not in chosen)]
    form = FilmsForm(
        *submitted_data(request),
        choices=[(recording.pk, _in_words(recording)) for recording in offered],
        initial={"films": [recording.pk for recording in chosen]},
    )
    if request.method == "POST" and form.is_valid():
        choose_films(meeting=meeting, by=visitor, chosen=form.cleaned_data["films"])
        messages.success(request, _("Saved."))
        return redirect("premiere_films", meeting_id=meeting.pk)
    context = {
        "section": "schedule",
        "meeting": meeting,
        "form": form,
        "has_films": bool(offered),
        "has_more": len(newest) > MOST_SHOWN,
        "most": MOST_SHOWN,
    }
    return render(request, "recordings/films.html", context, status=422 if form.errors else 200)


def _in_words(recording: Recording) -> str:
    return f"{recording} ({duration_text(recording.duration_seconds or 0)})"
