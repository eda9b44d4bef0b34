"""Project rooms: those of one's company, opening one, and the page that remembers its meetings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.collation import in_order
from companies.models import Company, Person
from companies.views.paging import page_of
from companies.views.visiting import sent_in
from meetings import access, project_access, workspace
from meetings.models import Meeting, ProjectRoom, Room, RoomEvent
from meetings.views.slots import ahead
from meetings.workspace_forms import ProjectRoomForm

MESSAGES_A_PAGE = 50
ROOMS_A_PAGE = 30
MEETINGS_A_PAGE = 10


@login_required
@require_safe
def project_rooms_page(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    page = page_of(request, "page", _by_next_meeting(visitor, timezone.now()), ROOMS_A_PAGE)
    context = {"section": "rooms", "rooms": _listed(page), "page": page, "company": visitor.company}
    return render(request, "meetings/project_rooms/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_project_room(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    if visitor.person is None or visitor.company is None:
        raise access.NotAllowed
    form = ProjectRoomForm(sent_in(request)[0], own=visitor.company)
    if request.method == "POST" and form.is_valid():
        room = _create(form, visitor.person)
        if room is not None:
            messages.success(request, _("The room is open. Its companies find it under Project rooms."))
            return redirect("project_room", room_id=room.pk)
    context = {"section": "rooms", "form": form, "company": visitor.company}
    return render(request, "meetings/project_rooms/new.html", context)


@login_required
@require_safe
def project_room_page(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    project, now = project_access.project_room_for(visitor, room_id), timezone.now()
    room = project.room
    meetings = (
        access.visible_meetings(visitor).filter(room=room).select_related("host", "host_company", "room")
    )
    context = {
        "section": "rooms",
        "room": project,
        "companies": _companies_with_people(room),
        "coming": page_of(request, "coming", ahead(meetings, now), MEETINGS_A_PAGE),
        "past": page_of(request, "past", meetings.past(now).exclude(started_at=None), MEETINGS_A_PAGE),
        **_said(room, request.GET.get("before", "")),
    }
    return render(request, "meetings/project_rooms/room.html", context)


def _create(form: ProjectRoomForm, by: Person) -> ProjectRoom | None:
    wanted = form.cleaned_data
    try:
        return workspace.create_project_room(
            by=by,
            title=wanted["title"],
            purpose=wanted["purpose"],
            companies=form.companies,
            now=timezone.now(),
        )
    except workspace.UnableToCreateRoom as refusal:
        reasons = {
            "no_title": ("title", _("Write this in at least one language.")),
            "too_few_companies": ("partners", _("Choose at least one other company.")),
        }
        form.add_error(*reasons.get(refusal.code, (None, _("The room could not be opened."))))
        return None


# ---- the list ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListedRoom:
    room: ProjectRoom
    companies: list[Company]
    live: Meeting | None
    next: Meeting | None


def _by_next_meeting(visitor: access.Visitor, now: datetime) -> QuerySet[ProjectRoom]:
    """What is live or next comes first; each room with the key of that meeting."""
    coming = ahead(Meeting.objects.filter(room=OuterRef("pk")), now)
    is_live = Case(When(state=Meeting.State.LIVE, then=0), default=1)
    nearest = coming.order_by(is_live, "starts_at", "pk")
    rooms = project_access.project_rooms(visitor).annotate(
        next_key=Subquery(nearest.values("pk")[:1]), next_at=Subquery(nearest.values("starts_at")[:1])
    )
    return rooms.order_by(F("next_at").asc(nulls_last=True), "-room__created_at", "pk").prefetch_related(
        "room__companies"
    )


def _listed(page: Page[Any]) -> list[ListedRoom]:
    nearest = Meeting.objects.in_bulk([room.next_key for room in page if room.next_key])
    found = []
    for room in page:
        meeting = nearest.get(room.next_key or "")
        live = meeting if meeting is not None and meeting.is_live else None
        found.append(ListedRoom(room, in_order(room.room.companies.all(), str), live, meeting))
    return found


# ---- one room ------------------------------------------------------------------------------------------------


def _companies_with_people(room: Room) -> list[tuple[Company, list[Person]]]:
    companies = in_order(room.companies.prefetch_related("people"), lambda company: company.name)
    return [(company, in_order(_active(company), str)) for company in companies]


def _active(company: Company) -> list[Person]:
    return [one for one in company.people.all() if one.is_active]


def _said(room: Room, before: str) -> dict[str, object]:
    """What was said in the room, newest last; `before` is the number of a message, to read further back."""
    rows = RoomEvent.objects.filter(room=room, ev="chat.message").order_by("-seq")
    if before.isascii() and before.isdecimal() and len(before) < 16:
        rows = rows.filter(seq__lt=int(before))
    page = list(rows[: MESSAGES_A_PAGE + 1])
    kept = [row for row in page[:MESSAGES_A_PAGE] if not row.payload.get("deleted")]
    return {
        "said": [
            {"id": row.seq, "at": row.at, "from": row.payload["from"], "text": row.payload["text"]}
            for row in reversed(kept)
        ],
        "earlier": page[MESSAGES_A_PAGE - 1].seq if len(page) > MESSAGES_A_PAGE else None,
        "is_earlier": bool(before),
    }
