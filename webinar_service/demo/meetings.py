"""The demo's meetings, made by the flows as of past dates: scheduled, registered for, held, cancelled."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from companies.models import Company, Person
from engagement.agenda import planning
from engagement.agenda.agenda_input import ItemInput
from meetings import changing, meeting_input, recurrence, registering, running, scheduling
from meetings.models import Meeting, Programme, Registration
from meetings.question_input import ChoiceInput, QuestionInput
from notifications.models import Notification
from rooms.models import Presence, Room
from webinar_service.demo import sources

SCHEDULED_BEFORE = timedelta(days=35)  # how long before a meeting it was published


@dataclass
class SeededData:
    """What has been made so far, by its name in the TOML files."""

    now: datetime
    companies: dict[str, Company] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    members: list[Person] = field(default_factory=list)
    guests: list[tuple[Person, str]] = field(default_factory=list)
    programmes: dict[str, Programme] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)


def seed_meetings(seeded: SeededData) -> None:
    for key, source in sources.read("meetings").items():
        rng = random.Random(key)  # noqa: S311 - the same crowd each time
        meeting = schedule(seeded, source)
        seeded.meetings[key] = meeting
        plan_agenda(source, meeting)
        register_people(seeded, source, meeting, rng)
        hold_meeting(seeded, source, meeting, rng)
    mark_past_mail_sent(now=seeded.now)


def schedule(seeded: SeededData, source: dict[str, Any]) -> Meeting:
    host = seeded.people[source.get("host") or source["company"]]
    details = details_of(seeded, source)
    scheduled_at = min(details.starts_at - SCHEDULED_BEFORE, seeded.now - timedelta(days=6))
    if source.get("draft"):
        return scheduling.schedule_meeting(host=host, details=details, now=scheduled_at, publish=False)
    if "weekly" in source:
        weekdays = (details.local_day.weekday(),)
        rule = recurrence.Rule(frequency="weekly", interval=1, weekdays=weekdays, count=source["weekly"])
        return scheduling.schedule_series(host=host, details=details, rule=rule, now=scheduled_at)[0]
    return scheduling.schedule_meeting(host=host, details=details, now=scheduled_at)


def details_of(seeded: SeededData, source: dict[str, Any]) -> meeting_input.MeetingDetails:
    local_day, local_time = sources.local_start_of(source, seeded.now)
    speakers = [seeded.people[slug] for slug in source.get("speakers", [])]
    return meeting_input.MeetingDetails(
        kind=source["kind"],
        title=source["title"],
        description=source["description"],
        local_day=local_day,
        local_time=local_time,
        timezone=source["zone"],
        duration_minutes=source["minutes"],
        languages=tuple(source["languages"]),
        interpreted_into=tuple(source.get("interpreted_into", ())),
        interpretation_how=sources.in_one_line(source.get("interpretation_how", {})),
        format=source.get("format", Meeting.Format.ONLINE),
        address=source.get("address", ""),
        capacity=source.get("capacity"),
        visibility=source.get("visibility", Meeting.Visibility.PUBLIC),
        registration=source.get("registration", Meeting.RegistrationMode.OPEN),
        record=source.get("record", False),
        programme=seeded.programmes.get(source.get("programme", "")),
        host_company=seeded.companies.get(source.get("company", "")),
        room=seeded.rooms.get(source.get("room", "")),
        speakers=tuple(meeting_input.Speaker(email=speaker.email, name=speaker.name) for speaker in speakers),
        questions=questions_of(source),
    )


def plan_agenda(source: dict[str, Any], meeting: Meeting) -> None:
    items = [
        ItemInput(title=item["title"], minutes=item["minutes"]) for item in source.get("agenda", {}).values()
    ]
    if items:
        planning.replace_agenda(
            room_id=meeting.room_id,
            meeting=meeting.pk,
            items=items,
            by=meeting.host_id,
            now=meeting.created_at,
        )


def questions_of(source: dict[str, Any]) -> tuple[QuestionInput, ...]:
    return tuple(
        QuestionInput(
            key=key,
            kind=question["kind"],
            label=question["label"],
            choices=tuple(ChoiceInput(text, choice) for choice, text in question.get("choices", {}).items()),
            is_required=question.get("required", False),
        )
        for key, question in source.get("questions", {}).items()
    )


def pick_answers(source: dict[str, Any], number: int, language: str) -> dict[str, object]:
    """What whoever registers as this number answers, in their language; every third one writes a text."""
    answers: dict[str, object] = {}
    for key, question in source.get("questions", {}).items():
        if choices := list(question.get("choices", {})):
            answers[key] = choices[number * number % len(choices)]
        elif question["kind"] == "consent":
            answers[key] = number % 4 != 0
        elif number % 3 == 0:
            written = question["answers"]
            answers[key] = written[number // 3 % len(written)][language]
    return answers


# ---- people register -------------------------------------------------------------------------------------


def register_people(seeded: SeededData, source: dict[str, Any], meeting: Meeting, rng: random.Random) -> None:
    """Registers this many people, spread between publication and an hour before now or the start."""
    registrants = pick_registrants(seeded, source, meeting, rng)
    last = min(meeting.starts_at, seeded.now) - timedelta(minutes=50)
    span = (last - meeting.created_at) / (len(registrants) + 1)
    for number, (person, company_name) in enumerate(registrants, start=1):
        registered_at = meeting.created_at + span * number
        applicant = registering.Applicant(
            is_verified=True,
            email=person.email,
            name=person.name,
            company_name=company_name,
            country=person.country,
            language=person.language,
            timezone=person.timezone,
            answers=pick_answers(source, number, person.language),
        )
        registration = registering.register(meeting=meeting, applicant=applicant, now=registered_at)
        decide_registration(source, registration, registered_at + timedelta(hours=1), rng)


def pick_registrants(
    seeded: SeededData, source: dict[str, Any], meeting: Meeting, rng: random.Random
) -> list[tuple[Person, str]]:
    """Members with their company and guests with theirs; not those on the stage, who need no registration."""
    on_stage = {meeting.host_id, *meeting.roles.values_list("person_id", flat=True)}
    members = [(person, person.company.name) for person in seeded.members if person.company]
    guests = [] if source.get("visibility") == Meeting.Visibility.MEMBERS else seeded.guests
    candidates = [one for one in [*members, *guests] if one[0].pk not in on_stage]
    registrants = rng.sample(candidates, min(source["people"], len(candidates)))
    demo = seeded.people["demo"]
    if registrants and demo.pk not in on_stage and source.get("demo_comes", True) and demo.company:
        registrants[len(registrants) // 2] = (demo, demo.company.name)
    return registrants


def decide_registration(
    source: dict[str, Any], registration: Registration, now: datetime, rng: random.Random
) -> None:
    """The host approves most requests; one in thirty withdraws afterwards."""
    is_demo = registration.person.email.startswith("demo@")
    if registration.state == Registration.State.PENDING and (is_demo or rng.random() < 0.6):
        registering.approve(registration=registration, now=now)
    elif registration.state == Registration.State.CONFIRMED and not is_demo and rng.random() < 0.03:
        registering.withdraw(registration=registration, now=now)


# ---- the meeting is held, or not -------------------------------------------------------------------------


def hold_meeting(seeded: SeededData, source: dict[str, Any], meeting: Meeting, rng: random.Random) -> None:
    if "cancelled" in source:
        reason = sources.in_default_language(source["cancelled"])
        changing.cancel_meeting(meeting=meeting, reason=reason, now=seeded.now - timedelta(hours=20))
    elif source.get("live"):
        running.start_meeting(meeting=meeting, now=meeting.starts_at)
    elif meeting.ends_at <= seeded.now:
        running.start_meeting(
            meeting=meeting, now=meeting.starts_at + timedelta(seconds=rng.randint(20, 150))
        )
        create_presences(source, meeting, rng)
        running.end_meeting(meeting=meeting, now=meeting.ends_at - timedelta(seconds=rng.randint(30, 200)))


def create_presences(source: dict[str, Any], meeting: Meeting, rng: random.Random) -> None:
    """Presences of the attendees: most for nearly the whole meeting, some late, some twice."""
    presences = []
    for person in attendees_of(source, meeting, rng):
        joined_at = meeting.starts_at + timedelta(seconds=rng.randint(-420, 240))
        if rng.random() < 0.12:
            joined_at += meeting.duration * rng.uniform(0.2, 0.6)
        left_at = meeting.ends_at - timedelta(seconds=rng.randint(-60, 400))
        breaks = [left_at]
        if rng.random() < 0.2:  # lost the connection, or arrived late
            middle = joined_at + (left_at - joined_at) * rng.uniform(0.3, 0.8)
            breaks = [middle, left_at]
        for end in breaks:
            presences.append(presence(meeting, person, joined_at, end, rng))
            joined_at = end + timedelta(seconds=rng.randint(15, 180))
    Presence.objects.bulk_create(one for one in presences if one.left_at and one.left_at > one.joined_at)


def attendees_of(source: dict[str, Any], meeting: Meeting, rng: random.Random) -> list[Person]:
    confirmed = meeting.registrations.filter(state=Registration.State.CONFIRMED).select_related("person")
    came = [one.person for one in confirmed if rng.random() < source.get("came", 1.0)]
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
    rng: random.Random,
) -> Presence:
    return Presence(
        room_id=meeting.room_id,
        person=person,
        connection=f"{rng.getrandbits(128):032x}",
        process="demo",
        joined_at=joined_at.astimezone(UTC),
        seen_at=left_at.astimezone(UTC),
        left_at=left_at.astimezone(UTC),
    )


def mark_past_mail_sent(*, now: datetime) -> None:
    """Emails due before now are marked as sent at their due time; only future ones will be sent."""
    waiting = Notification.objects.filter(state=Notification.State.WAITING, due_at__lte=now)
    waiting.update(state=Notification.State.SENT, sent_at=F("due_at"), attempts=1)
