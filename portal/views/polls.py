"""A host's polls of one meeting: prepared before, with their results afterwards."""

from collections.abc import Callable, Iterable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post, person_of, submitted_data
from companies.views.spreadsheet import csv_file
from engagement.models import Poll
from engagement.polls import preparing, results
from meetings import access, changing_series
from meetings.models import Meeting
from portal.poll_forms import PollForm, initial_of


@login_required
@require_safe
def polls_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    polls = list(results.with_results(results.polls_of_meeting(meeting.pk))[: preparing.MOST_POLLS])
    context = {
        "meeting": meeting,
        "prepared": [poll for poll in polls if poll.is_prepared],
        "opened": [
            (poll, results.shown_results(poll, results.results_of(poll)))
            for poll in polls
            if not poll.is_prepared
        ],
        "next_meeting": _next_in_series(meeting),
        "can_prepare": meeting.is_open or meeting.state == Meeting.State.DRAFT,
        "section": "schedule",
    }
    return render(request, "portal/polls/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_poll(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    form = PollForm(submitted_data(request)[0], language=_language_of(meeting))
    flow = partial(preparing.create_poll, meeting=meeting.pk)
    return _form_page(request, meeting, form, flow, done=_("Poll prepared. Open it in the room."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_poll(request: HttpRequest, meeting_id: str, poll_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    poll = results.poll_of_meeting(meeting.pk, poll_id)
    if not poll.is_prepared:
        messages.error(request, _("This poll has been opened, so it cannot be changed any more."))
        return _back(meeting)
    form = PollForm(submitted_data(request)[0], initial=initial_of(poll), language=_language_of(meeting))
    flow = partial(preparing.edit_poll, poll_id=poll.pk)
    return _form_page(request, meeting, form, flow, done=_("Poll saved."), poll=poll)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_poll(request: HttpRequest, meeting_id: str, poll_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    poll = results.poll_of_meeting(meeting.pk, poll_id)
    if request.method == "POST":
        deleting = partial(preparing.delete_poll, poll_id=poll.pk, room_id=meeting.room_id)
        _call(request, deleting, done=_("Poll deleted."))
        return _back(meeting)
    context = {
        "meeting": meeting,
        "question": _("Delete this poll?"),
        "who": str(poll.title_in_words),
        "effect": _("It has not been opened yet, so no votes are lost."),
        "button": _("Delete"),
        "is_bad": True,
        "back": reverse("polls", args=[meeting.pk]),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/confirm.html", context)


@login_required_to_post
@require_POST
def use_poll_again(request: HttpRequest, meeting_id: str, poll_id: str) -> HttpResponse:
    """Prepares it for this meeting, or with `to=next` for the next one of the series."""
    meeting = _meeting(request, meeting_id)
    poll = results.poll_of_meeting(meeting.pk, poll_id)
    following = _next_in_series(meeting) if request.POST.get("to") == "next" else meeting
    if following is None:
        raise Http404
    copying = partial(preparing.use_again, poll=poll, room_id=following.room_id, meeting=following.pk)
    _call(request, copying, done=_("Poll prepared. Open it in the room."))
    return _back(following)


@login_required_to_post
@require_POST
def poll_on_page(request: HttpRequest, meeting_id: str, poll_id: str) -> HttpResponse:
    """Shows the results on the meeting's page, or with `show=no` does not."""
    meeting = _meeting(request, meeting_id)
    poll = results.poll_of_meeting(meeting.pk, poll_id)
    is_on_page = request.POST.get("show") != "no"
    showing = partial(preparing.show_on_page, poll_id=poll.pk, room_id=meeting.room_id, is_on_page=is_on_page)
    _call(request, showing)
    return _back(meeting)


# ---- files ---------------------------------------------------------------------------------------------------


@login_required
@require_safe
def polls_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The results of all polls that were opened, a row for each option; nobody is named."""
    meeting = _meeting(request, meeting_id)
    titles = [
        *(_("Poll"), _("Type of poll"), _("Anonymous"), _("Opened (UTC)"), _("Voters")),
        *(_("Option"), _("Votes"), _("Share of voters (%)"), _("Correct answer")),
    ]
    polls = results.with_results(results.polls_opened_in(meeting.pk)).order_by("opened_at", "pk")
    rows = (row for poll in polls[: preparing.MOST_POLLS] for row in _result_rows(poll))
    return csv_file(f"polls-{meeting.pk}.csv", titles, rows)


def _result_rows(poll: Poll) -> Iterable[list[object]]:
    head = [
        str(poll.title_in_words),
        str(capfirst(poll.get_kind_display())),
        _("yes") if poll.is_anonymous else _("no"),
        f"{poll.opened_at:%Y-%m-%d %H:%M}",
        poll.voters,
    ]
    for line in results.shown_results(poll, results.results_of(poll)):
        yield [*head, line.text, line.votes, line.percent, _("yes") if line.is_right else ""]


@login_required
@require_safe
def ballots_csv(request: HttpRequest, meeting_id: str, poll_id: str) -> HttpResponse:
    """Who chose what in a poll that was not anonymous."""
    meeting = _meeting(request, meeting_id)
    poll = results.poll_of_meeting(meeting.pk, poll_id)
    if poll.is_anonymous:
        raise Http404
    options = list(poll.options.all())
    rows = (
        [
            ballot.person.name,
            ballot.person.known_email,
            ballot.person.company.name if ballot.person.company else "",
            ", ".join(str(each) for each in ballot.in_words(options)),
        ]
        for ballot in results.ballots_of(poll)
    )
    titles = [_("Name"), _("Email address"), _("Company"), pgettext("noun", "Answer")]
    return csv_file(f"poll-{poll.pk}.csv", titles, rows)


# ---- what they share -----------------------------------------------------------------------------------------


def _meeting(request: HttpRequest, meeting_id: str) -> Meeting:
    return access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)


def _language_of(meeting: Meeting) -> str:
    return str(next(iter(meeting.languages), "en"))


def _next_in_series(meeting: Meeting) -> Meeting | None:
    return next((one for one in changing_series.following(meeting) if one.pk != meeting.pk), None)


def _back(meeting: Meeting) -> HttpResponse:
    return redirect("polls", meeting_id=meeting.pk)


def _form_page(
    request: HttpRequest,
    meeting: Meeting,
    form: PollForm,
    flow: Callable[..., object],
    *,
    done: str,
    poll: Poll | None = None,
) -> HttpResponse:
    if form.is_bound and form.is_valid() and form.content is not None:
        try:
            flow(room_id=meeting.room_id, content=form.content, by=_by(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, done)
            return _back(meeting)
    context = {"meeting": meeting, "form": form, "poll": poll, "section": "schedule"}
    return render(request, "portal/polls/form.html", context, status=422 if form.errors else 200)


def _call(request: HttpRequest, flow: Callable[..., object], *, done: str = "") -> None:
    try:
        flow(by=_by(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        if done:
            messages.success(request, done)


def _by(request: HttpRequest) -> int | None:
    person = person_of(request)
    return person.pk if person is not None else None
