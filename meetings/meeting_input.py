"""What a host enters about a meeting, from a form or a program; and what is impossible about it, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _

from companies import zones
from companies.email_addresses import LONGEST as LONGEST_ADDRESS
from companies.email_addresses import check as check_address
from companies.email_addresses import normalized as normalized_address
from companies.languages import LanguageText
from companies.models import Company
from companies.refusals import FieldErrors
from meetings import question_input
from meetings.models import Meeting, MeetingRole, Programme
from meetings.models.meeting import DEFAULT_REMINDERS
from meetings.question_input import QuestionInput
from meetings.recurrence import ImpossibleRule, instant_on
from rooms.models import Room

SHORTEST = 5  # minutes
LONGEST = 7 * 24 * 60  # minutes; a study trip is a week
LATE_START = timedelta(minutes=15)  # filling in the form for a meeting “now” takes a moment
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MAX_SPEAKERS = 50
MAX_REMINDERS = 6


@dataclass(frozen=True)
class Speaker:
    """Somebody on stage: the person with that address, or a new guest of that name."""

    email: str
    name: str = ""
    role: str = MeetingRole.Role.SPEAKER


@dataclass(frozen=True, kw_only=True)
class MeetingDetails:
    """Day and time are local to `timezone`.

    `room` None: the meeting gets a new room. `questions` None: it asks what it asked before.
    """

    kind: str
    title: LanguageText
    local_day: date
    local_time: time
    timezone: str
    duration_minutes: int
    description: LanguageText = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    interpreted_into: tuple[str, ...] = ()
    interpretation_how: str = ""
    format: str = Meeting.Format.ONLINE
    address: str = ""
    capacity: int | None = None
    visibility: str = Meeting.Visibility.PUBLIC
    registration: str = Meeting.RegistrationMode.OPEN
    record: bool = False
    lobby: bool = False
    replies_to_host: bool = False
    follow_ups: bool = True
    programme: Programme | None = None
    host_company: Company | None = None
    reminders: tuple[int, ...] = DEFAULT_REMINDERS
    room: Room | None = None
    speakers: tuple[Speaker, ...] = ()
    questions: tuple[QuestionInput, ...] | None = None

    @property
    def starts_at(self) -> datetime:
        """Raises ImpossibleRule when that local time does not exist on that day, or exists twice."""
        return instant_on(self.local_day, self.local_time, self.timezone)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)


def details_of(meeting: Meeting) -> MeetingDetails:
    """The saved meeting as its host would enter it; with `dataclasses.replace` a partial change."""
    kept_apart = {"speakers", "questions"}
    same = {
        one.name: getattr(meeting, one.name) for one in fields(MeetingDetails) if one.name not in kept_apart
    }
    roles = meeting.roles.select_related("person").order_by("pk")
    speakers = tuple(Speaker(role.person.email, role.person.name, role.role) for role in roles)
    return MeetingDetails(**with_tuples(same), speakers=speakers)


def apply_details(meeting: Meeting, details: MeetingDetails) -> None:
    """Sets the meeting's fields, without saving. Its room stays; stage and questions are set by the flow."""
    for one in fields(details):
        if one.name not in {"room", "speakers", "questions", "duration_minutes"}:
            setattr(meeting, one.name, _as_stored(getattr(details, one.name)))
    meeting.starts_at, meeting.ends_at = details.starts_at, details.ends_at
    meeting.host_company = details.host_company or meeting.host.company
    meeting.languages = meeting.languages or [meeting.host.language]
    meeting.reminders = sorted(set(details.reminders), reverse=True)
    if meeting.room.is_project_room:
        meeting.visibility = Meeting.Visibility.INVITED


def _as_stored(value: Any) -> Any:
    """Texts without the blanks around them, empty translations left out, tuples as the lists of a JSON field."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {code: words.strip() for code, words in value.items() if words.strip()}
    return list(value) if isinstance(value, tuple) else value


def with_tuples(given: Mapping[str, Any]) -> dict[str, Any]:
    """Lists of a form, a program or a JSON field as the tuples of MeetingDetails."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def with_changes(details: MeetingDetails, changes: Mapping[str, Any]) -> MeetingDetails:
    """`changes` are fields of MeetingDetails; for `local_day` and `local_time` it may hold `starts_at`.

    That is an instant, or local time in the meeting's zone where it has no offset. A new `timezone` alone keeps
    the local time.
    """
    given = dict(changes)
    starts_at = given.pop("starts_at", None)
    if starts_at is not None:
        zone_name = given.get("timezone", details.timezone)
        given["local_day"], given["local_time"] = local_date_and_time(starts_at, zone_name)
    return replace(details, **with_tuples(given))


