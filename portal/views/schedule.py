"""Finding a meeting: the timetable with its filters and month, and the page of one meeting."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from attendance import report
from companies.content_versions import content_version
from companies.languages import in_language
from companies.process_cache import Read
from companies.shared_pages import shared_among_strangers
from companies.views.spreadsheet import csv_file
from meetings import access
from meetings.access import Visitor
from meetings.models import Meeting, MeetingRole
from meetings.views import days
from meetings.views.meeting_cards import Slot, Step, days_of, rows_of, slot_of, slots_in, slots_of
from meetings.views.registration_requests import form_for
from portal import facets, meeting_lists
from portal.filters import Filters
from recordings.models import Recording

ASKING = {Step.REGISTER, Step.WAITLIST}
MOST_RELATED = 3


@require_safe
@shared_among_strangers
def schedule_page(request: HttpRequest) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    today = days.here(now).date()
    filters = Filters.of(request.GET).in_month_of(today)
    if request.GET.get("export") == "csv":
        return _table(meeting_lists.found_for(visitor, filters, now).meetings, visitor, now)
    shown = meeting_lists.listing_for(visitor, request.GET, filters, now)
    slots = slots_in(shown.rows, visitor, now=now)
    by = shown.made_of and (*shown.made_of, visitor.person is None)  # who may schedule follows from the reach
    by_day = SimpleLazyObject(lambda: days_of(slots, now=now))
    page = {
        "section": "schedule",
        "filters": filters,
        "found": shown.found,
        "days": by_day,
        "choices": shown.choices,
        "month": shown.month,
        "grid": SimpleLazyObject(lambda: facets.grid_of(shown.month, by_day)) if filters.is_grid else [],
        "pages": facets.pages_of(filters, shown.found),
        "may_schedule": access.may_schedule(visitor),
        "same_filters": by,
        "same_page": by and (by, *(slot.shown for slot in slots)),
    }
    return render(request, "meetings/schedule.html", page)


def _table(meetings: QuerySet[Meeting], visitor: Visitor, now: datetime) -> HttpResponse:
    titles = [
        "starts_at",
        "ends_at",
        "timezone",
        "kind",
        "title",
        "company",
        "languages",
        "state",
        "seats_left",
    ]
    return csv_file("schedule.csv", titles, map(_csv_row, slots_of(rows_of(meetings), visitor, now=now)))


def _csv_row(slot: Slot) -> list[object]:
    meeting = slot.meeting
    return [
        days.here(meeting.starts_at).isoformat(timespec="minutes"),
        days.here(meeting.ends_at).isoformat(timespec="minutes"),
        meeting.timezone,
        meeting.kind,
        in_language(meeting.title).text,
        meeting.host_company.name if meeting.host_company else "",
        " ".join(meeting.languages),
        meeting.state,
        slot.seats_left,
    ]


# ---- one meeting -----------------------------------------------------------------------------------------


_stages: Read[list[MeetingRole]] = Read()


@require_safe
@shared_among_strangers
def meeting_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    meeting = access.meeting_to_show(visitor, meeting_id)
    slot = slot_of(meeting, visitor, now=now)
    page = {
        "section": "schedule",
        "slot": slot,
        "meeting": meeting,
        "stage": _stages.once(meeting.pk, lambda: list(meeting.roles.select_related("person__company"))),
        **_shared_parts(slot),
        "series_slots": _of_series(meeting, visitor, now),
        "related": _related(meeting, visitor, now) if slot.has_ended else [],
        "attended": _attended(slot),
        "recording": _with_chapters(slot),
        "form": form_for(request, visitor) if slot.step in ASKING else None,
    }
    return render(request, "meetings/meeting.html", page)


def _shared_parts(slot: Slot) -> dict[str, tuple[object, ...] | None]:
    """What the parts depend on that many visitors share: what it is about, and the way in. None: on the visitor."""
    about = (content_version(), slot.meeting.pk)
    way_in = (*about, slot.is_host, slot.present, slot.seat is not None)
    return {
        "same_meeting": None if slot.has_ended else (*about, slot.may_enter),
        "same_way_in": way_in if slot.step in {Step.JOIN, Step.ENTER} else None,
    }


def _of_series(meeting: Meeting, visitor: Visitor, now: datetime) -> list[Slot]:
    if meeting.series is None:
        return []
    meetings = (
        access.visible_meetings(visitor).filter(series=meeting.series).announced().order_by("starts_at")
    )
    return slots_of(rows_of(meetings), visitor, now=now)


def _related(meeting: Meeting, visitor: Visitor, now: datetime) -> list[Slot]:
    """What comes next of the same series, programme or company."""
    same = Q(series=meeting.series_id) if meeting.series_id else Q(pk__in=[])
    if meeting.programme_id:
        same |= Q(programme=meeting.programme_id)
    if meeting.host_company_id:
        same |= Q(host_company=meeting.host_company_id)
    coming = access.visible_meetings(visitor).coming(now).filter(same)
    return slots_of(rows_of(coming)[:MOST_RELATED], visitor, now=now)


def _attended(slot: Slot) -> dict[str, int]:
    """How many people of how many companies were there; nothing before the end."""
    meeting = slot.meeting
    if meeting.started_at is None or meeting.ended_at is None:
        return {}
    return _figures.once(meeting.pk, lambda: _figures_of(report.attendance_of(meeting, slot.now)))


_figures: Read[dict[str, int]] = Read()


def _figures_of(attendance: report.Attendance) -> dict[str, int]:
    return {
        "minutes": attendance.minutes,
        "people": len(attendance.attendees),
        "companies": len(attendance.companies_of_everybody),
    }


def _with_chapters(slot: Slot) -> dict[str, object] | None:
    recording = slot.recording
    if not isinstance(recording, Recording) or slot.step != Step.WATCH:
        return None
    captions = recording.files.filter(role="captions").values_list("language", flat=True)
    return {"row": recording, "chapters": recording.chapters.count(), "captions": sorted(captions)}
