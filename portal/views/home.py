"""The first page: what is live, the visitor's next meetings, upcoming ones, companies and news."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.access import listed_companies
from companies.content_versions import content_version
from companies.models.company import country_name
from companies.process_cache import CachedRead
from companies.public_page import page_of_list
from companies.shared_pages import cached_for_anonymous, current_minute
from companies.templatetags.page import day_in_words
from meetings import access
from meetings.access import VisibilityKey, VisibilityTier, Visitor
from meetings.models import Meeting
from news.access import published_articles
from news.models import Article
from portal import days
from portal.meeting_cards import CardData, MeetingCard, card_data_to_cache, cards_in, days_of
from recordings import access as recording_access
from recordings.models import Recording

MOST_NEXT = 3
MOST_UPCOMING = 6
MOST_NEWS = 3
MOST_RECORDINGS = 3
FEWEST_COMPANIES = 3  # fewer could be recognised by their country


@dataclass(frozen=True)
class HomeContent:
    """What the page shows to all with one visibility key; nothing in it belongs to one visitor."""

    live: Sequence[str]
    upcoming: CardData
    companies: int
    articles: Sequence[Article]


@dataclass(frozen=True)
class HiddenMeetings:
    """Ids of meetings that only those involved see: upcoming ones, and ones with a recording new enough to show."""

    upcoming: frozenset[str]
    recorded: frozenset[str]


_hidden_meetings: CachedRead[HiddenMeetings] = CachedRead()
_contents: CachedRead[HomeContent] = CachedRead()
_next: CachedRead[CardData] = CachedRead()
_recordings: CachedRead[Sequence[Recording]] = CachedRead()


@require_safe
@cached_for_anonymous
def home(request: HttpRequest) -> HttpResponse:
    visitor, now, version = access.visitor_of(request), timezone.now(), content_version()
    tier = access.tier_of(visitor)
    # The cached ids may include meetings that have ended since; the lists filter those out.
    hidden = _hidden_meetings.get_or_read(tier, lambda: _read_hidden(tier, now))
    involved = access.involved_meeting_ids(visitor, among=hidden.upcoming | hidden.recorded)
    visibility_key = VisibilityKey(tier, involved & hidden.upcoming)
    content = _contents.get_or_read(
        (visibility_key, current_minute()), lambda: _read_content(visibility_key, now)
    )
    next_cards, upcoming = _cards(visitor, content, now)
    # One alone stands in the list: a large one above nothing would look as if more were missing.
    hero, upcoming = (upcoming[0], upcoming[1:]) if len(upcoming) > 1 else (None, upcoming)
    visible_by_involvement = _visible_by_involvement(visitor) if involved & hidden.recorded else ()
    lead = _(
        "Webinars, project meetings and study visits with small cleantech companies from Sweden, Denmark, "
        "Poland, Germany and Lithuania. Free of charge, in your browser and in your language."
    )
    page = {
        "public_page": page_of_list(request, settings.SITE_NAME, lead),
        "next": next_cards,
        "first_join": next((card.meeting.pk for card in next_cards if card.room_is_open), None),
        "today": day_in_words(days.in_reader_zone(now)),
        "hero": hero,
        "hero_cache_key": hero and (version, hero.cache_key, _country_of(visitor)),
        "countries": SimpleLazyObject(lambda: _countries(hero, visitor)),
        "days": SimpleLazyObject(lambda: days_of(upcoming, now=now)),
        "companies": content.companies,
        "articles": content.articles,
        "recordings": _recordings.get_or_read(
            (tier, visible_by_involvement), lambda: _read_recordings(tier, visible_by_involvement)
        ),
        "can_schedule": access.can_schedule(visitor),
        "is_known": access.can_be_involved(visitor),
        "upcoming_cache_key": (version, *(card.cache_key for card in upcoming)),
        "aside_cache_key": (version, tier, visible_by_involvement),
    }
    return render(request, "home.html", page)


def _read_hidden(tier: VisibilityTier, now: datetime) -> HiddenMeetings:
    hidden = recording_access.recordings_hidden_from(tier)
    shown = list(recording_access.published_recordings(tier)[:MOST_RECORDINGS])
    if len(shown) == MOST_RECORDINGS:
        hidden = hidden.filter(published_at__gte=shown[-1].published_at)
    return HiddenMeetings(
        upcoming=frozenset(access.meetings_hidden_from(tier).upcoming(now).values_list("pk", flat=True)),
        recorded=frozenset(hidden.values_list("meeting", flat=True)),
    )


def _read_content(visibility_key: VisibilityKey, now: datetime) -> HomeContent:
    shown = access.meetings_visible_to(visibility_key).upcoming(now)
    live = shown.filter(state=Meeting.State.LIVE).values_list("pk", flat=True)
    others = shown.exclude(visibility=Meeting.Visibility.INVITED)
    return HomeContent(
        live=list(live[:MOST_NEXT]),
        upcoming=card_data_to_cache(others[: MOST_NEXT + MOST_UPCOMING]),
        companies=listed_companies().count(),
        articles=list(published_articles(now=now)[:MOST_NEWS]),
    )


def _cards(
    visitor: Visitor, content: HomeContent, now: datetime
) -> tuple[list[MeetingCard], list[MeetingCard]]:
    """Live meetings and the visitor's own next ones; and the other upcoming ones."""
    own = access.own_meetings(visitor).upcoming(now).values_list("pk", flat=True)[:MOST_NEXT]
    next_ids = tuple(dict.fromkeys([*content.live, *own]))[:MOST_NEXT]
    next_meetings = access.meetings_by_id(next_ids)
    data = content.upcoming | _next.get_or_read(next_ids, lambda: card_data_to_cache(next_meetings))
    others = [meeting.pk for meeting in content.upcoming.meetings if meeting.pk not in next_ids]
    cards = cards_in(data.of([*next_ids, *others[:MOST_UPCOMING]]), visitor, now=now)
    first = [card for card in cards if card.meeting.pk in next_ids]
    return first, cards[len(first) :]


@dataclass(frozen=True)
class CountryCount:
    code: str
    name: str
    companies: int
    is_own: bool


_companies_by_country: CachedRead[list[tuple[str, int]]] = CachedRead()


def _countries(card: MeetingCard | None, visitor: Visitor) -> list[CountryCount]:
    """Companies registered for the meeting by country, the visitor's own country first; none while they are few."""
    if card is None:
        return []
    meeting = card.meeting
    counted = _companies_by_country.get_or_read(
        meeting.pk, lambda: list(access.companies_by_country(meeting))
    )
    if sum(companies for _code, companies in counted) < FEWEST_COMPANIES:
        return []
    own = _country_of(visitor)
    shown = [CountryCount(code, country_name(code), number, code == own) for code, number in counted]
    return sorted(shown, key=lambda one: (not one.is_own, -one.companies, one.name))


def _country_of(visitor: Visitor) -> str:
    person = visitor.person
    if person is None:
        return ""
    return person.country or (person.company.country if person.company else "")


def _visible_by_involvement(visitor: Visitor) -> tuple[str, ...]:
    return tuple(
        recording_access.recordings_by_involvement(visitor).values_list("pk", flat=True)[:MOST_RECORDINGS]
    )


def _read_recordings(tier: VisibilityTier, visible_by_involvement: tuple[str, ...]) -> list[Recording]:
    shown = recording_access.published_recordings(tier, visible_by_involvement).with_poster()
    shown = shown.select_related("meeting", "meeting__host_company")
    return list(shown[:MOST_RECORDINGS])
