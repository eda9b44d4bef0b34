"""Date polls of a project: begun, answered, and closed with a time."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post, submitted_data
from meetings import access
from projects import access as project_access
from projects import date_polling
from projects.date_poll_forms import SHOWN_TIMES, AnswersForm, DatePollForm, TimeFormSet
from projects.views.pages import page_of_project
from projects.views.saving import saved
from projects.views.terms_first import terms_first


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def new_date_poll(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    member = project_access.writer_in(visitor, room_id)
    data = submitted_data(request)[0]
    initial = {"timezone": member.person.timezone}
    form = DatePollForm(data, project=member.project, initial=initial)
    times: Any = TimeFormSet(data, prefix="times", initial=[{"minutes": 60}] * SHOWN_TIMES)
    if form.is_bound and all([form.is_valid(), times.is_valid()]):
        try:
            poll = date_polling.open_date_poll(
                project=member.project, content=form.content_with(times), by=visitor, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("Everyone in the project will be asked by email."))
            return redirect("date_poll", room_id, poll.pk)
    shown, more = times.forms[:SHOWN_TIMES], times.forms[SHOWN_TIMES:]
    context = {
        **page_of_project(member, "date_poll"),
        "form": form,
        "times": times,
        "shown": shown,
        "more": more,
        "is_more_open": any(one.is_used for one in more),
    }
    status = 422 if form.is_bound else 200
    return render(request, "projects/new_date_poll.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def date_poll(request: HttpRequest, room_id: str, poll_id: str) -> HttpResponse:
    """A POST answers it."""
    visitor, now = access.visitor_of(request), timezone.now()
    member = project_access.reader_of(visitor, room_id)
    poll = project_access.date_poll_in(room_id, poll_id)
    form = AnswersForm(submitted_data(request)[0], poll=poll, person=member.person)
    if form.is_bound and saved(
        form, lambda: date_polling.answer(poll=poll, answers=form.answers, by=visitor, now=now)
    ):
        messages.success(
            request, _("Thank you. Your answer is saved. You can change it until the poll closes.")
        )
        return redirect("date_poll", room_id, poll_id)
    is_open = poll.state == poll.State.OPEN and member.project.is_open
    context = {
        **page_of_project(member, "date_poll"),
        "poll": poll,
        "form": form,
        "is_open": is_open,
        "takes_answers": is_open and poll.takes_answers(now),
        "may_delete": member.may_delete(poll.made_by_id),
        "may_choose": is_open and member.may_write and access.can_schedule(visitor),
    }
    return render(request, "projects/date_poll.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def choose_time(request: HttpRequest, room_id: str, poll_id: str, time_id: str) -> HttpResponse:
    """Asks first; then schedules the meeting and leads to its page."""
    visitor = access.visitor_of(request)
    member = project_access.writer_in(visitor, room_id)
    if not access.can_schedule(visitor):
        raise access.NotAllowed
    poll = project_access.date_poll_in(room_id, poll_id)
    times = {one.row.pk: one for one in date_polling.results_of(poll)}
    if time_id not in times:
        raise access.NotVisible
    if request.method == "POST":
        try:
            meeting = date_polling.choose_time(poll=poll, time_id=time_id, by=visitor, now=timezone.now())
        except Refusal as refusal:
            for words in [words for found in refusal.field_errors.values() for words in found]:
                messages.error(request, words)
            return redirect("date_poll", room_id, poll_id)
        messages.success(
            request, _("The meeting is scheduled. Everyone in the project will be invited by email.")
        )
        return redirect("host_meeting", meeting_id=meeting.pk)
    context = {
        **page_of_project(member, "date_poll"),
        "poll": poll,
        "one": times[time_id],
        "back": reverse("date_poll", args=[room_id, poll_id]),
    }
    return render(request, "projects/choose_time.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def delete_date_poll(request: HttpRequest, room_id: str, poll_id: str) -> HttpResponse:
    """A page asks first."""
    visitor = access.visitor_of(request)
    member = project_access.writer_in(visitor, room_id)
    poll = project_access.date_poll_in(room_id, poll_id)
    if not member.may_delete(poll.made_by_id):
        raise access.NotAllowed
    if request.method == "POST":
        date_polling.delete_date_poll(poll=poll, by=visitor, now=timezone.now())
        messages.success(request, _("The date poll has been deleted."))
        return redirect("project_room", room_id)
    context = {
        **page_of_project(member, "date_poll"),
        "question": _("Delete this date poll?"),
        "who": str(poll),
        "effect": _(
            "All answers will be deleted. If a meeting has been scheduled, it stays. "
            "The history will show the title and who deleted it."
        ),
        "button": _("Delete the date poll"),
        "back": reverse("date_poll", args=[room_id, poll_id]),
    }
    return render(request, "projects/confirm.html", context)


@login_required_to_post
@require_POST
@terms_first
def end_date_poll(request: HttpRequest, room_id: str, poll_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    project_access.writer_in(visitor, room_id)
    poll = project_access.date_poll_in(room_id, poll_id)
    try:
        date_polling.end_date_poll(poll=poll, by=visitor, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The date poll has ended without a meeting."))
    return redirect("date_poll", room_id, poll_id)
