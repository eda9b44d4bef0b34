"""The first page: what is live, what is next for this visitor, what is coming, companies and news."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from companies.access import listed_companies
from companies.content_versions import content_version
from companies.process_cache import Read
from companies.shared_pages import minute, shared_among_strangers
from companies.templatetags.page import day_in_words
from meetings import access
from meetings.access import Audience, Reach, Visitor
from meetings.models import Meeting
from meetings.views import days
from meetings.views.meeting_cards import Rows, Slot, days_of, rows_to_keep, slots_in
from news.access import published_articles
from news.models import Article
from recordings import access as recording_access
from recordings.models import Recording

MOST_NEXT = 3
MOST_COMING = 6
MOST_NEWS = 3
MOST_RECORDINGS = 3


@dataclass(frozen=True)
class Front:
    """What the page shows to all of one audience; nothing in it is one visitor's."""

    live: Sequence[str]
    coming: Rows
    companies: int
    articles: Sequence[Article]


@dataclass(frozen=True)
class Hidden:
    """Keys of meetings that it takes a tie to see: ahead, and with a recording that would stand on the page."""

    ahead: frozenset[str]
    recorded: frozenset[str]


_hidden: Read[Hidden] = Read()
_fronts: Read[Front] = Read()
_next: Read[Rows] = Read()
_recordings: Read[Sequence[Recording]] = Read()


@require_safe
@shared_among_strangers
def home(request: HttpRequest) -> HttpResponse:
    visitor, now, version = access.visitor_of(request), timezone.now(), content_version()
    reach = access.reach_of(visitor)
    # Meetings that are over by now may be among them: what is shown leaves them out.
    hidden = _hidden.once(reach, lambda: _read_hidden(reach, now))
    tied = access.tied_to(visitor, among=hidden.ahead | hidden.recorded)
    audience = Audience(reach, tied & hidden.ahead)
    front = _fronts.once((audience, minute()), lambda: _read_front(audience, now))
    next_up, coming = _slots(visitor, front, now)
    seen_by_tie = _seen_by_tie(visitor) if tied & hidden.recorded else ()
    page = {
        "next": next_up,
        "first_join": next((slot.meeting.pk for slot in next_up if slot.room_is_open), None),
        "today": day_in_words(days.here(now)),
        "days": SimpleLazyObject(lambda: days_of(coming, now=now)),
        "companies": front.companies,
        "articles": front.articles,
        "recordings": _recordings.once((reach, seen_by_tie), lambda: _read_recordings(reach, seen_by_tie)),
        "may_schedule": access.may_schedule(visitor),
        "is_known": visitor.person is not None or bool(visitor.seats),
        "same_coming": (version, *(slot.shown for slot in coming)),
        "same_aside": (version, reach, seen_by_tie),
    }
    return render(request, "home.html", page)


def _read_hidden(reach: Reach, now: datetime) -> Hidden:
    beyond = recording_access.recordings_beyond(reach)
    shown = list(recording_access.recordings_of(reach)[:MOST_RECORDINGS])
    if len(shown) == MOST_RECORDINGS:
        beyond = beyond.filter(published_at__gte=shown[-1].published_at)
    return Hidden(
        ahead=frozenset(access.meetings_beyond(reach).ahead(now).values_list("pk", flat=True)),
        recorded=frozenset(beyond.values_list("meeting", flat=True)),
    )


def _read_front(audience: Audience, now: datetime) -> Front:
    shown = access.meetings_of(audience).ahead(now)
    live = shown.filter(state=Meeting.State.LIVE).values_list("pk", flat=True)
    others = shown.exclude(visibility=Meeting.Visibility.INVITED)
    return Front(
        live=list(live[:MOST_NEXT]),
        coming=rows_to_keep(others[: MOST_NEXT + MOST_COMING]),
        companies=listed_companies().count(),
        articles=list(published_articles(now=now)[:MOST_NEWS]),
    )


def _slots(visitor: Visitor, front: Front, now: datetime) -> tuple[list[Slot], list[Slot]]:
    """What is live for everybody with the visitor's own next meetings; and what else is coming."""
    own = access.own_meetings(visitor).ahead(now).values_list("pk", flat=True)[:MOST_NEXT]
    next_up = tuple(dict.fromkeys([*front.live, *own]))[:MOST_NEXT]
    asked = access.meetings_found(next_up)
    rows = front.coming | _next.once(next_up, lambda: rows_to_keep(asked))
    others = [meeting.pk for meeting in front.coming.meetings if meeting.pk not in next_up]
    slots = slots_in(rows.of([*next_up, *others[:MOST_COMING]]), visitor, now=now)
    first = [slot for slot in slots if slot.meeting.pk in next_up]
    return first, slots[len(first) :]


def _seen_by_tie(visitor: Visitor) -> tuple[str, ...]:
    return tuple(recording_access.tied_recordings(visitor).values_list("pk", flat=True)[:MOST_RECORDINGS])


def _read_recordings(reach: Reach, seen_by_tie: tuple[str, ...]) -> list[Recording]:
    shown = recording_access.recordings_of(reach, seen_by_tie).select_related(
        "meeting", "meeting__host_company"
    )
    return list(shown[:MOST_RECORDINGS])
