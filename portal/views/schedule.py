"""The schedule with its filters and month, and the page of one meeting."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attendance import report
from companies.content_versions import content_version
from companies.languages import active_language, in_language
from companies.process_cache import CachedRead
from companies.public_page import page_of_list
from companies.shared_pages import cached_for_anonymous, shared_with_guests
from companies.views.spreadsheet import csv_file
from engagement.models import SlideDeck
from engagement.polls.results import ShownPoll, polls_on_page_of, shown_polls
from engagement.slides.describing import MOST_DECKS, decks_to_download
from meetings import access
from meetings.access import Level, Visitor
from meetings.asking import questions_of
from meetings.models import Meeting, MeetingRole
from meetings.question_input import QuestionInput
from portal import agendas, days, facets, meeting_lists
from portal.filters import Filters
from portal.live_questions import sees_questions
from portal.meeting_cards import (
    MeetingCard,
    NextAction,
    card_of,
    cards_in,
    cards_of,
    days_of,
    with_card_relations,
)
from portal.notes import links_to_notes
from portal.public_pages import page_of_meeting
from portal.resources import resources_on_page
from portal.views.registration_requests import form_for
from projects.views.terms_first import terms_first

REGISTRATION_ACTIONS = {NextAction.REGISTER, NextAction.WAITLIST}
MOST_RELATED = 3


@require_safe
@cached_for_anonymous
def schedule_page(request: HttpRequest) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    today = days.in_reader_zone(now).date()
    filters = Filters.of(request.GET).in_month_of(today)
    if request.GET.get("export") == "csv":
        return _table(meeting_lists.search(visitor, filters, now).meetings, visitor, now)
    shown = meeting_lists.meeting_list_for(visitor, request.GET, filters, now)
    cards = cards_in(shown.rows, visitor, now=now)
    by = shown.cache_key and (
        *shown.cache_key,
        visitor.person is None,
    )  # who may schedule follows from the reach
    by_day = SimpleLazyObject(lambda: days_of(cards, now=now))
    page: dict[str, object] = {
        "section": "schedule",
        "public_page": page_of_list(request, _("Schedule")),
        "filters": filters,
        "found": shown.found,
        "days": by_day,
        "choices": shown.choices,
        "month": shown.month,
        "grid": SimpleLazyObject(lambda: facets.grid_of(shown.month, by_day)) if filters.is_grid else [],
        "pages": facets.pages_of(filters, shown.found),
        "can_schedule": access.can_schedule(visitor),
        "filters_cache_key": by,
        "page_cache_key": by and (by, *(card.cache_key for card in cards)),
    }
    return render(request, "portal/schedule.html", page)


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
    return csv_file(
        "schedule.csv", titles, map(_csv_row, cards_of(with_card_relations(meetings), visitor, now=now))
    )


def _csv_row(card: MeetingCard) -> list[object]:
    meeting = card.meeting
    return [
        days.in_reader_zone(meeting.starts_at).isoformat(timespec="minutes"),
        days.in_reader_zone(meeting.ends_at).isoformat(timespec="minutes"),
        meeting.timezone,
        meeting.kind,
        in_language(meeting.title).text,
        meeting.host_company.name if meeting.host_company else "",
        " ".join(meeting.languages),
        meeting.state,
        card.seats_left,
    ]


# ---- one meeting -----------------------------------------------------------------------------------------


_stages: CachedRead[list[MeetingRole]] = CachedRead()
_questions: CachedRead[list[QuestionInput]] = CachedRead()


@require_safe
@terms_first
@cached_for_anonymous
def meeting_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    meeting = access.meeting_to_show(visitor, meeting_id)
    card = card_of(meeting, visitor, now=now)
    slides = _slides(card)
    has_questions = (card.has_ended or meeting.is_live) and sees_questions(visitor, card)

    def page() -> HttpResponse:
        context = _meeting_context(request, visitor, card)
        context |= {"slides": slides, "sees_questions": has_questions}
        return render(request, "portal/meeting.html", context)

    shared = _shared_parts(card)["join_cache_key"] if meeting.series is None else None
    decks = tuple(deck.pk for deck in slides)
    return shared_with_guests(request, shared and (*shared, card.level, has_questions, decks), page)


def _meeting_context(request: HttpRequest, visitor: Visitor, card: MeetingCard) -> dict[str, object]:
    meeting, now = card.meeting, card.now
    return {
        "section": "schedule",
        "card": card,
        "meeting": meeting,
        "public_page": page_of_meeting(meeting),
        "stage": _stages.get_or_read(
            meeting.pk, lambda: list(meeting.roles.select_related("person__company"))
        ),
        "agenda": SimpleLazyObject(lambda: agendas.agenda_of(meeting)),
        "resources": SimpleLazyObject(lambda: resources_on_page(card)),
        "has_notes": card.has_ended and links_to_notes(visitor, meeting, card.level),
        **_shared_parts(card),
        "series_cards": _of_series(meeting, visitor, now),
        "related": _related(meeting, visitor, now) if card.has_ended else [],
        "attended": _attended(card),
        "poll_results": _poll_results(card),
        "recording": _with_chapters(card),
        "form": form_for(request, visitor, _questions.get_or_read(meeting.pk, lambda: questions_of(meeting)))
        if card.next_action in REGISTRATION_ACTIONS
        else None,
    }


def _shared_parts(card: MeetingCard) -> dict[str, tuple[object, ...] | None]:
    """Cache keys of parts that visitors share; None where the part is not shared."""
    about = (content_version(), card.meeting.pk)
    way_in = (*about, card.is_host, card.present, card.registration is not None)
    return {
        "meeting_cache_key": None if card.has_ended else (*about, card.can_enter),
        "join_cache_key": way_in if card.next_action in {NextAction.JOIN, NextAction.ENTER} else None,
    }


def _of_series(meeting: Meeting, visitor: Visitor, now: datetime) -> list[MeetingCard]:
    if meeting.series is None:
        return []
    meetings = (
        access.visible_meetings(visitor).filter(series=meeting.series).published().order_by("starts_at")
    )
    return cards_of(with_card_relations(meetings), visitor, now=now)


def _related(meeting: Meeting, visitor: Visitor, now: datetime) -> list[MeetingCard]:
    """The next meetings of the same series, programme or company."""
    same = Q(series=meeting.series_id) if meeting.series_id else Q(pk__in=[])
    if meeting.programme_id:
        same |= Q(programme=meeting.programme_id)
    if meeting.host_company_id:
        same |= Q(host_company=meeting.host_company_id)
    upcoming = access.visible_meetings(visitor).upcoming(now).filter(same)
    return cards_of(with_card_relations(upcoming)[:MOST_RELATED], visitor, now=now)


def _attended(card: MeetingCard) -> dict[str, int]:
    """Length in minutes, and how many people of how many companies attended; empty before the end."""
    meeting = card.meeting
    if meeting.started_at is None or meeting.ended_at is None:
        return {}
    return _figures.get_or_read(meeting.pk, lambda: _figures_of(report.attendance_of(meeting, card.now)))


def _poll_results(card: MeetingCard) -> list[ShownPoll]:
    """Those that the host put on the page, once the meeting is over; in the reader's language."""
    if not card.has_ended:
        return []
    meeting, language = card.meeting.pk, active_language()
    return _polls.get_or_read((meeting, language), lambda: shown_polls(polls_on_page_of(meeting)))


def _slides(card: MeetingCard) -> list[SlideDeck]:
    """What was shown in the room and may be downloaded, for those who may enter it."""
    if card.level < Level.READ or card.meeting.started_at is None:
        return []
    meeting = card.meeting.pk
    return _decks.get_or_read(meeting, lambda: list(decks_to_download(meeting)[:MOST_DECKS]))


_polls: CachedRead[list[ShownPoll]] = CachedRead()
_decks: CachedRead[list[SlideDeck]] = CachedRead()
_figures: CachedRead[dict[str, int]] = CachedRead()


def _figures_of(attendance: report.Attendance) -> dict[str, int]:
    return {
        "minutes": attendance.minutes,
        "people": len(attendance.attendees),
        "companies": len(attendance.all_companies),
    }


def _with_chapters(card: MeetingCard) -> dict[str, object] | None:
    recording = card.recording
    if recording is None or card.next_action != NextAction.WATCH:
        return None
    captions = recording.files.filter(role="captions").values_list("language", flat=True)
    return {"row": recording, "chapters": recording.chapters.count(), "captions": sorted(captions)}
