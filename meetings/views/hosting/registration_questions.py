"""What a host asks at registration: the list, and adding, changing, moving, removing and copying questions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.languages import in_language
from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post, submitted_data
from meetings import access, asking, changing_series
from meetings.models import Meeting, RegistrationQuestion
from meetings.models.registration_question import MAX_QUESTIONS
from meetings.question_form import QuestionForm
from meetings.question_input import QuestionInput, too_many_questions


@dataclass(frozen=True)
class Row:
    """A question in the host's list."""

    question: QuestionInput
    kind: str
    answered: int


@login_required
@require_safe
def registration_questions(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    now = timezone.now()
    questions = asking.questions_of(meeting)
    counts = asking.answer_counts(meeting, [question.key for question in questions])
    context = {
        "meeting": meeting,
        "rows": [Row(one, _kind_in_words(one.kind), counts[one.key]) for one in questions],
        "kinds": [(kind, _kind_in_words(kind)) for kind in RegistrationQuestion.Kind.values],
        "is_full": len(questions) >= MAX_QUESTIONS,
        "refusal": asking.reason_against(meeting, now=now),
        "differing": len(asking.asking_otherwise(meeting, _later(meeting), now=now)),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/registration_questions.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_registration_question(request: HttpRequest, meeting_id: str, kind: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    if kind not in RegistrationQuestion.Kind.values:
        raise access.NotVisible
    if len(asking.questions_of(meeting)) >= MAX_QUESTIONS:
        messages.error(request, too_many_questions())
        return _back(meeting)
    form = QuestionForm(submitted_data(request)[0], kind=kind)
    return _form_page(request, meeting, form, asking.add_question, done=_("Question added."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_registration_question(request: HttpRequest, meeting_id: str, key: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    saved = _question(meeting, key)
    form = QuestionForm(submitted_data(request)[0], kind=saved.kind, saved=saved)
    if form.is_bound:
        form.refuse_outdated()
    return _form_page(request, meeting, form, asking.change_question, done=_("Question saved."))


@login_required_to_post
@require_POST
def move_registration_question(request: HttpRequest, meeting_id: str, key: str) -> HttpResponse:
    """One place up, or with `do=down` one place down."""
    meeting = _meeting(request, meeting_id)
    is_up = request.POST.get("do") != "down"
    _call(request, partial(asking.move_question, meeting=meeting, key=key, up=is_up, now=timezone.now()))
    return _back(meeting)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_registration_question(request: HttpRequest, meeting_id: str, key: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    saved = _question(meeting, key)
    if request.method == "POST":
        removing = partial(asking.remove_question, meeting=meeting, key=key, now=timezone.now())
        _call(request, removing, done=_("Question removed."))
        return _back(meeting)
    return _confirm_page(
        request,
        meeting,
        question=_("Remove this question?"),
        who=in_language(saved.label),
        effect=_effect_of_removing(asking.answer_counts(meeting, [key])[key]),
        button=_("Remove"),
        is_bad=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy_registration_questions(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """To the later meetings of the series."""
    meeting, now = _meeting(request, meeting_id), timezone.now()
    others = asking.asking_otherwise(meeting, _later(meeting), now=now)
    if request.method == "POST" or not others:
        copying = partial(asking.ask_in, meeting=meeting, others=others, now=now)
        _call(request, copying, done=_("The later meetings now ask these questions."))
        return _back(meeting)
    question = ngettext(
        "Use these questions in %(number)s later meeting?",
        "Use these questions in %(number)s later meetings?",
        len(others),
    )
    return _confirm_page(
        request,
        meeting,
        question=question % {"number": len(others)},
        effect=_(
            "They will ask exactly these questions, in this order. Their own questions are removed;"
            " answers already given stay in the export."
        ),
        button=_("Use these questions"),
    )


# ---- what they share -------------------------------------------------------------------------------------


def _meeting(request: HttpRequest, meeting_id: str) -> Meeting:
    return access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)


def _later(meeting: Meeting) -> list[Meeting]:
    return [one for one in changing_series.following(meeting) if one.pk != meeting.pk]


def _question(meeting: Meeting, key: str) -> QuestionInput:
    """Raises NotVisible for one that is not asked."""
    for question in asking.questions_of(meeting):
        if question.key == key:
            return question
    raise access.NotVisible


def _kind_in_words(kind: str) -> str:
    return str(capfirst(RegistrationQuestion.Kind(kind).label))


def _effect_of_removing(answered: int) -> str:
    if not answered:
        return _("Nobody has answered it yet. It will be deleted.")
    words = ngettext(
        "%(number)s person has answered it. The answer stays in the export, and the question is no longer asked.",
        "%(number)s people have answered it. Their answers stay in the export, and the question is no longer asked.",
        answered,
    )
    return words % {"number": answered}


def _form_page(
    request: HttpRequest, meeting: Meeting, form: QuestionForm, flow: Callable[..., None], *, done: str
) -> HttpResponse:
    if form.is_bound and form.is_valid() and form.question is not None:
        try:
            flow(meeting=meeting, question=form.question, now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, done)
            return _back(meeting)
    key = form.saved.key if form.saved else ""
    context = {
        "meeting": meeting,
        "form": form,
        "kind": _kind_in_words(form.kind),
        "answered": asking.answer_counts(meeting, [key])[key] if key else 0,
        "section": "schedule",
    }
    return render(
        request, "meetings/hosting/registration_question.html", context, status=422 if form.errors else 200
    )


def _confirm_page(request: HttpRequest, meeting: Meeting, **words: object) -> HttpResponse:
    back = reverse("registration_questions", args=[meeting.pk])
    context = {"meeting": meeting, "back": back, "section": "schedule", **words}
    return render(request, "meetings/hosting/confirm.html", context)


def _call(request: HttpRequest, flow: Callable[[], None], *, done: str = "") -> None:
    try:
        flow()
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        if done:
            messages.success(request, done)


def _back(meeting: Meeting) -> HttpResponse:
    return redirect("registration_questions", meeting_id=meeting.pk)
