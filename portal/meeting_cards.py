"""A meeting as a card or row of a list: when, what, and the next action of this visitor."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies import zones
from companies.content_versions import content_version
from companies.languages import LocalizedText, in_language, other_language
from companies.process_cache import CachedRead
from companies.templatetags.page import day_in_words, format_time
from meetings import access
from meetings.access import Level, Visitor
from meetings.models import Invitation, Meeting, Registration
from portal import days
from recordings import access as recording_access
from recordings.models import Recording
from rooms.models import Presence

ROOM_OPENS = timedelta(minutes=15)  # before the start
SHORT_RECORDING = 90  # seconds
PROJECT_ROOM_SHOWN = timedelta(hours=12)  # before the start; a project room is always open


class NextAction(StrEnum):
    """What the visitor can do about a meeting now."""

    DRAFT = "draft"
    CANCELLED = "cancelled"
    WATCH = "watch"
    ENDED = "ended"
    JOIN = "join"
    ENTER = "enter"
    HOST = "host"
    SPEAK = "speak"
    REGISTERED = "registered"
    PENDING = "pending"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    INVITED = "invited"
    CLOSED = "closed"
    WAITLIST = "waitlist"
    REGISTER = "register"


_ACTION_OF_REGISTRATION = {
    Registration.State.CONFIRMED: NextAction.REGISTERED,
    Registration.State.PENDING: NextAction.PENDING,
    Registration.State.WAITLISTED: NextAction.WAITLISTED,
    Registration.State.OFFERED: NextAction.OFFERED,
}


def _with_language(text: LocalizedText) -> SafeString:
    language = other_language(text)
    return format_html('<span lang="{}">{}</span>', language, text.text) if language else escape(text.text)


@dataclass(frozen=True)
class MeetingCard:
    meeting: Meeting
    now: datetime
    level: Level
    registration: Registration | None
    seated: int
    waiting: int
    present: int
    parts: int
    recording: Recording | None
    version: int | None = None  # content version of the meeting and its counts; None where it is not known
    invitation: Invitation | None = None  # not answered yet

    @property
    def minutes_live(self) -> int:
        started = self.meeting.started_at
        return int((self.now - started).total_seconds() // 60) if started else 0

    @property
    def zone(self) -> str:
        """Whose clock comes first: who travels to a meeting reads the clock on its wall; else the reader's own."""
        return str(days.reader_zone()) if self.meeting.is_online else self.meeting.timezone

    @property
    def _starts_at(self) -> datetime:
        return self.meeting.starts_at.astimezone(zones.zone(self.zone))

    @property
    def start_time(self) -> str:
        return format_time(self._starts_at)

    @property
    def end_time(self) -> str:
        return format_time(self.meeting.ends_at.astimezone(zones.zone(self.zone)))

    @property
    def date(self) -> str:
        return days.date_without_year(self._starts_at)

    @property
    def short_date(self) -> str:
        return days.short_date(self._starts_at)

    @property
    def is_on_another_day(self) -> bool:
        return self._starts_at.date() != days.in_reader_zone(self.now).date()

    @property
    def is_under_another_day(self) -> bool:
        """Lists go by the reader's days; on site it may be another day."""
        return self._starts_at.date() != days.in_reader_zone(self.meeting.starts_at).date()

    @property
    def other_zone(self) -> str:
        return self.meeting.timezone if self.meeting.is_online else str(days.reader_zone())

    @property
    def other_time(self) -> str:
        """`11:00 in Vilnius`: the host’s time, on site the reader’s; empty where it is the same."""
        return days.time_in(self.meeting.starts_at, self.other_zone) if self.is_in_other_zone else ""

    @property
    def is_in_other_zone(self) -> bool:
        return days.differs_from_reader(self.meeting.starts_at, self.meeting.timezone)

    @property
    def day(self) -> str:
        return day_in_words(self._starts_at)

    @property
    def full_date(self) -> str:
        return days.day_heading(self._starts_at, now=self.now, shown_year=None)

    @property
    def is_host(self) -> bool:
        return self.level >= Level.HOST

    @property
    def may_speak(self) -> bool:
        return self.level >= Level.SPEAK

    @property
    def has_ended(self) -> bool:
        return self.meeting.has_ended(now=self.now)

    @property
    def seats_left(self) -> int | None:
        """None without a limit. Seats that those on the waitlist will get are not counted as left."""
        if self.meeting.capacity is None:
            return None
        return max(0, self.meeting.capacity - self.seated - self.waiting)

    @property
    def is_full(self) -> bool:
        return self.seats_left == 0

    @property
    def can_enter(self) -> bool:
        """Whether the visitor may enter the room of a meeting that is online and not over."""
        takes_place = self.meeting.is_open and not self.has_ended
        return self.level >= Level.READ and self.meeting.is_online and takes_place

    @property
    def room_is_open(self) -> bool:
        opens = PROJECT_ROOM_SHOWN if self.meeting.room.is_project_room else ROOM_OPENS
        return self.can_enter and (self.meeting.is_live or self.meeting.starts_at - opens <= self.now)

    @property
    def next_action(self) -> NextAction:
        return self._action_by_state() or self._action_by_access() or self._action_by_registration_mode()

    def _action_by_state(self) -> NextAction | None:
        if self.meeting.state == Meeting.State.DRAFT:
            return NextAction.DRAFT
        if self.meeting.state == Meeting.State.CANCELLED:
            return NextAction.CANCELLED
        if self.has_ended:
            return NextAction.WATCH if self.recording else NextAction.ENDED
        return None

    def _action_by_access(self) -> NextAction | None:
        if self.room_is_open:
            return NextAction.JOIN if self.meeting.is_live else NextAction.ENTER
        if self.level >= Level.HOST:
            return NextAction.HOST
        if self.level >= Level.SPEAK:
            return NextAction.SPEAK
        if self.registration:
            return _ACTION_OF_REGISTRATION.get(Registration.State(self.registration.state))
        return NextAction.INVITED if self.invitation else None

    def _action_by_registration_mode(self) -> NextAction:
        if self.meeting.registration == Meeting.RegistrationMode.CLOSED:
            return NextAction.CLOSED
        return NextAction.WAITLIST if self.is_full else NextAction.REGISTER

    @property
    def cache_key(self) -> tuple[Hashable, ...]:
        """Everything in which two visitors' cards of a meeting may differ, or that changes without a new version."""
        next_action = self.next_action
        return (
            self.meeting.pk,
            self.version,
            next_action,
            self.is_host,
            self.present,
            self.recording.pk if self.recording else None,
            self.registration.pk if self.registration and next_action == NextAction.OFFERED else None,
            self.invitation.pk if self.invitation and next_action == NextAction.INVITED else None,
        )

    @property
    def note(self) -> str:
        """Small print under the action: seats left, people in the room, length of the recording."""
        if self.next_action in {NextAction.JOIN, NextAction.ENTER}:
            return _("You’re hosting") if self.is_host and not self.present else self.present_in_words
        if self.next_action == NextAction.HOST and self.seated:
            return counted(ngettext("%(count)d registered", "%(count)d registered", self.seated), self.seated)
        if self.next_action == NextAction.WAITLIST or (
            self.next_action == NextAction.INVITED and self.is_full
        ):
            return (
                _("Full, %(count)d on the waitlist") % {"count": self.waiting} if self.waiting else _("Full")
            )
        if self.next_action in {NextAction.REGISTER, NextAction.INVITED}:
            return self.seats_in_words
        if self.next_action == NextAction.WATCH and self.recording is not None:
            return length_in_words(self.recording.duration_seconds)
        return ""

    @property
    def seats_in_words(self) -> str:
        left = self.seats_left
        return (
            ""
            if left is None
            else counted(ngettext("%(count)d seat left", "%(count)d seats left", left), left)
        )

    @property
    def present_in_words(self) -> str:
        if not self.present:
            return ""
        words = ngettext("%(count)d person in the room", "%(count)d people in the room", self.present)
        return counted(words, self.present)

    @property
    def series_part(self) -> str:
        """`Heat from the sea, part 3 of 5`: HTML, for the title may be in another language."""
        meeting = self.meeting
        if meeting.series is None or meeting.series_position is None:
            return _with_language(in_language(meeting.programme.title)) if meeting.programme else ""
        named = in_language(meeting.series.title)
        if named.text == in_language(meeting.title).text:
            return self.position
        words = escape(_("%(series)s, part %(number)d of %(count)d"))
        return SafeString(
            words % {"series": _with_language(named), "number": meeting.series_position, "count": self.parts}
        )

    @property
    def position(self) -> str:
        if self.meeting.series_position is None:
            return ""
        number = self.meeting.series_position
        return _("part %(number)d of %(count)d") % {"number": number, "count": self.parts}


