"""What scheduling or changing a meeting would mean: who is busy, who is notified, for whom it is night."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from companies import zones
from companies.email_addresses import normalized as normalized_address
from companies.languages import in_language
from companies.models import Person
from companies.refusals import FieldErrors
from meetings.day_notes import EVENING, MORNING, Audience, DayNotes, audience_place, is_night, notes_on
from meetings.meeting_input import MeetingDetails
from meetings.models import Meeting, MeetingRole, Registration
from meetings.recipients import (
    MailKind,
    PlannedMail,
    Recipient,
    people_to_invite,
    people_to_notify_of_removal,
    planned_mails,
    recipients,
    recipients_with,
    told_in_one_email,
    upcoming_reminders,
    without_other_role,
)
from rooms.models import Room

MOST_BETTER_TIMES = 3


@dataclass(frozen=True)
class Conflict:
    """A person is busy at that time: hosts another meeting, is on its stage, or is registered for it."""

    person: Person
    meeting: Meeting
    is_on_stage: bool = True


@dataclass(frozen=True)
class Effects:
    """What a change will do, counted before it is made. `changed` is from `changed_fields`."""

    meeting: Meeting
    starts_at: datetime
    ends_at: datetime
    timezone: str
    changed: frozenset[str]
    people_notified: int
    notified_by_language: list[tuple[str, int]]
    notified_by_reason: list[tuple[str, int]]
    notified_by_zone: list[tuple[str, int]]
    events_moved: int
    reminders_dropped: int
    reminders_planned: int
    conflicts: list[Conflict]
    registered_elsewhere: int
    at_night: list[tuple[str, int]]  # zone, and how many people of it
    better_times: list[tuple[datetime, datetime]]  # on the same day, at which it is night for fewer
    other_hours: list[tuple[str, int]]  # zone, and how many people, whose clocks change on another day
    notes: DayNotes | None  # of the new day
    mails: list[PlannedMail]

    @property
    def moves(self) -> bool:
        return "time" in self.changed

    @property
    def notifies(self) -> bool:
        return bool(self.changed) and self.people_notified > 0

    @property
    def told_together(self) -> set[int]:
        """Who hears of this meeting's change in one email with those of others of its series."""
        changes = (mail.recipient for mail in self.mails if mail.kind == MailKind.CHANGE)
        return told_in_one_email(self.meeting, changes)

    @property
    def needs_confirmation(self) -> bool:
        """Whether the host should see them before the change is made."""
        return self.notifies or bool(self.conflicts)


def conflicts_of(
    *, people: Iterable[Person], starts_at: datetime, ends_at: datetime, except_meeting: Meeting | None = None
) -> list[Conflict]:
    """Every open meeting that overlaps and that these people host, speak in or are registered for. Three queries.

    Some may be hidden from the visitor: a view leaves those out with access.visible_meetings.
    """
    by_id = {person.pk: person for person in people}
    busy = Meeting.objects.overlapping(starts_at, ends_at).order_by("starts_at", "pk")
    if except_meeting is not None:
        busy = busy.exclude(pk=except_meeting.pk)
    found = [(meeting.host_id, meeting, True) for meeting in busy.filter(host__in=by_id)]
    roles = MeetingRole.objects.filter(person__in=by_id, meeting__in=busy).select_related("meeting")
    found += [(role.person_id, role.meeting, True) for role in roles]
    registrations = Registration.objects.filter(
        person__in=by_id, meeting__in=busy, state=Registration.State.CONFIRMED
    ).select_related("meeting")
    found += [(registration.person_id, registration.meeting, False) for registration in registrations]
    once = {(person_id, meeting.pk): (meeting, on_stage) for person_id, meeting, on_stage in reversed(found)}
    conflicts = [
        Conflict(by_id[person_id], meeting, on_stage)
        for (person_id, _pk), (meeting, on_stage) in once.items()
    ]
    return sorted(conflicts, key=lambda conflict: (conflict.meeting.starts_at, str(conflict.person)))


def room_conflict(
    room: Room, starts_at: datetime, ends_at: datetime, *, except_meeting: Meeting | None = None
) -> FieldErrors:
    """A project room holds one meeting at a time."""
    taken = Meeting.objects.overlapping(starts_at, ends_at).filter(room=room)
    if except_meeting is not None:
        taken = taken.exclude(pk=except_meeting.pk)
    other = taken.first()
    if other is None:
        return {}
    return {
        "local_time": [
            _("This room is already booked at that time: “%(title)s”.") % {"title": in_language(other.title)}
        ]
    }


def seats_taken(meeting: Meeting) -> int:
    return meeting.registrations.seated().count()


