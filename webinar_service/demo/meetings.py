"""The trial's meetings, each through the flows at an hour in the past: scheduled, registered for, held, cancelled."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from companies.models import Company, Person
from meetings import recurrence, registering, scheduling
from meetings.models import Meeting, Programme, Registration
from notifications.models import Notification
from rooms.models import Presence, Room
from webinar_service.demo import sources

NOTICE = timedelta(days=35)  # how long before a meeting it was announced


@dataclass
class Planted:
    """What has been made so far, by its name in the TOML files."""

    now: datetime
    companies: dict[str, Company] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    members: list[Person] = field(default_factory=list)
    guests: list[tuple[Person, str]] = field(default_factory=list)
    programmes: dict[str, Programme] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)


def hold_meetings(planted: Planted) -> None:
    for source in sources.read("meetings")["meetings"]:
        meeting = announce(planted, source)
        planted.meetings[source["key"]] = meeting
        fill(planted, source, meeting)
        run(planted, source, meeting)
    tell_nobody_of_the_past(now=planted.now)


def announce(planted: Planted, source: dict[str, Any]) -> Meeting:
    host = planted.people[source.get("host") or source["company"]]
    details = details_of(planted, source)
    announced_at = min(details.starts_at - NOTICE, planted.now - timedelta(days=6))
    if source.get("draft"):
        return scheduling.schedule_meeting(host=host, details=details, now=announced_at, publish=False)
    if "weekly" in source:
        weekdays = (details.local_day.weekday(),)
        rule = recurrence.Rule(frequency="weekly", interval=1, weekdays=weekdays, count=source["weekly"])
        return scheduling.schedule_series(host=host, details=details, rule=rule, now=announced_at)[0]
    return scheduling.schedule_meeting(host=host, details=details, now=announced_at)


def details_of(planted: Planted, source: dict[str, Any]) -> scheduling.MeetingDetails:
    local_day, local_time = sources.hour_of(source, planted.now)
    speakers = [planted.people[slug] for slug in source.get("speakers", [])]
    return scheduling.MeetingDetails(
        kind=source["kind"],
        title=source["title"],
        description=source["description"],
        local_day=local_day,
        local_time=local_time,
        timezone=source["zone"],
        duration_minutes=source["minutes"],
        languages=tuple(source["languages"]),
        interpreted_into=tuple(source["into"]),
        format=source.get("format", Meeting.Format.ONLINE),
        address=source.get("address", ""),
        capacity=source.get("capacity"),
        visibility=source.get("visibility", Meeting.Visibility.PUBLIC),
        registration=source.get("registration", Meeting.RegistrationMode.OPEN),
        record=source.get("record", False),
        programme=planted.programmes.get(source.get("programme", "")),
        host_company=planted.companies.get(source.get("company", "")),
        room=planted.rooms.get(source.get("room", "")),
        speakers=tuple(scheduling.Speaker(email=speaker.email, name=speaker.name) for speaker in speakers),
    )


# ---- people register -------------------------------------------------------------------------------------


def fill(planted: Planted, source: dict[str, Any], meeting: Meeting) -> None:
    """So many people register, one after the other, between the announcement and an hour before now or the start."""
    chance = random.Random(source["key"])  # noqa: S311 - the same crowd each time
    crowd = crowd_for(planted, source, meeting, chance)
    last = min(meeting.starts_at, planted.now) - timedelta(minutes=50)
    span = (last - meeting.created_at) / (len(crowd) + 1)
    for number, (person, company_name) in enumerate(crowd, start=1):
        registered_at = meeting.created_at + span * number
        applicant = registering.Applicant(
            is_verified=True,
            email=person.email,
            name=person.name,
            company_name=company_name,
            country=person.country,
            language=person.language,
            timezone=person.timezone,
        )
        registration = registering.register(meeting=meeting, applicant=applicant, now=registered_at)
        decide(source, registration, registered_at + timedelta(hours=1), chance)


def crowd_for(
    planted: Planted, source: dict[str, Any], meeting: Meeting, chance: random.Random
) -> list[tuple[Person, str]]:
    """Members with their company's name and guests with theirs; who stands on the stage needs no seat."""
    on_stage = {meeting.host_id, *meeting.roles.values_list("person_id", flat=True)}
    members = [(person, person.company.name) for person in planted.members if person.company]
    guests = [] if source.get("visibility") == Meeting.Visibility.MEMBERS else planted.guests
    candidates = [one for one in [*members, *guests] if one[0].pk not in on_stage]
    crowd = chance.sample(candidates, min(source["people"], len(candidates)))
    demo = planted.people["demo"]
    if crowd and demo.pk not in on_stage and source.get("demo_comes", True) and demo.company:
        crowd[len(crowd) // 2] = (demo, demo.company.name)
    return crowd


def decide(source: dict[str, Any], registration: Registration, now: datetime, chance: random.Random) -> None:
    """The host approves most of those who ask; one in thirty gives the seat back."""
    is_demo = registration.person.email.startswith("demo@")
    if registration.state == Registration.State.PENDING and (is_demo or chance.random() < 0.6):
        registering.approve(registration=registration, now=now)
    elif registration.state == Registration.State.CONFIRMED and not is_demo and chance.random() < 0.03:
        registering.withdraw(registration=registration, now=now)


# ---- and the meeting takes place, or not -----------------------------------------------------------------


def run(planted: Planted, source: dict[str, Any], meeting: Meeting) -> None:
    if "cancelled" in source:
        scheduling.cancel_meeting(
            meeting=meeting, reason=source["cancelled"], now=planted.now - timedelta(hours=20)
        )
    elif source.get("live"):
        scheduling.start_meeting(meeting=meeting, now=meeting.starts_at)
    elif meeting.ends_at <= planted.now:
        chance = random.Random(source["key"])  # noqa: S311
        scheduling.start_meeting(
            meeting=meeting, now=meeting.starts_at + timedelta(seconds=chance.randint(20, 150))
        )
        come_and_go(source, meeting, chance)
        scheduling.end_meeting(
            meeting=meeting, now=meeting.ends_at - timedelta(seconds=chance.randint(30, 200))
        )


def come_and_go(source: dict[str, Any], meeting: Meeting, chance: random.Random) -> None:
    """Presences of those who came: most for nearly all of it, some late, some twice."""
    presences = []
    for person in those_who_came(source, meeting, chance):
        joined_at = meeting.starts_at + timedelta(seconds=chance.randint(-420, 240))
        if chance.random() < 0.12:
            joined_at += meeting.duration * chance.uniform(0.2, 0.6)
        left_at = meeting.ends_at - timedelta(seconds=chance.randint(-60, 400))
        breaks = [left_at]
        if chance.random() < 0.2:  # the line broke, or the bus came
            middle = joined_at + (left_at - joined_at) * chance.uniform(0.3, 0.8)
            breaks = [middle, left_at]
        for end in breaks:
            presences.append(presence(meeting, person, joined_at, end, chance))
            joined_at = end + timedelta(seconds=chance.randint(15, 180))
    Presence.objects.bulk_create(one for one in presences if one.left_at and one.left_at > one.joined_at)


def those_who_came(source: dict[str, Any], meeting: Meeting, chance: random.Random) -> list[Person]:
    confirmed = meeting.registrations.filter(state=Registration.State.CONFIRMED).select_related("person")
    came = [one.person for one in confirmed if chance.random() < source.get("came", 1.0)]
    if meeting.is_online:
        came += [role.person for role in meeting.roles.select_related("person")]
        came.append(meeting.host)
    if meeting.room.is_project_room:
        owners = Person.objects.filter(company__in=meeting.room.companies.all()).exclude(pk=meeting.host_id)
        came += owners
    return came


def presence(
    meeting: Meeting,
    person: Person,
    joined_at: datetime,
    left_at: datetime,
    chance: random.Random,
) -> Presence:
    return Presence(
        room_id=meeting.room_id,
        person=person,
        connection=f"{chance.getrandbits(128):032x}",
        process="demo",
        joined_at=joined_at.astimezone(UTC),
        seen_at=left_at.astimezone(UTC),
        left_at=left_at.astimezone(UTC),
    )


def tell_nobody_of_the_past(*, now: datetime) -> None:
    """Mails that were due before now count as sent at their hour; only what lies ahead still leaves."""
    waiting = Notification.objects.filter(state=Notification.State.WAITING, due_at__lte=now)
    waiting.update(state=Notification.State.SENT, sent_at=F("due_at"), attempts=1)