def local_date_and_time(moment: datetime, zone_name: str) -> tuple[date, time]:
    """In the zone, from an instant, or from a local time without an offset."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(zones.zone(zone_name))
    return moment.date(), moment.time().replace(tzinfo=None)


def problems(details: MeetingDetails, *, now: datetime, allow_past: bool = False) -> FieldErrors:
    """Everything that is impossible, by field; empty when nothing is."""
    errors: FieldErrors = {}
    for name, message in (
        *_about_texts(details),
        *_about_choices(details),
        *_about_times(details, now, allow_past=allow_past),
        *_about_numbers(details),
        *_about_speakers(details),
    ):
        errors.setdefault(name, []).append(message)
    return errors | question_input.problems(details.questions or ())


def _about_texts(details: MeetingDetails) -> list[tuple[str, str]]:
    found = []
    if not any(words.strip() for words in details.title.values()):
        found.append(("title", _("Enter a title in at least one language.")))
    if any(len(words) > 200 for words in details.title.values()):
        found.append(("title", _("The title can have at most 200 characters.")))
    if any(len(words) > 20_000 for words in details.description.values()):
        found.append(("description", _("The description can have at most 20,000 characters.")))
    for name, text in (("title", details.title), ("description", details.description)):
        if set(text) - set(settings.ALL_LANGUAGES):
            found.append((name, _("This language is not supported.")))
    if details.format != Meeting.Format.ONLINE and not details.address.strip():
        found.append(("address", _("Enter the address where people will meet.")))
    return found


def _about_choices(details: MeetingDetails) -> list[tuple[str, str]]:
    choices = {
        "kind": Meeting.Kind.values,
        "format": Meeting.Format.values,
        "visibility": Meeting.Visibility.values,
        "registration": Meeting.RegistrationMode.values,
    }
    found = [
        (name, _("Choose an option from the list."))
        for name, values in choices.items()
        if getattr(details, name) not in values
    ]
    found += [
        (name, _("This language is not supported."))
        for name in ("languages", "interpreted_into")
        if set(getattr(details, name)) - set(settings.ALL_LANGUAGES)
    ]
    found += _incomplete_interpretation(details)
    if set(details.languages) & set(details.interpreted_into):
        found.append(
            (
                "interpreted_into",
                _("Choose interpretation languages other than the languages of the meeting."),
            )
        )
    return found


def _incomplete_interpretation(details: MeetingDetails) -> list[tuple[str, str]]:
    """Online there are channels for it; in a hall only the host knows how it will reach anybody."""
    how = details.interpretation_how.strip()
    if details.interpreted_into and not how and details.format == Meeting.Format.ON_SITE:
        return [("interpretation_how", _("Explain how people can listen to the interpretation."))]
    if how and not details.interpreted_into:
        return [("interpreted_into", _("Choose the languages of the interpretation."))]
    return []


def _about_times(details: MeetingDetails, now: datetime, *, allow_past: bool) -> list[tuple[str, str]]:
    if details.timezone not in zones.known():
        return [("timezone", _("Choose an option from the list."))]
    found = []
    if details.local_time.second or details.local_time.microsecond:
        found.append(("local_time", _("Enter the start time in hours and minutes, without seconds.")))
    if not SHORTEST <= details.duration_minutes <= LONGEST:
        found.append(("duration_minutes", _("A meeting must last from 5 minutes to 7 days.")))
    try:
        starts_at = details.starts_at
    except ImpossibleRule as error:
        return [*found, (error.field, error.message)]
    if starts_at < EARLIEST:  # a reminder before year 1 cannot be computed
        found.append(("local_day", _("This date is too far from today.")))
    if starts_at < now - LATE_START and not allow_past:
        found.append(("local_day", _("This time is in the past.")))
    if starts_at > now + timedelta(days=5 * 366):
        found.append(("local_day", _("Choose a date within the next five years.")))
    return found


def _about_numbers(details: MeetingDetails) -> list[tuple[str, str]]:
    found = []
    if details.capacity is not None and not 1 <= details.capacity <= 100_000:
        found.append(
            ("capacity", _("Enter a number of seats from 1 to 100,000, or leave it empty for no limit."))
        )
    if any(not 1 <= minutes <= 30 * 24 * 60 for minutes in details.reminders):
        found.append(("reminders", _("Reminders can be sent at most 30 days before the start.")))
    if len(details.reminders) > MAX_REMINDERS:
        found.append(("reminders", _("Choose at most six reminders.")))
    return found


def _about_speakers(details: MeetingDetails) -> list[tuple[str, str]]:
    found = []
    addresses = [normalized_address(speaker.email) for speaker in details.speakers]
    if len(addresses) > MAX_SPEAKERS:
        found.append(("speakers", _("At most 50 people can be on stage.")))
    for address in addresses:
        try:
            check_address(address)
            MaxLengthValidator(LONGEST_ADDRESS)(address)
        except ValidationError:
            found.append(
                ("speakers", _("“%(address)s” is not a valid email address.") % {"address": address[:80]})
            )
    twice = sorted({address for address in addresses if addresses.count(address) > 1})
    found += [
        ("speakers", _("This address is listed twice: %(address)s") % {"address": address})
        for address in twice
    ]
    if any(speaker.role not in MeetingRole.Role.values for speaker in details.speakers):
        found.append(("speakers", _("Choose an option from the list.")))
    return found


def to_rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as the messages of rooms have it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