def changed_fields(
    meeting: Meeting, details: MeetingDetails, *, by_new_rules: bool = False
) -> frozenset[str]:
    """What of the change raises the revision: time, timezone, title, format, address, reminders.

    A further translation of the title does not count; a new wording in a language that was there does.
    """
    starts_at, ends_at = times_after(meeting, details, by_new_rules=by_new_rules)
    differs = {
        "time": (starts_at, ends_at) != (meeting.starts_at, meeting.ends_at),
        "timezone": details.timezone != meeting.timezone,
        "title": any(details.title.get(code, "").strip() != words for code, words in meeting.title.items()),
        "format": details.format != meeting.format,
        "address": details.address.strip() != meeting.address,
        "reminders": set(details.reminders) != set(meeting.reminders),
    }
    return frozenset(name for name, does in differs.items() if does)


def effects_of_change(*, meeting: Meeting, details: MeetingDetails, now: datetime) -> Effects:
    """Writes nothing. `details` must be possible (`meeting_input.problems` is empty), so that its times exist."""
    starts_at, ends_at = times_after(meeting, details)
    changed = changed_fields(meeting, details) if meeting.is_open or meeting.was_missed else frozenset[str]()
    moves = "time" in changed
    stage = _stage_after(meeting, details)
    everybody = [*recipients_with(meeting, [person for person in stage if person.pk]), *_unknown(stage)]
    mails = (
        _mails(meeting, details, everybody, stage, changed, now) if _is_open_after(meeting, changed) else []
    )
    notified = _notified_at_once(mails)
    conflicts = _conflicts(meeting, details, everybody, starts_at, ends_at) if moves else []
    reminded = [one for one in recipients(meeting) if one.is_reminded and one.wants_reminders]
    dropped = len(reminded) * len(upcoming_reminders(meeting.reminders, starts_at=meeting.starts_at, now=now))
    return Effects(
        meeting=meeting,
        starts_at=starts_at,
        ends_at=ends_at,
        timezone=details.timezone,
        changed=changed,
        people_notified=len(notified),
        notified_by_language=by_language(notified),
        notified_by_reason=Counter(one.reason for one in notified).most_common(),
        notified_by_zone=Counter(one.timezone for one in notified).most_common(),
        events_moved=sum(m.kind == MailKind.CHANGE and m.recipient.has_calendar_event for m in mails)
        if moves
        else 0,
        reminders_dropped=dropped if changed else 0,
        reminders_planned=sum(m.kind == MailKind.REMINDER and m.recipient.wants_reminders for m in mails),
        mails=mails,
        conflicts=[found for found in conflicts if found.is_on_stage],
        registered_elsewhere=len({found.person.pk for found in conflicts if not found.is_on_stage}),
        at_night=_at_night(everybody, starts_at, ends_at) if moves else [],
        better_times=_better_times(everybody, starts_at, ends_at, details.timezone, now) if moves else [],
        other_hours=_other_hours(meeting, details, everybody, starts_at) if moves else [],
        notes=_notes(details, everybody) if moves else None,
    )


def emails_at_once(effects: Sequence[Effects]) -> int:
    """Of one change of several meetings of a series, without reminders."""
    people = sum(one.people_notified for one in effects)
    if len(effects) == 1:
        return people
    times_told = Counter(person_id for one in effects for person_id in one.told_together)
    return people - sum(times - 1 for times in times_told.values())


def _is_open_after(meeting: Meeting, changed: frozenset[str]) -> bool:
    """A meeting that nobody started is scheduled again by giving it another time."""
    return meeting.is_open or (meeting.was_missed and "time" in changed)


def people_of(host: Person, details: MeetingDetails) -> list[Person]:
    """The host and those on the stage whom the service knows already."""
    addresses = [normalized_address(speaker.email) for speaker in details.speakers]
    return [host, *Person.objects.filter(email__in=addresses).exclude(pk=host.pk)]


def by_language(notified: Iterable[Recipient]) -> list[tuple[str, int]]:
    return Counter(one.language for one in notified).most_common()


def _notified_at_once(mails: list[PlannedMail]) -> list[Recipient]:
    """Each person once, however many emails they get."""
    notified = (mail.recipient for mail in mails if mail.kind != MailKind.REMINDER)
    # Two new speakers have no id and may have equal fields: they still count as two.
    return list({one.person_id or -id(one): one for one in notified}.values())


def _stage_after(meeting: Meeting, details: MeetingDetails) -> list[Person]:
    """Those on stage after the change; new addresses as unsaved people, without an id."""
    known = {person.email: person for person in people_of(meeting.host, details)}
    addresses = dict.fromkeys(normalized_address(speaker.email) for speaker in details.speakers)
    new = {"language": meeting.host.language, "timezone": details.timezone}
    return [known.get(address) or Person(email=address, **new) for address in addresses]


def _unknown(stage: list[Person]) -> list[Recipient]:
    why = _("host and people on stage")
    return [Recipient(None, person.language, person.timezone, why) for person in stage if not person.pk]