def counted(words: str, count: int) -> str:
    return words % {"count": count}


def length_in_words(seconds: float | None) -> str:
    """Of a recording: seconds for a short one, else minutes, as in recordings/length.html."""
    if not seconds:
        return ""
    if seconds < SHORT_RECORDING:
        number = round(seconds)
        words = ngettext("%(seconds)s second", "%(seconds)s seconds", number)
        return words % {"seconds": number}
    minutes = round(seconds / 60)
    return counted(ngettext("%(count)d minute", "%(count)d minutes", minutes), minutes)


@dataclass(frozen=True)
class Day:
    anchor: str
    heading: str
    cards: Sequence[MeetingCard]


Counts = tuple[Counter[str], Counter[str]]
_counts_of_one: CachedRead[Counts] = CachedRead()


@dataclass(frozen=True)
class CardData:
    """Meetings with the counts that their cards show to everybody."""

    meetings: Sequence[Meeting]
    counts: Counts
    parts: Counter[str | None]
    version: int | None = None

    def of(self, keys: Iterable[str]) -> "CardData":
        """Only the meetings with these keys, in the order of the keys."""
        by_key = {meeting.pk: meeting for meeting in self.meetings}
        return replace(self, meetings=[by_key[key] for key in keys if key in by_key])

    def __or__(self, other: "CardData") -> "CardData":
        """Both together; they may overlap."""
        counts = self.counts[0] | other.counts[0], self.counts[1] | other.counts[1]
        version = self.version if self.version == other.version else None
        return CardData([*self.meetings, *other.meetings], counts, self.parts | other.parts, version)


