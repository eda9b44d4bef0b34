"""A host's agenda of one meeting: the list with the form that adds, and changing, moving, removing, copying."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post, person_of, submitted_data
from engagement.agenda import planning
from engagement.agenda.agenda_input import MOST_ITEMS
from engagement.agenda.describing import items_of, meetings_with_agenda
from engagement.models import AgendaItem
from meetings import access, changing_series
from meetings.models import Meeting
from portal import agendas
from portal.agenda_forms import AgendaItemForm, AgendaTemplateForm
from projects import access as project_access


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agenda_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    form = AgendaItemForm(submitted_data(request)[0])
    if form.is_bound and form.is_valid() and _save(request, meeting, form, planning.add_item):
        messages.success(request, _("Item added."))
        return _back(meeting)
    rows = agendas.rows_of(meeting)
    context = {
        "meeting": meeting,
        "agenda": list(agendas.planned(meeting, rows)),
        "minutes": sum(row.minutes for row in rows),
        "form": form,
        "can_plan": agendas.can_plan(meeting),
        "is_full": len(rows) >= MOST_ITEMS,
        "without_agenda": len(_without_agenda(meeting)),
        **_templates_for(request, meeting),
        "section": "schedule",
    }
    return render(request, "portal/agenda/list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item(request: HttpRequest, meeting_id: str, item_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    item = _item(meeting, item_id)
    form = AgendaItemForm(submitted_data(request)[0], saved=item)
    if form.is_bound and form.is_valid():
        form.refuse_outdated()
    changing = partial(planning.change_item, item_id=item.pk)
    if form.is_bound and form.is_valid() and _save(request, meeting, form, changing):
        messages.success(request, _("Item saved."))
        return _back(meeting)
    context = {"meeting": meeting, "form": form, "item": item, "section": "schedule"}
    return render(request, "portal/agenda/item.html", context, status=422 if form.errors else 200)


@login_required_to_post
@require_POST
def move_agenda_item(request: HttpRequest, meeting_id: str, item_id: str) -> HttpResponse:
    """One place up, or with `do=down` one place down."""
    meeting = _meeting(request, meeting_id)
    _call(request, meeting, partial(planning.move_item, item_id=item_id, up=request.POST.get("do") != "down"))
    return _back(meeting)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_agenda_item(request: HttpRequest, meeting_id: str, item_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    item = _item(meeting, item_id)
    if request.method == "POST":
        _call(request, meeting, partial(planning.remove_item, item_id=item.pk), done=_("Item removed."))
        return _back(meeting)
    return _confirm_page(
        request,
        meeting,
        question=_("Remove this item from the agenda?"),
        who=item.title_in_words,
        effect=_("It will no longer be shown on the meeting page or in the room."),
        button=_("Remove"),
        is_bad=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy_agenda(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """To the later meetings of the series that have none."""
    meeting = _meeting(request, meeting_id)
    others = _without_agenda(meeting)
    if not others:
        return _back(meeting)
    if request.method == "POST":
        pairs = [(other.room_id, other.pk) for other in others]
        try:
            planning.copy_agenda(meeting=meeting.pk, others=pairs, by=_by(request), now=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The later meetings now have this agenda."))
        return _back(meeting)
    question = ngettext(
        "Use this agenda in %(number)s later meeting?",
        "Use this agenda in %(number)s later meetings?",
        len(others),
    )
    return _confirm_page(
        request,
        meeting,
        question=question % {"number": len(others)},
        effect=_("Only later meetings without an agenda get it. You can then change each one."),
        button=_("Use this agenda"),
    )


# ---- what they share -----------------------------------------------------------------------------------------


def _meeting(request: HttpRequest, meeting_id: str) -> Meeting:
    return access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)


def _item(meeting: Meeting, item_id: str) -> AgendaItem:
    item = items_of(meeting.pk).filter(pk=item_id).first()
    if item is None:
        raise Http404
    return item


def _without_agenda(meeting: Meeting) -> list[Meeting]:
    """Of the later meetings of the series; none where there is nothing to copy."""
    if not items_of(meeting.pk).exists():
        return []
    later = [one for one in changing_series.following(meeting) if one.pk != meeting.pk]
    planned = meetings_with_agenda(one.pk for one in later)
    return [one for one in later if one.pk not in planned]


def _templates_for(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    """Those of the meeting's project, for whoever writes in it."""
    member = project_access.membership_for(access.visitor_of(request), meeting.room)
    if member is None or not member.may_write:
        return {}
    templates = member.project.agenda_templates.order_by("name")
    return {"project": member.project, "templates": templates, "template_form": AgendaTemplateForm()}


def _save(request: HttpRequest, meeting: Meeting, form: AgendaItemForm, flow: Callable[..., object]) -> bool:
    """False, with errors in the form, when the flow refuses."""
    if not agendas.can_plan(meeting):
        form.add_error(None, _too_late())
        return False
    try:
        flow(
            room_id=meeting.room_id,
            meeting=meeting.pk,
            content=form.content,
            by=_by(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    return True


def _call(request: HttpRequest, meeting: Meeting, flow: Callable[..., object], *, done: str = "") -> None:
    if not agendas.can_plan(meeting):
        messages.error(request, _too_late())
        return
    try:
        flow(room_id=meeting.room_id, meeting=meeting.pk, by=_by(request), now=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal  # somebody has removed it meanwhile
    if done:
        messages.success(request, done)


def _too_late() -> str:
    return _("This meeting is over. Its agenda can no longer be changed.")


def _confirm_page(request: HttpRequest, meeting: Meeting, **words: object) -> HttpResponse:
    back = reverse("agenda", args=[meeting.pk])
    context = {"meeting": meeting, "back": back, "section": "schedule", **words}
    return render(request, "meetings/hosting/confirm.html", context)


def _back(meeting: Meeting) -> HttpResponse:
    return redirect("agenda", meeting_id=meeting.pk)


def _by(request: HttpRequest) -> int | None:
    person = person_of(request)
    return person.pk if person is not None else None