def _mails(
    meeting: Meeting,
    details: MeetingDetails,
    everybody: list[Recipient],
    stage: list[Person],
    changed: frozenset[str],
    now: datetime,
) -> list[PlannedMail]:
    before = {role.person_id: role.person for role in meeting.roles.select_related("person")}
    after = {person.pk for person in stage if person.pk}
    joined = without_other_role(meeting, after - before.keys())
    starts_at, _ends_at = times_after(meeting, details)
    ahead = upcoming_reminders(details.reminders, starts_at=starts_at, now=now)
    mails = list(
        planned_mails(
            everybody,
            joined={*joined, None},
            invited={*people_to_invite(meeting, joined), None},
            changed=changed,
            reminders=ahead,
        )
    )
    left = people_to_notify_of_removal(meeting, without_other_role(meeting, before.keys() - after))
    return mails + [
        PlannedMail(_leaving(before[pk]), MailKind.WITHDRAWN) for pk in left if before[pk].is_active
    ]


def _leaving(person: Person) -> Recipient:
    return Recipient(person.pk, person.language, person.timezone, _("no longer on stage"))


def _conflicts(
    meeting: Meeting,
    details: MeetingDetails,
    everybody: list[Recipient],
    starts_at: datetime,
    ends_at: datetime,
) -> list[Conflict]:
    """For people on stage only what they host or speak in counts; for those registered, every meeting of theirs."""
    stage = {person.pk: person for person in people_of(meeting.host, details)}
    attendees = Person.objects.in_bulk(
        [one.person_id for one in everybody if one.has_calendar_event and one.person_id]
    )
    people = {**attendees, **stage}
    found = conflicts_of(people=people.values(), starts_at=starts_at, ends_at=ends_at, except_meeting=meeting)
    return [
        Conflict(one.person, one.meeting, is_on_stage=one.person.pk in stage)
        for one in found
        if one.is_on_stage or one.person.pk not in stage
    ]


def times_after(
    meeting: Meeting, details: MeetingDetails, *, by_new_rules: bool = False
) -> tuple[datetime, datetime]:
    """An unchanged local time keeps its instant, even if the zone's rules have changed since: unless by those."""
    same = (details.local_day, details.local_time, details.timezone) == (
        meeting.local_day,
        meeting.local_time,
        meeting.timezone,
    )
    starts_at = meeting.starts_at if same and not by_new_rules else details.starts_at
    return starts_at, starts_at + timedelta(minutes=details.duration_minutes)


def _at_night(everybody: list[Recipient], starts_at: datetime, ends_at: datetime) -> list[tuple[str, int]]:
    zone_names = [one.timezone for one in everybody if one.has_calendar_event]
    return Counter(zone for zone in zone_names if is_night(zone, starts_at, ends_at)).most_common()


def _better_times(
    everybody: list[Recipient], starts_at: datetime, ends_at: datetime, zone_name: str, now: datetime
) -> list[tuple[datetime, datetime]]:
    """Of those at which it is night for the fewest, the nearest, on each half hour of the meeting's own day."""
    people = Counter(one.timezone for one in everybody if one.has_calendar_event)
    length, zone = ends_at - starts_at, zones.zone(zone_name)

    def at_night(start: datetime) -> int:
        return sum(count for name, count in people.items() if is_night(name, start, start + length))

    midnight = starts_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    half_hours = (
        midnight.replace(hour=hour, minute=minute).astimezone(UTC)
        for hour in range(MORNING, EVENING)
        for minute in (0, 30)
    )
    counted = [(at_night(start), start) for start in half_hours if start > now]
    fewest = min((count for count, _start in counted), default=0)
    if fewest >= at_night(starts_at):
        return []
    best = (start for count, start in counted if count == fewest)
    nearest = sorted(best, key=lambda start: abs(start - starts_at))[:MOST_BETTER_TIMES]
    return [(start, start + length) for start in sorted(nearest)]


def _other_hours(
    meeting: Meeting, details: MeetingDetails, everybody: list[Recipient], starts_at: datetime
) -> list[tuple[str, int]]:
    """Zones in which it will be another hour than before, while it is the same where the meeting is at home."""
    if (meeting.local_time, meeting.timezone) != (details.local_time, details.timezone):
        return []
    people = Counter(one.timezone for one in everybody if one.has_calendar_event)
    return [
        (zone, number)
        for zone, number in people.most_common()
        if starts_at.astimezone(zones.zone(zone)).time()
        != meeting.starts_at.astimezone(zones.zone(zone)).time()
    ]


def _notes(details: MeetingDetails, everybody: list[Recipient]) -> DayNotes:
    """`at_night` apart, because it is of the instant, which a change of the rules of a time zone may keep."""
    attending = (one for one in everybody if one.has_calendar_event)
    return notes_on(
        day=details.local_day,
        local_time=None,
        minutes=details.duration_minutes,
        timezone=details.timezone,
        audience=Audience(audience_place(one.timezone, one.country) for one in attending),
    )
