"""The pages that schedule and change a meeting, with a preview of what it would do."""

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from companies import zones
from companies.access import companies_found, listed_companies
from companies.models import Person
from meetings import (
    access,
    change_preview,
    changing,
    changing_series,
    day_notes,
    meeting_input,
    preconditions,
    recurrence,
    scheduling,
)
from meetings.day_notes import DayNotes
from meetings.forms import MeetingForm, initial_for_new, initial_from
from meetings.meeting_input import MeetingDetails
from meetings.models import Meeting


@dataclass(frozen=True)
class Preview:
    """What the page shows before the change is made."""

    conflicts: list[change_preview.Conflict]
    effects: list[change_preview.Effects]

    @property
    def first(self) -> change_preview.Effects | None:
        return self.effects[0] if self.effects else None

    @property
    def later(self) -> int:
        return len(self.effects) - 1

    @property
    def later_moved(self) -> int:
        """How many later meetings of the series get another time."""
        return sum(one.moves for one in self.effects[1:])

    @property
    def mails(self) -> int:
        return change_preview.emails_at_once(self.effects)

    @property
    def needs_confirmation(self) -> bool:
        return bool(self.conflicts) or any(one.needs_confirmation for one in self.effects)


@login_required
@require_http_methods(["GET", "POST"])
def new_meeting(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    if visitor.person is None:
        raise access.NotAllowed
    if not access.can_schedule(visitor):
        return render(request, "meetings/hosting/no_company.html", status=403)
    form = _form(
        _typed(request),
        visitor,
        initial={**initial_for_new(visitor.person), **_preselected(request, visitor)},
    )
    preview = None
    if request.method == "POST":
        form.full_clean()
        now, is_one = timezone.now(), form.rule is None  # each meeting of a series is looked at by the flow
        form.add_problems(lambda wanted: preconditions.impossible(wanted, now=now, alone=is_one))
        preview = _preview_of_new(request, visitor, form) if form.is_valid() else None
        if form.is_valid() and preview is None and form.details is not None:
            answer = _schedule(request, visitor.person, form, form.details)
            if answer is not None:
                return answer
    return _page(request, form, preview)


@login_required
@require_http_methods(["GET", "POST"])
def edit_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    if meeting.state == Meeting.State.CANCELLED and request.method != "POST":
        messages.info(request, _("A cancelled meeting cannot be changed."))
        return redirect("host_meeting", meeting_id=meeting.pk)
    saved = meeting_input.details_of(meeting)
    initial = {**initial_from(saved), **_proposed_time(request, meeting)}
    form = _form(_typed(request), visitor, initial=initial, meeting=meeting)
    preview = None
    if request.method == "POST":
        form.full_clean()
        form.refuse_outdated()
        now = timezone.now()
        form.add_problems(lambda wanted: preconditions.impossible_change(wanted, meeting=meeting, now=now))
        preview = _preview_of_change(request, visitor, form, meeting) if form.is_valid() else None
        if form.is_valid() and preview is None and form.details is not None:
            answer = _change(request, form, form.details, meeting, saved)
            if answer is not None:
                return answer
    return _page(request, form, preview, meeting)


@login_required
@require_safe
def notes_on_new(request: HttpRequest) -> HttpResponse:
    """The part of the form below its date, for what was typed so far."""
    visitor = access.visitor_of(request)
    if not access.can_schedule(visitor):
        raise access.NotAllowed
    return _notes_page(request, _form(request.GET, visitor, initial={}))


@login_required
@require_safe
def notes_on_change(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    return _notes_page(request, _form(request.GET, visitor, initial={}, meeting=meeting), meeting)


def _notes_page(request: HttpRequest, form: MeetingForm, meeting: Meeting | None = None) -> HttpResponse:
    form.full_clean()
    return render(request, "meetings/hosting/day_notes.html", {"days": _day_notes(form, meeting)})


# ---- the form and its page -------------------------------------------------------------------------------


def _form(
    typed: QueryDict | None,
    visitor: access.Visitor,
    *,
    initial: dict[str, Any],
    meeting: Meeting | None = None,
) -> MeetingForm:
    return MeetingForm(
        typed,
        initial=initial,
        meeting=meeting,
        companies=_companies(visitor, meeting),
        programmes=access.visible_programmes(visitor),
        rooms=access.project_rooms_to_meet_in(visitor),
    )


def _typed(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _companies(visitor: access.Visitor, meeting: Meeting | None) -> Any:
    """The visitor's own; any for the secretariat. The meeting's present host company can always be chosen."""
    if visitor.is_secretariat:
        return listed_companies()
    own = [company.pk for company in (visitor.company, meeting and meeting.host_company) if company]
    return companies_found(own)


def _preselected(request: HttpRequest, visitor: access.Visitor) -> dict[str, Any]:
    """`?room=` and `?programme=` preselect what the visitor may choose."""
    room = access.project_rooms_to_meet_in(visitor).filter(pk=request.GET.get("room", "")).first()
    programme = access.visible_programmes(visitor).filter(slug=request.GET.get("programme", "")).first()
    chosen: dict[str, Any] = {"programme": programme} if programme else {}
    if room is not None:
        chosen |= {
            "room": room,
            "kind": Meeting.Kind.PROJECT_MEETING,
            "visibility": Meeting.Visibility.INVITED,
        }
    return chosen


def _proposed_time(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """`?proposal=` fills in the time that somebody's calendar proposed for this meeting."""
    key = request.GET.get("proposal", "")
    reply = meeting.calendar_replies.filter(pk=int(key)).first() if re.fullmatch("[0-9]{1,18}", key) else None
    if reply is None or reply.proposed_starts_at is None or not reply.is_open_proposal(now=timezone.now()):
        return {}
    local = reply.proposed_starts_at.astimezone(zones.zone(meeting.timezone))
    minutes = {"duration_minutes": reply.proposed_minutes} if reply.proposed_minutes else {}
    return {"local_day": local.date(), "local_time": local.time(), **minutes}


def _page(
    request: HttpRequest, form: MeetingForm, preview: Preview | None, meeting: Meeting | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "preview": preview, "meeting": meeting, "section": "schedule"}
    context |= {"mark": "", "days": _day_notes(form, meeting)}
    if preview is not None:
        context["mark"] = form.fingerprint()
    return render(request, "meetings/hosting/form.html", context, status=422 if form.errors else 200)


def _is_confirmed(request: HttpRequest, form: MeetingForm) -> bool:
    return request.POST.get("confirmed") == form.fingerprint()


def _day_notes(form: MeetingForm, meeting: Meeting | None) -> list[DayNotes]:
    """Of each date of a series; none while what was typed is no date."""
    given = form.cleaned_data if form.is_bound else form.initial
    day, zone = given.get("local_day"), given.get("timezone")
    if day is None or zone is None:
        return []
    rule = form.rule if form.is_bound else None
    audience = day_notes.audience_of(meeting) if meeting else day_notes.cluster(zone)
    length = given.get("duration_minutes") or meeting_input.SHORTEST
    notes_on = partial(
        day_notes.notes_on,
        local_time=given.get("local_time"),
        minutes=length,
        timezone=zone,
        audience=audience,
    )
    try:
        found = [notes_on(day=one) for one in (recurrence.days(rule, day) if rule else [day])]
    except OverflowError:
        return []
    return [notes for notes in found if notes]


# ---- the preview -----------------------------------------------------------------------------------------


def _preview_of_new(request: HttpRequest, visitor: access.Visitor, form: MeetingForm) -> Preview | None:
    """None when there is nothing to show, when the host confirmed it, or for a draft."""
    wanted, host = form.details, visitor.person
    if wanted is None or host is None or request.POST.get("do") == "draft" or _is_confirmed(request, form):
        return None
    days = recurrence.days(form.rule, wanted.local_day) if form.rule else [wanted.local_day]
    people = change_preview.people_of(host, wanted)
    found = []
    for occurrence in (replace(wanted, local_day=day) for day in days):
        found += change_preview.conflicts_of(
            people=people, starts_at=occurrence.starts_at, ends_at=occurrence.ends_at
        )
    preview = Preview(_visible(visitor, found), [])
    return preview if preview.needs_confirmation or request.POST.get("do") == "preview" else None


def _preview_of_change(
    request: HttpRequest, visitor: access.Visitor, form: MeetingForm, meeting: Meeting
) -> Preview | None:
    if form.details is None or _is_confirmed(request, form):
        return None
    now = timezone.now()
    effects = [change_preview.effects_of_change(meeting=meeting, details=form.details, now=now)]
    if form.cleaned_data.get("following"):
        before = meeting_input.details_of(meeting)
        for each in changing_series.following(meeting)[1:]:
            wanted = changing_series.details_of_later(each, before, form.details)
            form.add_errors(meeting_input.problems(wanted, now=now, allow_past=True))
            if form.errors:
                return None
            effects.append(change_preview.effects_of_change(meeting=each, details=wanted, now=now))
    conflicts = _visible(visitor, [conflict for one in effects for conflict in one.conflicts])
    preview = Preview(conflicts, [replace(one, conflicts=[]) for one in effects])
    return preview if preview.needs_confirmation or request.POST.get("do") == "preview" else None


def _visible(visitor: access.Visitor, found: list[change_preview.Conflict]) -> list[change_preview.Conflict]:
    """Only meetings that the visitor sees, and no registrations of other people: those are private."""
    seen = set(
        access.visible_meetings(visitor)
        .filter(pk__in=[one.meeting.pk for one in found])
        .values_list("pk", flat=True)
    )
    return [
        one for one in found if one.meeting.pk in seen and (one.is_on_stage or one.person == visitor.person)
    ]


# ---- saving ----------------------------------------------------------------------------------------------


def _schedule(
    request: HttpRequest, host: Person, form: MeetingForm, wanted: MeetingDetails
) -> HttpResponse | None:
    """None when the flow refuses: the form then has the errors."""
    publish = request.POST.get("do") != "draft"
    now = timezone.now()
    try:
        if form.rule is not None:
            made = scheduling.schedule_series(
                host=host, details=wanted, rule=form.rule, now=now, publish=publish
            )
        else:
            made = [scheduling.schedule_meeting(host=host, details=wanted, now=now, publish=publish)]
    except preconditions.UnableToSchedule as error:
        form.add_errors(error.field_errors)
        return None
    messages.success(request, _scheduled_message(len(made), publish=publish))
    return redirect("host_meeting", meeting_id=made[0].pk)


def _change(
    request: HttpRequest,
    form: MeetingForm,
    wanted: MeetingDetails,
    meeting: Meeting,
    saved: MeetingDetails,
) -> HttpResponse | None:
    now = timezone.now()
    try:
        if form.cleaned_data.get("following"):
            changing_series.change_following(meeting=meeting, details=wanted, now=now, expected=saved)
        else:
            changing.change_meeting(meeting=meeting, details=wanted, now=now, expected=saved)
    except preconditions.UnableToSchedule as error:
        form.add_errors(error.field_errors)
        return None
    except changing.UnableToChange as error:
        form.add_errors({"": [error.message]})
        return None
    messages.success(request, _("Saved."))
    return redirect("host_meeting", meeting_id=meeting.pk)


def _scheduled_message(number: int, *, publish: bool) -> str:
    if not publish:
        return _("Saved as a draft. Only the hosts and the secretariat can see it until you publish it.")
    if number == 1:
        return _("The meeting is scheduled and published.")
    return ngettext("%(number)s meeting scheduled.", "%(number)s meetings scheduled.", number) % {
        "number": number
    }
