"""Project rooms: those of one's company, opening one, and the page that remembers its meetings."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.collation import in_order
from companies.models import Company, Person
from meetings import access, evidence, workspace
from meetings.models import Meeting, Recording, Room, RoomEvent
from meetings.workspace_forms import ProjectRoomForm

MESSAGES_A_PAGE = 50


@login_required
@require_safe
def project_rooms_page(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    now = timezone.now()
    rooms = [_listed(room, now) for room in _with_companies(visitor)]
    rooms.sort(key=lambda listed: (listed.next is None, listed.next.starts_at if listed.next else now))
    context = {"section": "rooms", "rooms": rooms, "company": visitor.company}
    return render(request, "meetings/project_rooms/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_project_room(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    if visitor.person is None or visitor.company is None:
        raise access.NotAllowed
    form = ProjectRoomForm(request.POST or None, own=visitor.company)
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
    room = access.project_room_for(visitor, room_id)
    context = {
        "section": "rooms",
        "room": room,
        "companies": _companies_with_people(room),
        **_meetings(visitor, room, timezone.now()),
        "recordings": _recordings(visitor, room),
        **_said(room, request.GET.get("before", "")),
    }
    return render(request, "meetings/project_rooms/room.html", context)


def _create(form: ProjectRoomForm, by: Person) -> Room | None:
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
    room: Room
    companies: list[Company]
    live: Meeting | None
    next: Meeting | None


def _with_companies(visitor: access.Visitor) -> list[Room]:
    return list(
        access.project_rooms(visitor).prefetch_related("companies", "meetings").order_by("-created_at")
    )


def _listed(room: Room, now: datetime) -> ListedRoom:
    meetings = sorted(room.meetings.all(), key=lambda meeting: meeting.starts_at)
    live = next((meeting for meeting in meetings if meeting.is_live), None)
    coming = [one for one in meetings if one.state == Meeting.State.SCHEDULED and one.ends_at > now]
    return ListedRoom(
        room, in_order(room.companies.all(), str), live, live or (coming[0] if coming else None)
    )


# ---- one room ------------------------------------------------------------------------------------------------


def _companies_with_people(room: Room) -> list[tuple[Company, list[Person]]]:
    companies = in_order(room.companies.prefetch_related("people"), lambda company: company.name)
    return [(company, in_order(_active(company), str)) for company in companies]


def _active(company: Company) -> list[Person]:
    return [one for one in company.people.all() if one.is_active]


@dataclass(frozen=True)
class PastMeeting:
    meeting: Meeting
    attendance: evidence.Attendance
    may_see_all: bool


def _meetings(visitor: access.Visitor, room: Room, now: datetime) -> dict[str, object]:
    seen = access.visible_meetings(visitor).filter(room=room).select_related("host", "host_company", "room")
    past = Q(state=Meeting.State.ENDED) | Q(state=Meeting.State.SCHEDULED, ends_at__lte=now)
    ended = [
        meeting for meeting in seen.filter(past).order_by("-starts_at") if meeting.started_at is not None
    ]
    return {
        "coming": list(seen.filter(state__in=Meeting.OPEN_STATES).exclude(past).order_by("starts_at")),
        "past": [
            PastMeeting(
                meeting,
                evidence.attendance_of(meeting, now),
                access.level_in(visitor, meeting) >= access.Level.HOST,
            )
            for meeting in ended
        ],
    }


def _recordings(visitor: access.Visitor, room: Room) -> list[Recording]:
    return list(access.visible_recordings(visitor).filter(room=room).select_related("meeting"))


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
