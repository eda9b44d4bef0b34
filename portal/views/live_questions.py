"""Questions and answers of a meeting: the list, answering in writing, and the host's settings."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.views.paging import page_of
from companies.views.request_person import submitted_data
from companies.views.spreadsheet import csv_file
from engagement.models import Question
from engagement.questions import configuring, moderating, reading, replying
from engagement.questions.models import settings_of
from meetings import access
from meetings.access import Level
from portal.live_question_forms import AnswerForm, DismissForm, QuestionFilter, QuestionSettingsForm
from portal.live_questions import Reader, question_to_answer, reader_of, row_of
from rooms.refusals import Refused

PER_PAGE = 50


@require_safe
def questions_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    reader = reader_of(access.visitor_of(request), meeting_id)
    filters = QuestionFilter(request.GET)
    found = reader.filtered(filters.chosen("show"))
    if filters.chosen("sort") != "time":
        found = reading.by_votes(found)
    page = page_of(request, "page", found, PER_PAGE)
    context = {
        "section": "schedule",
        "meeting": reader.meeting,
        "reader": reader,
        "filters": filters,
        "page": page,
        "rows": [row_of(question, reader) for question in page],
    }
    return render(request, "portal/live_questions.html", context)


@login_required
@require_safe
def questions_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """All of them, for hosts; times in UTC."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, Level.HOST)
    reader = reader_of(access.visitor_of(request), meeting_id)
    titles = [
        _("Asked at (UTC)"),
        _("Question"),
        _("Language"),
        _("Asked by"),
        _("Upvotes"),
        _("Status"),
        _("The answer"),
        _("Private answer"),
        _("Answered by"),
        _("Answered at (UTC)"),
        _("Reason"),
    ]
    return csv_file(f"questions-{meeting.pk}.csv", titles, _csv_rows(reader))


def _csv_rows(reader: Reader) -> Iterable[list[object]]:
    for question in reader.questions().order_by("asked_at", "pk"):
        by = question.answered_by
        yield [
            _utc(question.asked_at),
            question.text,
            question.language,
            reader.asker_of(question) or _("Anonymous"),
            question.votes,
            question.get_state_display(),
            question.answer,
            _("yes") if question.answer_is_private else _("no"),
            by.name if by is not None else "",
            _utc(question.answered_at),
            question.reason,
        ]


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment is not None else ""


# ---- answering -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def answer_question(request: HttpRequest, meeting_id: str, question_id: str) -> HttpResponseBase:
    reader, question = question_to_answer(access.visitor_of(request), meeting_id, question_id)
    data, _files = submitted_data(request)
    initial = {"text": question.answer, "private": question.answer_is_private}
    form = AnswerForm(data, initial=initial)
    if request.method == "POST" and form.is_valid() and _answer(reader, question, form):
        messages.success(request, _("Answer saved."))
        return redirect("live_questions", meeting_id)
    return _question_page(request, reader, question, form=form)


def _answer(reader: Reader, question: Question, form: AnswerForm) -> bool:
    flow = partial(
        replying.answer,
        room_id=question.room_id,
        question_id=question.pk,
        text=form.cleaned_data["text"],
        is_private=form.cleaned_data["private"],
        by=reader.person.pk if reader.person is not None else 0,
        now=timezone.now(),
    )
    return _is_done(form, flow)


@require_http_methods(["GET", "HEAD", "POST"])
def dismiss_question(request: HttpRequest, meeting_id: str, question_id: str) -> HttpResponseBase:
    reader, question = question_to_answer(access.visitor_of(request), meeting_id, question_id)
    if not reader.is_host:
        raise access.NotAllowed
    data, _files = submitted_data(request)
    form = DismissForm(data)
    if request.method == "POST" and form.is_valid() and _dismiss(question, form):
        messages.success(request, _("Question dismissed."))
        return redirect("live_questions", meeting_id)
    return _question_page(request, reader, question, form=form, dismissing=True)


def _dismiss(question: Question, form: DismissForm) -> bool:
    flow = partial(
        moderating.dismiss,
        room_id=question.room_id,
        question_id=question.pk,
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
    )
    return _is_done(form, flow)


def _is_done(form: AnswerForm | DismissForm, flow: Callable[[], object]) -> bool:
    """False when the question was dismissed or merged meanwhile; then the form says so."""
    try:
        flow()
    except Refused:
        form.add_error(
            None, _("This question has changed in the meantime. Reload the page to see the latest version.")
        )
        return False
    return True


def _question_page(
    request: HttpRequest,
    reader: Reader,
    question: Question,
    *,
    form: AnswerForm | DismissForm,
    dismissing: bool = False,
) -> HttpResponse:
    context = {
        "section": "schedule",
        "meeting": reader.meeting,
        "reader": reader,
        "row": row_of(question, reader),
        "form": form,
        "is_dismissing": dismissing,
    }
    return render(request, "portal/live_question.html", context, status=422 if form.errors else 200)


# ---- settings --------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_settings(request: HttpRequest, meeting_id: str) -> HttpResponseBase:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, Level.HOST)
    data, _files = submitted_data(request)
    form = QuestionSettingsForm(data, chosen=settings_of(meeting.room_id))
    if request.method == "POST" and form.is_valid():
        configuring.configure(room_id=meeting.room_id, changes=form.cleaned_data, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("host_meeting", meeting_id)
    context = {"section": "schedule", "meeting": meeting, "form": form}
    status = 422 if form.errors else 200
    return render(request, "portal/question_settings.html", context, status=status)
