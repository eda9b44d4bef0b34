"""Attendance as a funder accepts it: the union of a person's intervals of presence within the meeting."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import F, Q

from companies.collation import sort_key
from companies.company_names import companies_by_key
from companies.models import Company, Person
from meetings.models import Meeting, Registration
from rooms.models import Presence, Room

Interval = tuple[datetime, datetime]

THRESHOLD = 0.5  # of the meeting's length


@dataclass(frozen=True)
class Attendee:
    """One person's presence. `company` and `country` are those of the registration, else of the person."""

    person: Person
    name: str
    company: str
    company_id: int | None
    country: str
    intervals: list[Interval]
    seconds: float
    share: float  # of the meeting, 0 to 1
    counted: bool
    groups: tuple[str, ...] = ()  # names of the breakout rooms they were in, in that order
    company_key: str = ""  # equal for two spellings of one company; empty without a company

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return int(self.seconds // 60)

    @property
    def percent(self) -> int:
        return int(self.share * 100)

    @property
    def joined_at(self) -> datetime:
        return self.intervals[0][0]

    @property
    def left_at(self) -> datetime:
        return self.intervals[-1][1]


@dataclass(frozen=True)
class CountryTotal:
    country: str
    people: int
    companies: int


@dataclass(frozen=True)
class CompanyTotal:
    company: str
    country: str
    people: int
    minutes: int


@dataclass(frozen=True)
class Attendance:
    """Attendees between `starts_at` and `ends_at`, sorted by name. Totals are of those counted."""

    starts_at: datetime
    ends_at: datetime
    threshold: float
    attendees: list[Attendee]
    is_final: bool

    @property
    def required_minutes(self) -> int:
        return math.ceil((self.ends_at - self.starts_at).total_seconds() / 60 * self.threshold)

    @property
    def counted(self) -> list[Attendee]:
        return [attendee for attendee in self.attendees if attendee.counted]

    @property
    def companies(self) -> set[str]:
        return {attendee.company_key for attendee in self.counted} - {""}

    @property
    def all_companies(self) -> set[str]:
        """Company keys of all attendees, counted or not."""
        return {attendee.company_key for attendee in self.attendees} - {""}

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def countries(self) -> set[str]:
        return {attendee.country for attendee in self.counted if attendee.country}

    @property
    def by_country(self) -> list[CountryTotal]:
        groups = _grouped(self.counted, lambda attendee: attendee.country)
        totals = [
            CountryTotal(country, len(people), len({one.company_key for one in people} - {""}))
            for country, people in groups.items()
        ]
        return sorted(totals, key=lambda total: (-total.people, total.country))

    @property
    def by_company(self) -> list[CompanyTotal]:
        groups = _grouped([one for one in self.counted if one.company_key], lambda one: one.company_key)
        totals = [
            CompanyTotal(
                people[0].company, people[0].country, len(people), sum(one.minutes for one in people)
            )
            for people in groups.values()
        ]
        return sorted(totals, key=lambda total: (-total.people, sort_key(total.company)))


def attendance_of(meeting: Meeting, now: datetime, *, threshold: float = THRESHOLD) -> Attendance:
    """Presence in the meeting's room within its actual start and end (never started: the scheduled ones).

    Presence in a breakout room is presence in the meeting. The intervals of a person are merged before they are summed,
    so that two tabs count once. A presence without an end lasts until `now`. Three queries at most, whatever the size.
    """
    return attendances_of([meeting], now, threshold=threshold)[meeting.pk]


def is_known(meeting: Meeting, *, now: datetime) -> bool:
    """Whether whoever is not in the report did not come: of a meeting that was held online alone, once it is over.

    Of people on site it is not known, nor once the attendance names nobody.
    """
    was_online = meeting.format == Meeting.Format.ONLINE and meeting.started_at is not None
    return was_online and meeting.has_ended(now=now) and meeting.anonymised_at is None


def people_who_attended(meeting: Meeting, now: datetime) -> set[int]:
    """However short. The people of `attendance_of`, in one query."""
    present = Presence.objects.filter(_overlapping(meeting, _window(meeting, now)))
    present = present.exclude(left_at=F("joined_at"))
    return set(present.order_by().values_list("person", flat=True).distinct())


def attendances_of(
    meetings: Collection[Meeting], now: datetime, *, threshold: float = THRESHOLD
) -> dict[str, Attendance]:
    """By meeting id, as `attendance_of`. Two queries for all, and one for each meeting with typed company names."""
    windows = {meeting.pk: _window(meeting, now) for meeting in meetings}
    presences = _presences(meetings, windows)
    people = {presence.person_id: presence.person for presence in presences}
    registrations = {
        (registration.meeting_id, registration.person_id): registration
        for registration in Registration.objects.filter(meeting__in=windows, person__in=people)
        .active()
        .select_related("company")
    }
    found = {}
    for meeting in meetings:
        window = windows[meeting.pk]
        present: dict[int, list[Interval]] = defaultdict(list)
        groups: dict[int, dict[str, None]] = defaultdict(dict)  # in their order, each once
        for presence in presences:
            if meeting.room_id not in {presence.room_id, presence.room.parent_id}:
                continue
            span = (presence.joined_at, presence.left_at or now)
            present[presence.person_id].append(span)
            if presence.room.is_breakout and list(clipped([span], window)):
                groups[presence.person_id][presence.room.group_name] = None
        attendees = [
            _attendee(
                people[pk],
                registrations.get((meeting.pk, pk)),
                merged(clipped(spans, window)),
                window,
                threshold,
                tuple(groups[pk]),
            )
            for pk, spans in present.items()
        ]
        attendees = sorted(
            _with_company_keys([one for one in attendees if one.intervals]),
            key=lambda one: (sort_key(one.name), one.person.pk),
        )
        is_final = meeting.state == Meeting.State.ENDED
        found[meeting.pk] = Attendance(*window, threshold, attendees, is_final=is_final)
    return found


def _presences(meetings: Iterable[Meeting], windows: Mapping[str, Interval]) -> list[Presence]:
    """Presences that overlap the windows of these meetings, each in its room or a breakout room of it; by time."""
    inside = Q(pk__in=[])
    for meeting in meetings:
        inside |= _overlapping(meeting, windows[meeting.pk])
    found = Presence.objects.filter(inside).select_related("person__company", "room")
    return list(found.order_by("joined_at", "pk"))


def _overlapping(meeting: Meeting, window: Interval) -> Q:
    start, end = window
    rooms = Room.objects.with_breakouts([meeting.room_id]).values("pk")
    return Q(room__in=rooms, joined_at__lt=end) & (Q(left_at__isnull=True) | Q(left_at__gt=start))


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The union: disjoint and sorted; intervals that touch become one."""
    union: list[Interval] = []
    for start, end in sorted(intervals):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def clipped(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """The parts of the intervals inside the window; empty ones are left out."""
    inside = ((max(start, window[0]), min(end, window[1])) for start, end in intervals)
    return [(start, end) for start, end in inside if start < end]


def total(intervals: Iterable[Interval]) -> timedelta:
    return sum((end - start for start, end in intervals), timedelta())


def people_present_at(attendance: Attendance, moments: list[datetime]) -> list[int]:
    """How many people were in the room at each moment."""
    spans = [span for attendee in attendance.attendees for span in attendee.intervals]
    return [sum(start <= moment < end for start, end in spans) for moment in moments]


def _window(meeting: Meeting, now: datetime) -> Interval:
    """Actual start and end of the meeting: a live one ends `now`; one that never started has its scheduled times."""
    start = meeting.started_at or meeting.starts_at
    if meeting.ended_at is not None:
        return start, meeting.ended_at
    if meeting.started_at is not None:
        return start, max(start, now)
    return start, meeting.ends_at


def _attendee(
    person: Person,
    registration: Registration | None,
    intervals: list[Interval],
    window: Interval,
    threshold: float,
    groups: tuple[str, ...],
) -> Attendee:
    length = (window[1] - window[0]).total_seconds()
    seconds = total(intervals).total_seconds()
    share = seconds / length if length else 0.0
    company: Company | None = (registration.company if registration else None) or person.company
    return Attendee(
        person=person,
        name=(registration.name if registration else "") or str(person),
        company=company.name if company else (registration.company_name.strip() if registration else ""),
        company_id=company.pk if company else None,
        country=(registration.country if registration else "")
        or (company.country if company else "")
        or person.country,
        intervals=intervals,
        seconds=seconds,
        share=share,
        counted=bool(intervals) and share >= threshold,
        groups=groups,
    )


def _with_company_keys(attendees: list[Attendee]) -> list[Attendee]:
    keys = companies_by_key((one.company_id, one.company) for one in attendees)
    return [replace(one, company_key=key) for one, key in zip(attendees, keys, strict=True)]


def _grouped(attendees: Iterable[Attendee], key: Callable[[Attendee], str]) -> dict[str, list[Attendee]]:
    groups: dict[str, list[Attendee]] = defaultdict(list)
    for attendee in attendees:
        groups[key(attendee)].append(attendee)
    return groups