def card_data_to_cache(meetings: QuerySet[Meeting]) -> CardData:
    """For a `CachedRead`. The version is read before the rows, so that they are never older than it."""
    version = content_version()
    return replace(_card_data(with_card_relations(meetings)), version=version)


def _card_data(meetings: Iterable[Meeting]) -> CardData:
    listed = list(meetings)
    return CardData(listed, _counts(listed), _parts(listed))


def card_of(meeting: Meeting, visitor: Visitor, *, now: datetime) -> MeetingCard:
    counts = _counts_of_one.get_or_read(meeting.pk, lambda: _counts([meeting]))
    return cards_in(CardData([meeting], counts, _parts([meeting])), visitor, now=now)[0]


def cards_of(meetings: Iterable[Meeting], visitor: Visitor, *, now: datetime) -> list[MeetingCard]:
    """As many queries for one card as for a hundred, if the meetings were loaded by `with_card_relations`."""
    return cards_in(_card_data(meetings), visitor, now=now)


def cards_in(data: CardData, visitor: Visitor, *, now: datetime) -> list[MeetingCard]:
    """Each meeting with what this visitor can do."""
    listed = data.meetings
    registrations = access.own_registrations_in(visitor, listed)
    invitations = access.unanswered_invitations_in(visitor, listed)
    seated, waiting = data.counts
    levels = access.levels_in(visitor, listed, registrations)
    present = _present([meeting for meeting in listed if levels[meeting.pk] >= Level.READ], now)
    recordings = _recordings(listed, visitor)
    return [
        MeetingCard(
            meeting=meeting,
            now=now,
            level=levels[meeting.pk],
            registration=registrations.get(meeting.pk),
            seated=seated[meeting.pk],
            waiting=waiting[meeting.pk],
            present=present[meeting.room_id],
            parts=data.parts[meeting.series_id],
            recording=recordings.get(meeting.pk),
            version=data.version,
            invitation=invitations.get(meeting.pk),
        )
        for meeting in listed
    ]


def with_card_relations(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Loads everything that a card shows."""
    return meetings.select_related("host_company", "programme", "series", "room", "host")


def days_of(cards: Iterable[MeetingCard], *, now: datetime) -> list[Day]:
    """Grouped by date in the reader's time zone; the order stays."""
    by_day: dict[str, list[MeetingCard]] = defaultdict(list)
    for card in cards:
        by_day[days.in_reader_zone(card.meeting.starts_at).date().isoformat()].append(card)
    found, year = [], None
    for iso, of_day in by_day.items():
        moment = days.in_reader_zone(of_day[0].meeting.starts_at)
        found.append(Day(f"d{iso}", days.day_heading(moment, now=now, shown_year=year), of_day))
        year = moment.year
    return found


def _counts(meetings: Sequence[Meeting]) -> Counts:
    seated: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    rows = access.active_registrations_in(meetings).order_by()
    for meeting_id, state, count in rows.values_list("meeting", "state").annotate(Count("pk")):
        counter = waiting if state == Registration.State.WAITLISTED else seated
        counter[meeting_id] += count
    return seated, waiting


def _present(meetings: Sequence[Meeting], now: datetime) -> Counter[str]:
    """People in the rooms of live meetings, by room; a person with two tabs counts once.

    Counted at most once a second: after a reminder many people open the page within the same seconds.
    """
    rooms = tuple(sorted(meeting.room_id for meeting in meetings if meeting.is_live))
    if not rooms:
        return Counter()
    return _presences.get_or_read((rooms, int(now.timestamp())), lambda: Presence.people_in(rooms))


_presences: CachedRead[Counter[str]] = CachedRead()


def _recordings(meetings: Sequence[Meeting], visitor: Visitor) -> dict[str, Recording]:
    ended = [meeting.pk for meeting in meetings if meeting.state == Meeting.State.ENDED]
    return recording_access.newest_published(visitor, ended) if ended else {}


def _parts(meetings: Sequence[Meeting]) -> Counter[str | None]:
    series = {meeting.series_id for meeting in meetings if meeting.series_id}
    if not series:
        return Counter()
    rows = access.published_in_series(series).order_by()
    return Counter(dict(rows.values_list("series").annotate(Count("pk"))))
