"""Project rooms: the list, creating one, and the page of one with its meetings and messages."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.collation import sorted_by_name
from companies.models import Company, Person
from companies.views.paging import page_of
from companies.views.request_person import submitted_data
from meetings import access
from meetings.models import Meeting
from projects import access as project_access
from projects import creating
from projects.forms import ProjectRoomForm
from projects.memberships import memberships
from projects.models import ProjectRoom
from projects.views.terms_first import terms_first
from rooms.models import Room

MESSAGES_PER_PAGE = 50
ROOMS_PER_PAGE = 30
RECEIPTS_SHOWN = 20
MEETINGS_PER_PAGE = 10
PEOPLE_SHOWN = 100


@login_required
@require_safe
def project_rooms_page(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    page = page_of(request, "page", project_access.by_next_meeting(visitor, timezone.now()), ROOMS_PER_PAGE)
    context = {
        "section": "rooms",
        "rooms": _listed(page),
        "page": page,
        "company": visitor.company,
        "receipts": project_access.receipts_of(visitor)[:RECEIPTS_SHOWN],
    }
    return render(request, "projects/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_project_room(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    if visitor.person is None or visitor.company is None:
        raise access.NotAllowed
    form = ProjectRoomForm(submitted_data(request)[0], own=visitor.company)
    if request.method == "POST" and form.is_valid():
        room = _create(form, visitor.person)
        if room is not None:
            messages.success(
                request, _("The room has been created. Its companies will find it under “Project rooms”.")
            )
            return redirect("project_room", room_id=room.pk)
    context = {"section": "rooms", "form": form, "company": visitor.company}
    return render(request, "projects/new.html", context)


@login_required
@require_safe
@terms_first
def project_room_page(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    member, now = project_access.reader_of(visitor, room_id), timezone.now()
    project, room = member.project, member.project.room
    meetings = (
        access.visible_meetings(visitor).filter(room=room).select_related("host", "host_company", "room")
    )
    context = {
        "section": "rooms",
        "room": project,
        "member": member,
        "tab": "overview",
        "date_polls": project_access.open_date_polls(project),
        "can_schedule": member.may_write and access.can_schedule(visitor),
        **_people_of(room),
        "coming": page_of(request, "coming", meetings.upcoming(now), MEETINGS_PER_PAGE),
        "past": page_of(request, "past", meetings.past(now).exclude(started_at=None), MEETINGS_PER_PAGE),
        **_chat_messages(room, request.GET.get("before", "")),
    }
    return render(request, "projects/room.html", context)


def _create(form: ProjectRoomForm, by: Person) -> ProjectRoom | None:
    cleaned = form.cleaned_data
    try:
        return creating.create_project_room(
            by=by,
            title=cleaned["title"],
            purpose=cleaned["purpose"],
            companies=form.companies,
            now=timezone.now(),
        )
    except creating.UnableToCreateRoom as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None


# ---- the list ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListedRoom:
    room: ProjectRoom
    companies: list[Company]
    live: Meeting | None
    next: Meeting | None


def _listed(page: Page[Any]) -> list[ListedRoom]:
    nearest = access.meetings_by_id([room.next_key for room in page if room.next_key]).in_bulk()
    found = []
    for room in page:
        meeting = nearest.get(room.next_key or "")
        live = meeting if meeting is not None and meeting.is_live else None
        found.append(ListedRoom(room, sorted_by_name(room.room.companies.all(), str), live, meeting))
    return found


# ---- one room ------------------------------------------------------------------------------------------------


def _people_of(room: Room) -> dict[str, object]:
    """By company, and those who were added one by one; as many as the page has room for."""
    companies = sorted_by_name(room.companies.all(), lambda company: company.name)
    people = memberships.people_of(room.pk).order_by("name", "pk")[:PEOPLE_SHOWN]
    by_company: dict[int | None, list[Person]] = {}
    for person in people:
        by_company.setdefault(person.company_id, []).append(person)
    groups = [(company, sorted_by_name(by_company.pop(company.pk, []), str)) for company in companies]
    single = [person for people in by_company.values() for person in people]
    return {"companies": groups, "single": sorted_by_name(single, str)}


def _chat_messages(room: Room, before: str) -> dict[str, object]:
    """One page of the room's chat, newest last; `before` is the `seq` that earlier pages end before."""
    rows = project_access.messages_in(room)
    if before.isascii() and before.isdecimal() and len(before) < 16:
        rows = rows.filter(seq__lt=int(before))
    page = list(rows[: MESSAGES_PER_PAGE + 1])
    kept = [row for row in page[:MESSAGES_PER_PAGE] if not row.payload.get("deleted")]
    return {
        "chat_messages": [
            {"id": row.seq, "at": row.at, "from": row.payload["from"], "text": row.payload["text"]}
            for row in reversed(kept)
        ],
        "earlier": page[MESSAGES_PER_PAGE - 1].seq if len(page) > MESSAGES_PER_PAGE else None,
        "is_earlier": bool(before),
    }
