"""A meeting as a row of the timetable: when, what, and the one thing that this visitor can do now."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.content_versions import content_version
from companies.languages import in_language
from companies.process_cache import Read
from companies.templatetags.page import clock
from meetings import access, watching
from meetings.access import Level, Visitor
from meetings.models import Meeting, Registration
from meetings.registering import has_ended
from meetings.views import days
from meetings.watching import Watchable
from rooms.models import Presence

ROOM_OPENS = timedelta(minutes=15)  # before the start
PROJECT_ROOM_SHOWN = timedelta(hours=12)  # it is never closed; nearer than this it is what one does next


class Step(StrEnum):
    """What the visitor can do about a meeting now; the template has a word and an address for each."""

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
    CLOSED = "closed"
    WAITLIST = "waitlist"
    REGISTER = "register"


_STEP_OF_SEAT = {
    Registration.State.CONFIRMED: Step.REGISTERED,
    Registration.State.PENDING: Step.PENDING,
    Registration.State.WAITLISTED: Step.WAITLISTED,
    Registration.State.OFFERED: Step.OFFERED,
}


@dataclass(frozen=True)
class Slot:
    meeting: Meeting
    now: datetime
    level: Level
    seat: Registration | None
    seated: int
    waiting: int
    present: int
    parts: int
    recording: Watchable | None
    version: int | None = (
        None  # of the content that the meeting and its counts were read at, where that is known
    )

    @property
    def minutes_in(self) -> int:
        """How long it has been live."""
        started = self.meeting.started_at
        return int((self.now - started).total_seconds() // 60) if started else 0

    @property
    def starts(self) -> str:
        return clock(days.here(self.meeting.starts_at))

    @property
    def ends(self) -> str:
        return clock(days.here(self.meeting.ends_at))

    @property
    def day(self) -> str:
        return days.short_day(days.here(self.meeting.starts_at))

    @property
    def shortest_day(self) -> str:
        return days.shortest_day(days.here(self.meeting.starts_at))

    @property
    def is_on_another_day(self) -> bool:
        return days.here(self.meeting.starts_at).date() != days.here(self.now).date()

    @property
    def elsewhere(self) -> str:
        return days.hour_elsewhere(self.meeting.starts_at, self.meeting.timezone)

    @property
    def is_elsewhere(self) -> bool:
        return days.is_elsewhere(self.meeting.starts_at, self.meeting.timezone)

    @property
    def full_day(self) -> str:
        return days.heading(days.here(self.meeting.starts_at), now=self.now, shown_year=None)

    @property
    def is_host(self) -> bool:
        return self.level >= Level.HOST

    @property
    def has_ended(self) -> bool:
        return has_ended(self.meeting, now=self.now)

    @property
    def seats_left(self) -> int | None:
        """None without a limit; nobody overtakes those who wait for a seat that is free."""
        if self.meeting.capacity is None:
            return None
        return max(0, self.meeting.capacity - self.seated - self.waiting)

    @property
    def is_full(self) -> bool:
        return self.seats_left == 0

    @property
    def may_enter(self) -> bool:
        """Has a right to the room of a meeting that is online and not over."""
        takes_place = self.meeting.is_open and not self.has_ended
        return self.level >= Level.ENTER and self.meeting.is_online and takes_place

    @property
    def room_is_open(self) -> bool:
        opens = PROJECT_ROOM_SHOWN if self.meeting.room.is_project_room else ROOM_OPENS
        return self.may_enter and (self.meeting.is_live or self.meeting.starts_at - opens <= self.now)

    @property
    def step(self) -> Step:
        return self._fixed_step() or self._own_step() or self._open_step()

    def _fixed_step(self) -> Step | None:
        if self.meeting.state == Meeting.State.DRAFT:
            return Step.DRAFT
        if self.meeting.state == Meeting.State.CANCELLED:
            return Step.CANCELLED
        if self.has_ended:
            return Step.WATCH if self.recording else Step.ENDED
        return None

    def _own_step(self) -> Step | None:
        if self.room_is_open:
            return Step.JOIN if self.meeting.is_live else Step.ENTER
        if self.level >= Level.HOST:
            return Step.HOST
        if self.level >= Level.SPEAK:
            return Step.SPEAK
        return _STEP_OF_SEAT.get(Registration.State(self.seat.state)) if self.seat else None

    def _open_step(self) -> Step:
        if self.meeting.registration == Meeting.RegistrationMode.CLOSED:
            return Step.CLOSED
        return Step.WAITLIST if self.is_full else Step.REGISTER

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """All that tells one visitor's row of a meeting from another's, and what changes without a new version."""
        step = self.step
        return (
            self.meeting.pk,
            self.version,
            step,
            self.is_host,
            self.present,
            self.recording.pk if self.recording else None,
            self.seat.pk if self.seat and step == Step.OFFERED else None,
        )

    @property
    def note(self) -> str:
        """The soft words under the step: seats left, who is there, how long the recording is."""
        if self.step in {Step.JOIN, Step.ENTER}:
            return _("You are host") if self.is_host and not self.present else self.present_in_words
        if self.step == Step.HOST and self.seated:
            return counted(ngettext("%(count)d registered", "%(count)d registered", self.seated), self.seated)
        if self.step == Step.WAITLIST:
            return _("Full, %(count)d waiting") % {"count": self.waiting} if self.waiting else _("Full")
        if self.step == Step.REGISTER:
            return self.seats_in_words
        if self.step == Step.WATCH and self.recording is not None:
            return minutes_in_words(self.recording.duration_seconds)
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
    def part(self) -> str:
        """`Heat from the sea, part 3 of 5`."""
        meeting = self.meeting
        if meeting.series is None or meeting.series_position is None:
            return str(in_language(meeting.programme.title)) if meeting.programme else ""
        named = in_language(meeting.series.title).text
        if named == in_language(meeting.title).text:
            return self.position
        return _("%(series)s, part %(number)d of %(count)d") % {
            "series": named,
            "number": meeting.series_position,
            "count": self.parts,
        }

    @property
    def position(self) -> str:
        if self.meeting.series_position is None:
            return ""
        number = self.meeting.series_position
        return _("part %(number)d of %(count)d") % {"number": number, "count": self.parts}


def counted(words: str, count: int) -> str:
    return words % {"count": count}


def minutes_in_words(seconds: float | None) -> str:
    if not seconds:
        return ""
    minutes = max(1, round(seconds / 60))
    return counted(ngettext("%(count)d minute", "%(count)d minutes", minutes), minutes)


@dataclass(frozen=True)
class Day:
    anchor: str
    heading: str
    slots: Sequence[Slot]


Counts = tuple[Counter[str], Counter[str]]
_counts_of_one: Read[Counts] = Read()


@dataclass(frozen=True)
class Rows:
    """Meetings with what their rows tell everybody who sees them."""

    meetings: Sequence[Meeting]
    counts: Counts
    parts: Counter[str | None]
    version: int | None = None

    def of(self, keys: Iterable[str]) -> "Rows":
        """These of them, in the order of the keys."""
        by_key = {meeting.pk: meeting for meeting in self.meetings}
        return replace(self, meetings=[by_key[key] for key in keys if key in by_key])

    def __or__(self, other: "Rows") -> "Rows":
        """Both, where they may be some of the same."""
        counts = self.counts[0] | other.counts[0], self.counts[1] | other.counts[1]
        version = self.version if self.version == other.version else None
        return Rows([*self.meetings, *other.meetings], counts, self.parts | other.parts, version)


def rows_to_keep(meetings: QuerySet[Meeting]) -> Rows:
    """For a `Read`: the version is asked for first, so that the rows are never older than it says."""
    version = content_version()
    return replace(_rows(rows_of(meetings)), version=version)


def _rows(meetings: Iterable[Meeting]) -> Rows:
    listed = list(meetings)
    return Rows(listed, _counts(listed), _parts(listed))


def slot_of(meeting: Meeting, visitor: Visitor, *, now: datetime) -> Slot:
    counts = _counts_of_one.once(meeting.pk, lambda: _counts([meeting]))
    return slots_in(Rows([meeting], counts, _parts([meeting])), visitor, now=now)[0]


def slots_of(meetings: Iterable[Meeting], visitor: Visitor, *, now: datetime) -> list[Slot]:
    """As many queries for one row as for a hundred; the meetings come with what `rows_of` loads."""
    return slots_in(_rows(meetings), visitor, now=now)


def slots_in(rows: Rows, visitor: Visitor, *, now: datetime) -> list[Slot]:
    """Each row with what this visitor can do."""
    listed = rows.meetings
    seats = access.seats_in(visitor, listed)
    seated, waiting = rows.counts
    levels = access.levels_in(visitor, listed, seats)
    present = _present([meeting for meeting in listed if levels[meeting.pk] >= Level.ENTER], now)
    recordings = _recordings(listed, visitor)
    return [
        Slot(
            meeting=meeting,
            now=now,
            level=levels[meeting.pk],
            seat=seats.get(meeting.pk),
            seated=seated[meeting.pk],
            waiting=waiting[meeting.pk],
            present=present[meeting.room_id],
            parts=rows.parts[meeting.series_id],
            recording=recordings.get(meeting.pk),
            version=rows.version,
        )
        for meeting in listed
    ]


def rows_of(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """With everything that a row shows."""
    return meetings.select_related("host_company", "programme", "series", "room", "host")


def days_of(slots: Iterable[Slot], *, now: datetime) -> list[Day]:
    """Slots under the days of the reader's calendar, in the order they come in."""
    by_day: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_day[days.here(slot.meeting.starts_at).date().isoformat()].append(slot)
    found, year = [], None
    for iso, of_day in by_day.items():
        moment = days.here(of_day[0].meeting.starts_at)
        found.append(Day(f"d{iso}", days.heading(moment, now=now, shown_year=year), of_day))
        year = moment.year
    return found


