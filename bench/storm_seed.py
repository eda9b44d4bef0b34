"""Data of the storm: a live webinar with registrations and sessions, an open room with tickets, emails due soon.

`python -m bench.storm_seed PEOPLE IN_ROOM MAILS SECONDS_UNTIL_DUE` prints it as JSON.
"""

import json
import sys
from datetime import timedelta

from bench.seed import guest_tickets, webinar  # sets Django up, and so comes before its models

# isort: split
from django.contrib.sessions.models import Session
from django.utils import timezone

from companies.ids import new_id
from companies.models import Company, Person
from companies.session_store import SessionStore
from meetings import access
from meetings.models import Meeting, Registration
from notifications.models import Notification

PROGRAMME = 60


def programme(count: int) -> None:
    """Content of the home page and the schedule: companies, and webinars in the next weeks."""
    now = timezone.now()
    Company.objects.bulk_create(
        Company(slug=f"firm-{number}", name=f"Firm {number}", country="SE", created_at=now, updated_at=now)
        for number in range(count)
    )
    for number in range(count):
        starts_at = now + timedelta(days=1 + number % 28, hours=number // 28)
        meeting = webinar()
        Meeting.objects.filter(pk=meeting.pk).update(
            state=Meeting.State.SCHEDULED,
            title={"en": f"Heat from harbour water, part {number}"},
            starts_at=starts_at,
            started_at=None,
            ends_at=starts_at + timedelta(hours=1),
            local_day=starts_at.date(),
            local_time=starts_at.time(),
        )


def registrations(meeting: Meeting, count: int) -> list[Registration]:
    people = Person.objects.bulk_create(
        Person(email=f"{meeting.pk}-{number}@bench.example", name=f"Person {number}", password="!")
        for number in range(count)
    )
    return Registration.objects.bulk_create(
        Registration(
            meeting=meeting,
            person=person,
            state=Registration.State.CONFIRMED,
            name=person.name,
            registered_at=meeting.created_at,
            confirmed_at=meeting.created_at,
            verified_at=meeting.created_at,  # by opening that link
        )
        for person in people
    )


def sessions(held: list[Registration]) -> list[str]:
    """As after opening the link in the email."""
    store, expires = SessionStore(), timezone.now() + timedelta(days=1)
    made = Session.objects.bulk_create(
        Session(
            session_key=new_id() * 2,
            session_data=store.encode({access.SESSION_REGISTRATIONS: [registration.pk]}),
            expire_date=expires,
        )
        for registration in held
    )
    return [session.session_key for session in made]


def reminders(count: int, seconds: float) -> str:
    meeting = webinar()
    starts_at = meeting.starts_at + timedelta(hours=1)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=Meeting.State.SCHEDULED, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
    )
    Notification.objects.bulk_create(
        Notification(
            kind=Notification.Kind.REMINDER,
            minutes_before=60,
            person=registration.person,
            registration=registration,
            meeting=meeting,
            dedupe_key=f"reminder:60:rev0:{meeting.pk}",
            due_at=timezone.now() + timedelta(seconds=seconds),
            created_at=meeting.created_at,
        )
        for registration in registrations(meeting, count)
    )
    return meeting.pk


def main(people: int, in_room: int, mails: int, seconds: float) -> None:
    if not Company.objects.filter(slug="firm-0").exists():
        programme(PROGRAMME)
    storm, quiet = webinar(), webinar()
    made = {
        "meeting": storm.pk,
        "room": storm.room_id,
        "sessions": sessions(registrations(storm, people)),
        "quiet_room": quiet.room_id,
        "tickets": guest_tickets(quiet, in_room),
        "reminded": reminders(mails, seconds),
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]), seconds=float(sys.argv[4]))