def _counts(meetings: Sequence[Meeting]) -> Counts:
    seated: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    rows = access.registrations_in(meetings).order_by()
    for meeting_id, state, count in rows.values_list("meeting", "state").annotate(Count("pk")):
        counter = waiting if state == Registration.State.WAITLISTED else seated
        counter[meeting_id] += count
    return seated, waiting


def _present(meetings: Sequence[Meeting], now: datetime) -> Counter[str]:
    """How many people are in the rooms of live meetings, for who may enter; a person with two tabs is one.

    Counted once a second for all who ask: when a reminder has reached everybody it changes with each of them.
    """
    rooms = tuple(sorted(meeting.room_id for meeting in meetings if meeting.is_live))
    if not rooms:
        return Counter()
    return _presences.once((rooms, int(now.timestamp())), lambda: Presence.people_in(rooms))


_presences: Read[Counter[str]] = Read()


def _recordings(meetings: Sequence[Meeting], visitor: Visitor) -> dict[str, Watchable]:
    ended = [meeting.pk for meeting in meetings if meeting.state == Meeting.State.ENDED]
    return watching.recordings_of(visitor, ended)


def _parts(meetings: Sequence[Meeting]) -> Counter[str | None]:
    series = {meeting.series_id for meeting in meetings if meeting.series_id}
    if not series:
        return Counter()
    rows = access.announced_in_series(series).order_by()
    return Counter(dict(rows.values_list("series").annotate(Count("pk"))))
